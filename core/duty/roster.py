"""Who is on duty, and in whose place a notice is told on a holiday."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from core.access import MANAGERS, Actor
from core.duty.model import Duty
from core.ids import DepartmentId, PersonId
from core.notices import DUTY_KINDS, Notice, ToPerson
from core.people import Person
from core.worktime import DayKind, WorkTime
from core.worktime.values import DAY

if TYPE_CHECKING:
    from core.ports import UnitOfWork

LOOK_AHEAD_DAYS = 200  # from the end of one long holiday to the beginning of the next


@dataclass(frozen=True, slots=True)
class Break:
    """A public holiday with the rest days that touch it; `name` is the holiday's, in Chinese."""

    days: tuple[date, ...]
    name: str


def coming_breaks(worktime: WorkTime, today: date) -> Iterator[Break]:
    """The holidays whose last day is not over, soonest first."""
    run: list[date] = []
    for number in range(LOOK_AHEAD_DAYS):
        day = today + DAY * number
        if not worktime.day_kind(day).works:
            run.append(day)
            continue
        yield from _holiday(worktime, run)
        run = []


def _holiday(worktime: WorkTime, run: Sequence[date]) -> Iterator[Break]:
    names = [worktime.day_name(day) or "" for day in run if worktime.day_kind(day) is DayKind.HOLIDAY]
    if names:
        yield Break(tuple(run), "、".join(dict.fromkeys(part for name in names for part in name.split("、") if part)))


def rosters(uow: UnitOfWork, first: date, last: date) -> dict[date, list[Duty]]:
    """Who is on duty on each day that has a roster: as filled in the chat, else as in the rulebook."""
    found = {day: _of_rulebook(uow, numbers) for day, numbers in uow.standing.duty.roster.items()}
    days = {day: [replace(one, day=day) for one in duties] for day, duties in found.items() if first <= day <= last}
    days.update(uow.rosters.filled(first, last))
    return dict(sorted(days.items()))


def _of_rulebook(uow: UnitOfWork, numbers: Sequence[str]) -> list[Duty]:
    people = (uow.people.by_number(number) for number in numbers)
    return [duty_of(date.min, person) for person in people if person is not None and person.is_staff]


def duty_of(day: date, person: Person) -> Duty:
    return Duty(day, person.id, person.label, person.department)


def on_duty(uow: UnitOfWork, day: date) -> list[Duty]:
    """Who is on duty on a day on which the company does not work; nobody on any other."""
    if uow.worktime.day_kind(day).works:
        return []
    return rosters(uow, day, day).get(day, [])


def departments_of(uow: UnitOfWork, actor: Actor) -> set[DepartmentId]:
    """The actor's department and those under it."""
    found = {actor.department} if actor.department is not None else set()
    known = uow.people.departments()
    while more := {one.id for one in known if one.parent in found} - found:
        found |= more
    return found


def is_on_duty(uow: UnitOfWork, person: PersonId, day: date) -> bool:
    return any(one.person == person for one in on_duty(uow, day))


def route(uow: UnitOfWork, notice: Notice, today: Sequence[Duty]) -> list[Notice]:
    """On a day with a roster, what is told to whoever is responsible goes to those on duty in their place (ORG-9):
    of the same department or the nearest above that has somebody, else to all; managers before others where it
    would have gone to a manager."""
    if not today or notice.kind not in DUTY_KINDS or not isinstance(notice.to, ToPerson):
        return [notice]
    meant = notice.to.id
    if any(one.person == meant for one in today):
        return [notice]
    return [replace(notice, to=ToPerson(one.person)) for one in _in_place_of(uow, uow.people.get(meant), today)]


def _in_place_of(uow: UnitOfWork, person: Person, today: Sequence[Duty]) -> Sequence[Duty]:
    near = _nearest(uow, person.department, today)
    if person.role in MANAGERS:
        return [one for one in near if uow.people.get(one.person).role in MANAGERS] or near
    return near


def _nearest(uow: UnitOfWork, department: DepartmentId, today: Sequence[Duty]) -> Sequence[Duty]:
    parents = {one.id: one.parent for one in uow.people.departments()}
    at: DepartmentId | None = department
    while at is not None:
        found = [one for one in today if one.department == at]
        if found:
            return found
        at = parents.get(at)
    return today
