"""Answers to a task, and a superior's confirming or withdrawing it (TSK-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.access import MANAGERS, STAFF, Actor, permits
from core.errors import AlreadySettled, NotFound
from core.hours import hours_of
from core.ids import TaskId
from core.ports import UnitOfWork
from core.tasks.model import (
    DUE,
    ESCALATE,
    REPLY,
    Answer,
    AnswerState,
    Assignment,
    NotYours,
    Task,
    TaskState,
    manages,
    sees,
)
from core.tasks.telling import DUE_CLAUSE, show, tell_closed, tell_giver


@dataclass(frozen=True, slots=True)
class Answered:
    """A task after an answer, and the part of whoever answered (None: a superior confirmed it)."""

    task: Task
    part: Assignment | None


@permits(*STAFF)
def answer(uow: UnitOfWork, actor: Actor, task_id: TaskId, given: Answer) -> Answered:
    """Answer a task: received, a plan with a time, or solved (TSK-1). A superior may say solved as well.

    Raises NotFound, NotYours, or AlreadySettled where nothing would change (P17).
    """
    task = _seen(uow, actor, task_id)
    part = task.of(actor.person)
    if part is None:
        if given.state is AnswerState.SOLVED and manages(uow, actor.person, task):
            return Answered(_close(uow, actor, task, TaskState.SOLVED), None)
        raise NotYours(tuple(one.label for one in task.assignments))
    if not task.is_open:
        raise AlreadySettled("task", task.state, task.closed_by, task.closed_at)
    if part.is_solved or _says_nothing_new(part, given):
        raise AlreadySettled("task", part.state, part.closed_by or part.label, part.solved_at or part.answered_at)
    given = _merged(part, given)
    if not uow.tasks.answer(part.id, part.state, given, uow.now, _late_minutes(uow, task, part)):
        raise AlreadySettled("task", part.state)
    if given.until is not None and given.until != part.plan_at:
        uow.tasks.promise(part.id, given.until)
    return _after_answer(uow, actor, task)


def _says_nothing_new(part: Assignment, given: Answer) -> bool:
    return given.state is AnswerState.RECEIVED and not part.is_waiting and not (given.text or given.medium)


def _merged(part: Assignment, given: Answer) -> Answer:
    """What a further answer leaves of the one before: words alone don't take a plan back."""
    if given.state is AnswerState.RECEIVED and part.state is AnswerState.PLANNED:
        return Answer(part.state, given.text, given.medium, part.plan_at)
    if not (given.text or given.medium):
        return Answer(given.state, part.answer, part.medium, given.until)
    return given


def _late_minutes(uow: UnitOfWork, task: Task, part: Assignment) -> int | None:
    """How late a first answer is; None in time, and where nobody could expect it earlier (P21, P46)."""
    if not part.is_waiting:
        return part.late_minutes
    limit = part.reply_missed_at or uow.deadlines.due_of(task.subject, REPLY)
    if limit is None or (uow.now <= limit and part.reply_missed_at is None):
        return None
    by_the_clock = task.urgent and uow.rulebook.tasks.urgent_ignores_worktime
    late = uow.now - limit if by_the_clock else hours_of(uow, part.person, limit).worktime.between(limit, uow.now)
    return max(1, -(-int(late.total_seconds()) // 60))


def _after_answer(uow: UnitOfWork, actor: Actor, before: Task) -> Answered:
    task = uow.tasks.get(before.id)
    if not task.waiting:
        uow.deadlines.cancel(task.subject, REPLY, ESCALATE)
    if not task.unsolved:
        uow.tasks.close(task.id, TaskState.SOLVED, actor.staff_id, uow.now)
        uow.deadlines.cancel(task.subject)
        task = uow.tasks.get(task.id)
    else:
        reschedule(uow, before, task)
    part = task.of(actor.person)
    if part is None:
        raise NotFound("task", str(task.id))
    show(uow, task, part)
    tell_giver(uow, task, part)
    return Answered(task, part)


def reschedule(uow: UnitOfWork, before: Task, after: Task) -> None:
    """Keep the due deadline at the earliest part that is still to be solved; one that an outage moved stays."""
    was, now = next_due(before), next_due(after)
    if now is None:
        uow.deadlines.cancel(after.subject, DUE)
        return
    standing = uow.deadlines.due_of(after.subject, DUE)
    if standing is None or (now != was and now > uow.now):
        uow.deadlines.open(DUE, after.subject, now, DUE_CLAUSE)


def next_due(task: Task) -> datetime | None:
    """When the next part of a task falls due that was not reported yet."""
    return min((a.due_at for a in task.unsolved if a.due_missed_at is None), default=None)


@permits(*STAFF)
def plan_hint(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> Task:
    """The task somebody wants to give a plan for; refused where an answer would be."""
    task = _seen(uow, actor, task_id)
    part = task.of(actor.person)
    if part is None:
        raise NotYours(tuple(one.label for one in task.assignments))
    if not task.is_open or part.is_solved:
        raise AlreadySettled("task", task.state, task.closed_by or part.label, task.closed_at or part.solved_at)
    return task


@permits(*MANAGERS)
def close(uow: UnitOfWork, actor: Actor, task_id: TaskId, state: TaskState) -> Task:
    """Confirm a task as solved, or withdraw it: the giver's, and open to those above the people concerned."""
    task = _seen(uow, actor, task_id)
    if not manages(uow, actor.person, task):
        raise NotYours((task.giver_label,))
    return _close(uow, actor, task, state)


def _close(uow: UnitOfWork, actor: Actor, task: Task, state: TaskState) -> Task:
    if not uow.tasks.close(task.id, state, actor.staff_id, uow.now):
        raise AlreadySettled("task", task.state, task.closed_by, task.closed_at)
    if state is TaskState.SOLVED:
        for part in task.unsolved:
            uow.tasks.solve_for(part.id, actor.staff_id, uow.now)
    uow.deadlines.cancel(task.subject)
    closed = uow.tasks.get(task.id)
    show(uow, closed)
    tell_closed(uow, closed, task.unsolved)
    return closed


def _seen(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> Task:
    task = uow.tasks.get(task_id)
    if not sees(uow, actor.person, actor.group, task):
        raise NotFound("task", str(task_id))
    return task
