"""Handovers as a matter with deadlines (see `core.matters`)."""

from __future__ import annotations

from core.access import Actor
from core.handover.opening import run_by
from core.ids import HandoverId, PersonId
from core.matters import Matter, by_id, enter, own_number
from core.ports import UnitOfWork


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the handover is not the actor's to run."""
    run_by(uow, actor, HandoverId(number))


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """Whoever runs it."""
    return [uow.handovers.get(HandoverId(number)).keeper]


enter(Matter("handover", require, own_number, by_id, holders))
