"""Whose working time counts, and deadlines in it that remember how they were computed (P12).

A deadline of one person runs by their department's hours, or their own, and waits while they are on leave (P5). A
business trip excuses from the check-in (CHK-4) and leaves deadlines running: whoever travels works. What is owed to
a customer runs by the company's hours, whoever is away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.away import leave_in
from core.ids import DepartmentId, PersonId
from core.worktime import Explanation, WorkTime

if TYPE_CHECKING:
    from core.ports import UnitOfWork
    from core.rulebook import Rulebook


class Unit(StrEnum):
    """What a target is counted in. Working minutes and working days are never mixed."""

    MINUTES = "minutes"
    DAYS = "days"
    END_OF_DAY = "end_of_day"  # of the working day of the start
    CLOCK = "clock"  # minutes by the clock on the wall


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a deadline was computed: so much from this start, by the hours of a person, else of a department, else of
    the company."""

    unit: Unit
    amount: int
    start: datetime
    person: PersonId | None = None
    department: DepartmentId | None = None

    def due_at(self, worktime: WorkTime) -> datetime:
        """The instant it comes to by these hours. What is due at the end of a day is due at its closing: on a day
        whose closing is taken by leave, at that of the next."""
        match self.unit:
            case Unit.CLOCK:
                return self.start + timedelta(minutes=self.amount)
            case Unit.MINUTES:
                return worktime.add_minutes(self.start, self.amount)
        at = worktime.add_days(self.start, self.amount)
        while worktime.closes_early(_day_closed_at(worktime, at)):
            at = worktime.add_days(at, 1)
        return at

    def is_provisional(self, worktime: WorkTime, due_at: datetime) -> bool:
        """Whether a year on the way has no official make-up days yet (P2)."""
        return self.unit is not Unit.CLOCK and worktime.is_provisional(self.start, due_at)

    def explained(self, worktime: WorkTime) -> Explanation | None:
        """Every day on the way; None for a target that runs by the clock."""
        match self.unit:
            case Unit.CLOCK:
                return None
            case Unit.MINUTES:
                return worktime.explain_minutes(self.start, self.amount)
        found = worktime.explain_days(self.start, self.amount)
        while worktime.closes_early(found.steps[-1].day):
            more = worktime.explain_days(found.due_at, 1)
            cut = replace(found.steps[-1], counted=False)
            found = replace(more, steps=(*found.steps[:-1], cut, *more.steps[1:]))
        return found


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and how that was computed."""

    at: datetime
    reckoning: Reckoning
    provisional: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """The working time that a deadline is counted in, and whose it is."""

    worktime: WorkTime
    now: datetime
    person: PersonId | None = None
    department: DepartmentId | None = None

    def minutes(self, minutes: int, start: datetime | None = None) -> Due:
        """So many working minutes from `start`, or from now."""
        return self._due(Unit.MINUTES, minutes, start)

    def days(self, days: int, start: datetime | None = None) -> Due:
        """The end of the working day so many after that of `start`."""
        return self._due(Unit.DAYS, days, start)

    def end_of_day(self, start: datetime | None = None) -> Due:
        """The end of the working day of `start`."""
        return self._due(Unit.END_OF_DAY, 0, start)

    def by_clock(self, minutes: int, start: datetime | None = None) -> Due:
        """So many minutes later, working or not: for what is urgent."""
        return self._due(Unit.CLOCK, minutes, start)

    def _due(self, unit: Unit, amount: int, start: datetime | None) -> Due:
        reckoning = Reckoning(unit, amount, start or self.now, self.person, self.department)
        at = reckoning.due_at(self.worktime)
        return Due(at, reckoning, reckoning.is_provisional(self.worktime, at))


def _day_closed_at(worktime: WorkTime, closing: datetime) -> date:
    """The day that a closing belongs to; midnight is that of the day before."""
    return worktime.local_date(closing - timedelta.resolution)


def company_hours(uow: UnitOfWork) -> Hours:
    """The company's own: for what is owed to customers, and what nobody in person owes."""
    return Hours(uow.worktime, uow.now)


def hours_in(uow: UnitOfWork, department: DepartmentId) -> Hours:
    """A department's hours."""
    return Hours(department_worktime(uow, uow.standing, department), uow.now, department=department)


def hours_of(uow: UnitOfWork, person: PersonId, since: datetime | None = None) -> Hours:
    """A person's hours: those of their department, or their own, without their leave from `since` on (else now)."""
    return Hours(personal_worktime(uow, uow.standing, person, since or uow.now), uow.now, person)


def department_worktime(uow: UnitOfWork, rulebook: Rulebook, department: DepartmentId) -> WorkTime:
    if not rulebook.worktime.departments:
        return rulebook.working_time
    return rulebook.hours_of(_names_upward(uow, department))


def personal_worktime(uow: UnitOfWork, rulebook: Rulebook, person: PersonId, since: datetime) -> WorkTime:
    worktime = rulebook.working_time
    if rulebook.worktime.departments or rulebook.worktime.people:
        who = uow.people.get(person)
        worktime = rulebook.hours_of(_names_upward(uow, who.department), who.number)
    first = worktime.local_date(since)
    worktime = worktime.with_days_on(duty_days(uow, worktime, person, first))
    return worktime.with_leave(leave_in(worktime, rulebook, uow.absences.since(person, first)))


def duty_days(uow: UnitOfWork, worktime: WorkTime, person: PersonId, first: date) -> frozenset[date]:
    """The holidays from a day on that somebody works, because they are on duty (ORG-9)."""
    days = set(uow.rosters.days_of(person, first))
    if uow.standing.duty.roster:
        number = uow.people.get(person).number
        written = {day for day, numbers in uow.standing.duty.roster.items() if number in numbers and day >= first}
        days |= written - uow.rosters.filled(min(written), max(written)).keys() if written else set()
    return frozenset(day for day in days if not worktime.day_kind(day).works)


def _names_upward(uow: UnitOfWork, department: DepartmentId) -> list[str]:
    """The department's name and those above it, nearest first."""
    known = {one.id: one for one in uow.people.departments()}
    names: list[str] = []
    at: DepartmentId | None = department
    while at is not None and at in known and known[at].name not in names:
        names.append(known[at].name)
        at = known[at].parent
    return names
