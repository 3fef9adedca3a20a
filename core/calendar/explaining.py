"""How a deadline was computed (P12): start, hours, days left out and their names, result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.access import STAFF, Actor, permits
from core.calendar.moving import rules_as_opened, worktime_for
from core.deadlines import Deadline, Moved
from core.errors import NotFound
from core.hours import Reckoning, Unit
from core.matters import MATTERS, Matter
from core.ports import UnitOfWork
from core.worktime import Explanation, Interval, WorkTime


@dataclass(frozen=True, slots=True)
class Matching:
    """A matter somebody may ask about: its kind, id, and the number people know it by."""

    name: str
    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Reasoned:
    """One deadline with its computation. `explanation` is None for what runs by the clock, and where the hours it was
    computed by are not known any more. `whose` is the person or department whose hours they are, `hours` what the
    last day on the way offers, `away` the days on which the person was on leave."""

    deadline: Deadline
    explanation: Explanation | None = None
    whose: str = ""
    hours: tuple[Interval, ...] = ()
    away: frozenset[date] = frozenset()


@permits(*STAFF)
def find(uow: UnitOfWork, actor: Actor, text: str) -> list[Matching]:
    """The matters of this number that have deadlines and are the actor's to see."""
    number = text.strip().lstrip("#").upper()
    found = []
    for matter in MATTERS.values():
        id_ = matter.find(uow, number)
        if id_ is not None and _is_seen(uow, actor, matter, id_) and _deadlines(uow, matter.name, id_):
            found.append(Matching(matter.name, id_, matter.number(uow, id_)))
    return found


def _is_seen(uow: UnitOfWork, actor: Actor, matter: Matter, id_: int) -> bool:
    try:
        matter.require(uow, actor, id_)
    except NotFound:
        return False
    return True


def _deadlines(uow: UnitOfWork, name: str, id_: int) -> list[Deadline]:
    return [one for one in uow.deadlines.all_of(f"{name}:{id_}") if one.clause is not None]


@permits(*STAFF)
def explain(uow: UnitOfWork, actor: Actor, name: str, id_: int) -> tuple[Matching, list[Reasoned]]:
    """All deadlines of a matter, each with its computation. Raises NotFound (P41)."""
    if name not in MATTERS:
        raise NotFound(name, str(id_))
    MATTERS[name].require(uow, actor, id_)
    number = MATTERS[name].number(uow, id_)
    found = _deadlines(uow, name, id_)
    if not found:
        raise NotFound(name, number)
    return Matching(name, id_, number), [_reasoned(uow, one) for one in found]


def _reasoned(uow: UnitOfWork, deadline: Deadline) -> Reasoned:
    how = deadline.reckoning
    if how is None or how.unit is Unit.CLOCK:
        return Reasoned(deadline)
    for rulebook in (rules_as_opened(uow, deadline), uow.rulebook):
        worktime = worktime_for(uow, rulebook, how)
        explanation = how.explained(worktime)
        if explanation is not None and (explanation.due_at == deadline.due_at or deadline.moved_for is Moved.OUTAGE):
            days = [step.day for step in explanation.steps]
            away = frozenset(day for day in days if _is_away(worktime, day))
            return Reasoned(deadline, explanation, _whose(uow, how), worktime.shifts_on(days[-1]), away)
    return Reasoned(deadline, whose=_whose(uow, how))


def _is_away(worktime: WorkTime, day: date) -> bool:
    whole = worktime.whole_days(day, day)
    return any(leave.overlap(whole) for leave in worktime.leave)


def _whose(uow: UnitOfWork, how: Reckoning) -> str:
    if how.person is not None:
        return uow.people.get(how.person).label
    return uow.people.department(how.department).name if how.department is not None else ""
