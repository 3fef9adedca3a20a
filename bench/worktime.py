"""How long working-time questions take, in milliseconds of the processor: another load does not count.

    python -m bench.worktime

Goal (P4): adding and measuring five years under 5 ms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

from bench import table
from bench.table import Line, at_most, limited
from core.worktime import NationalCalendar, Shift, WorkTime

OFFICE = {day: (Shift(time(9), time(12)), Shift(time(13), time(18))) for day in range(5)}
START = datetime(2022, 1, 3, 2, 30, tzinfo=UTC)
FIVE_YEARS_ON = datetime(2027, 1, 4, 7, 15, tzinfo=UTC)
TARGET_MS = 5.0
RUNS = 25
CALENDAR = NationalCalendar()


def fresh() -> WorkTime:
    """Hours for which nothing was worked out yet: the first question of a process, or of a person with a duty."""
    return WorkTime(ZoneInfo("Asia/Shanghai"), OFFICE, CALENDAR)


def person(work: WorkTime) -> WorkTime:
    """The same with four weeks of leave a year."""
    years = (START.date().replace(year=year, month=7) for year in range(2022, 2027))
    return work.with_leave([work.whole_days(day, day + timedelta(days=28)) for day in years])


def measured(act: Callable[[WorkTime], object], make: Callable[[], WorkTime]) -> float:
    """Median milliseconds of `act` on hours made anew for each run."""
    taken = []
    for _ in range(RUNS):
        work = make()
        begun = process_time()
        act(work)
        taken.append((process_time() - begun) * 1000)
    return median(taken)


def questions() -> tuple[dict[str, Callable[[WorkTime], object]], dict[str, Callable[[WorkTime], object]]]:
    """What is asked over five years, and over days."""
    span = fresh().between(START, FIVE_YEARS_ON)
    return {
        "between five years": lambda work: work.between(START, FIVE_YEARS_ON),
        "add five years of minutes": lambda work: work.add(START, span),
        "subtract five years of minutes": lambda work: work.subtract(FIVE_YEARS_ON, span),
        "add 1,250 working days": lambda work: work.add_days(START, 1_250),
    }, {
        "ten minutes on": lambda work: work.add_minutes(START, 10),
        "forty working days on": lambda work: work.add_days(START, 40),
        "explain three days": lambda work: work.explain_days(START, 3),
    }


def measure(runs: int, quick: bool) -> list[Line]:
    """A line for each question: the slowest of first asked, asked again, and asked for somebody with leave."""
    for year in range(START.year - 1, FIVE_YEARS_ON.year + 2):
        CALENDAR.is_official(year)
        CALENDAR.name(START.date().replace(year=year))
    known, lines = fresh(), []
    for asked, goal in zip(questions(), (at_most(TARGET_MS), None), strict=True):
        for what, act in asked.items():
            ways: tuple[Callable[[], WorkTime], ...] = (fresh, lambda: known, lambda: person(fresh()))
            taken = [max(measured(act, make) for make in ways) for _ in range(runs)]
            lines.append(limited(f"working time: {what}", "ms CPU", taken, goal))
    return lines


if __name__ == "__main__":
    table.main(measure)
