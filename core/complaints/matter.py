"""Complaints as a matter with a number (see `core.matters`)."""

from __future__ import annotations

from core.access import Actor
from core.complaints.telling import seen_by
from core.ids import ComplaintId, PersonId
from core.matters import Matter, enter
from core.ports import UnitOfWork


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the case is not the actor's to see (P41)."""
    seen_by(uow, actor, ComplaintId(number))


def number_of(uow: UnitOfWork, number: int) -> str:
    """The number that customers are told."""
    return uow.complaints.get(ComplaintId(number)).number


def find(uow: UnitOfWork, text: str) -> int | None:
    """By the number that customers are told."""
    complaint = uow.complaints.by_number(text)
    return None if complaint is None else complaint.id


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """The owner."""
    owner = uow.complaints.get(ComplaintId(number)).owner
    return [] if owner is None else [owner]


enter(Matter("complaint", require, number_of, find, holders))
