"""Filling the roster: managers for their own people, administrators for everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from core.access import MANAGERS, Actor, Role, permits
from core.duty.model import FILLED, Duty, NoRestDay
from core.duty.roster import departments_of, rosters
from core.errors import NotFound
from core.ids import PersonId
from core.notices import Fact, Notice, ToPerson, Urgency
from core.people import is_superior, may_take, one_person
from core.ports import UnitOfWork


@permits(*MANAGERS, Role.ADMIN)
def fill(uow: UnitOfWork, actor: Actor, day: date, people: Collection[PersonId]) -> list[Duty]:
    """Set who of the actor's people is on duty on a day; those of others stay. Raises NoRestDay or NotFound."""
    return fill_days(uow, actor, {day: people})[day]


@permits(*MANAGERS, Role.ADMIN)
def fill_lines(uow: UnitOfWork, actor: Actor, lines: Mapping[date, Sequence[str]]) -> dict[date, list[Duty]]:
    """The same for several days and typed names or staff numbers. Raises NoRestDay, NotFound or SeveralFound."""
    return fill_days(uow, actor, {day: {one_person(uow, name).id for name in names} for day, names in lines.items()})


def fill_days(uow: UnitOfWork, actor: Actor, wanted: Mapping[date, Collection[PersonId]]) -> dict[date, list[Duty]]:
    today = uow.worktime.local_date(uow.now)
    before = rosters(uow, min(wanted), max(wanted))
    for day, people in wanted.items():
        if day < today or uow.worktime.day_kind(day).works:
            raise NoRestDay(day)
        _check_own(uow, actor, people)
        for person in set(people) - {one.person for one in before.get(day, ())}:
            may_take(uow.people.get(person))
        others = {one.person for one in before.get(day, ()) if not _is_own(uow, actor, one.person)}
        uow.rosters.fill(day, others | set(people), actor.person, uow.now)
    after = uow.rosters.filled(min(wanted), max(wanted))
    _tell(uow, actor, {day: before.get(day, []) for day in wanted}, after)
    return {day: after[day] for day in wanted}


def _check_own(uow: UnitOfWork, actor: Actor, people: Collection[PersonId]) -> None:
    for person in people:
        if not _is_own(uow, actor, person):
            raise NotFound("person", uow.people.get(person).label)


def _is_own(uow: UnitOfWork, actor: Actor, person: PersonId) -> bool:
    """An administrator's everybody; a manager's those below, and all of their department and those under it."""
    if actor.has(Role.ADMIN) or person == actor.person:
        return True
    who = uow.people.get(person)
    return is_superior(uow, actor, who) or who.department in departments_of(uow, actor)


def _tell(
    uow: UnitOfWork, actor: Actor, before: Mapping[date, Sequence[Duty]], after: Mapping[date, Sequence[Duty]]
) -> None:
    """Everybody whose days changed learns which, once."""
    added: dict[PersonId, list[Fact]] = {}
    dropped: dict[PersonId, list[Fact]] = {}
    for day, duties in before.items():
        was, now = {one.person for one in duties}, {one.person for one in after[day]}
        for person in now - was:
            added.setdefault(person, []).append(day.isoformat())
        for person in was - now:
            dropped.setdefault(person, []).append(day.isoformat())
    for person in sorted(added.keys() | dropped.keys()):
        if person != actor.person:
            facts: dict[str, Fact] = {
                "added": added.get(person, []),
                "dropped": dropped.get(person, []),
                "by": actor.name,
            }
            uow.notices.tell(Notice(FILLED, ToPerson(person), facts, "duty", urgency=Urgency.ROUTINE))
