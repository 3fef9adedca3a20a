"""What is kept of work groups and of the guests in them (ORG-2, ORG-3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.access import Actor, Role
from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.ids import AccountId, ChatId, DepartmentId, GroupId, GuestId
from core.notices import kind
from core.people import Department, Person
from core.ports import UnitOfWork

GUEST = kind("group.guest")  # to the group: somebody in it has no real name yet
STILL_UNBOUND = kind("group.unbound")  # to the group's managers: nor after the grace period
WANTS_BINDING = kind("group.wants_binding")  # to the admins: a guest asks to be bound
GONE = kind("group.gone")  # to the group's managers: a member of staff left of their own accord
BACK = kind("group.back")  # to the same: and came back
LOST = kind("group.lost")  # to the admins: the bot was put out of a group

GRACE = DeadlineKind("group.unbound")
REAL_NAME = "group.real_name"
LEAVING = "group.leaving"


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


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in a work group whose account stands for no member of staff, and who was asked to bind it."""

    id: GuestId
    group: GroupId
    account: AccountId
    name: str
    asked_at: datetime
    listed_on: str = ""  # the local date of the list in which the managers were told of them

    @property
    def subject(self) -> str:
        return f"guest:{self.id}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is still to be chosen to bind a chat: a department where `departments` are given, else purposes."""

    departments: tuple[Department, ...]
    department: Department | None
    chosen: frozenset[Purpose]


@dataclass(eq=False)
class NotBound(KeguanError):
    """The command belongs into a work group, and this chat is not one yet."""


class Groups(Protocol):
    """The bound groups, the guests in them, and who was seen to come and go."""

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
    def rename(self, chat: ChatId, title: str) -> None: ...
    def migrate(self, old: ChatId, new: ChatId) -> GroupId | None:
        """Give a group its new chat; None where no bound group is at the old one, or one is at the new."""

    def is_bound(self, group: GroupId) -> bool: ...
    def guest(self, guest: GuestId) -> Guest | None: ...
    def guest_in(self, group: GroupId, account: AccountId) -> Guest | None: ...
    def add_guest(self, group: GroupId, account: AccountId, name: str, at: datetime) -> Guest | None:
        """The guest, or None where they were known in this group before."""

    def joined_at(self, group: GroupId, account: AccountId) -> datetime | None:
        """When a member joined, where that was seen."""

    def note_joined(self, group: GroupId, account: AccountId, at: datetime) -> datetime | None:
        """Note that somebody joined; when they had left of their own accord, if they had. Told twice it changes
        nothing."""

    def note_left(self, group: GroupId, account: AccountId, at: datetime, *, by_self: bool) -> bool:
        """Note that somebody left; False where that was known."""

    def put_on_list(self, group: GroupId, asked_until: datetime, day: str) -> int:
        """Put the guests who were asked until then, and are on no list yet, on that day's; how many those are."""

    def on_list(self, group: GroupId, day: str) -> list[Guest]:
        """Those on a day's list, in the order in which they were asked."""

    def forget_guests(self, account: AccountId | None, group: GroupId | None) -> list[Guest]:
        """Forget an account's guest entries, or a group's, or an account's in a group; which those were."""


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


def managers_of(uow: UnitOfWork, group: Group) -> list[Person]:
    """Who answers for a group: the managers of its department or of the nearest one above, else the directors,
    else the GM, else the admins."""
    managers = uow.people.active(Role.MANAGER)
    at = group.department
    while at is not None:
        if own := [manager for manager in managers if manager.department == at]:
            return own
        at = uow.people.department(at).parent
    return uow.people.active(Role.DIRECTOR) or uow.people.active(Role.GM) or uow.people.admins()
