"""The national calendar of China: public holidays and the weekend days worked in exchange (调休)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from core.worktime.values import DayKind

# The library knows the lunar calendar for these years only.
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_SATURDAY = 5
_SWAPPED = "休息日（"
_ONE_DAY = timedelta(days=1)

_YearTable = dict[date, tuple[DayKind, str | None]]


@dataclass(frozen=True, slots=True)
class NationalCalendar:
    """Holidays and make-up workdays, with official days from outside on top of the library's.

    A year is official when its make-up days are known: to the library, or because `official_years` says
    that the extra days hold the year's plan. Any other year has the holidays that the law fixes, no make-up
    days, and is provisional (P2). `extra_makeup` beats every holiday of the same date; `extra_holidays`
    beat the library's make-up days. Weekend days that touch a holiday belong to its break, so that a company
    with Saturday shifts rests through it.
    """

    extra_holidays: frozenset[date] = frozenset()
    extra_makeup: frozenset[date] = frozenset()
    official_years: frozenset[int] = frozenset()
    _years: dict[int, _YearTable] = field(default_factory=dict, init=False, repr=False, compare=False)

    def kind(self, day: date) -> DayKind | None:
        """HOLIDAY or MAKEUP; None where the nation leaves the day to the company's week."""
        entry = self._year(day.year).get(day)
        return entry[0] if entry else None

    def name(self, day: date) -> str | None:
        """Chinese name of the holiday whose break `day` belongs to; several are joined with 、."""
        entry = self._year(day.year).get(day)
        return entry[1] if entry else None

    def days(self, year: int) -> Mapping[date, DayKind]:
        """Every holiday and make-up workday of a year."""
        return {day: kind for day, (kind, _) in self._year(year).items()}

    def is_official(self, year: int) -> bool:
        """Are the make-up days of `year` known?"""
        return year in self.official_years or bool(_published(year)[1])

    def _year(self, year: int) -> _YearTable:
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = self._build(year)
        return table

    def _build(self, year: int) -> _YearTable:
        # A New Year's break reaches over the turn of the year, so the neighbours are read as well.
        names: dict[date, str | None] = dict.fromkeys(self.extra_holidays)
        makeup = set(self.extra_makeup)
        for nearby in (year - 1, year, year + 1):
            holidays, working = _published(nearby)
            names.update(holidays)
            makeup |= working - self.extra_holidays
        names = {day: name for day, name in names.items() if day not in makeup}
        breaks = _named_breaks(names, frozenset(makeup))
        table: _YearTable = {day: (DayKind.HOLIDAY, name) for day, name in breaks.items() if day.year == year}
        table.update({day: (DayKind.MAKEUP, None) for day in makeup if day.year == year})
        return table


@lru_cache(maxsize=256)
def _published(year: int) -> tuple[dict[date, str | None], frozenset[date]]:
    """The library's holidays of a year with their names, and its make-up workdays."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return {}, frozenset()
    import holidays  # noqa: PLC0415 (takes a third of a second, and only calendars need it)

    china = holidays.country_holidays("CN", years=[year], language="zh_CN", expand=False)
    # `weekend_workdays` also lists days of other years, whatever year is asked for.
    working = frozenset(day for day in china.weekend_workdays if day.year == year)
    return {day: _feast(name) for day, name in china.items()}, working


def _feast(name: str) -> str | None:
    """The bare name; None for a day that is off only because another one is worked."""
    if name.startswith(_SWAPPED):
        return None
    return "、".join(part.partition("（")[0] for part in name.split("; "))


def _named_breaks(names: dict[date, str | None], makeup: frozenset[date]) -> dict[date, str | None]:
    """Holidays with the weekends that touch them, each day named by the feast before or else after it."""
    days = dict(names)
    for holiday in names:
        for step in (_ONE_DAY, -_ONE_DAY):
            day = holiday + step
            while day.weekday() >= _SATURDAY and day not in makeup and day not in names:
                days[day] = None
                day += step
    for step in (_ONE_DAY, -_ONE_DAY):
        for day in sorted(days, reverse=step < timedelta(0)):
            days[day] = days[day] or days.get(day - step)
    return days
