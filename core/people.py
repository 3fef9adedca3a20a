"""Staff, departments and the chat accounts bound to them (ORG-1, ORG-3)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.access import ANYONE, MANAGERS, STAFF, Actor, Role, permits
from core.errors import KeguanError, NotFound
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId
from core.notices import Notice, ToPerson, Urgency, kind
from core.ports import UnitOfWork

BOUND = kind("people.bound")  # to the person: your account now stands for you
REBOUND = kind("people.rebound")  # to the admins: somebody's account changed
UNBOUND = kind("people.unbound")  # to the person: your account was taken off


class PersonStatus(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Department:
    id: DepartmentId
    name: str
    parent: DepartmentId | None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `level` is the 销售员级别 that decides which lead classes they may take (LED-2)."""

    id: PersonId
    number: str
    name: str
    department: DepartmentId
    department_name: str
    role: Role
    is_admin: bool
    level: str
    regions: tuple[str, ...]
    industry: str
    superior: PersonId | None
    phone: str
    status: PersonStatus

    @property
    def label(self) -> str:
        """部门-姓名, the name under which staff appear everywhere (ORG-3)."""
        return f"{self.department_name}-{self.name}"

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset({self.role, Role.ADMIN} if self.is_admin else {self.role})


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of a staff file, already cleaned. `line` is its number in the file, the heading being line 1."""

    line: int
    number: str
    name: str
    department: str  # a path from the top: 销售部/华南组
    role: Role
    level: str = ""
    superior: str = ""  # the superior's number
    regions: tuple[str, ...] = ()
    industry: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A chat account the bot has met. `reachable` is false before its private chat is opened and once it
    has blocked the bot (P46)."""

    id: AccountId
    name: str
    username: str
    language: str | None
    reachable: bool
    person: PersonId | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of whoever speaks in a chat."""

    account: Account | None
    person: Person | None
    group: GroupId | None


class InviteKind(StrEnum):
    STAFF = "staff"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time link's secret (shown once, kept only as a hash) and when it ends."""

    token: str
    expires_at: datetime
    person: PersonId | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What a staff file changed."""

    added: tuple[Person, ...]
    changed: int
    unchanged: int


@dataclass(eq=False)
class InviteRefused(KeguanError):
    """A link that does not open anything: unknown, used before, or expired."""

    reason: str  # "unknown" | "used" | "expired"


@dataclass(eq=False)
class AccountTaken(KeguanError):
    """The account already stands for somebody else."""

    label: str


@dataclass(eq=False)
class SeveralFound(KeguanError):
    """More than one person fits what was typed."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one line of a staff file."""

    line: int
    column: str
    text: str
    reason: str  # "duplicate" | "unknown_superior" | "superior_cycle" | "empty"


@dataclass(eq=False)
class StaffFileRefused(KeguanError):
    """A staff file with faults; nothing of it was taken."""

    faults: tuple[RowFault, ...]


class People(Protocol):
    """The staff register."""

    def identify(self, account: AccountId, chat: ChatId) -> Identity: ...
    def get(self, person: PersonId) -> Person: ...
    def find(self, text: str) -> list[Person]:
        """Active people whose number, name, label or account's username is `text` (a leading @ is dropped)."""

    def by_number(self, number: str) -> Person | None: ...
    def by_account(self, account: AccountId) -> Person | None: ...
    def account_of(self, person: PersonId) -> Account | None: ...
    def active(self, role: Role | None = None, department: DepartmentId | None = None) -> list[Person]:
        """Active people, by number; `department` counts those of the departments below it too."""

    def admins(self) -> list[Person]: ...
    def add(self, row: StaffRow, department: DepartmentId, *, is_admin: bool = False) -> Person: ...
    def change(self, person: PersonId, row: StaffRow, department: DepartmentId) -> bool:
        """Whether anything differed."""

    def set_superior(self, person: PersonId, superior: PersonId | None) -> bool: ...
    def make_admin(self, person: PersonId) -> None: ...
    def department(self, department: DepartmentId) -> Department: ...
    def departments(self) -> list[Department]: ...
    def find_department(self, name: str) -> Department | None:
        """By name or path."""

    def add_department(self, name: str, parent: DepartmentId | None) -> Department: ...
    def see_account(self, account: AccountId, name: str, username: str, *, opened: bool) -> None:
        """Remember an account; `opened` when it wrote in its private chat."""

    def set_reachable(self, account: AccountId, reachable: bool) -> None: ...
    def set_language(self, account: AccountId, language: str) -> None: ...
    def bind(self, account: AccountId, person: PersonId) -> None: ...
    def unbind(self, person: PersonId) -> AccountId | None: ...
    def add_invite(
        self, token_hash: str, kind: InviteKind, person: PersonId | None, expires_at: datetime
    ) -> None: ...
    def void_invites(self, person: PersonId) -> None: ...
    def invite_state(self, token_hash: str) -> tuple[InviteKind, PersonId | None, datetime, bool] | None:
        """(kind, person, expiry, used) of a link."""

    def use_invite(self, token_hash: str, account: AccountId, at: datetime) -> bool:
        """Spend a link; only one of several attempts succeeds."""


