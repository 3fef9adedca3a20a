"""Real names: whoever is in a work group stands for a member of staff, or is asked to (ORG-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.access import ANYONE, Actor, Role, permits
from core.deadlines import Deadline, on_due
from core.errors import NotFound
from core.groups.model import GRACE, GUEST, REAL_NAME, STILL_UNBOUND, WANTS_BINDING, Group, Guest, managers_of
from core.ids import AccountId, ChatId, GroupId, GuestId
from core.notices import Fact, Notice, ToGroup, ToPerson, Urgency
from core.people import Identity, after_binding
from core.ports import UnitOfWork


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
        ask_names(uow, group.id, people)


@permits(Role.ADMIN)
def meet_present(uow: UnitOfWork, actor: Actor, people: Sequence[tuple[AccountId, str]]) -> None:
    """The same for members who were in the chat before it became a work group, as far as they are known."""
    if actor.chat is not None and (group := uow.groups.at(actor.chat)) is not None:
        ask_names(uow, group.id, people)


def ask_names(uow: UnitOfWork, group: GroupId, people: Sequence[tuple[AccountId, str]]) -> None:
    """Ask those who have no real name and were not asked before, all in one message."""
    strange = [one for one in people if not _has_real_name(uow, one[0])]
    guests = [g for account, name in strange if (g := uow.groups.add_guest(group, account, name, uow.now))]
    if not guests:
        return
    hours = uow.rulebook.groups.unbound_grace_hours
    for guest in guests:
        uow.deadlines.open(GRACE, guest.subject, uow.now + timedelta(hours=hours), REAL_NAME)
    named: list[Fact] = [{"account": guest.account, "name": guest.name} for guest in guests]
    uow.notices.tell(
        Notice(
            GUEST,
            ToGroup(group),
            {"people": named, "hours": hours, "group": group},
            subject=guests[0].subject,
            clause=REAL_NAME,
            urgency=Urgency.ROUTINE,
        )
    )


def _has_real_name(uow: UnitOfWork, account: AccountId) -> bool:
    person = uow.people.by_account(account)
    return person is not None and person.is_staff


def forget(uow: UnitOfWork, guests: Sequence[Guest]) -> None:
    """Nobody waits for these any more; the lists they stand on become shorter."""
    for guest in guests:
        uow.deadlines.cancel(guest.subject)
    for group, day in {(guest.group, guest.listed_on) for guest in guests if guest.listed_on}:
        _tell_list(uow, group, day)


@after_binding
def settled(uow: UnitOfWork, account: AccountId) -> None:
    """An account stands for somebody now: it is a guest nowhere."""
    forget(uow, uow.groups.forget_guests(account, None))


@on_due(GRACE)
def still_unbound(uow: UnitOfWork, deadline: Deadline) -> None:
    """The grace period is over: the group's managers get one list a day of guests who are still there and still
    unbound."""
    guest = uow.groups.guest(GuestId(deadline.number))
    if guest is None or _has_real_name(uow, guest.account) or not uow.groups.is_bound(guest.group):
        return
    day = uow.worktime.local_date(uow.now).isoformat()
    if uow.groups.put_on_list(guest.group, guest.asked_at, day):  # else the one who was asked with them rang before
        _tell_list(uow, guest.group, day)


def _tell_list(uow: UnitOfWork, group_id: GroupId, day: str) -> None:
    if not uow.groups.is_bound(group_id):
        return
    group = uow.groups.get(group_id)
    unbound = [guest for guest in uow.groups.on_list(group_id, day) if not _has_real_name(uow, guest.account)]
    named: list[Fact] = [{"name": guest.name, "asked_at": guest.asked_at} for guest in unbound]
    for manager in managers_of(uow, group):
        uow.notices.tell(
            Notice(
                STILL_UNBOUND,
                ToPerson(manager.id),
                {"people": named, "title": group.title},
                subject=f"group:{group_id}",
                clause=REAL_NAME,
                card=f"unbound:{group_id}:{day}",
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
