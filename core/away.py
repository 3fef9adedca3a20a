"""Who is away: leave and business trips, in whole and half days (CHK-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from core.ids import AbsenceId, PersonId
from core.worktime import Interval, WorkTime

if TYPE_CHECKING:
    from core.ports import UnitOfWork
    from core.rulebook import Rulebook


class Excuse(StrEnum):
    """Why somebody is excused."""

    LEAVE = "leave"
    TRIP = "trip"
    SUPERIOR = "superior"  # excused by a superior; the reason is theirs


@dataclass(frozen=True, slots=True)
class NewAbsence:
    """`kind` is LEAVE or TRIP. Both days are included (P11); the first begins at noon where `from_noon`, the last
    ends at noon where `until_noon`."""

    first: date
    last: date
    kind: Excuse
    reason: str
    from_noon: bool = False
    until_noon: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave or a trip as it was announced. One that was cancelled lasted until then."""

    id: AbsenceId
    person: PersonId
    first: date
    last: date
    kind: Excuse
    reason: str
    cancelled_at: datetime | None
    from_noon: bool = False
    until_noon: bool = False

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


class Absences(Protocol):
    """Leave and trips."""

    def add(self, person: PersonId, absence: NewAbsence, at: datetime) -> Absence: ...
    def get(self, absence: AbsenceId) -> Absence: ...
    def cancel(self, absence: AbsenceId, by: PersonId, at: datetime) -> bool:
        """False where it was cancelled before."""

    def of(self, person: PersonId, first: date, last: date) -> list[Absence]:
        """Those that touch the days, cancelled ones left out."""

    def since(self, person: PersonId, day: date) -> list[Absence]:
        """Those whose last day is this or a later one, cancelled ones too: what of them was taken still counts."""

    def on(self, day: date) -> list[Absence]:
        """Everybody's that day, cancelled ones left out."""


def span_of(worktime: WorkTime, rulebook: Rulebook, absence: Absence | NewAbsence) -> Interval | None:
    """From the first to the last instant; None where it was cancelled before it began."""
    whole = worktime.whole_days(absence.first, absence.last)
    noon = rulebook.worktime.half_day_at
    start = worktime.instant(absence.first, noon) if absence.from_noon else whole.start
    end = worktime.instant(absence.last, noon) if absence.until_noon else whole.end
    if isinstance(absence, Absence) and absence.cancelled_at is not None:
        end = min(end, absence.cancelled_at)
    return Interval(start, end) if start < end else None


def is_away(worktime: WorkTime, rulebook: Rulebook, absence: Absence, at: datetime) -> bool:
    """Whether the absence covers an instant."""
    span = span_of(worktime, rulebook, absence)
    return span is not None and span.start <= at < span.end


def leave_in(worktime: WorkTime, rulebook: Rulebook, absences: Iterable[Absence]) -> list[Interval]:
    """The time that absences take out of somebody's hours: leave, and trips where the rulebook says so."""
    counted = (one for one in absences if one.kind is Excuse.LEAVE or rulebook.worktime.trip_pauses)
    spans = (span_of(worktime, rulebook, one) for one in counted)
    return [span for span in spans if span is not None]


def is_absent(uow: UnitOfWork, person: PersonId, at: datetime) -> bool:
    """Whether the person is on leave or a trip at an instant; for every area that asks people for something."""
    day = uow.worktime.local_date(at)
    return any(is_away(uow.worktime, uow.rulebook, one, at) for one in uow.absences.of(person, day, day))
