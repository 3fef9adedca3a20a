"""Customers' records as a matter with deadlines (see `core.matters`): they must be complete by a day."""

from __future__ import annotations

from core.access import Actor
from core.customers.sight import require_sight
from core.ids import CustomerId, PersonId
from core.matters import Matter, enter
from core.ports import UnitOfWork


def require(uow: UnitOfWork, actor: Actor, number: int) -> None:
    """Raises NotFound where the record is not the actor's to see (P40)."""
    require_sight(uow, actor, CustomerId(number), uow.customers.get(CustomerId(number)).owner)


def name_of(uow: UnitOfWork, number: int) -> str:
    """Customers are known by name."""
    return uow.customers.get(CustomerId(number)).name


def find(uow: UnitOfWork, text: str) -> int | None:
    """Nobody types the number of a customer."""
    return None


def holders(uow: UnitOfWork, number: int) -> list[PersonId]:
    """The owner."""
    return [uow.customers.get(CustomerId(number)).owner]


enter(Matter("customer", require, name_of, find, holders))
