"""What is to be done at the platform beside messages: deleting one, restricting or removing a member.

Core asks for an act in the unit of work that decided it; the bot carries it out after the commit, again after a
crash, and tells core what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.ids import AccountId, ActId, GroupId, MessageId

if TYPE_CHECKING:
    from core.ports import UnitOfWork


class ActKind(StrEnum):
    DELETE = "delete"  # a message
    RESTRICT = "restrict"  # a member may not write until `until`
    RELEASE = "release"  # may write again
    BAN = "ban"  # out of the group
    REMOVE = "remove"  # out of the group, free to come back as a guest


class ActState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    GONE = "gone"  # the message or the member was not there any more
    NO_RIGHT = "no_right"  # the bot may not do it in this group
    FAILED = "failed"  # refused for another reason


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act to be done. `subject` is what it is about ("violation:7"); `key` makes it unique."""

    kind: ActKind
    group: GroupId
    subject: str
    key: str
    message: MessageId | None = None
    account: AccountId | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    id: ActId
    kind: ActKind
    group: GroupId
    subject: str
    message: MessageId | None
    account: AccountId | None
    until: datetime | None
    state: ActState


class Acts(Protocol):
    def ask(self, act: NewAct) -> None:
        """Have it done after the commit. One whose key was used before is left out."""


Followed: TypeAlias = "Callable[[UnitOfWork, Act], None]"
FOLLOWED: dict[str, Followed] = {}


def on_acted(area: str) -> Callable[[Followed], Followed]:
    """Declare what happens when an act about a subject of this area ("violation" of "violation:7") was tried. It
    runs as SYSTEM in the unit of work that notes what became of it."""

    def declare(followed: Followed) -> Followed:
        if area in FOLLOWED:
            raise ValueError(f"two follow-ups for {area}")
        FOLLOWED[area] = followed
        return followed

    return declare


def follow(uow: UnitOfWork, act: Act) -> None:
    """Tell the area that asked for an act what became of it."""
    followed = FOLLOWED.get(act.subject.partition(":")[0])
    if followed is not None:
        followed(uow, act)
