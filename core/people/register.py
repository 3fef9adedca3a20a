"""The staff register: what is kept of people and accounts, and the questions asked of it (ORG-1, ORG-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.errors import KeguanError, NotFound, NotUnderstood
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId
from core.notices import kind
from core.ports import UnitOfWork

BOUND = kind("people.bound")  # to the person: your account now stands for you
REBOUND = kind("people.rebound")  # to the admins: somebody's account changed
UNBOUND = kind("people.unbound")  # to the account: it was taken off the person


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
    superior: str = ""  # the superior's number, or name where only one has it
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
    """What is wrong at one place of a staff file. `column` is a field of StaffRow; `expected` says what would do:
    roles, levels, headings, numbers. Line 0 means the file as a whole, whose name is then the text.

    Reasons: broken, empty_file, too_large, too_many_rows, old_excel, not_a_table; missing_column, double_column;
    empty, too_long, bad_department, unknown_role, long_number; duplicate, unknown_level, unknown_superior,
    ambiguous_superior, superior_cycle.
    """

    line: int
    column: str
    text: str
    reason: str
    expected: tuple[str, ...] = ()


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
        """By path from the top, else by name."""

    def path_of(self, department: DepartmentId) -> str:
        """A department's path from the top: 销售部/华南组."""

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
    def has_invite(self, person: PersonId, at: datetime) -> bool:
        """Whether the person has a link that still opens at that instant."""

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
    """Everybody active, with the account that stands for them, if any."""
    return [(person, uow.people.account_of(person.id)) for person in uow.people.active()]
