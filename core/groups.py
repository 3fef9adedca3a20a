"""Work groups: a group chat bound to a department and to purposes; real names in them (ORG-2, ORG-3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.access import ANYONE, MANAGERS, Actor, Role, permits
from core.deadlines import Deadline, DeadlineKind, on_due
from core.errors import KeguanError, NotFound
from core.ids import AccountId, ChatId, DepartmentId, GroupId, GuestId
from core.notices import Notice, ToGroup, ToPerson, Urgency, kind
from core.people import Department, Identity, Person, one_department
from core.ports import UnitOfWork

GUEST = kind("group.guest")  # to the group: somebody in it has no real name yet
STILL_UNBOUND = kind("group.unbound")  # to the group's managers: nor after the grace period
WANTS_BINDING = kind("group.wants_binding")  # to the admins: a guest asks to be bound
LOST = kind("group.lost")  # to the admins: the bot was put out of a group

GRACE = DeadlineKind("group.unbound")
REAL_NAME = "group.real_name"


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
    """The bound groups, and the guests in them."""

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
        """Note that somebody joined; when they had left before, if they had. Told twice it changes nothing."""

    def note_left(self, group: GroupId, account: AccountId, at: datetime) -> bool:
        """Note that somebody left; False where that was known."""

    def forget_guests(self, account: AccountId | None, group: GroupId | None) -> list[str]:
        """Forget an account's guest entries, or a group's, or an account's in a group; the subjects of their
        deadlines."""


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


# Binding ------------------------------------------------------------------------------------------------


@permits(Role.ADMIN)
def offer(uow: UnitOfWork, actor: Actor, department: str | None, purposes: Collection[Purpose]) -> Offer:
    """What is to be chosen before the chat can be bound to a department ("": the whole company, None: not said).

    Raises NotFound or SeveralFound.
    """
    if department is None:
        return Offer(tuple(uow.people.departments()), None, frozenset(purposes))
    return Offer((), one_department(uow, department) if department else None, frozenset(purposes))


@permits(Role.ADMIN)
def offer_purposes(uow: UnitOfWork, actor: Actor, department: DepartmentId | None) -> Offer:
    """What is to be chosen after the department was. Raises NotFound for one that is no more."""
    return Offer((), None if department is None else uow.people.department(department), frozenset())


@permits(Role.ADMIN)
def bind(uow: UnitOfWork, actor: Actor, title: str, department: str | None, purposes: Collection[Purpose]) -> Group:
    """Bind the chat the actor speaks in to a department (None: the whole company) and purposes (ORG-2)."""
    found = one_department(uow, department) if department is not None else None
    return _bind(uow, actor, title, found.id if found else None, purposes)


@permits(Role.ADMIN)
def bind_chosen(
    uow: UnitOfWork, actor: Actor, title: str, department: DepartmentId | None, purposes: Collection[Purpose]
) -> Group:
    """The same by buttons: a group that is bound to this department already gets the purposes added."""
    if department is not None:
        uow.people.department(department)  # raises NotFound for one that is no more
    known = uow.groups.get(actor.group) if actor.group is not None else None
    kept = known.purposes if known is not None and known.department == department else frozenset()
    return _bind(uow, actor, title, department, kept | frozenset(purposes))


def _bind(
    uow: UnitOfWork, actor: Actor, title: str, department: DepartmentId | None, purposes: Collection[Purpose]
) -> Group:
    if actor.chat is None:
        raise NotBound
    return uow.groups.save(actor.chat, title, department, purposes, uow.now)


@permits(Role.ADMIN)
def unbind(uow: UnitOfWork, actor: Actor) -> Group:
    """Make the chat an ordinary one again; nothing is posted there any more."""
    group = here(uow, actor)
    _remove(uow, group)
    return group


def _remove(uow: UnitOfWork, group: Group) -> None:
    uow.groups.remove(group.id)
    _forget(uow, uow.groups.forget_guests(None, group.id))


@permits(Role.ADMIN, *MANAGERS)
def listing(uow: UnitOfWork, actor: Actor) -> list[Group]:
    """The bound groups."""
    return uow.groups.all()


# What happens to the chat -------------------------------------------------------------------------------


@permits(Role.SYSTEM)
def bot_removed(uow: UnitOfWork, actor: Actor, chat: ChatId, by: str) -> None:
    """The bot was put out of a group: it is a work group no more, and the admins learn it."""
    group = uow.groups.at(chat)
    if group is None:
        return
    _remove(uow, group)
    for admin in uow.people.admins():
        uow.notices.tell(Notice(LOST, ToPerson(admin.id), {"title": group.title, "by": by}))


@permits(Role.SYSTEM)
def rename(uow: UnitOfWork, actor: Actor, chat: ChatId, title: str) -> None:
    """Keep the title under which the group is listed."""
    uow.groups.rename(chat, title)


@permits(Role.SYSTEM)
def migrate(uow: UnitOfWork, actor: Actor, old: ChatId, new: ChatId) -> bool:
    """Follow a group that became a supergroup (P45): deadlines and what is still to be told go with it. Its cards
    are posted anew at their next change, since the new chat numbers its messages from 1 again."""
    group = uow.groups.migrate(old, new)
    if group is not None:
        uow.notices.forget_cards(ToGroup(group))
    return group is not None


# Real names ---------------------------------------------------------------------------------------------


def is_at_home(identity: Identity) -> bool:
    """Whether nobody needs to be asked who this is: a member of staff, or no work group."""
    person = identity.person
    return identity.group is None or (person is not None and person.is_staff)


def is_strange(uow: UnitOfWork, chat: ChatId, account: AccountId) -> bool:
    """Whether the chat is a work group in which the account has no real name and was not asked for it yet."""
    group = uow.groups.at(chat)
    if group is None or _has_real_name(uow, account):
        return False
    return uow.groups.guest_in(group.id, account) is None


@permits(Role.SYSTEM)
def meet(uow: UnitOfWork, actor: Actor, chat: ChatId, people: Sequence[tuple[AccountId, str]]) -> None:
    """Accounts joined a chat or speak in it: where it is a work group, whoever stands for no member of staff is
    asked, once, to bind, and has the grace period for it (ORG-3)."""
    group = uow.groups.at(chat)
    if group is not None:
        for account, name in people:
            _meet(uow, group.id, account, name)


def _meet(uow: UnitOfWork, group: GroupId, account: AccountId, name: str) -> None:
    guest = None if _has_real_name(uow, account) else uow.groups.add_guest(group, account, name, uow.now)
    if guest is None:
        return
    hours = uow.rulebook.groups.unbound_grace_hours
    uow.deadlines.open(GRACE, guest.subject, uow.now + timedelta(hours=hours), REAL_NAME)
    uow.notices.tell(
        Notice(
            GUEST,
            ToGroup(group),
            {"account": account, "name": name, "hours": hours, "group": group},
            subject=guest.subject,
            clause=REAL_NAME,
            urgency=Urgency.ROUTINE,
        )
    )


def _has_real_name(uow: UnitOfWork, account: AccountId) -> bool:
    person = uow.people.by_account(account)
    return person is not None and person.is_staff


@permits(Role.SYSTEM)
def gone(uow: UnitOfWork, actor: Actor, chat: ChatId, account: AccountId) -> None:
    """Somebody left a group: a guest is not waited for any more."""
    group = uow.groups.at(chat)
    if group is not None:
        _forget(uow, uow.groups.forget_guests(account, group.id))


def _forget(uow: UnitOfWork, subjects: Sequence[str]) -> None:
    for subject in subjects:
        uow.deadlines.cancel(subject)


@on_due(GRACE)
def still_unbound(uow: UnitOfWork, deadline: Deadline) -> None:
    """The grace period is over: the group's managers are told of a guest who is still there and still unbound."""
    guest = uow.groups.guest(GuestId(deadline.number))
    if guest is None or _has_real_name(uow, guest.account) or not uow.groups.is_bound(guest.group):
        return
    group = uow.groups.get(guest.group)
    for manager in managers_of(uow, group):
        uow.notices.tell(
            Notice(
                STILL_UNBOUND,
                ToPerson(manager.id),
                {"name": guest.name, "title": group.title, "asked_at": guest.asked_at},
                subject=guest.subject,
                clause=deadline.clause,
                key=deadline.key,
            )
        )


@permits(*ANYONE)
def ask_binding(uow: UnitOfWork, actor: Actor, group_id: GroupId, name: str, username: str) -> Group:
    """A guest came into the private chat from the group: the admins learn, once, who wants a link.

    Raises NotFound for anyone who is no guest of that group.
    """
    uow.people.see_account(actor.account, name, username, opened=True)
    guest = uow.groups.guest_in(group_id, actor.account)
    if guest is None:
        raise NotFound("group", str(group_id))
    group = uow.groups.get(group_id)
    for admin in uow.people.admins():
        uow.notices.tell(
            Notice(
                WANTS_BINDING,
                ToPerson(admin.id),
                {"name": name, "username": username, "title": group.title},
                subject=guest.subject,
                key=f"{guest.subject}|wants",
            )
        )
    return group
