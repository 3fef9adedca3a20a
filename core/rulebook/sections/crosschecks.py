"""Questions that several sections ask of their settings: in order, apart, listed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any

from core.rulebook.problems import Finding, Path, near
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


def falling(path: Path, field: str, values: Sequence[int]) -> Iterator[Finding]:
    """Each is less than the one before it."""
    for index, (higher, lower) in enumerate(pairwise(values), start=1):
        if lower >= higher:
            yield Finding(ProblemKind.ORDER, ((*path, index, field), (*path, index), path), f"< {higher}", str(lower))


def rising(path: Path, field: str, values: Sequence[int]) -> Iterator[Finding]:
    """Each is more than the one before it."""
    for index, (lower, higher) in enumerate(pairwise(values), start=1):
        if higher <= lower:
            yield Finding(ProblemKind.ORDER, ((*path, index, field), (*path, index), path), f"> {lower}", str(higher))


def rising_days(path: Path, days: Sequence[int]) -> Iterator[Finding]:
    """A plain list of figures rises."""
    for index, (lower, higher) in enumerate(pairwise(days), start=1):
        if higher <= lower:
            yield Finding(ProblemKind.ORDER, ((*path, index), path), f"> {lower}", str(higher))


def known(paths: tuple[Path, ...], name: str, names: Collection[str], where: str) -> Iterator[Finding]:
    """A name used here is defined there."""
    if name not in names:
        yield Finding(ProblemKind.UNKNOWN_NAME, paths, where, name, near(name, names))
