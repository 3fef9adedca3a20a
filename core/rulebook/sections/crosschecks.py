"""Questions that several sections ask of their settings: in order, apart, listed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from core.rulebook.problems import Finding, Path
from core.rulebook.wording import ProblemKind


def doubles(path: Path, names: Sequence[str]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield Finding(ProblemKind.REPEATED, ((*path, index),), got=name)


def before(section: str, first: str, second: str, rules: Any, *, or_equal: bool = False) -> Iterator[Finding]:
    """`first` comes before `second`; shown at whichever of the two the file sets."""
    early, late = getattr(rules, first), getattr(rules, second)
    if early < late or (or_equal and early == late):
        return
    sign = "≤" if or_equal else "<"
    yield Finding(
        ProblemKind.ORDER,
        ((section, first), (section, second)),
        f"{section}.{first} {sign} {section}.{second}",
        f"{shown(early)} / {shown(late)}",
    )


def shown(value: Any) -> str:
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)
