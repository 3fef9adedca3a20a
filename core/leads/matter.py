"""Leads as a matter with a number (see `core.matters`)."""

from __future__ import annotations

from core.access import Actor
from core.ids import LeadId, PersonId
from core.leads.offering import seen
from core.matters import Matter, by_id, enter, own_number
from core.ports import UnitOfWork


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the lead is neither the actor's to see, nor shown in the group they speak in (P41)."""
    if actor.group is None or actor.group not in uow.leads.get(LeadId(number)).groups:
        seen(uow, actor, LeadId(number))


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """The owner."""
    owner = uow.leads.get(LeadId(number)).owner
    return [] if owner is None else [owner]


enter(Matter("lead", require, own_number, by_id, holders))
