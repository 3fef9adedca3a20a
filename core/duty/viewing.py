"""Looking at the roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.duty.model import Duty
from core.duty.roster import LOOK_AHEAD_DAYS, Break, coming_breaks, departments_of, rosters
from core.people import Person, team_of
from core.ports import UnitOfWork
from core.worktime.values import DAY


@dataclass(frozen=True, slots=True)
class Overview:
    """The coming holidays with who is on duty, and the days of the one who looks."""

    breaks: tuple[Break, ...]
    rosters: Mapping[date, list[Duty]]
    mine: tuple[date, ...]


@permits(*STAFF)
def overview(uow: UnitOfWork, actor: Actor) -> Overview:
    """The coming holidays; anybody may see who is there."""
    today = uow.worktime.local_date(uow.now)
    found = rosters(uow, today, today + DAY * LOOK_AHEAD_DAYS)
    mine = tuple(day for day, duties in found.items() if any(one.person == actor.person for one in duties))
    return Overview(tuple(coming_breaks(uow.worktime, today)), found, mine)


@permits(*STAFF)
def choices(uow: UnitOfWork, actor: Actor) -> list[Person]:
    """Whom one may put on duty or ask: managers their team, administrators everybody, others their department."""
    if actor.has(Role.ADMIN):
        return uow.people.active()
    me = uow.people.get(actor.staff_id)
    if not actor.has(*MANAGERS):
        return [person for person in uow.people.active(department=me.department) if person.id != me.id]
    below = {person.id for person in team_of(uow, me)}
    own = departments_of(uow, actor)
    return [one for one in uow.people.active() if one.id in below or one.department in own]
