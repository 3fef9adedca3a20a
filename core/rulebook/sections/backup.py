"""Backups: when, how many are kept, and when the administrators hear that there is none (OPS-1)."""

from __future__ import annotations

from core.rulebook.sections.base import Clock, Count, Hours, Minutes, NoOrMore, Section, Times, Yes


class KeepRules(Section):
    """Which are kept: the last ones, and the newest of as many days, weeks and months."""

    last: Count
    daily: NoOrMore
    weekly: NoOrMore
    monthly: NoOrMore


class BackupRules(Section):
    """One each day at a local time. One that failed is tried again."""

    daily: Yes
    at: Clock
    retry_minutes: Minutes
    tell_after_failures: Times
    tell_after_hours: Hours  # without a good one
    keep: KeepRules
