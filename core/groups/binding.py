"""Binding a group chat to a department and to purposes, and what becomes of the chat (ORG-2, P45)."""

from __future__ import annotations

from collections.abc import Collection

from core.access import MANAGERS, Actor, Role, permits
from core.groups.guests import forget
from core.groups.model import LOST, Group, NotBound, Offer, Purpose, here
from core.ids import ChatId, DepartmentId
from core.notices import Notice, ToGroup, ToPerson
from core.people import one_department
from core.ports import UnitOfWork


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
    forget(uow, uow.groups.forget_guests(None, group.id))


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
