"""What an appeal is, and why one is refused (LGR-2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.deadlines import DeadlineKind
from core.errors import AlreadySettled, KeguanError
from core.ids import AppealId, EntryId, PersonId
from core.notices import kind

CLAUSE = "ledger.appeal"

TO_JUDGE = kind("appeal.to_judge")  # to who decides: a card that ends with the verdict
REMINDED = kind("appeal.reminded")  # to who decides: it is still open
PASSED_ON = kind("appeal.passed_on")  # to who let the limit pass, and to the person: somebody else decides now
JUDGED = kind("appeal.judged")  # to the person, and to those the entry was told to
LAPSED = kind("appeal.lapsed")  # to the person: nothing was given in time, the entry counts again
NOBODY = kind("appeal.nobody")  # to the administrators and general managers: nobody is left to decide
ENDED = kind("appeal.ended")  # to the person: withdrawn, or the entry was taken back meanwhile

MATERIAL = DeadlineKind("appeal.material")  # what is to be said has been given by then
REMIND = DeadlineKind("appeal.remind")
DECIDE = DeadlineKind("appeal.decide")  # then the next one decides

INSTANCES = 2


class AppealState(StrEnum):
    COLLECTING = "collecting"  # the person is giving words, photos …; the case is frozen already
    OPEN = "open"  # waits for the verdict
    UPHELD = "upheld"  # the entry stands
    LIFTED = "lifted"  # it was taken back
    REDUCED = "reduced"  # a smaller one took its place
    WITHDRAWN = "withdrawn"
    MOOT = "moot"  # the entry was taken back otherwise


UNDECIDED = (AppealState.COLLECTING, AppealState.OPEN)
DECIDED = (AppealState.UPHELD, AppealState.LIFTED, AppealState.REDUCED)


class Verdict(StrEnum):
    UPHOLD = "upheld"
    LIFT = "lifted"
    REDUCE = "reduced"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing given to support an appeal. `kind` is text, photo, voice, video, document or location; `file` the
    platform's file id; of a location `text` is "latitude,longitude"."""

    kind: str
    text: str = ""
    file: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal against a case, at the first or second instance. `passed` are those who let the limit pass;
    `again_by` is until when the verdict can be taken further."""

    id: AppealId
    case: EntryId
    instance: int
    person: PersonId
    state: AppealState
    filed_at: datetime
    submitted_at: datetime | None
    decider: PersonId | None
    passed: tuple[PersonId, ...]
    decided_by: PersonId | None
    ended_at: datetime | None
    reason: str
    again_by: datetime | None

    @property
    def subject(self) -> str:
        return f"appeal:{self.id}"

    @property
    def card(self) -> str:
        """The card of who decides; the next one gets a card of their own."""
        return f"{self.subject}/{len(self.passed)}"

    @property
    def is_open(self) -> bool:
        return self.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class Ending:
    """How an appeal ended."""

    state: AppealState
    at: datetime
    by: PersonId | None = None
    reason: str = ""
    again_by: datetime | None = None


class Appeals(Protocol):
    def file(self, case: EntryId, instance: int, person: PersonId, at: datetime) -> Appeal | None:
        """A new appeal; None where there is one of this instance that was not withdrawn."""

    def get(self, appeal: AppealId) -> Appeal:
        """Raises NotFound."""

    def of_case(self, case: EntryId) -> list[Appeal]:
        """Oldest first."""

    def of_person(self, person: PersonId) -> list[Appeal]:
        """The person's undecided ones."""

    def to_decide(self, decider: PersonId) -> list[Appeal]: ...
    def add_item(self, appeal: AppealId, item: Item) -> None: ...
    def items(self, appeal: AppealId) -> list[Item]: ...
    def submit(self, appeal: AppealId, at: datetime) -> bool:
        """From collecting to open; False where it was done before."""

    def assign(self, appeal: AppealId, decider: PersonId | None, passed: Collection[PersonId]) -> None: ...
    def end(self, appeal: AppealId, was: Collection[AppealState], ending: Ending) -> bool:
        """End it, if it is still in one of these states; one of several succeeds."""


@dataclass(eq=False)
class AppealRefused(KeguanError):
    """There is nothing to appeal. `reason`: late (until when it could have been), final (the last instance has
    decided), reward, empty (nothing was given), full, nobody (nobody above the last decider)."""

    reason: str
    at: datetime | None = None
    most: int = 0


class AppealSettled(AlreadySettled):
    """The appeal was handed in, or is decided or withdrawn."""


@dataclass(eq=False)
class SomebodyElseDecides(KeguanError):
    """An appeal is for another to decide."""

    label: str
