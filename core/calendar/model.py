"""Changes of the company's days: each is a row that is never altered; taking one back is another row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.errors import KeguanError
from core.ids import DayChangeId, PersonId
from core.notices import kind
from core.worktime import CompanyDay
from core.worktime.values import DAY

CHANGED = kind("calendar.changed")  # to every bound group
LONGEST_DAYS = 366  # of one change
LONGEST_REASON = 100


@dataclass(frozen=True, slots=True)
class NewDayChange:
    """Local dates, both ends included (P11), that the company works or does not work."""

    first: date
    last: date
    works: bool
    reason: str

    @property
    def days(self) -> Iterator[date]:
        return (self.first + DAY * number for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class DayChange:
    """A change as it was made. Its id is the version of the calendar; `undoes` is the change it takes back."""

    id: DayChangeId
    made: NewDayChange
    by: PersonId
    by_label: str
    at: datetime
    undoes: DayChangeId | None = None


def company_days(changes: Iterable[DayChange]) -> Mapping[date, CompanyDay]:
    """What the changes, in their order, make of the days; what was taken back counts as never made."""
    told = list(changes)
    undone = {change.undoes for change in told}
    days: dict[date, CompanyDay] = {}
    for change in told:
        if change.undoes is None and change.id not in undone:
            days.update(dict.fromkeys(change.made.days, CompanyDay(change.made.works, change.made.reason)))
    return days


@dataclass(eq=False)
class DaysPast(KeguanError):
    """Days that are over are not changed: what ran by them has run."""

    day: date


@dataclass(eq=False)
class TooManyDays(KeguanError):
    """One change covers so many days that it is rather a slip of the pen."""

    days: int
    most: int


@dataclass(eq=False)
class NothingChanges(KeguanError):
    """The days are already as they would be."""

    first: date
    last: date
    works: bool


class DayChanges(Protocol):
    """The changes made in the chat, oldest first."""

    def all(self) -> list[DayChange]: ...
    def get(self, change: DayChangeId) -> DayChange:
        """Raises NotFound."""

    def add(self, change: NewDayChange, by: PersonId, at: datetime) -> DayChange: ...
    def is_undone(self, change: DayChangeId) -> bool: ...
    def undo(self, change: DayChange, by: PersonId, at: datetime) -> DayChange | None:
        """Take a change back; None where it was taken back before."""
