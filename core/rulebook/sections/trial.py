"""Clauses on trial: recorded and counted, without effect on anybody (RULE-3)."""

from __future__ import annotations

from core.rulebook.sections.base import Clock, Section, Weekday


class TrialRules(Section):
    """When those who may put clauses in force learn what the week before would have cost: on this weekday, or on
    the next working day after it."""

    report_on: Weekday
    report_at: Clock
