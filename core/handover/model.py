"""A handover: who leaves, what goes to whom, what came of it (ORG-8), and how it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.ids import HandoverId, HandoverItemId, PersonId
from core.notices import kind
from core.people.holdings import Moved

CLAUSE = "handover.confirm"

BEGUN = kind("handover.begun")  # to the leaver: nothing new from now on, and what goes to whom
CARD = kind("handover.card")  # to the keeper: how far it is, edits itself
OFFER = kind("handover.offer")  # to a receiver: what is to be theirs, edits itself
REFUSED = kind("handover.refused")  # to the keeper: somebody does not take something
REMIND = kind("handover.remind")  # to receivers and the keeper: time is nearly over
FALLEN = kind("handover.fallen")  # to the keeper: what nobody confirmed in time is theirs now
READY = kind("handover.ready")  # to the keeper: everything is somebody's, sign
DONE = kind("handover.done")  # to the keeper and whoever opened it: signed, the person has left
FAREWELL = kind("handover.farewell")  # to the leaver's account
CANCELLED = kind("handover.cancelled")  # to everybody concerned: the person stays
CONTACT = kind("handover.contact")  # to a customer: your new contact
DEPARTED = kind("handover.departed")  # to a work group: somebody left, and is removed where the bot may

NEARLY_DUE = DeadlineKind("handover.nearly_due")
CONFIRM = DeadlineKind("handover.confirm")
CARRY = DeadlineKind("handover.carry")  # what is accepted and not moved yet is moved
SIGN = DeadlineKind("handover.sign")


class State(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """How far one thing is. Only `moved` changed hands."""

    LISTED = "listed"  # somebody is proposed
    OFFERED = "offered"  # they were asked
    REFUSED = "refused"  # they said no, with a reason
    ACCEPTED = "accepted"  # said yes, or nobody did in time and the keeper has to take it
    MOVED = "moved"
    GONE = "gone"  # settled otherwise, or the handover was cancelled

    @property
    def is_open(self) -> bool:
        return self in PENDING


CHOOSABLE = (ItemState.LISTED, ItemState.OFFERED, ItemState.REFUSED)
PENDING = (*CHOOSABLE, ItemState.ACCEPTED)


class Why(StrEnum):
    """Why somebody is the receiver."""

    CHOSEN = "chosen"  # by whoever runs the handover
    SUPERIOR = "superior"  # the next one above
    REGION = "region"
    DEPARTMENT = "department"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Handover:
    """`keeper` runs it: the leaver's next superior, or whoever opened it."""

    id: HandoverId
    person: PersonId
    label: str
    keeper: PersonId
    keeper_label: str
    opened_by: PersonId | None
    opened_label: str
    reason: str
    state: State
    opened_at: datetime
    due_at: datetime
    giver_signed_at: datetime | None
    closed_at: datetime | None
    closed_label: str
    seal: str

    @property
    def subject(self) -> str:
        return f"handover:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that goes from hand to hand. `in_time`: its receiver confirmed it; otherwise the deadline gave it
    to the keeper. `due_at` is its limit, `anew` whether that began with the receiver."""

    id: HandoverItemId
    handover: HandoverId
    area: str
    subject: str
    title: str
    region: str
    due_at: datetime | None
    anew: bool
    receiver: PersonId | None
    receiver_label: str
    why: Why | None
    state: ItemState
    answer: str
    answered_at: datetime | None
    moved_at: datetime | None
    in_time: bool


@dataclass(frozen=True, slots=True)
class NewItem:
    area: str
    subject: str
    title: str
    region: str
    due_at: datetime | None
    receiver: PersonId | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A receiver for some items."""

    receiver: PersonId
    why: Why = Why.CHOSEN


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the things of one area are."""

    area: str
    total: int
    open: int
    offered: int
    refused: int
    moved: int


@dataclass(eq=False)
class HandoverRefused(KeguanError):
    """A handover that can't begin or end.

    Reasons: self; open (one is under way); last_admin; left (the person has left); holds (`count` things are still
    theirs).
    """

    rests_on: ClassVar[str | None] = "handover.confirm"

    reason: str
    label: str
    count: int = 0


@dataclass(eq=False)
class CannotReceive(KeguanError):
    """Somebody who can't be given a thing. Reasons: leaver, leaving, unbound, and those of the areas: role, part."""

    label: str
    reason: str


@dataclass(eq=False)
class ReasonNeeded(KeguanError):
    """Something is refused with a reason in words."""

    most: int


class Handovers(Protocol):
    """The handovers on record."""

    def open(
        self, person: PersonId, keeper: PersonId, by: PersonId | None, reason: str, at: datetime, due_at: datetime
    ) -> Handover | None:
        """None where the person has an open one."""

    def get(self, handover: HandoverId) -> Handover:
        """Raises NotFound."""

    def open_of(self, person: PersonId) -> Handover | None: ...
    def latest(self, limit: int) -> list[Handover]:
        """Open ones first, then the newest."""

    def set_keeper(self, handover: HandoverId, keeper: PersonId) -> None: ...
    def set_due(self, handover: HandoverId, due_at: datetime) -> None: ...
    def sign_giver(self, handover: HandoverId, at: datetime) -> bool:
        """False where the leaver signed before, or it is over."""

    def close(self, handover: HandoverId, state: State, by: PersonId | None, at: datetime, seal: str) -> bool:
        """End an open one; False where it was over."""

    def list_items(self, handover: HandoverId, items: Sequence[NewItem]) -> int:
        """Add what is not listed yet, or was settled and is held again; how many."""

    def note_moved(self, handover: HandoverId, item: NewItem, at: datetime) -> None:
        """Something went on at once, by the rule of its area."""

    def item(self, item: HandoverItemId) -> Item:
        """Raises NotFound."""

    def items(self, handover: HandoverId, area: str | None = None) -> list[Item]: ...
    def items_of(self, handover: HandoverId, receiver: PersonId) -> list[Item]:
        """What was offered to a receiver, or is theirs by now."""

    def accepted(self, handover: HandoverId, limit: int) -> list[Item]: ...
    def counts(self, handover: HandoverId) -> list[Counts]: ...
    def choose(self, item: HandoverItemId, choice: Choice) -> bool:
        """Name a receiver; False where it was accepted or settled meanwhile."""

    def offer(self, handover: HandoverId, at: datetime) -> list[PersonId]:
        """Ask every named receiver; those who are asked something new."""

    def answer(
        self, items: Collection[HandoverItemId], receiver: PersonId, becomes: ItemState, text: str, at: datetime
    ) -> int:
        """The receiver's yes or no to what is offered to them; how many."""

    def fall(self, handover: HandoverId, to: PersonId, at: datetime) -> int:
        """What nobody accepted is the keeper's to take; how many."""

    def settle(self, item: HandoverItemId, becomes: ItemState, at: datetime, moved: Moved) -> None:
        """An accepted item moved, or turned out to be somebody else's."""

    def drop(self, handover: HandoverId, at: datetime) -> None:
        """Nothing of what is open changes hands any more."""

    def add_client(self, item: HandoverItemId, name: str, phone: str) -> None:
        """A customer without a chat, whom the receiver has to tell."""

    def untold(self, handover: HandoverId, receiver: PersonId) -> list[tuple[str, str]]:
        """Names and phones of the customers the receiver has to tell and has no task for yet; they have one now."""
