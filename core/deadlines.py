"""Deadlines are rows: opened, moved and cancelled in the unit of work that changes their subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol, TypeAlias

from core.hours import Due, Reckoning
from core.ids import DeadlineId, PersonId

if TYPE_CHECKING:
    from core.ports import UnitOfWork

DeadlineKind = NewType("DeadlineKind", str)


class Moved(StrEnum):
    """Why a deadline stands elsewhere than it was computed when it was opened."""

    OUTAGE = "outage"  # nobody could be heard (P21)
    LEAVE = "leave"  # its person is on leave, or back from it (P5)
    OFFICIAL = "official"  # the year's make-up days were announced (P2)


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which something is due.

    It keeps the figures it was opened with (RULE-4), and `reckoning`, how it was computed (P12). It is `provisional`
    while a year on the way has no official make-up days (P2); `moved_for` is why it stands elsewhere than it was
    first computed. `generation` rises each time the deadline of the same kind
    and subject is opened or moved, so that a ring for an earlier one is recognised as stale (P14, P15).
    """

    id: DeadlineId
    kind: DeadlineKind
    subject: str
    due_at: datetime
    opened_at: datetime
    generation: int
    clause: str | None
    rulebook_version: str
    reckoning: Reckoning | None = None
    provisional: bool = False
    moved_for: Moved | None = None
    done_at: datetime | None = None

    @property
    def key(self) -> str:
        """Makes the notices of one ring unique: (subject, kind, due instant)."""
        return f"{self.subject}|{self.kind}|{self.due_at.isoformat()}"

    @property
    def matter(self) -> str:
        """What the subject is: "lead" of "lead:7"."""
        return self.subject.partition(":")[0]

    @property
    def number(self) -> int:
        """The id in the subject: 7 of "lead:7"."""
        return int(self.subject.rpartition(":")[2])


class Deadlines(Protocol):
    """The open deadlines, as use cases see them."""

    def open(self, kind: DeadlineKind, subject: str, due: datetime | Due, clause: str | None = None) -> None:
        """Open a deadline, or move the open one of the same kind and subject to `due`. One given as a `Due` can be
        explained, and follows its person's leave and the official calendar."""

    def cancel(self, subject: str, *kinds: DeadlineKind) -> None:
        """End the subject's open deadlines of these kinds, or all of them where none is named."""

    def due_of(self, subject: str, kind: DeadlineKind) -> datetime | None:
        """When the open deadline of this kind is due, if there is one."""

    def open_of(self, subject: str) -> list[Deadline]:
        """The subject's open deadlines, soonest first."""

    def all_of(self, subject: str) -> list[Deadline]:
        """The subject's deadlines, those that are over too, in the order of their instants."""

    def reckoned_for(self, person: PersonId) -> list[Deadline]:
        """Open deadlines that were computed by this person's hours."""

    def provisional(self) -> list[Deadline]:
        """Open deadlines that rest on a year without official make-up days (P2)."""

    def move(self, deadline: Deadline, due: Due, why: Moved) -> Deadline | None:
        """Move it from where it was seen; None where it was moved or ended meanwhile."""


Ring: TypeAlias = "Callable[[UnitOfWork, Deadline], None]"
RINGS: dict[DeadlineKind, Ring] = {}
DEFERRED: dict[DeadlineKind, Ring] = {}


def on_due(kind: DeadlineKind) -> Callable[[Ring], Ring]:
    """Declare what happens when a deadline of this kind passes. It runs as SYSTEM in a unit of work of its own,
    in which the deadline is already marked done."""
    return _declares(RINGS, kind)


def on_deferred(kind: DeadlineKind) -> Callable[[Ring], Ring]:
    """Declare what happens when a deadline of this kind was moved by an outage (P21), by its person's leave (P5) or
    by the official calendar (P2): cards that show the old instant are told anew. It runs in the unit of work that
    moved it, with the deadline as it stands now."""
    return _declares(DEFERRED, kind)


def _declares(rings: dict[DeadlineKind, Ring], kind: DeadlineKind) -> Callable[[Ring], Ring]:
    def declare(ring: Ring) -> Ring:
        if kind in rings:
            raise ValueError(f"two rings for {kind}")
        rings[kind] = ring
        return ring

    return declare


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nobody could be heard: the process was down or its machine asleep (P21)."""

    start: datetime
    end: datetime
