"""Visits (VIS)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Choice, Clock, Count, Meters, Section
from core.rulebook.sections.crosschecks import doubles


class VisitRules(Section):
    """Visits (VIS-2 to VIS-5)."""

    kinds: Annotated[tuple[Choice, ...], Field(min_length=1)]
    purposes: Annotated[tuple[Choice, ...], Field(min_length=1)]
    nearest_count: Count
    max_photos: Count
    near_m: Meters
    plan_report_to: Literal["superior", "manager", "director", "gm"]
    reminder_at: Clock


def check_visits(rules: VisitRules) -> Iterator[Finding]:
    yield from doubles(("visits", "kinds"), [choice.key for choice in rules.kinds])
    yield from doubles(("visits", "purposes"), [choice.key for choice in rules.purposes])
