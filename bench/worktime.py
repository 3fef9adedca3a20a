"""How long working-time questions take, in milliseconds. Target (P4): a span of five years under 5 ms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from time import perf_counter
from zoneinfo import ZoneInfo

from core.worktime import NationalCalendar, Shift, WorkTime

OFFICE = {day: (Shift(time(9), time(12)), Shift(time(13), time(18))) for day in range(5)}
START = datetime(2022, 1, 3, 2, 30, tzinfo=UTC)
FIVE_YEARS_ON = datetime(2027, 1, 4, 7, 15, tzinfo=UTC)
RUNS = 200


def milliseconds(act: Callable[[], object], runs: int = 1) -> float:
    """Mean duration of `act` over `runs` calls."""
    begun = perf_counter()
    for _ in range(runs):
        act()
    return (perf_counter() - begun) * 1000 / runs


def main() -> None:
    """Print one line per question."""
    calendar = NationalCalendar()
    print(f"first holiday lookup (imports)  {milliseconds(lambda: calendar.name(START.date())):10.3f} ms")
    for year in range(START.year, FIVE_YEARS_ON.year + 1):
        calendar.is_official(year)
        calendar.name(START.date().replace(year=year))
    work = WorkTime(ZoneInfo("Asia/Shanghai"), OFFICE, calendar)
    person = work.with_leave([work.whole_days(START.date(), START.date())])
    lines: tuple[tuple[str, Callable[[], object], int], ...] = (
        ("five years, first time", lambda: work.between(START, FIVE_YEARS_ON), 1),
        ("five years", lambda: work.between(START, FIVE_YEARS_ON), RUNS),
        ("five years with leave", lambda: person.between(START, FIVE_YEARS_ON), RUNS),
        ("ten minutes on", lambda: work.add_minutes(START, 10), RUNS),
        ("forty working days on", lambda: work.add_days(START, 40), RUNS),
        ("one hour before", lambda: work.subtract_minutes(FIVE_YEARS_ON, 60), RUNS),
        ("explain three days", lambda: work.explain_days(START, 3), RUNS),
        ("a person's hours", lambda: work.with_leave([]), RUNS),
    )
    for what, act, runs in lines:
        print(f"{what:30}  {milliseconds(act, runs):10.3f} ms")


if __name__ == "__main__":
    main()