# Questions ----------------------------------------------------------------------------------------------


def actor_of(identity: Identity, account: AccountId, chat: ChatId, name: str, language: str) -> Actor:
    """The actor behind an account, as the rules see them. Staff who left count as customers at most."""
    known, person = identity.account, identity.person
    language = (known.language if known else None) or language
    if person is not None and person.status is PersonStatus.ACTIVE:
        return Actor(
            account, person.roles, person.label, language, chat, identity.group, person.id, person.department
        )
    role = Role.CUSTOMER if known and known.reachable else Role.STRANGER
    return Actor(account, frozenset({role}), name, language, chat, identity.group)


def superior_of(uow: UnitOfWork, person: Person) -> Person | None:
    """The next one above: the superior named in the register, else a manager of the department or of the nearest
    one above it, else a director, else the GM."""
    if person.superior is not None:
        superior = uow.people.get(person.superior)
        if superior.status is PersonStatus.ACTIVE:
            return superior
    department: DepartmentId | None = person.department
    while department is not None:
        for candidate in uow.people.active(Role.MANAGER):
            if candidate.department == department and candidate.id != person.id:
                return candidate
        department = uow.people.department(department).parent
    for role in (Role.DIRECTOR, Role.GM):
        for candidate in uow.people.active(role):
            if candidate.id != person.id:
                return candidate
    return None


def is_superior(uow: UnitOfWork, actor: Actor, person: Person) -> bool:
    """Whether the actor is somewhere above the person."""
    above, seen = superior_of(uow, person), {person.id}
    while above is not None and above.id not in seen:
        if above.id == actor.person:
            return True
        seen.add(above.id)
        above = superior_of(uow, above)
    return False


def team_of(uow: UnitOfWork, manager: Person) -> list[Person]:
    """The people for whom the manager is the next one above."""
    return [p for p in uow.people.active() if (s := superior_of(uow, p)) is not None and s.id == manager.id]


def one_person(uow: UnitOfWork, text: str) -> Person:
    """The one active person meant by a number, a name, a 部门-姓名 or an @username.

    Raises NotFound or SeveralFound.
    """
    found = uow.people.find(text)
    if not found:
        raise NotFound("person", text)
    if len(found) > 1:
        raise SeveralFound(text, tuple(f"{p.label} ({p.number})" for p in found))
    return found[0]


@permits(*STAFF)
def me(uow: UnitOfWork, actor: Actor) -> Person:
    """One's own staff record."""
    return uow.people.get(actor.staff_id)


@permits(Role.ADMIN, *MANAGERS)
def staff(uow: UnitOfWork, actor: Actor) -> list[tuple[Person, Account | None]]:
    """Everybody active, with the account that stands for them, if any."""
    return [(person, uow.people.account_of(person.id)) for person in uow.people.active()]


# Acts ---------------------------------------------------------------------------------------------------


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _issue(uow: UnitOfWork, kind: InviteKind, person: PersonId | None, hours: int) -> Invite:
    token, expires_at = secrets.token_urlsafe(18), uow.now + timedelta(hours=hours)
    uow.people.add_invite(_hash(token), kind, person, expires_at)
    return Invite(token, expires_at, person)


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
    person = one_person(uow, text)
    uow.people.void_invites(person.id)
    return person, _issue(uow, InviteKind.STAFF, person.id, uow.rulebook.invites.hours)


