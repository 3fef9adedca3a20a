"""What the ledger keeps (LGR-1): entries are added, never changed; what belongs together is one case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.errors import AlreadySettled, KeguanError
from core.ids import EntryId, PersonId
from core.notices import Fact


class Effect(StrEnum):
    """What an entry means for the person."""

    NOTED = "noted"  # nothing but that it counts (LED-7)
    WARNING = "warning"
    FINE = "fine"  # `amount` yuan are paid
    WITHHOLD = "withhold"  # the next `amount` allocations of leads are withheld (LED-5)
    PAUSE = "pause"  # no allocations for `amount` days (LED-8)
    OFF_DUTY = "off_duty"  # no call duty for `amount` days (LED-7)
    POINTS = "points"  # `amount` points more or less (LGR-3)
    REWARD = "reward"  # `amount` yuan are paid out
    DEMOTION = "demotion"  # proposed
    DISMISSAL = "dismissal"  # proposed (CMP-11)
    REVERSAL = "reversal"  # takes an earlier entry back


TIMED = (Effect.PAUSE, Effect.OFF_DUTY)
BARE = (Effect.NOTED, Effect.WARNING, Effect.DEMOTION, Effect.DISMISSAL)  # without an amount
LOWERABLE = (Effect.FINE, Effect.WITHHOLD, Effect.PAUSE, Effect.OFF_DUTY)  # to a smaller amount, on appeal


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    `amount` is yuan, a count, days or points, by the effect. `case` is the first entry of the same occurrence: they
    are told, appealed and taken back together. `in_force` false is shadow mode: recorded and shown to the manager,
    without effect, because the company has not switched the clause on. `evidence` holds what the entry rests on,
    `subject` what it is about ("lead:7"); `decided_by` is None where the rule itself decided. `until` is when a
    pause ends as it was given; `instead_of` the entry that a verdict replaced by this one.
    """

    id: EntryId
    person: PersonId
    clause: str
    effect: Effect
    amount: int
    subject: str
    evidence: Mapping[str, Fact]
    in_force: bool
    decided_by: PersonId | None
    reverses: EntryId | None
    at: datetime
    case: EntryId
    cause: str = ""
    until: datetime | None = None
    appeal_by: datetime | None = None
    instead_of: EntryId | None = None
    version: str = ""  # of the rulebook it was written under

    @property
    def is_good(self) -> bool:
        """Whether it is to the person's favour: nothing to appeal."""
        return self.effect is Effect.REWARD or (self.effect is Effect.POINTS and self.amount > 0)


@dataclass(frozen=True, slots=True)
class NewEntry:
    person: PersonId
    clause: str
    effect: Effect
    amount: int
    subject: str
    evidence: Mapping[str, Fact]
    in_force: bool
    at: datetime
    key: str  # one entry per key: the same occurrence is never recorded twice
    decided_by: PersonId | None = None
    reverses: EntryId | None = None
    case: EntryId | None = None  # None: it begins a case of its own
    cause: str = ""
    until: datetime | None = None
    appeal_by: datetime | None = None
    instead_of: EntryId | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a case was frozen by an appeal; `end` None while it still is."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """An entry with what has become of it: when it was taken back, and when appeals froze it."""

    entry: Entry
    reversed_at: datetime | None = None
    frozen: tuple[Span, ...] = ()

    def stands(self, at: datetime) -> bool:
        """Whether it was made and not taken back by then."""
        return self.entry.at <= at and (self.reversed_at is None or self.reversed_at > at)

    def is_frozen(self, at: datetime) -> bool:
        return any(span.start <= at and (span.end is None or span.end > at) for span in self.frozen)

    def counts(self, at: datetime) -> bool:
        """Whether it has its effect at that instant: in force, standing, and under no appeal (LGR-2)."""
        return self.entry.in_force and self.stands(at) and not self.is_frozen(at)


@dataclass(frozen=True, slots=True)
class Case:
    """What one occurrence led to: entries that are told, appealed and taken back together."""

    id: EntryId
    person: PersonId
    records: tuple[Record, ...] = field(default_factory=tuple)

    @property
    def head(self) -> Entry:
        return self.records[0].entry

    def standing(self, at: datetime) -> list[Entry]:
        return [record.entry for record in self.records if record.stands(at)]

    def is_frozen(self, at: datetime) -> bool:
        return any(record.is_frozen(at) for record in self.records)


@dataclass(eq=False)
class NotAllowed(KeguanError):
    """The clause does not provide for that: `reason` is effect, amount or self; or there is more evidence than is
    kept: files or words."""

    reason: str
    clause: str = ""
    least: int = 0
    most: int = 0


@dataclass(eq=False)
class WordsNeeded(KeguanError):
    """This is not done without a few words. `what`: cause, reversal, verdict."""

    what: str


class EntryReversed(AlreadySettled):
    """Nothing of the case stands any more."""


class Ledger(Protocol):
    def add(self, entry: NewEntry) -> Entry | None:
        """The entry, or None where its key was recorded before."""

    def get(self, entry: EntryId) -> Entry:
        """Raises NotFound."""

    def of_person(self, person: PersonId, since: datetime | None = None) -> list[Entry]:
        """Newest first."""

    def of_subject(self, subject: str) -> list[Entry]: ...
    def reversed_by(self, entry: EntryId) -> Entry | None: ...
    def case(self, entry: EntryId) -> Case:
        """The case that an entry belongs to, its entries in their order, without reversals. Raises NotFound."""

    def records(self, people: Collection[PersonId] | None, start: datetime, end: datetime) -> list[Record]:
        """What was entered, taken back, frozen or set free from `start` to `end`, for these people or (None) for
        all; oldest first, without reversals."""

    def breaches(self, person: PersonId, clause: str, since: datetime) -> list[Record]:
        """The entries of a person under a clause since then, without reversals."""

    def pauses(self, person: PersonId | None = None) -> list[Record]:
        """The pauses, over by now or not, that are in force and were not taken back: the person's, or everybody's."""

    def withheld(self, person: PersonId) -> int:
        """How many allocations are still to be withheld: in force, not reversed, under no appeal, not used up."""

    def use_withheld(self, person: PersonId, subject: str, at: datetime) -> bool:
        """Use up one withheld allocation; False where none is left."""
