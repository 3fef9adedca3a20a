"""The plain values of working time: shifts, intervals, kinds of day, explanations, refusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a local date is worked or not."""

    WORKDAY = "workday"
    RESTDAY = "restday"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    COMPANY_ON = "company_on"
    COMPANY_OFF = "company_off"

    @property
    def works(self) -> bool:
        """Is the company open on such a day?"""
        return self in (DayKind.WORKDAY, DayKind.MAKEUP, DayKind.COMPANY_ON)


@dataclass(frozen=True, slots=True)
class CompanyDay:
    """What the company made of one local date, whatever the calendar says, and why."""

    works: bool
    reason: str


class Fault(StrEnum):
    """What a `WorkTimeError` refuses."""

    NAIVE_INSTANT = "naive_instant"
    ZONED_CLOCK = "zoned_clock"
    BACKWARD_RANGE = "backward_range"
    NEGATIVE_TARGET = "negative_target"
    UNKNOWN_WEEKDAY = "unknown_weekday"
    EMPTY_SHIFT = "empty_shift"
    UNSORTED_SHIFTS = "unsorted_shifts"
    OVERLAPPING_SHIFTS = "overlapping_shifts"
    NO_WORKING_TIME = "no_working_time"
    CONTRADICTORY_DAYS = "contradictory_days"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True)
class Shift:
    """One uninterrupted stretch of a working day, in local clock times; an end of 00:00 is midnight after."""

    start: time
    end: time

    @property
    def span(self) -> tuple[timedelta, timedelta]:
        """Start and end as time after local midnight."""
        end = _after_midnight(self.end)
        return _after_midnight(self.start), (DAY if not end and self.start != time.min else end)

    @property
    def length(self) -> timedelta:
        """Length by the clock on the wall."""
        start, end = self.span
        return end - start


class WorkTimeError(ValueError):
    """Working time that cannot be configured or computed; the facts are in the attributes.

    `weekday` is 0 for Monday and None for the shifts of make-up days; `searched_days` is how many local
    dates from `at` were looked at without finding an open one.
    """

    def __init__(
        self,
        fault: Fault,
        *,
        weekday: int | None = None,
        shifts: tuple[Shift, ...] = (),
        days: frozenset[date] = frozenset(),
        at: datetime | date | None = None,
        searched_days: int | None = None,
    ) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.weekday = weekday
        self.shifts = shifts
        self.days = days
        self.at = at
        self.searched_days = searched_days


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`; both are kept in UTC. Naive or backward ones are refused."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            raise WorkTimeError(Fault.BACKWARD_RANGE, at=self.start)

    @property
    def length(self) -> timedelta:
        """Time elapsed by the clock, working or not."""
        return self.end - self.start

    def overlap(self, other: Interval) -> timedelta:
        """How long both run together."""
        return max(min(self.end, other.end) - max(self.start, other.start), timedelta(0))


@dataclass(frozen=True, slots=True)
class Step:
    """One local date on the way to a deadline.

    `counted` says whether the day used up some of the target. A kind that works and did not count was
    taken by leave, or was over already. `used` is the working time taken from a target in minutes; it is
    zero for targets in days. `name` is the Chinese name of the holiday the day belongs to.
    """

    day: date
    kind: DayKind
    name: str | None
    counted: bool
    used: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a deadline was computed (P12): facts for the "怎么算的" view.

    `provisional` means that a year on the way has no official make-up days yet, so `due_at` may move.
    """

    due_at: datetime
    steps: tuple[Step, ...]
    provisional: bool


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises `WorkTimeError` for a naive one."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise WorkTimeError(Fault.NAIVE_INSTANT, at=at)
    return at.astimezone(UTC)


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time in order, each instant once: overlapping, nested and touching intervals become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda one: one.start):
        if interval.start == interval.end:
            continue
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def _after_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
