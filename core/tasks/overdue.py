"""What happens when an answer or a result does not come in time (TSK-2)."""

from __future__ import annotations

from core.checkins import is_absent
from core.deadlines import Deadline, Moved, on_deferred, on_due
from core.ids import PersonId, TaskId
from core.ledger import breach, sanction
from core.notices import Fact
from core.people import chain_above
from core.ports import UnitOfWork
from core.tasks.answering import next_due
from core.tasks.model import DUE, ESCALATE, REPLY, Assignment, Task, hours_for
from core.tasks.telling import (
    CLAUSE,
    DUE_CLAUSE,
    Missed,
    show,
    tell_escalated,
    tell_missed,
    tell_overdue,
    was_reached,
)


@on_deferred(REPLY)
def reply_deferred(uow: UnitOfWork, deadline: Deadline) -> None:
    """The limit of the answer was moved: the cards ask for it by the new instant (P5, P21)."""
    task = TaskId(deadline.number)
    uow.tasks.defer_reply(task, deadline.due_at)
    show(uow, uow.tasks.get(task))


@on_deferred(DUE)
def due_deferred(uow: UnitOfWork, deadline: Deadline) -> None:
    """The same for the limit of the result, of all who were still in time. Back from leave it comes nearer, but not
    where somebody named a time of their own."""
    task = uow.tasks.get(TaskId(deadline.number))
    for part in task.unsolved:
        nearer = deadline.moved_for is not Moved.OUTAGE and part.plan_at is None
        if part.due_missed_at is None and (part.due_at < deadline.due_at or nearer):
            uow.tasks.promise(part.id, deadline.due_at)
    show(uow, uow.tasks.get(task.id))


@on_due(REPLY)
def reply_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    """Report who has not answered, and record it. Whom the task never reached is only reported (P46); whoever is
    on leave or a trip that day is named to the giver alone."""
    task = uow.tasks.get(TaskId(deadline.number))
    if not task.is_open or not task.waiting:
        return
    asked = [part for part in task.waiting if not is_absent(uow, part.person, deadline.due_at)]
    reached = [part for part in asked if was_reached(uow, task, part)]
    unreached = [part for part in asked if part not in reached]
    for part in reached:
        uow.tasks.miss_reply(part.id, deadline.due_at)
        _record(uow, task, part, deadline)
    _leave_room_before_escalation(uow, task)
    absent = [part for part in task.waiting if part not in asked]
    tell_missed(uow, uow.tasks.get(task.id), Missed(reached, unreached, absent), deadline)
    if reached:
        show(uow, uow.tasks.get(task.id), *reached)


def _record(uow: UnitOfWork, task: Task, part: Assignment, deadline: Deadline) -> None:
    evidence: dict[str, Fact] = {"given_at": task.given_at, "reply_by": deadline.due_at, "text": task.text[:200]}
    sanction(uow, part.person, CLAUSE, uow.rulebook.tasks.sanction, task.subject, evidence, deadline.key)


def _leave_room_before_escalation(uow: UnitOfWork, task: Task) -> None:
    """After an outage both would ring at once: the escalation keeps its distance from the alert."""
    standing = uow.deadlines.due_of(task.subject, ESCALATE)
    if standing is None or standing > uow.now:
        return
    rules = uow.rulebook.tasks
    minutes = max(1, rules.escalate_minutes - rules.reply_minutes)
    hours = hours_for(uow, task)
    by_the_clock = task.urgent and rules.urgent_ignores_worktime
    later = hours.by_clock(minutes) if by_the_clock else hours.minutes(minutes)
    uow.deadlines.open(ESCALATE, task.subject, later, CLAUSE)


@on_due(ESCALATE)
def escalated(uow: UnitOfWork, deadline: Deadline) -> None:
    """Still no answer: the next superior is told."""
    task = uow.tasks.get(TaskId(deadline.number))
    missed = [part for part in task.waiting if part.reply_missed_at is not None]
    if task.is_open and missed:
        tell_escalated(uow, task, missed, _next_above(uow, task, missed), deadline)


def _next_above(uow: UnitOfWork, task: Task, missed: list[Assignment]) -> PersonId | None:
    """The superior of whoever gave the task; of the person where the giver has none."""
    for start in (task.giver, missed[0].person):
        for above in chain_above(uow, uow.people.get(start)):
            if above.id != task.giver:
                return above.id
    return None


@on_due(DUE)
def due_passed(uow: UnitOfWork, deadline: Deadline) -> None:
    """Not solved by the due time: a second alert, once for each time promised (P14)."""
    task = uow.tasks.get(TaskId(deadline.number))
    if not task.is_open:
        return
    missed = [part for part in task.unsolved if part.due_missed_at is None and part.due_at <= uow.now]
    for part in missed:
        uow.tasks.miss_due(part.id, part.due_at)
        if was_reached(uow, task, part) and not is_absent(uow, part.person, part.due_at):
            evidence: dict[str, Fact] = {"given_at": task.given_at, "due": part.due_at, "text": task.text[:200]}
            breach(uow, part.person, DUE_CLAUSE, task.subject, evidence, deadline.key)
    after = uow.tasks.get(task.id)
    upcoming = next_due(after)
    if upcoming is not None:
        uow.deadlines.open(DUE, task.subject, upcoming, DUE_CLAUSE)
    if missed:
        tell_overdue(uow, after, missed, deadline)
        show(uow, after, *missed)
