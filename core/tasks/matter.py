"""Tasks as a matter with a number (see `core.matters`)."""

from __future__ import annotations

from core.access import Actor
from core.errors import NotFound
from core.ids import PersonId, TaskId
from core.matters import Matter, by_id, enter, own_number
from core.ports import UnitOfWork
from core.tasks.model import sees


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the task is not the actor's to see (P41)."""
    if not sees(uow, actor.person, actor.group, uow.tasks.get(TaskId(number))):
        raise NotFound("task", str(number))


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """Those whose part is not solved."""
    return [part.person for part in uow.tasks.get(TaskId(number)).unsolved]


enter(Matter("task", require, own_number, by_id, holders))
