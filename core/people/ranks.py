"""Who is above whom: named superiors, managers of departments, directors, the GM (ORG-1).

Whoever has left, or is handing over, is nobody's superior: the next one up the same line is. An absent superior stays
the superior; `present_superior_of` finds who is there in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from core.access import Actor, Role
from core.ids import DepartmentId, PersonId
from core.people.register import Department, Person, PersonStatus
from core.ports import UnitOfWork

_RANK = {Role.MANAGER: 1, Role.DIRECTOR: 2, Role.GM: 3}


class Ranks(Protocol):
    """What the ranking is read from."""

    def person(self, person: PersonId) -> Person | None: ...
    def department(self, department: DepartmentId) -> Department: ...
    def active(self, role: Role) -> Sequence[Person]: ...


class _Live:
    """The register itself, one question at a time."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._people = uow.people

    def person(self, person: PersonId) -> Person | None:
        return self._people.get(person)

    def department(self, department: DepartmentId) -> Department:
        return self._people.department(department)

    def active(self, role: Role) -> Sequence[Person]:
        return self._people.active(role)


class Snapshot:
    """The whole register, read at once: for many questions."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.people = {person.id: person for person in uow.people.everybody()}
        self._departments = {department.id: department for department in uow.people.departments()}
        self._by_role: dict[Role, list[Person]] = {}
        for person in self.people.values():
            if person.is_active:
                self._by_role.setdefault(person.role, []).append(person)
        self._above: dict[PersonId, Person | None] = {}

    def person(self, person: PersonId) -> Person | None:
        return self.people.get(person)

    def department(self, department: DepartmentId) -> Department:
        return self._departments[department]

    def active(self, role: Role) -> Sequence[Person]:
        return self._by_role.get(role, ())

    def above(self, person: PersonId) -> Person | None:
        """The next one above."""
        if person not in self._above:
            one = self.people.get(person)
            self._above[person] = next_above(self, one) if one else None
        return self._above[person]

    def below(self, boss: PersonId) -> frozenset[PersonId]:
        """Everybody who has the boss somewhere above them."""
        return frozenset(one for one in self.people if self.is_above(boss, one))

    def is_above(self, boss: PersonId, person: PersonId) -> bool:
        return any(above.id == boss for above in _chain(person, lambda one: self.above(one.id), self.above(person)))


def next_above(ranks: Ranks, person: Person) -> Person | None:
    """The next one above a person, or None for whoever stands at the top."""
    return _named(ranks, person) or _of_department(ranks, person) or _at_the_top(ranks, person)


def _named(ranks: Ranks, person: Person) -> Person | None:
    """The superior in the register; of one who left, theirs."""
    at, seen = person.superior, {person.id}
    while at is not None and at not in seen:
        superior = ranks.person(at)
        if superior is None or superior.is_active:
            return superior
        seen.add(at)
        at = superior.superior
    return None


def _of_department(ranks: Ranks, person: Person) -> Person | None:
    """The manager of the person's department, or of the nearest one above it."""
    own = _RANK.get(person.role, 0)
    at: DepartmentId | None = person.department if own < _RANK[Role.DIRECTOR] else None
    seen: set[DepartmentId] = set()
    while at is not None and at not in seen:
        seen.add(at)
        department = ranks.department(at)
        if department.manager != person.id:
            inside = at == person.department
            found = _named_manager(ranks, department, own) or _manager_in(ranks, department, person, inside=inside)
            if found is not None:
                return found
        at = department.parent
    return None


def _named_manager(ranks: Ranks, department: Department, rank: int) -> Person | None:
    if department.manager is None:
        return None
    manager = ranks.person(department.manager)
    fits = manager is not None and manager.is_active and _RANK.get(manager.role, 0) >= rank
    return manager if fits else None


def _manager_in(ranks: Ranks, department: Department, person: Person, *, inside: bool) -> Person | None:
    """Whoever is manager there by role; among managers of one department none is above the other."""
    if inside and person.role is Role.MANAGER:
        return None
    managers = (one for one in ranks.active(Role.MANAGER) if one.department == department.id)
    return next((one for one in managers if one.id != person.id), None)


def _at_the_top(ranks: Ranks, person: Person) -> Person | None:
    own = _RANK.get(person.role, 0)
    higher = [role for role in (Role.DIRECTOR, Role.GM) if _RANK[role] > own]
    return next((one for role in higher for one in ranks.active(role) if one.id != person.id), None)


def _chain(start: PersonId, above: Callable[[Person], Person | None], first: Person | None) -> Iterator[Person]:
    seen, at = {start}, first
    while at is not None and at.id not in seen:
        yield at
        seen.add(at.id)
        at = above(at)


# Questions ----------------------------------------------------------------------------------------------


def superior_of(uow: UnitOfWork, person: Person) -> Person | None:
    """The next one above: the superior named in the register (of one who left, the next up their line), else the
    manager of the department or of the nearest one above it, else a director, else the GM."""
    return next_above(_Live(uow), person)


def chain_above(uow: UnitOfWork, person: Person) -> list[Person]:
    """Everybody above a person, the nearest first."""
    return list(_chain(person.id, lambda one: superior_of(uow, one), superior_of(uow, person)))


def is_superior(uow: UnitOfWork, actor: Actor, person: Person) -> bool:
    """Whether the actor is somewhere above the person."""
    above = _chain(person.id, lambda one: superior_of(uow, one), superior_of(uow, person))
    return any(one.id == actor.person for one in above)


def present_superior_of(uow: UnitOfWork, person: Person, is_absent: Callable[[PersonId], bool]) -> Person | None:
    """The nearest one above who is there; where all are away, the next one above all the same."""
    above = chain_above(uow, person)
    return next((one for one in above if not is_absent(one.id)), above[0] if above else None)


def team_of(uow: UnitOfWork, manager: Person) -> list[Person]:
    """The people for whom the manager is the next one above."""
    ranks = Snapshot(uow)
    nearest = ((person, ranks.above(person.id)) for person in uow.people.active())
    return [person for person, above in nearest if above is not None and above.id == manager.id]


def of_department(uow: UnitOfWork, person: Person) -> Person | None:
    """The manager of the person's department, or of the nearest one above it."""
    return _of_department(_Live(uow), person)


def head_of(uow: UnitOfWork, department: DepartmentId) -> Person | None:
    """Who answers for a department: its manager, or that of the nearest one above; else a director, else the GM."""
    ranks, at = _Live(uow), _as_somebody_in(department)
    return _of_department(ranks, at) or _at_the_top(ranks, at)


def _as_somebody_in(department: DepartmentId) -> Person:
    return Person(
        PersonId(0), "", "", department, "", Role.SALESPERSON, False, "", (), "", None, "", PersonStatus.ACTIVE
    )
