"""Quiet hours: what can wait is sent when they end (P19)."""

from __future__ import annotations

from datetime import datetime

from core.notices import Notice, ToAccount, Urgency
from core.rulebook import Rulebook
from core.worktime.values import DAY


def quiet_until(rulebook: Rulebook, now: datetime) -> datetime | None:
    """When the quiet hours end that `now` lies in; None outside of them, and where the company has none."""
    rule, worktime = rulebook.quiet, rulebook.working_time
    local = worktime.local(now)
    clock, today = local.time(), local.date()
    over_midnight = rule.end < rule.start
    if over_midnight and clock >= rule.start:
        return worktime.instant(today + DAY, rule.end)
    began = over_midnight or rule.start <= clock
    return worktime.instant(today, rule.end) if began and clock < rule.end else None


def can_wait(notice: Notice, *, scheduled: bool) -> bool:
    """Whether nobody needs a notice before the quiet hours end.

    What is urgent goes out, and what somebody looks at the screen for. What a person does tells others at once, but
    for what is routine; what the clock brings about waits. Customers wait for nothing but routine.
    """
    if notice.at_once or notice.urgency is Urgency.ANSWER:
        return False
    if notice.urgency is Urgency.ROUTINE:
        return True
    return scheduled and not isinstance(notice.to, ToAccount)
