"""Acts of binding: one-time links, taking an account off, languages, who can be reached (ORG-1, P46)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from core.access import ANYONE, Actor, Role, permits
from core.errors import NotFound
from core.ids import AccountId, PersonId
from core.notices import Notice, ToAccount, ToPerson, Urgency
from core.people.finding import one_person
from core.people.register import (
    BOUND,
    REBOUND,
    UNBOUND,
    AccountTaken,
    Invite,
    InviteKind,
    InviteRefused,
    Person,
    StaffRow,
)
from core.ports import UnitOfWork

MOST_INVITED = 30  # links that are given out at once, so that they fit into one message


@dataclass(frozen=True, slots=True)
class Invitations:
    """Links given out at once. `left` more people have no link yet; `open` have one that nobody opened so far."""

    links: tuple[tuple[Person, Invite], ...]
    left: int
    open: int


Followed: TypeAlias = Callable[[UnitOfWork, AccountId], None]
AFTER_BINDING: list[Followed] = []


def after_binding(follow: Followed) -> Followed:
    """Declare what else happens once an account stands for somebody, in the same unit of work."""
    AFTER_BINDING.append(follow)
    return follow


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _issue(uow: UnitOfWork, kind: InviteKind, person: PersonId | None, hours: int) -> Invite:
    token, expires_at = secrets.token_urlsafe(18), uow.now + timedelta(hours=hours)
    uow.people.add_invite(_hash(token), kind, person, expires_at)
    return Invite(token, expires_at, person)


def _invite(uow: UnitOfWork, person: Person) -> tuple[Person, Invite]:
    uow.people.void_invites(person.id)
    return person, _issue(uow, InviteKind.STAFF, person.id, uow.rulebook.invites.hours)


@permits(Role.SYSTEM)
def issue_owner_link(uow: UnitOfWork, actor: Actor, number: str = "") -> Invite:
    """A one-time link that makes its opener admin; only the command line gives it. `number` names the staff
    record to use; without one a record is made of the account's own name."""
    person = uow.people.by_number(number) if number else None
    if number and person is None:
        raise NotFound("person", number)
    return _issue(uow, InviteKind.OWNER, person.id if person else None, uow.rulebook.invites.owner_hours)


@permits(Role.ADMIN)
def invite(uow: UnitOfWork, actor: Actor, text: str) -> tuple[Person, Invite]:
    """A one-time link that binds whoever opens it to a staff record; earlier links of the person end (ORG-1)."""
    return _invite(uow, one_person(uow, text))


@permits(Role.ADMIN)
def invite_unbound(uow: UnitOfWork, actor: Actor) -> Invitations:
    """Links for those who are neither bound nor have a link that still opens, a message's worth at a time. Links
    given out before stay good, so that asking again goes on where the last answer ended."""
    unbound = [person for person in uow.people.active() if uow.people.account_of(person.id) is None]
    without = [person for person in unbound if not uow.people.has_invite(person.id, uow.now)]
    links = tuple(_invite(uow, person) for person in without[:MOST_INVITED])
    return Invitations(links, len(without) - len(links), len(unbound) - len(without))


@permits(*ANYONE)
def open_chat(uow: UnitOfWork, actor: Actor, name: str, username: str) -> None:
    """Somebody pressed Start in private: they can be written to from now on."""
    uow.people.see_account(actor.account, name, username, opened=True)


@permits(*ANYONE)
def redeem(uow: UnitOfWork, actor: Actor, token: str, name: str, username: str) -> Person:
    """Bind the actor's account by a one-time link (ORG-1). Raises InviteRefused or AccountTaken.

    Opening one's own used link again is answered with the record and changes nothing.
    """
    state = uow.people.invite_state(_hash(token))
    if state is None:
        raise InviteRefused("unknown")
    invite_kind, person_id, expires_at, used = state
    bound = uow.people.by_account(actor.account)
    if used:
        if bound is not None and bound.id == person_id:
            return bound
        raise InviteRefused("used")
    if uow.now >= expires_at:
        raise InviteRefused("expired")
    if person_id is not None and not uow.people.get(person_id).is_staff:
        raise InviteRefused("unknown")
    if bound is not None and person_id is not None and bound.id != person_id:
        raise AccountTaken(bound.label)
    if not uow.people.use_invite(_hash(token), actor.account, uow.now):
        raise InviteRefused("used")
    uow.people.see_account(actor.account, name, username, opened=True)
    person = _person_for(uow, person_id, bound, actor, name)
    if invite_kind is InviteKind.OWNER:
        uow.people.make_admin(person.id)
    if bound is None or bound.id != person.id:
        bind_account(uow, actor.account, person, uow.people.admins())
    return uow.people.get(person.id)


def _person_for(uow: UnitOfWork, person_id: PersonId | None, bound: Person | None, actor: Actor, name: str) -> Person:
    if person_id is not None:
        return uow.people.get(person_id)
    if bound is not None:
        return bound
    company = uow.rulebook.company.name
    department = uow.people.find_department(company) or uow.people.add_department(company, None)
    row = StaffRow(0, f"A{actor.account}", name or str(actor.account), company, Role.GM)
    return uow.people.add(row, department.id, is_admin=True)


def bind_account(uow: UnitOfWork, account: AccountId, person: Person, admins: list[Person]) -> None:
    """Let an account stand for a person. The one that did so before is told, and so are those admins."""
    before = uow.people.unbind(person.id)
    uow.people.bind(account, person.id)
    for follow in AFTER_BINDING:
        follow(uow, account)
    if before is not None and before != account:
        uow.notices.forget_cards(ToPerson(person.id))  # they are in the chat of the old account (P44)
        _tell_unbound(uow, before, person)
        for admin in admins:
            uow.notices.tell(Notice(REBOUND, ToPerson(admin.id), {"label": person.label}))
    admin_now = Role.ADMIN in uow.people.get(person.id).roles
    uow.notices.tell(
        Notice(
            BOUND,
            ToPerson(person.id),
            {"label": person.label, "role": person.role, "admin": admin_now},
            urgency=Urgency.ANSWER,
        )
    )


def _tell_unbound(uow: UnitOfWork, account: AccountId, person: Person) -> None:
    uow.notices.tell(Notice(UNBOUND, ToAccount(account), {"label": person.label}))


@permits(Role.ADMIN)
def revoke(uow: UnitOfWork, actor: Actor, text: str) -> Person:
    """Take the account off a person and tell its owner; open links of the person end (ORG-1)."""
    person = one_person(uow, text)
    uow.people.void_invites(person.id)
    account = uow.people.unbind(person.id)
    if account is None:
        raise NotFound("account", person.label)
    _tell_unbound(uow, account, person)
    return person


@permits(*ANYONE)
def choose_language(uow: UnitOfWork, actor: Actor, language: str, name: str, username: str) -> str:
    """Remember the language an account reads."""
    uow.people.see_account(actor.account, name, username, opened=True)
    uow.people.set_language(actor.account, language)
    return language


@permits(*ANYONE)
def mark_reachable(uow: UnitOfWork, actor: Actor, reachable: bool) -> None:
    """An account blocked or unblocked the bot (P46)."""
    uow.people.set_reachable(actor.account, reachable)
