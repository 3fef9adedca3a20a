"""What is to be told to whom. Core decides that; the bot words it, sends it, and writes back that it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType, Protocol, TypeAlias

from core.ids import AccountId, GroupId, MessageId, NoticeId, PersonId

Fact: TypeAlias = "str | int | float | bool | datetime | list[Fact] | dict[str, Fact] | None"
Facts: TypeAlias = Mapping[str, Fact]

NoticeKind = NewType("NoticeKind", str)
KINDS: set[NoticeKind] = set()
DUTY_KINDS: set[NoticeKind] = set()


def kind(name: str, *, duty: bool = False) -> NoticeKind:
    """Declare a kind of notice. Every declared kind has a view of its own; a test holds the two together. `duty`: on
    a holiday with a roster it goes to those on duty, not to the person it is for (ORG-9)."""
    declared = NoticeKind(name)
    KINDS.add(declared)
    if duty:
        DUTY_KINDS.add(declared)
    return declared


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A member of staff, in their private chat."""

    id: PersonId


@dataclass(frozen=True, slots=True)
class ToGroup:
    """A bound work group."""

    id: GroupId


@dataclass(frozen=True, slots=True)
class ToAccount:
    """A customer's (or any) chat account, in its private chat."""

    id: AccountId


Receiver: TypeAlias = ToPerson | ToGroup | ToAccount


class Urgency(IntEnum):
    """The order in which waiting notices leave. Lower goes first."""

    ANSWER = 0  # somebody is looking at the screen for it
    ALERT = 1  # a deadline passed, a lead is open
    ROUTINE = 2  # lists, digests, reminders


class NoticeState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    SUPERSEDED = "superseded"  # a newer picture of the same card took its place
    UNREACHABLE = "unreachable"  # not bound, blocked, or the group is gone
    FAILED = "failed"  # refused for good; the error is kept


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one receiver.

    `subject` is what it is about ("lead:7"). `card` names a message that edits itself: a later notice with the
    same card and receiver changes the earlier message, and pictures that pile up are sent as one. `key` makes a
    notice unique: one given twice is kept once. `clause` is the clause it rests on. `at_once`: it goes out in quiet
    hours as well (P19).
    """

    kind: NoticeKind
    to: Receiver
    facts: Facts = field(default_factory=dict)
    subject: str = ""
    clause: str | None = None
    card: str | None = None
    key: str | None = None
    urgency: Urgency = Urgency.ALERT
    not_before: datetime | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice."""

    id: NoticeId
    state: NoticeState
    sent_at: datetime | None
    message: MessageId | None


class Notices(Protocol):
    """The outbox as use cases see it."""

    def tell(self, notice: Notice) -> None:
        """Have it told after the commit. A notice whose key was used before is left out."""

    def deliveries(self, subject: str, kind: NoticeKind, to: Receiver) -> list[Delivery]:
        """What became of the notices of one kind about one subject to one receiver, newest first (P46)."""

    def was_delivered(self, subject: str, kind: NoticeKind, to: Receiver) -> bool:
        """Whether at least one of them reached the receiver's chat."""

    def subject_at(self, to: Receiver, message: MessageId) -> str | None:
        """What a message in the receiver's chat is about, found by its id and never by its text (P44)."""

    def card_at(self, to: Receiver, message: MessageId) -> str | None:
        """The card that a message in the receiver's chat shows, found by its id and never by its text (P44)."""

    def forget_cards(self, to: Receiver) -> None:
        """The receiver's messages are somewhere else now, under ids that mean other messages in the present chat:
        cards are posted anew, and no subject is found by an old id (P44, P45)."""
