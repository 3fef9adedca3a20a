"""How long working-time questions take, in milliseconds of the processor: another load does not count.

Target (P4): adding and measuring five years under 5 ms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

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


def main() -> None:
    """Print a line for each question: the first time it is asked, and again."""
    for year in range(START.year - 1, FIVE_YEARS_ON.year + 2):
        CALENDAR.is_official(year)
        CALENDAR.name(START.date().replace(year=year))
    span = fresh().between(START, FIVE_YEARS_ON)
    known = fresh()
    long: dict[str, Callable[[WorkTime], object]] = {
        "between five years": lambda work: work.between(START, FIVE_YEARS_ON),
        "add five years of minutes": lambda work: work.add(START, span),
        "subtract five years of minutes": lambda work: work.subtract(FIVE_YEARS_ON, span),
        "add 1,250 working days": lambda work: work.add_days(START, 1_250),
    }
    short: dict[str, Callable[[WorkTime], object]] = {
        "ten minutes on": lambda work: work.add_minutes(START, 10),
        "forty working days on": lambda work: work.add_days(START, 40),
        "explain three days": lambda work: work.explain_days(START, 3),
    }
    print(f"{'':32}{'first':>10}{'again':>10}{'with leave':>12}   ms, medians of {RUNS}")
    slow = []
    for what, act in {**long, **short}.items():
        found = (
            measured(act, fresh),
            measured(act, lambda: known),
            measured(act, lambda: person(fresh())),
        )
        print(f"{what:32}{found[0]:10.3f}{found[1]:10.3f}{found[2]:12.3f}")
        slow += [what] if what in long and max(found) > TARGET_MS else []
    if slow:
        raise SystemExit(f"over {TARGET_MS} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
