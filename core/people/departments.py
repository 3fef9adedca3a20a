"""Departments from the chat: the tree, adding, renaming, moving, who manages one, removing an empty one (ORG-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.access import MANAGERS, Actor, Role, permits
from core.errors import KeguanError
from core.ids import DepartmentId
from core.people.finding import may_take, one_department, one_person
from core.people.moving import within
from core.people.ranks import head_of
from core.people.register import Change, Department, Person
from core.ports import UnitOfWork

LONGEST_NAME = 60
TOP = "/"  # typed for the top of the tree
CHANGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Branch:
    """A department in the tree: how deep, who answers for it, how many people are in it and below."""

    department: Department
    depth: int
    manager: str
    people: int


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    department: Department
    path: str
    manager: Person | None
    answers: Person | None  # the manager, or whoever answers for it where none is named
    people: int
    changes: Sequence[Change]


@dataclass(eq=False)
class DepartmentRefused(KeguanError):
    """Reasons: empty, long, slash (in a name); taken (a sibling has the name); cycle; people, below, groups (what is
    still in one that is to be removed)."""

    reason: str
    name: str
    count: int = 0


@permits(Role.ADMIN, *MANAGERS)
def tree(uow: UnitOfWork, actor: Actor) -> list[Branch]:
    """All departments, those below right after the one above."""
    departments, people = uow.people.departments(), uow.people.staff()
    labels = {one.id: one.name for one in people}

    def below(parent: DepartmentId | None, depth: int) -> list[Branch]:
        found = []
        for one in departments:
            if one.parent == parent:
                inside = [person for person in people if within(uow, person.department, one.id)]
                manager = labels.get(one.manager, "") if one.manager is not None else ""
                found += [Branch(one, depth, manager, len(inside)), *below(one.id, depth + 1)]
        return found

    return below(None, 0)


@permits(Role.ADMIN)
def department_card(uow: UnitOfWork, actor: Actor, department_id: DepartmentId) -> DepartmentCard:
    """Raises NotFound."""
    one = uow.people.department(department_id)
    return DepartmentCard(
        one,
        uow.people.path_of(one.id),
        uow.people.get(one.manager) if one.manager is not None else None,
        head_of(uow, one.id),
        len(uow.people.active(department=one.id)),
        uow.people.changes(f"department:{one.id}", CHANGES_SHOWN),
    )


@permits(Role.ADMIN)
def add_department(uow: UnitOfWork, actor: Actor, name: str, parent: DepartmentId | None) -> DepartmentCard:
    """Raises DepartmentRefused, or NotFound for a parent that is no more."""
    if parent is not None:
        uow.people.department(parent)
    added = uow.people.add_department(_checked(uow, name, parent), parent)
    _log(uow, actor, added.id, "added", "", uow.people.path_of(added.id))
    return department_card(uow, actor, added.id)


@permits(Role.ADMIN)
def rename_department(uow: UnitOfWork, actor: Actor, department_id: DepartmentId, name: str) -> DepartmentCard:
    """Raises DepartmentRefused, NotFound."""
    one = uow.people.department(department_id)
    name = _checked(uow, name, one.parent, but=one.id)
    uow.people.put_department(replace(one, name=name))
    _log(uow, actor, one.id, "name", one.name, name)
    return department_card(uow, actor, one.id)


@permits(Role.ADMIN)
def move_department(uow: UnitOfWork, actor: Actor, department_id: DepartmentId, under: str) -> DepartmentCard:
    """Put a department below another one, or at the top ("/"). Raises DepartmentRefused, NotFound, SeveralFound."""
    one = uow.people.department(department_id)
    before = uow.people.path_of(one.id)
    parent = None if under.strip() in ("", TOP) else one_department(uow, under).id
    if parent is not None and within(uow, parent, one.id):
        raise DepartmentRefused("cycle", one.name)
    _checked(uow, one.name, parent, but=one.id)
    uow.people.put_department(replace(one, parent=parent))
    _log(uow, actor, one.id, "parent", before, uow.people.path_of(one.id))
    return department_card(uow, actor, one.id)


@permits(Role.ADMIN)
def name_manager(uow: UnitOfWork, actor: Actor, department_id: DepartmentId, text: str) -> DepartmentCard:
    """Who manages a department; nothing: whoever has the role in it. Raises NotFound, SeveralFound, IsLeaving."""
    one = uow.people.department(department_id)
    manager = may_take(one_person(uow, text)) if text.strip() else None
    before = uow.people.get(one.manager).label if one.manager is not None else ""
    uow.people.put_department(replace(one, manager=manager.id if manager else None))
    _log(uow, actor, one.id, "manager", before, manager.label if manager else "")
    return department_card(uow, actor, one.id)


@permits(Role.ADMIN)
def remove_department(uow: UnitOfWork, actor: Actor, department_id: DepartmentId) -> str:
    """Remove one that nothing is in; its name. Raises DepartmentRefused, NotFound."""
    one = uow.people.department(department_id)
    people = [person for person in uow.people.everybody() if person.department == one.id]
    below = [other for other in uow.people.departments() if other.parent == one.id]
    groups = [group for group in uow.groups.all() if group.department == one.id]
    for reason, found in (("people", people), ("below", below), ("groups", groups)):
        if found:
            raise DepartmentRefused(reason, one.name, len(found))
    _log(uow, actor, one.id, "removed", uow.people.path_of(one.id), "")
    uow.people.remove_department(one.id)
    return one.name


def _checked(uow: UnitOfWork, name: str, parent: DepartmentId | None, but: DepartmentId | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "/" in name:
        raise DepartmentRefused("empty" if not name else "slash" if "/" in name else "long", name, LONGEST_NAME)
    siblings = [one for one in uow.people.departments() if one.parent == parent and one.id != but]
    if any(one.name == name for one in siblings):
        raise DepartmentRefused("taken", name)
    return name


def _log(uow: UnitOfWork, actor: Actor, department: DepartmentId, field: str, before: str, after: str) -> None:
    uow.people.log(Change(f"department:{department}", field, before, after, actor.name, uow.now))
