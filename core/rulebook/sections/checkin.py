"""The morning location round (CHK)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Clock, Count, Meters, Minutes, Sanction, Section, StaffRole, Yes
from core.rulebook.sections.crosschecks import before, doubles


class CheckinRules(Section):
    """The morning location round (CHK-1 to CHK-4). After `due_at` is late, after `closes_at` is missing."""

    days: Literal["workdays", "every_day"]
    opens_at: Clock
    prompt_at: Clock
    due_at: Clock
    closes_at: Clock
    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1)]
    max_accuracy_m: Meters
    max_age_minutes: Minutes
    jump_km_per_hour: Count
    flag_same_spot: Yes
    misses_for_entry: Count  # in one calendar month
    miss_sanction: Sanction


def check_checkin(rules: CheckinRules) -> Iterator[Finding]:
    """The window opens, prompts, is due and closes in that order."""
    yield from before("checkin", "opens_at", "due_at", rules)
    yield from before("checkin", "due_at", "closes_at", rules, or_equal=True)
    yield from before("checkin", "prompt_at", "closes_at", rules)
    yield from doubles(("checkin", "roles"), rules.roles)
