"""What a new rulebook changes, for the record and the announcement (RULE-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.rulebook.book import Rulebook, flatten


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs. Values are as written in a file; None: the key is not there."""

    key: str
    old: Any
    new: Any


def describe_change(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """The settings that differ, in the order of the rulebook; those taken away stand last."""
    before = flatten(old.content)
    after = flatten(new.content)
    changed = [Change(key, before.get(key), value) for key, value in after.items() if before.get(key) != value]
    gone = [Change(key, value, None) for key, value in before.items() if key not in after and value is not None]
    return (*changed, *gone)
