"""Who acts, and which use cases are open to them. What declares nothing refuses (deny by default)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import NotPermitted
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId

F = TypeVar("F", bound=Callable[..., Any])


class Role(StrEnum):
    """What someone is to the company. Staff have one of the staff roles, and may be admin beside it."""

    STRANGER = "stranger"  # an account that has not opened the private chat
    CUSTOMER = "customer"  # an account that has, and is not staff
    SALESPERSON = "salesperson"
    SERVICE = "service"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    DIRECTOR = "director"
    FINANCE = "finance"
    GM = "gm"
    ADMIN = "admin"
    SYSTEM = "system"


STAFF = (
    Role.SALESPERSON,
    Role.SERVICE,
    Role.TECHNICIAN,
    Role.MANAGER,
    Role.DIRECTOR,
    Role.FINANCE,
    Role.GM,
    Role.ADMIN,
)
MANAGERS = (Role.MANAGER, Role.DIRECTOR, Role.GM)
ANYONE = (Role.STRANGER, Role.CUSTOMER, *STAFF)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody doing something, as the rules see them.

    `name` is the 部门-姓名 of staff (ORG-3) and the account's own name of anyone else; `group` is the bound
    group they speak in, if any; `language` is the one they read.
    """

    account: AccountId
    roles: frozenset[Role]
    name: str
    language: str
    chat: ChatId | None = None
    group: GroupId | None = None
    person: PersonId | None = None
    department: DepartmentId | None = None

    @property
    def is_staff(self) -> bool:
        return self.person is not None

    @property
    def staff_id(self) -> PersonId:
        """The staff record of the actor; use cases open to staff alone may rely on it."""
        if self.person is None:
            raise NotPermitted(tuple(STAFF))
        return self.person

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(AccountId(0), frozenset({Role.SYSTEM}), "", "zh_CN")


def permits(*roles: Role) -> Callable[[F], F]:
    """Declare whom a use case or question is open to. Scheduled work (SYSTEM) may do all that is declared."""

    def declare(function: F) -> F:
        function.__permits__ = frozenset(roles)  # type: ignore[attr-defined]  # a mark on the function itself
        return function

    return declare


def permitted(function: Callable[..., Any]) -> frozenset[Role]:
    """The roles a use case is open to; none where it declares nothing."""
    roles: frozenset[Role] = getattr(function, "__permits__", frozenset())
    return roles


def authorise(function: Callable[..., Any], actor: Actor) -> None:
    """Raise `NotPermitted` unless one of the actor's roles is declared by the use case."""
    roles = permitted(function)
    if roles and Role.SYSTEM in actor.roles:
        return
    if roles.isdisjoint(actor.roles):
        raise NotPermitted(tuple(sorted(roles)))