@permits(Role.ADMIN)
def invite_unbound(uow: UnitOfWork, actor: Actor) -> list[tuple[Person, Invite]]:
    """A link for everybody who is not bound yet."""
    return [
        invite(uow, actor, person.number)
        for person in uow.people.active()
        if uow.people.account_of(person.id) is None
    ]


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
    if bound is not None and person_id is not None and bound.id != person_id:
        raise AccountTaken(bound.label)
    if not uow.people.use_invite(_hash(token), actor.account, uow.now):
        raise InviteRefused("used")
    uow.people.see_account(actor.account, name, username, opened=True)
    person = _person_for(uow, person_id, bound, actor, name)
    if invite_kind is InviteKind.OWNER:
        uow.people.make_admin(person.id)
    if bound is None or bound.id != person.id:
        _bind(uow, actor, person)
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


def _bind(uow: UnitOfWork, actor: Actor, person: Person) -> None:
    before = uow.people.unbind(person.id)
    uow.people.bind(actor.account, person.id)
    if before is not None and before != actor.account:
        for admin in uow.people.admins():
            uow.notices.tell(Notice(REBOUND, ToPerson(admin.id), {"label": person.label}))
    uow.notices.tell(
        Notice(
            BOUND,
            ToPerson(person.id),
            {"label": person.label, "role": person.role, "admin": Role.ADMIN in person.roles},
            urgency=Urgency.ANSWER,
        )
    )


@permits(Role.ADMIN)
def revoke(uow: UnitOfWork, actor: Actor, text: str) -> Person:
    """Take the account off a person; open links of theirs end (ORG-1)."""
    person = one_person(uow, text)
    uow.people.void_invites(person.id)
    if uow.people.unbind(person.id) is None:
        raise NotFound("account", person.label)
    return person


@permits(*ANYONE)
def choose_language(uow: UnitOfWork, actor: Actor, language: str) -> str:
    """Remember the language an account reads."""
    uow.people.set_language(actor.account, language)
    return language


@permits(*ANYONE)
def mark_reachable(uow: UnitOfWork, actor: Actor, reachable: bool) -> None:
    """An account blocked or unblocked the bot (P46)."""
    uow.people.set_reachable(actor.account, reachable)


@permits(Role.ADMIN)
def import_staff(uow: UnitOfWork, actor: Actor, rows: Sequence[StaffRow]) -> Imported:
    """Take over a staff file: new numbers are added, known ones changed, nobody is removed (ORG-1).

    Raises StaffFileRefused with every fault, and then changes nothing.
    """
    numbers = _checked_numbers(uow, rows)
    added, changed = [], 0
    for row in rows:
        department = _department_at(uow, row.department)
        person = numbers[row.number]
        if person is None:
            added.append(uow.people.add(row, department.id))
        elif uow.people.change(person.id, row, department.id):
            changed += 1
    _set_superiors(uow, rows)
    return Imported(tuple(uow.people.get(person.id) for person in added), changed, len(rows) - len(added) - changed)


def _checked_numbers(uow: UnitOfWork, rows: Sequence[StaffRow]) -> Mapping[str, Person | None]:
    numbers: dict[str, Person | None] = {}
    faults = []
    for row in rows:
        if row.number in numbers:
            faults.append(RowFault(row.line, "number", row.number, "duplicate"))
        numbers[row.number] = uow.people.by_number(row.number)
    above = {row.number: row.superior for row in rows if row.superior}
    for row in rows:
        if row.superior and row.superior not in numbers and uow.people.by_number(row.superior) is None:
            faults.append(RowFault(row.line, "superior", row.superior, "unknown_superior"))
        elif _in_cycle(row.number, above):
            faults.append(RowFault(row.line, "superior", row.superior, "superior_cycle"))
    if faults:
        raise StaffFileRefused(tuple(faults))
    return numbers


def _in_cycle(number: str, above: Mapping[str, str]) -> bool:
    seen, at = set(), above.get(number)
    while at is not None and at not in seen:
        if at == number:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _department_at(uow: UnitOfWork, path: str) -> Department:
    known = uow.people.find_department(path)
    if known is not None:
        return known
    parent: DepartmentId | None = None
    steps = [step.strip() for step in path.split("/")]
    for depth, name in enumerate(steps, 1):
        department = uow.people.find_department("/".join(steps[:depth]))
        parent = (department or uow.people.add_department(name, parent)).id
    assert parent is not None  # noqa: S101  # a path has at least one step
    return uow.people.department(parent)


def _set_superiors(uow: UnitOfWork, rows: Sequence[StaffRow]) -> None:
    for row in rows:
        person = uow.people.by_number(row.number)
        superior = uow.people.by_number(row.superior) if row.superior else None
        if person is not None:
            uow.people.set_superior(person.id, superior.id if superior else None)
