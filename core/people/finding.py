"""Questions asked of the staff register (ORG-1, ORG-3)."""

from __future__ import annotations

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.errors import NotFound, NotUnderstood
from core.ids import AccountId, ChatId
from core.people.ranks import superior_of
from core.people.register import Account, Department, Identity, IsLeaving, Person, SeveralFound
from core.ports import UnitOfWork


def actor_of(identity: Identity, account: AccountId, chat: ChatId, name: str, language: str) -> Actor:
    """The actor behind an account, as the rules see them. Staff who left count as customers at most."""
    known, person = identity.account, identity.person
    language = (known.language if known else None) or language
    if person is not None and person.is_staff:
        return Actor(
            account, person.roles, person.label, language, chat, identity.group, person.id, person.department
        )
    role = Role.CUSTOMER if known and known.reachable else Role.STRANGER
    return Actor(account, frozenset({role}), name, language, chat, identity.group)


def one_person(uow: UnitOfWork, text: str) -> Person:
    """The one person of the company meant by a number, a name, a 部门-姓名 or an @username.

    Raises NotFound, SeveralFound, or NotUnderstood where nothing is given.
    """
    if not text.strip():
        raise NotUnderstood("person", "")
    found = uow.people.find(text)
    if not found:
        raise NotFound("person", text)
    if len(found) > 1:
        raise SeveralFound(text, tuple(f"{p.label} ({p.number})" for p in found))
    return found[0]


def may_take(person: Person) -> Person:
    """Whoever gets something new. Raises IsLeaving, or NotFound for somebody who has left (P32)."""
    if not person.is_staff:
        raise NotFound("person", person.label)
    if not person.is_active:
        raise IsLeaving(person.label)
    return person


def one_department(uow: UnitOfWork, text: str) -> Department:
    """The one department meant by a path or a name. Raises NotFound or SeveralFound."""
    departments = uow.people.departments()
    paths = {uow.people.path_of(d.id): d for d in departments}
    if text.strip() in paths:
        return paths[text.strip()]
    named = [path for path, d in paths.items() if d.name == text.strip()]
    if not named:
        raise NotFound("department", text)
    if len(named) > 1:
        raise SeveralFound(text, tuple(named))
    return paths[named[0]]


@permits(*STAFF)
def me(uow: UnitOfWork, actor: Actor) -> tuple[Person, Person | None]:
    """One's own staff record, and the next one above."""
    person = uow.people.get(actor.staff_id)
    return person, superior_of(uow, person)


@permits(Role.ADMIN, *MANAGERS)
def staff(uow: UnitOfWork, actor: Actor) -> list[tuple[Person, Account | None]]:
    """Everybody of the company, with the account that stands for them, if any."""
    return [(person, uow.people.account_of(person.id)) for person in uow.people.staff()]
