"""Putting a clause in force from a day, taking that back, and putting it back into shadow (RULE-3, RULE-4)."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import StrEnum

from core.access import Actor, Role, permits
from core.deadlines import Deadline, on_due
from core.errors import AlreadySettled, NotFound
from core.notices import Fact, NoticeKind
from core.ports import UnitOfWork
from core.rulebook import Clause
from core.rules.changing import carry_out, carry_out_due, tell_groups
from core.rules.model import (
    CALLED_OFF,
    PLANNED,
    SWITCH,
    DayPassed,
    Switch,
    SwitchedAlready,
    SwitchId,
)

DECIDERS = (Role.ADMIN, Role.GM, Role.DIRECTOR)  # who may put clauses in force
DECEMBER = 12


class Start(StrEnum):
    """The days that are offered."""

    TOMORROW = "day"
    MONDAY = "week"
    FIRST = "month"


def day_of(start: Start, today: date) -> date:
    """The day meant: tomorrow, next Monday, or the first of next month."""
    if start is Start.TOMORROW:
        return today + timedelta(days=1)
    if start is Start.MONDAY:
        return today + timedelta(days=7 - today.weekday())
    years, month = divmod(today.month, DECEMBER)
    return date(today.year + years, month + 1, 1)


@permits(*DECIDERS)
def put_in_force(uow: UnitOfWork, actor: Actor, clause_id: str, day: date) -> Switch:
    """Have a clause take effect at the first instant of a day to come; the groups learn it now.

    Raises NotFound, SwitchedAlready where it is in force or planned already, DayPassed.
    """
    clause = _clause(uow, clause_id)
    if clause.in_force:
        raise SwitchedAlready(clause_id, True)
    from_at = uow.worktime.instant(day, time(0))
    if from_at <= uow.now:
        raise DayPassed(clause_id)
    switch = uow.rules.plan(clause_id, True, from_at, actor.staff_id, actor.name, uow.now)
    if switch is None:
        planned = planned_of(uow, clause_id)
        raise SwitchedAlready(clause_id, True, planned.from_at if planned else None, planned.by if planned else "")
    uow.deadlines.open(SWITCH, switch.subject, from_at)
    _tell(uow, PLANNED, switch, clause)
    return switch


@permits(*DECIDERS)
def call_off(uow: UnitOfWork, actor: Actor, switch_id: SwitchId) -> Switch:
    """Take a planned switch back before its day. Raises NotFound, AlreadySettled once it holds or is off."""
    switch = uow.rules.switch(switch_id)
    if switch.from_at <= uow.now or not uow.rules.call_off(switch, actor.staff_id, uow.now):
        raise AlreadySettled("switch", "called_off" if switch.from_at > uow.now else "in_force")
    uow.deadlines.cancel(switch.subject)
    _tell(uow, CALLED_OFF, switch, _clause(uow, switch.clause), actor.name)
    return switch


@permits(*DECIDERS)
def back_into_shadow(uow: UnitOfWork, actor: Actor, clause_id: str) -> Switch:
    """Have a clause in force be without effect from now on. Raises NotFound, SwitchedAlready."""
    if not _clause(uow, clause_id).in_force:
        raise SwitchedAlready(clause_id, False)
    carry_out_due(uow)
    switch = uow.rules.plan(clause_id, False, uow.now, actor.staff_id, actor.name, uow.now)
    if switch is None or not uow.rules.settle(switch):
        raise SwitchedAlready(clause_id, False)
    carry_out(uow, switch)
    return switch


@on_due(SWITCH)
def comes_into_force(uow: UnitOfWork, deadline: Deadline) -> None:
    """The day has come: what holds already is recorded and announced."""
    carry_out_due(uow)


def planned_of(uow: UnitOfWork, clause_id: str) -> Switch | None:
    """The switch of a clause that is still to come."""
    return next((one for one in uow.rules.switches() if one.clause == clause_id and one.from_at > uow.now), None)


def _clause(uow: UnitOfWork, clause_id: str) -> Clause:
    if clause_id not in uow.rulebook.clauses:
        raise NotFound("clause", clause_id)
    return uow.rulebook.clauses[clause_id]


def _tell(uow: UnitOfWork, notice: NoticeKind, switch: Switch, clause: Clause, by: str = "") -> None:
    facts: dict[str, Fact] = {
        "id": clause.id,
        "article": clause.article,
        "title": {"zh": clause.title.zh, "en": clause.title.en},
        "from_at": switch.from_at,
        "by": by or switch.by,
    }
    tell_groups(uow, notice, switch.subject, facts)
