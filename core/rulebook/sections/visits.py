"""Visits (VIS)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import (
    Choice,
    Clock,
    Count,
    Meters,
    Months,
    NoOrDays,
    Section,
    StaffRole,
    Text,
    Times,
    Weekday,
)
from core.rulebook.sections.crosschecks import doubles


class Cadence(Section):
    """How often customers of a class are visited by somebody of a role (VIS-1)."""

    of: Text  # the class
    role: StaffRole
    times: Times
    months: Months  # within so many


class VisitRules(Section):
    """Visits (VIS)."""

    kinds: Annotated[tuple[Choice, ...], Field(min_length=1)]
    purposes: Annotated[tuple[Choice, ...], Field(min_length=1)]
    nearest_count: Count
    max_photos: Count
    near_m: Meters
    plan_report_to: Literal["superior", "manager", "director", "gm"]
    reminder_at: Clock
    cadence: tuple[Cadence, ...]
    remind_days_before: NoOrDays  # of a visit that falls due
    compliance_on: Weekday  # the managers' list with the rate of compliance (VIS-5)
    travel_word_on: Weekday  # a word with the company each week while travelling (VIS-2)


def check_visits(rules: VisitRules) -> Iterator[Finding]:
    yield from doubles(("visits", "kinds"), [choice.key for choice in rules.kinds])
    yield from doubles(("visits", "purposes"), [choice.key for choice in rules.purposes])
    yield from doubles(("visits", "cadence"), [f"{one.of} · {one.role}" for one in rules.cadence])
