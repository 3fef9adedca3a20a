"""Work groups: a group chat bound to a department and to purposes (ORG-2, ORG-3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.access import ANYONE, MANAGERS, Actor, Role, permits
from core.errors import KeguanError, NotFound
from core.ids import ChatId, DepartmentId, GroupId
from core.ports import UnitOfWork


class Purpose(StrEnum):
    """What a group is for."""

    SALES = "sales"  # the sales floor: check-ins, leads, tasks
    MANAGEMENT = "management"  # alerts and lists for managers
    COMPLAINT = "complaint"  # the complaint desk
    REPAIR = "repair"  # the repair desk


@dataclass(frozen=True, slots=True)
class Group:
    """A bound group. `department` None means the whole company."""

    id: GroupId
    chat: ChatId
    title: str
    department: DepartmentId | None
    department_name: str
    purposes: frozenset[Purpose]
    bound_at: datetime


@dataclass(eq=False)
class NotBound(KeguanError):
    """The command belongs into a work group, and this chat is not one yet."""


class Groups(Protocol):
    """The bound groups."""

    def get(self, group: GroupId) -> Group: ...
    def at(self, chat: ChatId) -> Group | None: ...
    def all(self) -> list[Group]: ...
    def save(
        self,
        chat: ChatId,
        title: str,
        department: DepartmentId | None,
        purposes: Collection[Purpose],
        at: datetime,
    ) -> Group:
        """Bind a chat, or change the binding it has."""

    def remove(self, group: GroupId) -> None: ...
    def migrate(self, old: ChatId, new: ChatId) -> bool: ...


def for_purpose(uow: UnitOfWork, purpose: Purpose, department: DepartmentId | None = None) -> list[Group]:
    """The groups of a purpose that serve a department: its own, else those of the nearest department above it,
    else those of the whole company."""
    fitting = [group for group in uow.groups.all() if purpose in group.purposes]
    at = department
    while at is not None:
        own = [group for group in fitting if group.department == at]
        if own:
            return own
        at = uow.people.department(at).parent
    whole = [group for group in fitting if group.department is None]
    return whole if whole or department is not None else fitting


def here(uow: UnitOfWork, actor: Actor) -> Group:
    """The bound group the actor speaks in. Raises NotBound."""
    if actor.group is None:
        raise NotBound
    return uow.groups.get(actor.group)


@permits(Role.ADMIN)
def bind(uow: UnitOfWork, actor: Actor, title: str, department: str | None, purposes: Collection[Purpose]) -> Group:
    """Bind the chat the actor speaks in to a department (None: the whole company) and purposes (ORG-2)."""
    if actor.chat is None:
        raise NotBound
    found = None
    if department is not None:
        found = uow.people.find_department(department)
        if found is None:
            raise NotFound("department", department)
    return uow.groups.save(actor.chat, title, found.id if found else None, purposes, uow.now)


@permits(Role.ADMIN)
def unbind(uow: UnitOfWork, actor: Actor) -> Group:
    """Make the chat an ordinary one again; nothing is posted there any more."""
    group = here(uow, actor)
    uow.groups.remove(group.id)
    return group


@permits(*ANYONE)
def migrate(uow: UnitOfWork, actor: Actor, old: ChatId, new: ChatId) -> bool:
    """Follow a group that became a supergroup: its cards and deadlines go with it (P45)."""
    return uow.groups.migrate(old, new)


@permits(Role.ADMIN, *MANAGERS)
def listing(uow: UnitOfWork, actor: Actor) -> list[Group]:
    return uow.groups.all()
