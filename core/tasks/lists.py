"""Open tasks with the time left: one's own, the team's, a group's (TSK-5)."""

from __future__ import annotations

from datetime import datetime

from core.access import ANYONE, MANAGERS, STAFF, Actor, permits
from core.errors import NotFound
from core.groups import here
from core.ids import AssignmentId, MessageId, TaskId
from core.notices import Receiver, ToGroup, ToPerson
from core.ports import UnitOfWork
from core.tasks.model import Excuse, Task, manages, sees


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> list[Task]:
    """Tasks in which one's own part is unsolved, soonest due first."""
    return uow.tasks.open_of(actor.staff_id)


@permits(*MANAGERS)
def of_team(uow: UnitOfWork, actor: Actor) -> list[Task]:
    """Open tasks one gave, or that people below one have, worst first."""
    return sorted((t for t in uow.tasks.open() if manages(uow, actor.person, t)), key=_worst_first)


def _worst_first(task: Task) -> tuple[int, datetime]:
    """Unanswered beyond the limit, then overdue, then unanswered, then by the due time."""
    due = min((a.due_at for a in task.unsolved), default=task.due_at)
    if any(a.reply_missed_at is not None for a in task.waiting):
        return 0, task.reply_by
    if any(a.due_missed_at is not None for a in task.unsolved):
        return 1, due
    return (2, task.reply_by) if task.waiting else (3, due)


@permits(*STAFF)
def of_group(uow: UnitOfWork, actor: Actor) -> list[Task]:
    """The open tasks of the group one speaks in, worst first. Raises NotBound."""
    return sorted(uow.tasks.open_in(here(uow, actor).id), key=_worst_first)


@permits(*STAFF)
def detail(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> tuple[Task, list[Excuse], bool]:
    """A task with its excuses, and whether the actor may confirm or withdraw it. Raises NotFound (P41)."""
    task = uow.tasks.get(task_id)
    if not sees(uow, actor.person, actor.group, task):
        raise NotFound("task", str(task_id))
    return task, uow.tasks.excuses_of(task_id), manages(uow, actor.person, task)


@permits(*ANYONE)
def card_at(uow: UnitOfWork, actor: Actor, message: MessageId) -> tuple[str, Task] | None:
    """What a reply to one of our messages is meant for: ("task" or "late", the task) where that message is a card of
    a task the actor has a part in. The message is known by its id, never by its text (P44)."""
    if actor.person is None:
        return None
    to: Receiver = ToPerson(actor.person) if actor.group is None else ToGroup(actor.group)
    name, number, *_ = (uow.notices.card_at(to, message) or ":").split(":")
    if name == "late":
        found = uow.tasks.of_assignment(AssignmentId(int(number)))
    elif name == "task":
        found = uow.tasks.get(TaskId(int(number)))
    else:
        return None
    return (name, found) if found.of(actor.person) is not None else None
