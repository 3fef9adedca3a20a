"""What the morning round is about: the day's row of each person, reports of a place, absences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from core.away import Excuse
from core.errors import KeguanError
from core.geo import VERIFIED_SOURCES, Point, Source
from core.ids import CheckinId, DepartmentId, MessageId, PersonId
from core.notices import kind

PROMPT = kind("checkin.prompt")  # to each person expected, in private
CARD = kind("checkin.card")  # to the group, editing itself while people report
LIST = kind("checkin.list")  # to the group at the end of the window, corrected when something changes
CHASE = kind("checkin.chase", duty=True)  # to each manager: who is missing, who is unverified
AFTERWARDS = kind("checkin.afterwards")  # to the manager: a report after the end of the window
EXCUSED = kind("checkin.excused")  # to the person: a superior excused them
ABSENCE = kind("absence.announced")  # to the superior
ENTERED = kind("absence.entered")  # to the person: a superior entered it for them
ABSENCE_CANCELLED = kind("absence.cancelled")  # to the person, or to the superior

MISSED_CLAUSE = "checkin.missed"
LATE_CLAUSE = "checkin.late"


class Standing(StrEnum):
    """Where someone stands on one day."""

    WAITING = "waiting"
    PRESENT = "present"
    LATE = "late"
    MISSED = "missed"  # no report in the window; a later one is noted, and this stays until excused
    UNHEARD = "unheard"  # no report, but not held against them: the prompt never arrived, or the bot was away
    EXCUSED = "excused"


REPORTED = (Standing.PRESENT, Standing.LATE)
ABSENT = (Standing.MISSED, Standing.UNHEARD)


class Flag(StrEnum):
    """What is odd about a report. It is shown, never a reason to refuse (P50)."""

    INACCURATE = "inaccurate"
    DELAYED = "delayed"  # reached the bot long after it was sent
    SAME_SPOT = "same_spot"  # a colleague's coordinates to six decimals
    JUMP = "jump"  # faster than anybody travels


@dataclass(frozen=True, slots=True)
class Window:
    """The instants of one day's round (UTC)."""

    day: date
    opens_at: datetime
    prompt_at: datetime
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A place as it came in. `sent_at` is the platform's date of the message, `place` what was written or the
    venue's name, `accuracy_m` metres as the phone gives them."""

    source: Source
    point: Point | None
    accuracy_m: float | None
    sent_at: datetime
    message: MessageId
    place: str = ""


@dataclass(frozen=True, slots=True)
class Checkin:
    """One person on one day. `reported_at` is the earliest report, `located_at` that of the place kept; with
    MISSED or UNHEARD a report came after the window. `reason` is for superiors, `excuse` for everybody."""

    id: CheckinId
    day: date
    person: PersonId
    label: str
    department: DepartmentId
    standing: Standing
    reported_at: datetime | None
    located_at: datetime | None
    point: Point | None
    source: Source | None
    flags: tuple[Flag, ...]
    place: str
    message: MessageId | None
    excuse: Excuse | None
    reason: str

    @property
    def is_verified(self) -> bool:
        return self.source in VERIFIED_SOURCES

    @property
    def is_odd(self) -> bool:
        """Whether a superior should look at it."""
        return self.reported_at is not None and (not self.is_verified or bool(self.flags))


@dataclass(frozen=True, slots=True)
class Day:
    """One day's round. `outage`: the bot was away for a part that matters, so nobody is held to it (P21)."""

    day: date
    closed_at: datetime | None
    outage: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody was, and how that is known."""

    point: Point
    at: datetime
    source: str


class Outcome(StrEnum):
    """What a report did."""

    COUNTED = "counted"
    VERIFIED = "verified"  # a real position in place of an unverified report
    ALREADY = "already"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, slots=True)
class Reported:
    checkin: Checkin
    outcome: Outcome
    window: Window


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own round of today: `checkin` is None before anything happened, `window` None on a day without
    a round; `following` is the next window that is not over."""

    window: Window | None
    checkin: Checkin | None
    following: Window | None


