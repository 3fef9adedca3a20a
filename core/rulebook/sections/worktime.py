"""Working hours and the company's calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from pydantic import model_serializer, model_validator

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import CLOCK, Clock, Day, Section, Weekday, Year, badly_written
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


class OfficialYear(Section):
    """A year's official notice: days off, and rest days worked instead (调休)."""

    holidays: tuple[Day, ...] = ()
    makeup: tuple[Day, ...] = ()


class WorktimeRules(Section):
    """Working hours. A weekday left out or empty is a rest day."""

    shifts: Mapping[Weekday, tuple[ShiftRule, ...]]
    makeup_shifts: tuple[ShiftRule, ...] = ()  # of make-up workdays; empty: the ones of a usual working day
    days_on: tuple[Day, ...] = ()
    days_off: tuple[Day, ...] = ()
    official: Mapping[Year, OfficialYear] = {}  # by year, for notices newer than the shipped calendar


def check_worktime(rules: WorktimeRules) -> Iterator[Finding]:
    """Shifts in order and apart, some working time, days that are not both on and off."""
    for day, shifts in rules.shifts.items():
        yield from _check_shifts(("worktime", "shifts", day), shifts)
    yield from _check_shifts(("worktime", "makeup_shifts"), rules.makeup_shifts)
    if not any(rules.shifts.values()):
        yield Finding(ProblemKind.NO_WORKING_TIME, (("worktime", "shifts"),))
    yield from _apart(("worktime", "days_on"), rules.days_on, ("worktime", "days_off"), rules.days_off)
    for year, official in rules.official.items():
        path = ("worktime", "official", str(year))
        yield from _apart((*path, "makeup"), official.makeup, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "makeup"), official.makeup)


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
