"""Who is asked for a place on which day: field people on working days, those on duty on holidays (CHK-1, ORG-9)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.access import Actor, Role
from core.checkins.judging import window_at, window_on
from core.checkins.values import Window
from core.duty.roster import on_duty
from core.ids import PersonId
from core.people import Person

if TYPE_CHECKING:
    from core.ports import UnitOfWork


def roles_of(uow: UnitOfWork) -> tuple[Role, ...]:
    """The roles that report where they are."""
    return tuple(Role(role) for role in uow.rulebook.checkin.roles)


def window_of(uow: UnitOfWork, day: date) -> Window | None:
    """The round's times of a local date; None on a day without one. A holiday has one for those on duty."""
    usual = window_on(uow.rulebook, day)
    if usual is None and on_duty_for_round(uow, day):
        return window_at(uow.rulebook, day)
    return usual


def on_duty_for_round(uow: UnitOfWork, day: date) -> set[PersonId]:
    """Those on duty who are asked for their place; nobody on a day without a roster."""
    duties = {one.person for one in on_duty(uow, day)}
    if uow.rulebook.duty.check_in:
        return duties
    return {person for person in duties if uow.people.get(person).role in roles_of(uow)}


def expected(uow: UnitOfWork, day: date) -> list[Person]:
    """Everybody who is asked on a day: on one with a roster nobody else."""
    if on_duty(uow, day):
        return [uow.people.get(person) for person in sorted(on_duty_for_round(uow, day))]
    return [person for role in roles_of(uow) for person in uow.people.staff(role)]


def is_expected(uow: UnitOfWork, actor: Actor, day: date) -> bool:
    """Whether somebody is asked on a day."""
    if on_duty(uow, day):
        return actor.person in on_duty_for_round(uow, day)
    return actor.has(*roles_of(uow))


def ever_reports(uow: UnitOfWork, actor: Actor, day: date) -> bool:
    """Whether check-ins are anything to somebody: by role, or because they are on duty that day."""
    return actor.has(*roles_of(uow)) or is_expected(uow, actor, day)
