"""Working hours and the company's calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from pydantic import model_serializer, model_validator

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import CLOCK, Clock, Day, Days, Section, Text, Weekday, Year, Yes, badly_written
from core.rulebook.wording import ProblemKind
from core.worktime import Shift

_HOURS = re.compile(r"(\d{2}:\d{2})\s*-\s*(\d{2}:\d{2})", re.ASCII)


class ShiftRule(Section):
    """Working hours without a break, written `09:00-12:00`."""

    start: Clock
    end: Clock

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: object) -> object:
        if isinstance(value, str):
            found = _HOURS.fullmatch(value.strip())
            if found and all(CLOCK.fullmatch(clock) for clock in found.groups()):
                return {"start": found[1], "end": found[2]}
        if isinstance(value, (dict, ShiftRule)):
            return value
        raise badly_written("HH:MM-HH:MM (09:00-12:00)")

    @model_serializer(when_used="json")
    def _short(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


Week: TypeAlias = Mapping[Weekday, tuple[ShiftRule, ...]]


class OfficialYear(Section):
    """A year's official notice: days off, and rest days worked instead (调休)."""

    holidays: tuple[Day, ...] = ()
    makeup: tuple[Day, ...] = ()


class OwnHours(Section):
    """The hours of a department, or of one person, where they differ from the company's: weekdays named here take
    the place of the company's, the others stay."""

    shifts: Mapping[Weekday, tuple[ShiftRule, ...]]


class WorktimeRules(Section):
    """Working hours. A weekday left out or empty is a rest day.

    A department without hours of its own has those of the nearest one above that has; `people` go by staff number.
    A half day of leave ends, or begins, at `half_day_at`. Deadlines wait while their person is on leave, and on a
    business trip only if `trip_pauses`.
    """

    shifts: Mapping[Weekday, tuple[ShiftRule, ...]]
    makeup_shifts: tuple[ShiftRule, ...] = ()  # of make-up workdays; empty: the ones of a usual working day
    days_on: tuple[Day, ...] = ()
    days_off: tuple[Day, ...] = ()
    official: Mapping[Year, OfficialYear] = {}  # by year, for notices newer than the shipped calendar
    departments: Mapping[Text, OwnHours] = {}  # by name
    people: Mapping[Text, OwnHours] = {}  # by staff number
    half_day_at: Clock
    trip_pauses: Yes


class QuietRules(Section):
    """Hours in which nothing is sent that can wait (from `start` to `end`, over midnight); the same time twice: none.
    What is urgent, and answers to whoever writes, go out at once."""

    start: Clock
    end: Clock


class DutyRules(Section):
    """The duty roster of public holidays (ORG-9)."""

    report_days: Days  # before a holiday's first day: who has nobody on duty is told to managers
    report_at: Clock
    remind_at: Clock  # the day before
    starts_at: Clock  # of a duty
    check_in: Yes  # whoever is on duty reports their place, whatever their role
    roster: Mapping[Day, tuple[str, ...]] = {}  # staff numbers; a day that is filled in the chat goes by that


def check_worktime(rules: WorktimeRules) -> Iterator[Finding]:
    """Shifts in order and apart, some working time, days that are not both on and off."""
    yield from _check_week(("worktime", "shifts"), rules.shifts, {})
    yield from _check_shifts(("worktime", "makeup_shifts"), rules.makeup_shifts)
    for table, entries in (("departments", rules.departments), ("people", rules.people)):
        for name, own in entries.items():
            yield from _check_week(("worktime", table, name, "shifts"), own.shifts, rules.shifts)
    yield from _apart(("worktime", "days_on"), rules.days_on, ("worktime", "days_off"), rules.days_off)
    for year, official in rules.official.items():
        path = ("worktime", "official", str(year))
        yield from _apart((*path, "makeup"), official.makeup, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "makeup"), official.makeup)


def _check_week(path: Path, week: Week, under: Week) -> Iterator[Finding]:
    """A week of shifts, laid over another: each day's in order, and some working time at all (P10)."""
    for day, shifts in week.items():
        yield from _check_shifts((*path, day), shifts)
    if not any({**under, **week}.values()):
        yield Finding(ProblemKind.NO_WORKING_TIME, (path,))


def _check_shifts(path: Path, shifts: Sequence[ShiftRule]) -> Iterator[Finding]:
    """Each ends after it starts (00:00 is the midnight after), and none runs into the next."""
    spans = [Shift(shift.start, shift.end).span for shift in shifts]
    for index, (start, end) in enumerate(spans):
        if end <= start:
            yield Finding(ProblemKind.ORDER, ((*path, index),), "start < end", str(shifts[index]))
    for first, second in pairwise(sorted(range(len(spans)), key=lambda index: spans[index])):
        if spans[second][0] < spans[first][1]:
            paths = ((*path, second),)
            yield Finding(ProblemKind.OVERLAP, paths, str(shifts[first]), str(shifts[second]))


def _apart(path: Path, days: Sequence[date], other: Path, others: Sequence[date]) -> Iterator[Finding]:
    for index, day in enumerate(days):
        if day in others:
            paths = ((*path, index), (*other, others.index(day)))
            yield Finding(ProblemKind.REPEATED, paths, got=day.isoformat())


def _of_year(year: int, path: Path, days: Sequence[date]) -> Iterator[Finding]:
    for index, day in enumerate(days):
        if day.year != year:
            yield Finding(ProblemKind.OUT_OF_RANGE, ((*path, index),), f"{year}-…", day.isoformat())
