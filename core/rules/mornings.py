"""A check-in that was opened keeps its figures, whatever the file says by the time it is closed (RULE-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from core.ports import UnitOfWork
from core.rulebook.sections import CheckinRules
from core.rules.changing import file_of

MOST_A_DAY = 50  # editions looked through


def opened_today(uow: UnitOfWork) -> Mapping[date, CheckinRules]:
    """The figures of today's check-in, where the rulebook has changed since it was opened; else nothing."""
    today = uow.worktime.local_date(uow.now)
    midnight = uow.worktime.instant(today, time(0))
    last = uow.rules.latest()
    if last is None or last.since < midnight:
        return {}
    before = uow.rules.before(midnight)
    editions = [one for one in reversed(uow.rules.history(MOST_A_DAY)) if one.since >= midnight]
    first, *later = [before, *editions] if before else editions
    held = file_of(uow, first, uow.rulebook).checkin
    for edition in later:
        if edition.since >= _opening(uow, held, today):
            break
        held = file_of(uow, edition, uow.rulebook).checkin
    return {today: held} if held != file_of(uow, last, uow.rulebook).checkin else {}


def _opening(uow: UnitOfWork, rules: CheckinRules, day: date) -> datetime:
    return min(uow.worktime.instant(day, rules.opens_at), uow.worktime.instant(day, rules.prompt_at))