# Refusals ------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NotExpected(KeguanError):
    """The actor's role has no morning round."""


@dataclass(eq=False)
class OutsideWindow(KeguanError):
    """A report when none is asked for. `today` is whether the window is today's."""

    rests_on: ClassVar[str | None] = "checkin.missed"

    window: Window | None


@dataclass(eq=False)
class AlreadyExcused(KeguanError):
    """The person is excused that day."""

    label: str
    day: date
    excuse: Excuse


@dataclass(eq=False)
class NothingToExcuse(KeguanError):
    """The person has no missed, late or open check-in to excuse."""

    label: str


@dataclass(eq=False)
class AbsenceOverlaps(KeguanError):
    """There is leave or a trip already in these days; it must be cancelled first."""

    first: date
    last: date
    kind: Excuse


@dataclass(eq=False)
class DayIsOver(KeguanError):
    """Leave can't be announced for a day that is past; a superior excuses afterwards."""

    day: date


# Repositories --------------------------------------------------------------------------------------------


class Checkins(Protocol):
    """The days' rounds and who reported where."""

    def day(self, day: date) -> Day | None: ...
    def open_day(self, day: date) -> bool:
        """False where it was open before."""

    def close_day(self, day: date, at: datetime) -> bool:
        """False where it was closed before."""

    def mark_outage(self, day: date) -> None: ...
    def expect(self, day: date, people: Mapping[PersonId, Excuse | None]) -> None:
        """Enter people into the day's roster, excused or waiting; who is in it stays as they are."""

    def of(self, person: PersonId, day: date) -> Checkin | None: ...
    def take(self, person: PersonId, day: date, standing: Standing, report: Report, flags: Sequence[Flag]) -> bool:
        """Count a report, where none counts yet; one of several attempts succeeds."""

    def verify(self, person: PersonId, day: date, report: Report, flags: Sequence[Flag]) -> bool:
        """Put a real position in place of an unverified report; the earliest time stays noted."""

    def note_afterwards(self, person: PersonId, day: date, report: Report, flags: Sequence[Flag]) -> bool:
        """Note a report after the window, once; the standing stays."""

    def move(self, person: PersonId, message: MessageId, point: Point, at: datetime) -> date | None:
        """A live location moved: the day whose place it changed, if any."""

    def excuse(
        self,
        person: PersonId,
        day: date,
        excuse: Excuse,
        reason: str,
        by: PersonId | None,
        of: Collection[Standing],
    ) -> bool:
        """Excuse somebody whose standing is one of `of`."""

    def set_waiting(self, person: PersonId, day: date) -> bool:
        """Take an excuse by absence back."""

    def settle(self, day: date, people: Collection[PersonId], standing: Standing) -> None:
        """Those of them who still wait get this standing."""

    def counts(self, day: date, departments: Collection[DepartmentId]) -> dict[Standing, int]: ...
    def listed(
        self,
        day: date,
        standings: Collection[Standing],
        departments: Collection[DepartmentId],
        most: int,
        *,
        newest_first: bool = False,
        skip: int = 0,
    ) -> list[Checkin]:
        """By staff number, or by time of report with the newest first."""

    def labels(self, day: date, standing: Standing, departments: Collection[DepartmentId], most: int) -> list[str]:
        """The names alone, by staff number: for the card, which is made anew at each report."""

    def odd(self, day: date) -> list[Checkin]:
        """Reports of the day that are unverified or flagged."""

    def is_taken_spot(self, day: date, spot: str, person: PersonId) -> bool:
        """Whether a colleague reported from these very coordinates that day."""

    def misses(self, people: Collection[PersonId], first: date, last: date) -> dict[PersonId, list[date]]:
        """The days each of them missed, oldest first."""

    def note_position(self, person: PersonId, point: Point, at: datetime, source: str) -> None:
        """Remember where somebody was; one position per person and source ("checkin:2026-09-14", "visit:7")."""

    def last_position(self, person: PersonId, at: datetime) -> Position | None:
        """The latest position at or before an instant."""
