"""Who sees which records: everyone their own, superiors those of the people below them (CUS-2, P40)."""

from __future__ import annotations

from core.access import Actor, Role
from core.customers.model import Found, Hit
from core.errors import NotFound
from core.ids import CustomerId, DepartmentId, PersonId
from core.names import masked_name
from core.people import Person, is_superior
from core.ports import UnitOfWork

KNOW_OWNERS = (Role.MANAGER, Role.DIRECTOR, Role.GM)


def may_see(uow: UnitOfWork, actor: Actor, owner: PersonId) -> bool:
    """Whether a record of this owner is the actor's to see."""
    if Role.SYSTEM in actor.roles or actor.person == owner:
        return True
    return is_superior(uow, actor, uow.people.get(owner))


def owners_below(uow: UnitOfWork, actor: Actor) -> frozenset[PersonId]:
    """The actor and everybody below, as `core.people.superior_of` ranks them; read in three questions."""
    people = uow.people.active()
    parents = {department.id: department.parent for department in uow.people.departments()}
    above = {person.id: _superior(person, people, parents) for person in people}
    below = {person for person in above if actor.person in _chain(person, above)}
    return frozenset({actor.staff_id, *below})


def _superior(
    person: Person, people: list[Person], parents: dict[DepartmentId, DepartmentId | None]
) -> PersonId | None:
    if any(one.id == person.superior for one in people):
        return person.superior
    department: DepartmentId | None = person.department
    while department is not None:
        for one in people:
            if one.role is Role.MANAGER and one.department == department and one.id != person.id:
                return one.id
        department = parents[department]
    for role in (Role.DIRECTOR, Role.GM):
        for one in people:
            if one.role is role and one.id != person.id:
                return one.id
    return None


def _chain(person: PersonId, above: dict[PersonId, PersonId | None]) -> list[PersonId]:
    chain: list[PersonId] = []
    at = above.get(person)
    while at is not None and at not in chain and at != person:
        chain.append(at)
        at = above.get(at)
    return chain


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
