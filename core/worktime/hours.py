"""Working time of a company or, with leave, of one person: deadlines forward, warnings back, time between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from core.worktime.calendar import NationalCalendar
from core.worktime.timetable import Timetable
from core.worktime.values import (
    DAY,
    DayKind,
    Explanation,
    Fault,
    Interval,
    Shift,
    Step,
    WorkTimeError,
    merge,
    utc,
)

# Three years without one open day is a mistake in leave or overrides, not a deadline.
_SEARCH_DAYS = 3 * 366
_ZERO = timedelta(0)
_LONGEST_LEAP = 256  # days
_LONG = timedelta(days=10)  # of working time: more than a few weeks
_INSTANT = timedelta.resolution


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Opening hours in one zone, and arithmetic on them.

    A shift is open from its start up to, not including, its end: at closing the day is over. `week` maps
    0 (Monday) to 6 to the day's shifts. A make-up day or company day whose weekday has no shifts uses
    `makeup_shifts`, or else the shifts of the first working weekday. `days_on` and `days_off` beat the
    national calendar, which beats the week. `leave` is taken out of the shifts. `day_names` say in the company's
    own words why a day is on or off.

    Raises `WorkTimeError` (a ValueError) at construction for shifts that cannot be, for a week without
    working time (P10) and for days both on and off; later for naive instants, negative targets, and when
    three years hold no working time.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[Shift, ...]] = field(hash=False)
    calendar: NationalCalendar = field(default_factory=NationalCalendar)
    days_on: frozenset[date] = frozenset()
    days_off: frozenset[date] = frozenset()
    leave: tuple[Interval, ...] = ()
    makeup_shifts: tuple[Shift, ...] | None = None
    day_names: Mapping[date, str] = field(default_factory=dict, hash=False)
    _table: Timetable = field(init=False, repr=False, compare=False)
    _away: tuple[Interval, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = Timetable(
            zone=self.zone,
            week=self.week,
            calendar=self.calendar,
            days_on=self.days_on,
            days_off=self.days_off,
            makeup_shifts=self.makeup_shifts,
        )
        object.__setattr__(self, "week", MappingProxyType(dict(self.week)))
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_away", merge(self.leave))

    def with_leave(self, intervals: Iterable[Interval]) -> WorkTime:
        """The same hours with more leave taken out; cheap, what was worked out before is shared."""
        person = replace(self, leave=(*self.leave, *intervals))
        object.__setattr__(person, "_table", self._table)
        return person

    def with_days_on(self, days: frozenset[date]) -> WorkTime:
        """The same hours with more days worked: somebody is on duty on a holiday."""
        if not days:
            return self
        return replace(self, days_on=self.days_on | days, days_off=self.days_off - days)

    # --- the company's clock and dates

    def local(self, at: datetime) -> datetime:
        """The instant on the company's clock."""
        return utc(at).astimezone(self.zone)

    def local_date(self, at: datetime) -> date:
        """The company's date at an instant (P8)."""
        return self._table.local_date(utc(at))

    def instant(self, day: date, clock: time) -> datetime:
        """The UTC instant of a local clock time; a time the change to summer skips is moved on by the gap."""
        return self._table.instant(day, clock)

    def whole_days(self, first: date, last: date) -> Interval:
        """Local dates, both ends included, as an interval: for leave and trips given in days (P11)."""
        if last < first:
            raise WorkTimeError(Fault.BACKWARD_RANGE, at=first)
        return Interval(self.instant(first, time.min), self.instant(last + DAY, time.min))

    # --- days

    def day_kind(self, day: date) -> DayKind:
        """Why the company works on `day` or not; leave changes nothing here."""
        return self._table.kind(day)

    def day_name(self, day: date) -> str | None:
        """The reason of a company day, else the Chinese name of the holiday whose break the day belongs to."""
        return self.day_names.get(day) or self.calendar.name(day)

    def is_workday(self, day: date) -> bool:
        """Does `day` hold any working time, leave taken out?"""
        return bool(self.shifts_on(day))

    def shifts_on(self, day: date) -> tuple[Interval, ...]:
        """Working intervals of a local date in UTC, leave taken out, in order."""
        opened = self._table.open_on(day)
        if not self._away:
            return opened
        return tuple(rest for shift in opened for rest in self._without_leave(shift))

    def is_provisional(self, start: date | datetime, end: date | datetime) -> bool:
        """Does a year from `start` to `end`, both included, lack its official make-up days (P2)?"""
        years = sorted(self._date(bound).year for bound in (start, end))
        return not all(map(self.calendar.is_official, range(years[0], years[1] + 1)))

    # --- instants

    def is_working(self, at: datetime) -> bool:
        """Is `at` within working time? True at opening, False at closing."""
        at = utc(at)
        return any(shift.start <= at < shift.end for shift in self.shifts_on(self.local_date(at)))

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when working, else the next instant that is."""
        return self.add(at, _ZERO)

    def end_of_day(self, at: datetime) -> datetime:
        """Last closing of the working day of `at`; on rest days and from closing on, of the next one."""
        at = utc(at)
        closings = (shifts[-1].end for _, shifts in self._working_days(self.local_date(at), DAY))
        return next(closing for closing in closings if at < closing)

    # --- targets in working minutes

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """When `minutes` of working time have passed since `at`; 0 gives the next opening.

        A result exactly at a shift's end is that end, not the next opening.
        """
        return self.add(at, timedelta(minutes=minutes))

    def subtract_minutes(self, at: datetime, minutes: int) -> datetime:
        """The instant `minutes` of working time before `at`: warnings ahead of a deadline (P7).

        A result exactly at a shift's start is that start, not the closing before.
        """
        return self.subtract(at, timedelta(minutes=minutes))

    def add(self, at: datetime, span: timedelta) -> datetime:
        """As `add_minutes`, for working time to the second: what a pause has to give back."""
        at, left = self._leap(utc(at), _target(span), DAY)
        for _, shifts in self._working_days(self.local_date(at), DAY):
            for shift in shifts:
                room = shift.end - max(shift.start, at)
                if room <= _ZERO:
                    continue
                if left <= room:
                    return max(shift.start, at) + left
                left -= room
        raise AssertionError("the search ends by finding or raising")

    def subtract(self, at: datetime, span: timedelta) -> datetime:
        """As `subtract_minutes`, for working time to the second."""
        at, left = self._leap(utc(at), _target(span), -DAY)
        for _, shifts in self._working_days(self.local_date(at), -DAY):
            for shift in reversed(shifts):
                room = min(shift.end, at) - shift.start
                if room <= _ZERO:
                    continue
                if left <= room:
                    return min(shift.end, at) - left
                left -= room
        raise AssertionError("the search ends by finding or raising")

    def _leap(self, at: datetime, left: timedelta, step: timedelta) -> tuple[datetime, timedelta]:
        """Past the bulk of a long span by the totals of whole years (P4): where to go on, and what is left then."""
        days = _LONGEST_LEAP if left > _LONG else 0
        while days:
            there = at + step * days
            passed = abs(self.between(at, there))
            if _ZERO < passed < left:
                at, left = there, left - passed
            else:
                days //= 4
        return at, left

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` is earlier (P4)."""
        a, b = utc(a), utc(b)
        if b < a:
            return -self.between(b, a)
        away = (self._table.between(max(a, one.start), min(b, one.end)) for one in self._leave_in(a, b))
        return self._table.between(a, b) - sum(away, _ZERO)

    def paused_between(self, a: datetime, b: datetime, pauses: Iterable[Interval]) -> timedelta:
        """Working time from `a` to `b` that fell into pauses; overlapping pauses count once (P5).

        Zero when `b` is not after `a`.
        """
        a, b = utc(a), utc(b)
        cut = ((max(a, pause.start), min(b, pause.end)) for pause in merge(pauses))
        return sum((self.between(start, end) for start, end in cut if start < end), _ZERO)

    # --- targets in working days

    def add_days(self, at: datetime, days: int) -> datetime:
        """Last closing of the `days`-th working day after the local date of `at` (P1); 0 is `end_of_day`.

        A day wholly taken by leave is not counted.
        """
        if not days:
            return self.end_of_day(at)
        return self.shifts_on(self._due_day(at, days))[-1].end

    def closes_early(self, day: date) -> bool:
        """Is the end of the day's working time taken by leave? Then nothing can be due at its closing."""
        opened, left = self._table.open_on(day), self.shifts_on(day)
        return bool(opened) and (not left or left[-1].end < opened[-1].end)

    # --- how it was computed

    def explain_minutes(self, at: datetime, minutes: int) -> Explanation:
        """`add_minutes` with every local date from that of `at` to the deadline's (P12)."""
        at = utc(at)
        due_at = self.add_minutes(at, minutes)
        # A shift that ends at midnight belongs to the day before.
        last = self.local_date(due_at - _INSTANT if minutes else due_at)
        used = ((day, self._used(day, at, due_at)) for day in _dates(self.local_date(at), last))
        steps = tuple(self._step(day, time_used > _ZERO, time_used) for day, time_used in used)
        return Explanation(due_at, steps, self.is_provisional(at, due_at))

    def explain_days(self, at: datetime, days: int) -> Explanation:
        """`add_days` with every local date from that of `at`, which is never counted, to the deadline's."""
        due_at = self.add_days(at, days)
        first, last = self.local_date(at), self.local_date(due_at - _INSTANT)
        steps = tuple(
            self._step(day, bool(days) and day > first and self.is_workday(day), _ZERO) for day in _dates(first, last)
        )
        return Explanation(due_at, steps, self.is_provisional(first, last))

    # --- inside

    def _working_days(self, day: date, step: timedelta) -> Iterator[tuple[date, tuple[Interval, ...]]]:
        """Local dates with working time, from `day` on in either direction; raises in an empty stretch."""
        first, closed = day, 0
        while closed <= _SEARCH_DAYS:
            shifts = self.shifts_on(day)
            closed = 0 if shifts else closed + 1
            if shifts:
                yield day, shifts
            day += step
        raise WorkTimeError(Fault.NOTHING_OPEN, at=first, searched_days=abs((day - first).days))

    def _due_day(self, at: datetime, days: int) -> date:
        if days < 0:
            raise WorkTimeError(Fault.NEGATIVE_TARGET, at=at)
        first = day = self.local_date(at) + DAY
        near = [(self.local_date(one.start), self.local_date(one.end)) for one in self._away]
        closed = 0
        while closed <= _SEARCH_DAYS:
            touched = any(start <= day <= end for start, end in near)
            opens = self.is_workday(day) if touched else self._table.opens(day)
            days, closed = days - opens, 0 if opens else closed + 1
            if not days:
                return day
            day += DAY
        raise WorkTimeError(Fault.NOTHING_OPEN, at=first, searched_days=(day - first).days)

    def _leave_in(self, a: datetime, b: datetime) -> Iterator[Interval]:
        return (one for one in self._away if one.start < b and one.end > a)

    def _without_leave(self, shift: Interval) -> Iterator[Interval]:
        start = shift.start
        for away in self._leave_in(shift.start, shift.end):
            if start < away.start:
                yield Interval(start, away.start)
            start = away.end
        if start < shift.end:
            yield Interval(start, shift.end)

    def _used(self, day: date, a: datetime, b: datetime) -> timedelta:
        span = Interval(a, b)
        return sum((shift.overlap(span) for shift in self.shifts_on(day)), _ZERO)

    def _step(self, day: date, counted: bool, used: timedelta) -> Step:
        return Step(day, self.day_kind(day), self.day_name(day), counted, used)

    def _date(self, bound: date | datetime) -> date:
        return self.local_date(bound) if isinstance(bound, datetime) else bound


def _target(span: timedelta) -> timedelta:
    if span < _ZERO:
        raise WorkTimeError(Fault.NEGATIVE_TARGET)
    return span


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))
