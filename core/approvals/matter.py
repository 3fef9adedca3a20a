"""Requests as a matter with a number (see `core.matters`)."""

from __future__ import annotations

from core.access import Actor
from core.approvals.lists import may_see
from core.errors import NotFound
from core.ids import ApprovalId, PersonId
from core.matters import Matter, by_id, enter, own_number
from core.ports import UnitOfWork


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the request is not the actor's to see (P41)."""
    if not may_see(actor, uow.approvals.get(ApprovalId(number))):
        raise NotFound("approval", str(number))


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """Those who are to decide."""
    return [one.acting for one in uow.approvals.get(ApprovalId(number)).waiting]


enter(Matter("approval", require, own_number, by_id, holders))
