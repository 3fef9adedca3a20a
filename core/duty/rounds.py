"""What recurs around holidays: reminders the day before and at the beginning, and days without anybody (ORG-9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.access import Role
from core.duty.model import REMINDER, SHORT, STARTS
from core.duty.roster import Break, coming_breaks, on_duty, rosters
from core.ids import PersonId
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency
from core.rounds import RoundRun, every
from core.rulebook import Rulebook
from core.worktime.values import DAY

if TYPE_CHECKING:
    from core.ports import UnitOfWork

CATCH_UP = timedelta(hours=6)


def _reminding_time(rulebook: Rulebook, day: date) -> datetime | None:
    """On the day before a day on which the company rests."""
    worktime = rulebook.working_time
    return None if worktime.day_kind(day + DAY).works else worktime.instant(day, rulebook.duty.remind_at)


def _starting_time(rulebook: Rulebook, day: date) -> datetime | None:
    worktime = rulebook.working_time
    return None if worktime.day_kind(day).works else worktime.instant(day, rulebook.duty.starts_at)


def _reporting_time(rulebook: Rulebook, day: date) -> datetime | None:
    return rulebook.working_time.instant(day, rulebook.duty.report_at)


@every("duty.remind", _reminding_time, CATCH_UP)
def remind(uow: UnitOfWork, run: RoundRun) -> None:
    """Whoever is on duty tomorrow is reminded."""
    _tell_all(uow, REMINDER, run.day + DAY)


@every("duty.start", _starting_time, CATCH_UP)
def start(uow: UnitOfWork, run: RoundRun) -> None:
    """The duty begins."""
    _tell_all(uow, STARTS, run.day)


def _tell_all(uow: UnitOfWork, notice: NoticeKind, day: date) -> None:
    duties = on_duty(uow, day)
    names: list[Fact] = [one.label for one in duties]
    for one in duties:
        facts: dict[str, Fact] = {"day": day.isoformat(), "with": [name for name in names if name != one.label]}
        key = f"{notice}:{day}"
        uow.notices.tell(Notice(notice, ToPerson(one.person), facts, f"duty:{day}", key=key, at_once=True))


@every("duty.report", _reporting_time, CATCH_UP)
def report(uow: UnitOfWork, run: RoundRun) -> None:
    """Some days before a holiday, and on the day before it, managers learn which of its days nobody covers."""
    ahead = {run.day + DAY * uow.rulebook.duty.report_days, run.day + DAY}
    for found in coming_breaks(uow.worktime, run.day + DAY):
        if found.days[0] in ahead and uow.worktime.day_kind(found.days[0] - DAY).works:
            _report(uow, found)


def _report(uow: UnitOfWork, found: Break) -> None:
    known = rosters(uow, found.days[0], found.days[-1])
    uncovered: list[Fact] = [day.isoformat() for day in found.days if not known.get(day)]
    if not uncovered:
        return
    for person in _managers(uow):
        facts: dict[str, Fact] = {"name": found.name, "days": uncovered}
        uow.notices.tell(Notice(SHORT, ToPerson(person), facts, "duty", urgency=Urgency.ROUTINE))


def _managers(uow: UnitOfWork) -> list[PersonId]:
    """The managers; where there are none, the next ones above."""
    for role in (Role.MANAGER, Role.DIRECTOR, Role.GM):
        if people := uow.people.active(role):
            return [person.id for person in people]
    return [person.id for person in uow.people.admins()]
