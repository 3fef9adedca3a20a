"""The staff register: what is kept of departments, people and accounts (ORG-1, ORG-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from core.access import Role
from core.errors import KeguanError
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId
from core.notices import kind

BOUND = kind("people.bound")  # to the person: your account now stands for you
REBOUND = kind("people.rebound")  # to the admins: somebody's account changed
EDITED = kind("people.edited")  # to a person: somebody changed their record
NEW_SUPERIOR = kind("people.new_superior")  # to a report and to whoever is above them from now on
UNBOUND = kind("people.unbound")  # to the account: it was taken off the person


class PersonStatus(StrEnum):
    """`leaving` still belong to the company and keep what is theirs, but get nothing new (ORG-8, P32)."""

    ACTIVE = "active"
    LEAVING = "leaving"  # a handover is under way
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Department:
    """`manager` is the one named for it; without, whoever has the role in it."""

    id: DepartmentId
    name: str
    parent: DepartmentId | None
    manager: PersonId | None = None


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

    @property
    def is_active(self) -> bool:
        """Whether they may be given something new."""
        return self.status is PersonStatus.ACTIVE

    @property
    def is_staff(self) -> bool:
        """Whether they belong to the company, be it for the last days."""
        return self.status is not PersonStatus.LEFT


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


@dataclass(eq=False)
class IsLeaving(KeguanError):
    """Somebody who hands over gets nothing new (ORG-8, P32). `mine`: it is the one who asks."""

    rests_on: ClassVar[str | None] = "handover.confirm"

    label: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the register's history. `subject` is person:7 or department:3; `field` what changed."""

    subject: str
    field: str
    before: str
    after: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong at one place of a staff file. `column` is a field of StaffRow; `expected` says what would do:
    roles, levels, headings, numbers. Line 0 means the file as a whole, whose name is then the text.

    Reasons: broken, empty_file, too_large, too_many_rows, old_excel, not_a_table; missing_column, double_column;
    empty, too_long, bad_department, unknown_role, long_number, fraction, leaves; duplicate, unknown_level,
    unknown_department, unknown_superior, ambiguous_superior, superior_cycle; of departments: slash, unknown_parent,
    department_cycle, taken.
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
        """People of the company whose number, name, label or account's username is `text` (a leading @ is
        dropped)."""

    def by_number(self, number: str) -> Person | None: ...
    def by_account(self, account: AccountId) -> Person | None: ...
    def account_of(self, person: PersonId) -> Account | None: ...
    def active(self, role: Role | None = None, department: DepartmentId | None = None) -> list[Person]:
        """Active people, by number; `department` counts those of the departments below it too."""

    def staff(self, role: Role | None = None) -> list[Person]:
        """Active people and those who are handing over, by number."""

    def everybody(self) -> list[Person]:
        """Also those who left, by number."""

    def like(self, text: str) -> list[Person]:
        """People whose number, name or label has `text` in it; also those who left, by number."""

    def reachable(self) -> set[PersonId]:
        """Everybody with an account that the bot can write to."""

    def admins(self) -> list[Person]: ...
    def add(self, row: StaffRow, department: DepartmentId, *, is_admin: bool = False) -> Person: ...
    def change(self, person: PersonId, row: StaffRow, department: DepartmentId) -> bool:
        """Whether anything differed."""

    def set_superior(self, person: PersonId, superior: PersonId | None) -> bool: ...
    def reports_of(self, person: PersonId) -> list[Person]:
        """Active people who name the person as their superior, by number."""

    def pass_report(self, report: PersonId, before: PersonId, after: PersonId | None) -> bool:
        """Give a report another superior, if `before` still is it."""

    def set_status(self, person: PersonId, before: PersonStatus, after: PersonStatus) -> bool:
        """False where the status is not `before` any more."""

    def make_admin(self, person: PersonId) -> None: ...
    def set_admin(self, person: PersonId, is_admin: bool) -> None: ...
    def log(self, change: Change) -> None:
        """Add a line to the register's history."""

    def changes(self, subject: str, limit: int) -> list[Change]:
        """Newest first."""

    def department(self, department: DepartmentId) -> Department: ...
    def departments(self) -> list[Department]: ...
    def find_department(self, name: str) -> Department | None:
        """By path from the top, else by name."""

    def path_of(self, department: DepartmentId) -> str:
        """A department's path from the top: 销售部/华南组."""

    def add_department(self, name: str, parent: DepartmentId | None) -> Department: ...
    def put_department(self, department: Department) -> None:
        """Write name, parent and manager of a department."""

    def pass_department(self, department: DepartmentId, before: PersonId, after: PersonId | None) -> bool:
        """Give a department another manager, if `before` still is it."""

    def remove_department(self, department: DepartmentId) -> None: ...
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
