"""When the company as a whole is open: kinds of day, opening intervals, totals over years. No leave here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from core.worktime.calendar import NationalCalendar
from core.worktime.values import DAY, DayKind, Fault, Interval, Shift, WorkTimeError

_WEEKDAYS = range(7)


class Timetable:
    """The company's opening hours, with what was worked out for a day or a year kept for the next question.

    Company days beat the national calendar, which beats the week. Raises `WorkTimeError` for shifts that
    are empty, unsorted or overlapping, days both on and off, and a week without working time (P10).
    """

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        week: Mapping[int, tuple[Shift, ...]],
        calendar: NationalCalendar,
        days_on: frozenset[date],
        days_off: frozenset[date],
        makeup_shifts: tuple[Shift, ...] | None,
    ) -> None:
        _check_week(week)
        _check_shifts(makeup_shifts or (), None)
        if days_on & days_off:
            raise WorkTimeError(Fault.CONTRADICTORY_DAYS, days=days_on & days_off)
        self._zone = zone
        self._calendar = calendar
        self._on = days_on
        self._off = days_off
        self._week = tuple(tuple(week.get(weekday, ())) for weekday in _WEEKDAYS)
        self._makeup = makeup_shifts or next(shifts for shifts in self._week if shifts)
        self._days: dict[date, tuple[Interval, ...]] = {}
        self._years: dict[int, list[timedelta]] = {}

    def kind(self, day: date) -> DayKind:
        """Why `day` is worked or not."""
        if day in self._on:
            return DayKind.COMPANY_ON
        if day in self._off:
            return DayKind.COMPANY_OFF
        national = self._calendar.kind(day)
        if national is not None:
            return national
        return DayKind.WORKDAY if self._week[day.weekday()] else DayKind.RESTDAY

    def opens(self, day: date) -> bool:
        """Is there any working time on a local date?"""
        return bool(self._shifts(day))

    def open_on(self, day: date) -> tuple[Interval, ...]:
        """Opening intervals of a local date, in order."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._open_on(day)
        return known

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Opening time from `start` to a later `end`: the two days at the edges plus whole days by totals."""
        span = Interval(start, end)
        first, last = self.local_date(start), self.local_date(end)
        total = self._within(first, span)
        if last > first:
            total += self._whole_days(first + DAY, last) + self._within(last, span)
        return total

    def local_date(self, at: datetime) -> date:
        """The company's date at an instant."""
        return at.astimezone(self._zone).date()

    def instant(self, day: date, clock: time) -> datetime:
        """The instant of a local clock time; a time the change to summer skips is moved on by the gap."""
        if clock.tzinfo is not None:
            raise WorkTimeError(Fault.ZONED_CLOCK)
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def _shifts(self, day: date) -> tuple[Shift, ...]:
        kind = self.kind(day)
        if not kind.works:
            return ()
        return self._week[day.weekday()] or self._makeup

    def _open_on(self, day: date) -> tuple[Interval, ...]:
        found: list[Interval] = []
        for shift in self._shifts(day):
            last = day + DAY if shift.end == time.min else day
            start, end = self.instant(day, shift.start), self.instant(last, shift.end)
            # On the day clocks go forward, clock times within the gap fall behind those that follow it.
            if found:
                start = max(start, found[-1].end)
            if start < end:
                found.append(Interval(start, end))
        return tuple(found)

    def _within(self, day: date, span: Interval) -> timedelta:
        return _total(shift.overlap(span) for shift in self.open_on(day))

    def _whole_days(self, first: date, end: date) -> timedelta:
        """Opening time of the local dates from `first` up to, not including, `end`."""
        total = timedelta(0)
        while first.year < end.year:
            sums = self._sums(first.year)
            total += sums[-1] - sums[_day_of_year(first)]
            first = date(first.year + 1, 1, 1)
        sums = self._sums(first.year)
        return total + sums[_day_of_year(end)] - sums[_day_of_year(first)]

    def _sums(self, year: int) -> list[timedelta]:
        """Running totals of a year: entry n is the opening time of its first n days."""
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._running_totals(year)
        return known

    def _running_totals(self, year: int) -> list[timedelta]:
        # The week's pattern first, then the days that differ from it: five years stay under 5 ms (P4).
        first = date(year, 1, 1)
        count = (date(year + 1, 1, 1) - first).days
        weekdays = (first.weekday() + number for number in range(count))
        week = [_total(shift.length for shift in shifts) for shifts in self._week]
        lengths = [week[weekday % 7] for weekday in weekdays]
        for day in self._special_days(year):
            lengths[_day_of_year(day)] = _total(shift.length for shift in self._shifts(day))
        for day in self._days_of_clock_change(first, count):
            lengths[_day_of_year(day)] = _total(shift.length for shift in self.open_on(day))
        return list(accumulate(lengths, initial=timedelta(0)))

    def _special_days(self, year: int) -> Iterator[date]:
        yield from self._calendar.days(year)
        yield from (day for day in self._on | self._off if day.year == year)

    def _days_of_clock_change(self, first: date, count: int) -> Iterator[date]:
        """Days that do not last 24 hours, on which a shift may last other than the clock says."""
        midnights = [datetime.combine(first, time.min, self._zone) + DAY * number for number in range(count + 1)]
        offsets = [midnight.utcoffset() for midnight in midnights]
        for midnight, before, after in zip(midnights, offsets, offsets[1:], strict=False):
            if before != after:
                yield midnight.date()


def _check_week(week: Mapping[int, tuple[Shift, ...]]) -> None:
    for weekday, shifts in week.items():
        if weekday not in _WEEKDAYS:
            raise WorkTimeError(Fault.UNKNOWN_WEEKDAY, weekday=weekday)
        _check_shifts(shifts, weekday)
    if not any(week.values()):
        raise WorkTimeError(Fault.NO_WORKING_TIME)


def _check_shifts(shifts: tuple[Shift, ...], weekday: int | None) -> None:
    for shift in shifts:
        if shift.start.tzinfo is not None or shift.end.tzinfo is not None:
            raise WorkTimeError(Fault.ZONED_CLOCK, weekday=weekday, shifts=(shift,))
        if shift.length <= timedelta(0):
            raise WorkTimeError(Fault.EMPTY_SHIFT, weekday=weekday, shifts=(shift,))
    for one, two in pairwise(shifts):
        if two.start < one.start:
            raise WorkTimeError(Fault.UNSORTED_SHIFTS, weekday=weekday, shifts=(one, two))
        if two.span[0] < one.span[1]:
            raise WorkTimeError(Fault.OVERLAPPING_SHIFTS, weekday=weekday, shifts=(one, two))


def _day_of_year(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal()


def _total(lengths: Iterable[timedelta]) -> timedelta:
    return sum(lengths, timedelta(0))
