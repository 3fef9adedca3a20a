"""Deadlines are rows: opened, moved and cancelled in the unit of work that changes their subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NewType, Protocol, TypeAlias

from core.ids import DeadlineId

if TYPE_CHECKING:
    from core.ports import UnitOfWork

DeadlineKind = NewType("DeadlineKind", str)


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which something is due.

    It keeps the figures it was opened with (RULE-4). `generation` rises each time the deadline of the same kind
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

    @property
    def key(self) -> str:
        """Makes the notices of one ring unique: (subject, kind, due instant)."""
        return f"{self.subject}|{self.kind}|{self.due_at.isoformat()}"

    @property
    def number(self) -> int:
        """The id in the subject: 7 of "lead:7"."""
        return int(self.subject.rpartition(":")[2])


class Deadlines(Protocol):
    """The open deadlines, as use cases see them."""

    def open(self, kind: DeadlineKind, subject: str, due_at: datetime, clause: str | None = None) -> None:
        """Open a deadline, or move the open one of the same kind and subject to `due_at`."""

    def cancel(self, subject: str, *kinds: DeadlineKind) -> None:
        """End the subject's open deadlines of these kinds, or all of them where none is named."""

    def due_of(self, subject: str, kind: DeadlineKind) -> datetime | None:
        """When the open deadline of this kind is due, if there is one."""

    def open_of(self, subject: str) -> list[Deadline]:
        """The subject's open deadlines, soonest first."""


Ring: TypeAlias = "Callable[[UnitOfWork, Deadline], None]"
RINGS: dict[DeadlineKind, Ring] = {}
DEFERRED: dict[DeadlineKind, Ring] = {}


def on_due(kind: DeadlineKind) -> Callable[[Ring], Ring]:
    """Declare what happens when a deadline of this kind passes. It runs as SYSTEM in a unit of work of its own,
    in which the deadline is already marked done."""
    return _declares(RINGS, kind)


def on_deferred(kind: DeadlineKind) -> Callable[[Ring], Ring]:
    """Declare what happens when an outage has moved a deadline of this kind (P21): cards that show the old instant
    are told anew. It runs as SYSTEM in the unit of work that moved it, with the deadline as it stands now."""
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

    def defer(self, due_at: datetime, grace: timedelta) -> datetime:
        """A deadline that fell due in the outage, or within `grace` after it, becomes due `grace` after its end."""
        if self.start <= due_at < self.end + grace:
            return self.end + grace
        return due_at
