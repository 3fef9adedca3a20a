"""Giving a task to people or to a department (TSK-1, TSK-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.access import MANAGERS, Actor, permits
from core.errors import NotFound
from core.groups import Group, NotBound, Purpose, for_purpose, here
from core.hours import Due, Hours, hours_in, hours_of
from core.ids import AccountId, DepartmentId, GroupId, PersonId
from core.people import Department, Person, chain_above, may_take, one_person
from core.ports import UnitOfWork
from core.tasks.model import (
    DUE,
    ESCALATE,
    REPLY,
    GivenUpward,
    NewTask,
    Task,
    TaskUnclear,
)
from core.tasks.telling import CLAUSE, DUE_CLAUSE, show


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a task is for, as it was written; `account` where the chat app itself names the account."""

    text: str
    account: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A task as it is given: to people (one task each) or to a department (one task for all of it)."""

    targets: tuple[Target, ...]
    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The times of a task. Working minutes count from the next opening; those of an urgent task by the clock."""

    reply: Due
    escalate: Due
    due: Due | datetime  # an instant where it was named

    @property
    def due_at(self) -> datetime:
        return self.due.at if isinstance(self.due, Due) else self.due

    @property
    def instants(self) -> tuple[datetime, datetime, datetime]:
        return self.reply.at, self.escalate.at, self.due_at


@permits(*MANAGERS)
def give(uow: UnitOfWork, actor: Actor, order: Order) -> list[Task]:
    """Give a task (TSK-1). Raises TaskUnclear, NotBound, NotFound, SeveralFound or GivenUpward."""
    if not order.targets:
        raise TaskUnclear("person")
    if not order.text.strip():
        raise TaskUnclear("text")
    above = {person.id: person for person in chain_above(uow, uow.people.get(actor.staff_id))}
    meant = [_meant(uow, target) for target in order.targets]
    given: dict[PersonId | str, Task] = {}
    for one in meant:
        if isinstance(one, Department):
            key: PersonId | str = f"department:{one.id}"
            people = [p.id for p in uow.people.active(department=one.id) if p.id not in {actor.staff_id, *above}]
            if not people:
                raise NotFound("person", one.name)
        else:
            may_take(one)
            if one.id in above:
                raise GivenUpward(one.label)
            key, people = one.id, [one.id]
        if key not in given:
            given[key] = _give_one(uow, actor, order, one, people)
    return list(given.values())


def _meant(uow: UnitOfWork, target: Target) -> Person | Department:
    if target.account is not None:
        person = uow.people.by_account(target.account)
        if person is None:
            raise NotFound("person", target.text)
        return person
    if not uow.people.find(target.text):
        department = uow.people.find_department(target.text)
        if department is not None:
            return department
    return one_person(uow, target.text)


def _give_one(
    uow: UnitOfWork, actor: Actor, order: Order, to: Person | Department, people: Sequence[PersonId]
) -> Task:
    department = to.id if isinstance(to, Department) else None
    group = _group_for(uow, actor, to.id if isinstance(to, Department) else to.department)
    hours = hours_in(uow, to.id) if isinstance(to, Department) else hours_of(uow, to.id)
    limits = limits_of(uow, order.urgent, hours)
    text = order.text.strip()
    new = NewTask(group, actor.staff_id, department, text, order.urgent, uow.now, *limits.instants)
    return _open(uow, new, people, limits)


def _open(uow: UnitOfWork, new: NewTask, people: Sequence[PersonId], limits: Limits) -> Task:
    task = uow.tasks.add(new, people)
    uow.deadlines.open(REPLY, task.subject, limits.reply, CLAUSE)
    uow.deadlines.open(ESCALATE, task.subject, limits.escalate, CLAUSE)
    uow.deadlines.open(DUE, task.subject, limits.due, DUE_CLAUSE)
    show(uow, task)
    return task


def order(uow: UnitOfWork, giver: PersonId, to: PersonId, text: str, due_at: datetime) -> Task:
    """A task that another area gives in somebody's name, to one person in private, with its own limit."""
    usual = limits_of(uow, False, hours_of(uow, to))
    limits = replace(usual, due=max(due_at, usual.reply.at))
    return _open(uow, NewTask(None, giver, None, text, False, uow.now, *limits.instants), [to], limits)


def limits_of(uow: UnitOfWork, urgent: bool, hours: Hours) -> Limits:
    """When a task given now is to be answered, escalated and solved, by the hours of whom it is for (TSK-2, TSK-4).

    A due time that would come before the answer is asked for moves to the end of the day of the answer.
    """
    rules = uow.rulebook.tasks
    after = hours.by_clock if urgent and rules.urgent_ignores_worktime else hours.minutes
    reply = after(rules.reply_minutes)
    due = hours.end_of_day() if rules.due == "end_of_day" else after(rules.due)
    if due.at <= reply.at:
        due = hours.end_of_day(reply.at)
    return Limits(reply, after(rules.escalate_minutes), due)


def _group_for(uow: UnitOfWork, actor: Actor, department: DepartmentId) -> GroupId | None:
    """The group spoken in; from a private chat the department's sales group, or else any group it has."""
    if actor.group is not None:
        return here(uow, actor).id
    if actor.chat is not None and int(actor.chat) != int(actor.account):
        raise NotBound
    floor = for_purpose(uow, Purpose.SALES, department)
    own = [group for group in uow.groups.all() if group.department == department]
    found: list[Group] = [*floor, *own]
    return found[0].id if found else None
