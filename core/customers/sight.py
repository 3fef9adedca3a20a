"""Who sees which records: everyone their own, superiors those of the people below them (CUS-2, P40)."""

from __future__ import annotations

from core.access import Actor, Role
from core.customers.model import Found, Hit
from core.errors import NotFound
from core.ids import CustomerId, PersonId
from core.names import masked_name
from core.people import Snapshot, is_superior
from core.ports import UnitOfWork

KNOW_OWNERS = (Role.MANAGER, Role.DIRECTOR, Role.GM)


def may_see(uow: UnitOfWork, actor: Actor, owner: PersonId) -> bool:
    """Whether a record of this owner is the actor's to see."""
    if Role.SYSTEM in actor.roles or actor.person == owner:
        return True
    return is_superior(uow, actor, uow.people.get(owner))


def owners_below(uow: UnitOfWork, actor: Actor) -> frozenset[PersonId]:
    """The actor and everybody below, as `core.people.superior_of` ranks them; those who left among them."""
    return frozenset({actor.staff_id, *Snapshot(uow).below(actor.staff_id)})


def seen(actor: Actor, found: Found, *, fully: bool, distance_m: int | None = None) -> Hit:
    """A record as the actor may see it: another's is masked, its owner named to managers alone (P40)."""
    if fully:
        return Hit(found.id, found.name, found.owner_label, found.created_at, distance_m)
    owner = found.owner_label if actor.has(*KNOW_OWNERS) else ""
    return Hit(None, masked_name(found.name), owner, found.created_at)


def require_sight(uow: UnitOfWork, actor: Actor, customer: CustomerId, owner: PersonId) -> None:
    """Raise NotFound where the record is not the actor's to see: as if there were none (P41)."""
    if not may_see(uow, actor, owner):
        raise NotFound("customer", str(customer))
