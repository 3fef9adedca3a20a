"""Working time: deadlines that people in China would compute the same way by hand.

Clock times in these tests are local to the company, written "2025-09-26 17:55".
"""

from __future__ import annotations

import time as wall
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.worktime import (
    DayKind,
    Fault,
    Interval,
    NationalCalendar,
    Shift,
    WorkTime,
    WorkTimeError,
    merge,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NINE_TO_SIX = (Shift(time(9), time(18)),)
WITH_LUNCH = (Shift(time(9), time(12)), Shift(time(13), time(18)))
CALENDAR = NationalCalendar()
HOUR = timedelta(hours=1)
MAKEUP_2025 = {date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)}
MAKEUP_2026 = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}


def office(
    shifts: tuple[Shift, ...] = NINE_TO_SIX,
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    zone: ZoneInfo = SHANGHAI,
    calendar: NationalCalendar = CALENDAR,
) -> WorkTime:
    return WorkTime(zone, dict.fromkeys(weekdays, shifts), calendar)


OFFICE = office()
LUNCH = office(WITH_LUNCH)
PACIFIC = office(WITH_LUNCH, zone=LOS_ANGELES)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shown(instant: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    assert instant.tzinfo is UTC
    return instant.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


def span(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Shanghai"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    wall.tzset()
    yield request.param
    monkeypatch.undo()
    wall.tzset()


# --- the national calendar


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2025-09-26", 3, "Tue 2025-09-30"),
        ("2025-09-30", 3, "Sat 2025-10-11"),
        ("2025-01-24", 5, "Fri 2025-02-07"),
        ("2026-02-13", 3, "Wed 2026-02-25"),
        ("2026-04-30", 5, "Mon 2026-05-11"),
    ],
)
def test_p1_working_days_follow_makeup_days(server_zone: str, received: str, days: int, due: str) -> None:
    for clock in ("00:00", "08:59", "10:20", "18:00", "23:59"):
        assert shown(OFFICE.add_days(at(f"{received} {clock}"), days)) == f"{due} 18:00"


@pytest.mark.parametrize(("year", "published"), [(2025, MAKEUP_2025), (2026, MAKEUP_2026), (2027, set())])
def test_p2_makeup_days_are_those_of_the_year_asked(year: int, published: set[date]) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range(365)]
    assert {day for day in days if CALENDAR.kind(day) is DayKind.MAKEUP} == published
    assert CALENDAR.is_official(year) is bool(published)


def test_p2_a_deadline_into_an_unknown_year_is_computed_and_provisional() -> None:
    explained = OFFICE.explain_days(at("2026-12-30 10:00"), 3)
    assert shown(explained.due_at) == "Tue 2027-01-05 18:00"  # New Year's Day is fixed by law
    assert explained.provisional
    assert OFFICE.explain_minutes(at("2026-12-31 17:59"), 2).provisional
    assert not OFFICE.explain_days(at("2026-12-28 10:00"), 3).provisional


def test_p2_the_official_plan_in_the_rulebook_settles_the_year() -> None:
    plan = NationalCalendar(
        extra_holidays=frozenset({date(2027, 1, 4)}),
        extra_makeup=frozenset({date(2027, 1, 9)}),
        official_years=frozenset({2027}),
    )
    explained = office(calendar=plan).explain_days(at("2026-12-30 10:00"), 6)
    assert not explained.provisional
    assert shown(explained.due_at) == "Sat 2027-01-09 18:00"
    assert plan.kind(date(2027, 1, 4)) is DayKind.HOLIDAY
    assert plan.name(date(2027, 1, 4)) == "元旦"  # the weekend between joins both ends


def test_p2_extra_days_beat_the_library() -> None:
    plan = NationalCalendar(
        extra_holidays=frozenset({date(2026, 9, 20)}), extra_makeup=frozenset({date(2026, 10, 6)})
    )
    assert plan.kind(date(2026, 9, 20)) is DayKind.HOLIDAY
    assert plan.kind(date(2026, 10, 6)) is DayKind.MAKEUP


def test_a_makeup_day_ends_the_break_before_it() -> None:
    plan = NationalCalendar(
        extra_holidays=frozenset({date(2026, 6, 12)}), extra_makeup=frozenset({date(2026, 6, 13)})
    )
    kinds = [plan.kind(date(2026, 6, day)) for day in (12, 13, 14)]
    assert kinds == [DayKind.HOLIDAY, DayKind.MAKEUP, None]


@pytest.mark.parametrize("year", [1949, 2028, 2050, 2100, 2101, 2999])
def test_p2_no_year_raises(year: int) -> None:
    assert CALENDAR.kind(date(year, 3, 17)) is None
    assert not CALENDAR.is_official(year)
    assert shown(OFFICE.add_days(at(f"{year}-03-17 10:00"), 0))[4:8] == str(year)


def test_p11_provisional_looks_at_both_ends_of_the_range() -> None:
    old, known, new = date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)
    assert not OFFICE.is_provisional(old, known)
    assert OFFICE.is_provisional(known, new)
    assert OFFICE.is_provisional(new, known)
    assert OFFICE.is_provisional(new, new)
    # 20:00 UTC on New Year's Eve is already 2027 in Shanghai.
    assert OFFICE.is_provisional(old, datetime(2026, 12, 31, 20, tzinfo=UTC))
    assert not OFFICE.is_provisional(old, datetime(2026, 12, 31, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2025, 9, 28), DayKind.MAKEUP, None),
        (date(2025, 10, 1), DayKind.HOLIDAY, "国庆节"),
        (date(2025, 10, 4), DayKind.HOLIDAY, "国庆节"),  # a Saturday inside the break
        (date(2025, 10, 8), DayKind.HOLIDAY, "中秋节"),  # off in exchange for the 11th
        (date(2020, 10, 1), DayKind.HOLIDAY, "中秋节、国庆节"),
        (date(2022, 12, 31), DayKind.HOLIDAY, "元旦"),  # the Saturday before, in the year before
        (date(2026, 2, 15), DayKind.HOLIDAY, "农历除夕"),
        (date(2026, 2, 28), DayKind.MAKEUP, None),
        (date(2026, 6, 13), DayKind.RESTDAY, None),
        (date(2026, 6, 12), DayKind.WORKDAY, None),
    ],
)
def test_each_day_has_its_kind_and_name(day: date, kind: DayKind, name: str | None) -> None:
    assert OFFICE.day_kind(day) is kind
    assert CALENDAR.name(day) == name
    assert OFFICE.is_workday(day) is (kind in (DayKind.MAKEUP, DayKind.WORKDAY))


def test_saturday_workers_rest_through_the_whole_break() -> None:
    six_days = office(weekdays=(0, 1, 2, 3, 4, 5))
    assert not six_days.is_workday(date(2026, 10, 3))
    assert not six_days.is_workday(date(2026, 9, 26))
    assert six_days.is_workday(date(2026, 9, 19))
    assert shown(six_days.add_days(at("2026-04-03 10:00"), 1)) == "Tue 2026-04-07 18:00"


def test_p9_a_holiday_amid_forty_days_is_seen() -> None:
    start, end = at("2025-09-15 09:00"), at("2025-10-25 09:00")
    # 30 weekdays, less 6 of the break, and two make-up days.
    assert OFFICE.between(start, end) == 26 * 9 * HOUR
    assert OFFICE.add_minutes(start, 26 * 9 * 60) == at("2025-10-24 18:00")
    assert OFFICE.subtract_minutes(end, 26 * 9 * 60) == start


# --- starting at any moment


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-06-06 17:55", 10, "Mon 2026-06-08 09:10"),  # rest day
        ("2026-10-01 11:00", 10, "Thu 2026-10-08 09:10"),  # holiday
        ("2026-06-08 07:00", 10, "Mon 2026-06-08 09:10"),  # before opening
        ("2026-06-08 12:20", 10, "Mon 2026-06-08 13:10"),  # in lunch
        ("2026-06-08 20:00", 10, "Tue 2026-06-09 09:10"),  # after closing
        ("2026-06-08 09:00", 10, "Mon 2026-06-08 09:10"),  # exactly at opening
        ("2026-06-08 18:00", 10, "Tue 2026-06-09 09:10"),  # exactly at closing
        ("2026-06-08 12:00", 10, "Mon 2026-06-08 13:10"),  # exactly at lunch
        ("2026-06-08 13:00", 10, "Mon 2026-06-08 13:10"),  # exactly after lunch
        ("2026-06-05 17:55", 10, "Mon 2026-06-08 09:05"),  # over the weekend
        ("2026-06-08 11:50", 10, "Mon 2026-06-08 12:00"),  # ends with the shift, not after lunch
        ("2026-06-05 17:50", 10, "Fri 2026-06-05 18:00"),
        ("2026-06-08 09:00", 480, "Mon 2026-06-08 18:00"),
        ("2026-06-08 09:00", 481, "Tue 2026-06-09 09:01"),
        ("2026-06-06 10:00", 0, "Mon 2026-06-08 09:00"),
        ("2026-06-08 18:00", 0, "Tue 2026-06-09 09:00"),
        ("2026-06-08 10:30", 0, "Mon 2026-06-08 10:30"),
    ],
)
def test_p3_minutes_start_when_the_office_opens(server_zone: str, start: str, minutes: int, due: str) -> None:
    assert shown(LUNCH.add_minutes(at(start), minutes)) == due


@pytest.mark.parametrize(
    ("moment", "working", "opening", "closing"),
    [
        ("2026-06-06 10:00", False, "Mon 2026-06-08 09:00", "Mon 2026-06-08 18:00"),
        ("2026-06-08 08:59", False, "Mon 2026-06-08 09:00", "Mon 2026-06-08 18:00"),
        ("2026-06-08 09:00", True, "Mon 2026-06-08 09:00", "Mon 2026-06-08 18:00"),
        ("2026-06-08 12:00", False, "Mon 2026-06-08 13:00", "Mon 2026-06-08 18:00"),
        ("2026-06-08 12:30", False, "Mon 2026-06-08 13:00", "Mon 2026-06-08 18:00"),
        ("2026-06-08 17:59", True, "Mon 2026-06-08 17:59", "Mon 2026-06-08 18:00"),
        ("2026-06-08 18:00", False, "Tue 2026-06-09 09:00", "Tue 2026-06-09 18:00"),
        ("2026-06-12 23:00", False, "Mon 2026-06-15 09:00", "Mon 2026-06-15 18:00"),
    ],
)
def test_p3_opening_and_closing_around_a_moment(moment: str, working: bool, opening: str, closing: str) -> None:
    assert LUNCH.is_working(at(moment)) is working
    assert shown(LUNCH.next_opening(at(moment))) == opening
    assert shown(LUNCH.end_of_day(at(moment))) == closing
    assert LUNCH.add_days(at(moment), 0) == LUNCH.end_of_day(at(moment))


@pytest.mark.parametrize(
    ("deadline", "minutes", "warning"),
    [
        ("2026-06-09 09:30", 60, "Mon 2026-06-08 17:30"),
        ("2026-06-08 09:30", 60, "Fri 2026-06-05 17:30"),
        ("2026-10-08 09:30", 60, "Wed 2026-09-30 17:30"),
        ("2026-06-09 13:15", 30, "Tue 2026-06-09 11:45"),
        ("2026-06-09 10:00", 60, "Tue 2026-06-09 09:00"),
        ("2026-06-09 09:00", 60, "Mon 2026-06-08 17:00"),
        ("2026-06-07 12:00", 0, "Fri 2026-06-05 18:00"),
        ("2026-06-09 18:00", 0, "Tue 2026-06-09 18:00"),
    ],
)
def test_p7_a_warning_lands_in_working_time(deadline: str, minutes: int, warning: str) -> None:
    assert shown(LUNCH.subtract_minutes(at(deadline), minutes)) == warning


# --- local days


def test_p8_dates_are_the_companys(server_zone: str) -> None:
    checkin = at("2026-06-08 07:59")
    assert checkin.date() == date(2026, 6, 7)
    assert OFFICE.local_date(checkin) == date(2026, 6, 8)
    assert OFFICE.local(checkin).strftime("%H:%M %z") == "07:59 +0800"
    assert OFFICE.instant(date(2026, 6, 8), time(7, 59)) == checkin
    # 06:00 on Friday in Shanghai is Thursday in UTC: the next working day is Monday, not Friday.
    assert shown(OFFICE.add_days(at("2026-06-05 06:00"), 1)) == "Mon 2026-06-08 18:00"


def test_p8_an_instant_of_another_zone_is_the_same_instant() -> None:
    beijing = at("2026-06-08 10:00").astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert OFFICE.add_minutes(beijing, 10) == at("2026-06-08 10:10")
    assert OFFICE.add_minutes(beijing, 10).tzinfo is UTC


@pytest.mark.parametrize(
    "ask",
    [
        lambda naive: OFFICE.add_minutes(naive, 1),
        lambda naive: OFFICE.subtract_minutes(naive, 1),
        lambda naive: OFFICE.add_days(naive, 1),
        lambda naive: OFFICE.add_days(naive, 0),
        lambda naive: OFFICE.between(naive, at("2026-06-08 10:00")),
        lambda naive: OFFICE.between(at("2026-06-08 10:00"), naive),
        OFFICE.is_working,
        OFFICE.next_opening,
        OFFICE.end_of_day,
        OFFICE.local,
        OFFICE.local_date,
        lambda naive: OFFICE.is_provisional(naive, date(2026, 1, 1)),
        lambda naive: Interval(naive, at("2026-06-08 10:00")),
    ],
)
def test_naive_instants_are_refused(ask: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="naive_instant"):
        ask(datetime(2026, 6, 8, 10))  # noqa: DTZ001 (what is refused)


def test_a_clock_time_with_a_zone_is_refused() -> None:
    with pytest.raises(WorkTimeError, match="zoned_clock"):
        OFFICE.instant(date(2026, 6, 8), time(9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-06 17:30", 60, "Mon 2026-03-09 09:30"),  # clocks go forward on Sunday the 8th
        ("2026-10-30 17:30", 60, "Mon 2026-11-02 09:30"),  # and back on Sunday the 1st
    ],
)
def test_the_weekend_clocks_change_keeps_office_hours(server_zone: str, start: str, minutes: int, due: str) -> None:
    assert shown(PACIFIC.add_minutes(at(start, LOS_ANGELES), minutes), LOS_ANGELES) == due
    assert shown(PACIFIC.add_days(at(start, LOS_ANGELES), 1), LOS_ANGELES) == f"{due[:14]} 18:00"


def test_a_shift_over_the_change_of_clocks_lasts_as_long_as_it_lasts() -> None:
    nights = office((Shift(time(0), time(6)),), tuple(range(7)), LOS_ANGELES)

    def hours(first: date, last: date) -> timedelta:
        whole = nights.whole_days(first, last)
        return nights.between(whole.start, whole.end)

    assert hours(date(2026, 3, 8), date(2026, 3, 8)) == 5 * HOUR
    assert hours(date(2026, 11, 1), date(2026, 11, 1)) == 7 * HOUR
    assert hours(date(2026, 3, 7), date(2026, 3, 9)) == 17 * HOUR
    assert hours(date(2026, 10, 31), date(2026, 11, 2)) == 19 * HOUR
    assert nights.add_minutes(at("2026-03-08 01:30", LOS_ANGELES), 60) == at("2026-03-08 03:30", LOS_ANGELES)


def test_shifts_within_the_skipped_hour_never_count_twice() -> None:
    odd = office((Shift(time(2, 15), time(2, 45)), Shift(time(3), time(4))), tuple(range(7)), LOS_ANGELES)
    # 02:15 does not exist and becomes 03:15; what follows starts where it ends.
    quarter_past, four = at("2026-03-08 03:15", LOS_ANGELES), at("2026-03-08 04:00", LOS_ANGELES)
    opened = odd.shifts_on(date(2026, 3, 8))
    assert merge(opened) == (Interval(quarter_past, four),)
    assert sum((shift.length for shift in opened), timedelta(0)) == timedelta(minutes=45)
    swallowed = office((Shift(time(2, 15), time(2, 45)), Shift(time(3), time(3, 30))), (6,), LOS_ANGELES)
    assert len(swallowed.shifts_on(date(2026, 3, 8))) == 1
    whole = odd.whole_days(date(2026, 3, 7), date(2026, 3, 9))
    assert odd.between(whole.start, whole.end) == timedelta(minutes=90 + 45 + 90)


def test_an_evening_shift_may_end_at_midnight() -> None:
    late = office((Shift(time(18), time(0)),))
    assert late.between(at("2026-06-08 00:00"), at("2026-06-09 00:00")) == 6 * HOUR
    assert late.add_days(at("2026-06-08 10:00"), 1) == at("2026-06-10 00:00")
    assert late.add_minutes(at("2026-06-08 23:00"), 60) == at("2026-06-09 00:00")
    assert late.subtract_minutes(at("2026-06-09 00:00"), 60) == at("2026-06-08 23:00")
    steps = late.explain_minutes(at("2026-06-08 23:00"), 60).steps
    assert [step.day for step in steps] == [date(2026, 6, 8)]
    assert [step.day for step in late.explain_days(at("2026-06-08 10:00"), 1).steps][-1] == date(2026, 6, 9)


# --- between, pauses


def test_p4_five_years_equal_the_sum_of_their_days() -> None:
    start, end = at("2022-01-03 10:30"), at("2027-01-04 15:15")
    days = [date(2022, 1, 4) + timedelta(days=number) for number in range((date(2027, 1, 4) - date(2022, 1, 4)).days)]
    whole = sum((shift.length for day in days for shift in LUNCH.shifts_on(day)), timedelta(0))
    # 2022-01-03 is off: 元旦. The last day gives 9:00 to 12:00 and 13:00 to 15:15.
    assert LUNCH.between(start, end) == whole + timedelta(hours=5, minutes=15)
    assert LUNCH.between(end, start) == -LUNCH.between(start, end)


def test_p4_totals_of_a_year_see_holidays_company_days_and_clock_changes() -> None:
    site = WorkTime(
        LOS_ANGELES,
        {0: WITH_LUNCH, 6: (Shift(time(1), time(4)),)},
        CALENDAR,
        days_on=frozenset({date(2025, 7, 2), date(2025, 7, 3), date(2025, 10, 1)}),
        days_off=frozenset({date(2025, 7, 7)}),
    )
    days = [date(2024, 11, 1) + timedelta(days=number) for number in range(800)]
    whole = sum((shift.length for day in days for shift in site.shifts_on(day)), timedelta(0))
    period = site.whole_days(days[0], days[-1])
    assert site.between(period.start, period.end) == whole


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-09-19 10:07", "2025-10-13 17:31"),
        ("2025-12-29 12:30", "2026-01-06 09:00"),
        ("2026-02-10 18:00", "2026-03-02 12:59"),
    ],
)
def test_p4_between_equals_counting_minutes(start: str, end: str) -> None:
    holidays = {date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 23)}
    holidays |= {date(2025, 10, day) for day in range(1, 9)} | {date(2026, 2, day) for day in range(15, 23)}

    def minute_counts(moment: datetime) -> bool:
        day = moment.date()
        worked = day in MAKEUP_2025 | MAKEUP_2026 or (day.weekday() < 5 and day not in holidays)
        return worked and moment.hour in (9, 10, 11, 13, 14, 15, 16, 17)

    first, last = at(start), at(end)
    minutes = int((last - first) / timedelta(minutes=1))
    local = datetime.fromisoformat(start)
    counted = sum(minute_counts(local + timedelta(minutes=number)) for number in range(minutes))
    assert LUNCH.between(first, last) == timedelta(minutes=counted)


def test_between_is_negative_backwards_and_zero_when_closed() -> None:
    assert OFFICE.between(at("2026-06-08 12:00"), at("2026-06-08 09:30")) == -2.5 * HOUR
    assert OFFICE.between(at("2026-06-05 18:00"), at("2026-06-08 09:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("pauses", "paused"),
    [
        ([("2026-06-05 17:00", "2026-06-08 10:00")], 2),  # not 65
        ([("2026-06-06 08:00", "2026-06-07 20:00")], 0),  # within a weekend
        ([("2026-06-08 10:00", "2026-06-08 14:00"), ("2026-06-08 11:00", "2026-06-08 12:00")], 4),
        ([("2026-06-08 11:00", "2026-06-08 13:00"), ("2026-06-08 10:00", "2026-06-08 12:00")], 3),
        ([("2026-06-08 10:00", "2026-06-08 11:00"), ("2026-06-08 11:00", "2026-06-08 12:00")], 2),
        ([("2026-06-01 09:00", "2026-06-05 10:00")], 1),  # begun before the span
        ([("2026-06-09 16:00", "2026-06-30 10:00")], 1),  # still going on after it
        ([("2026-06-08 10:00", "2026-06-08 10:00")], 0),
        ([], 0),
    ],
)
def test_p5_pauses_count_in_working_time_and_once(pauses: list[tuple[str, str]], paused: int) -> None:
    given_pauses = [span(*pause) for pause in pauses]
    start, end = at("2026-06-05 09:00"), at("2026-06-09 17:00")
    assert OFFICE.paused_between(start, end, given_pauses) == paused * HOUR
    assert OFFICE.paused_between(end, start, given_pauses) == timedelta(0)


def test_p5_a_pause_is_given_back_to_the_second() -> None:
    pause = Interval(at("2026-06-08 17:59:30"), at("2026-06-09 09:00:45"))
    paused = OFFICE.paused_between(pause.start, pause.end, [pause])
    assert paused == timedelta(seconds=75)
    assert OFFICE.add(at("2026-06-08 18:00"), paused) == at("2026-06-09 09:01:15")
    assert OFFICE.subtract(at("2026-06-09 09:01:15"), paused) == at("2026-06-09 09:00")


# --- company overrides


def test_p13_company_days_beat_the_national_calendar() -> None:
    ours = replace(
        OFFICE,
        days_on=frozenset({date(2025, 10, 8), date(2025, 10, 4)}),
        days_off=frozenset({date(2025, 9, 28), date(2025, 9, 29)}),
    )
    assert ours.day_kind(date(2025, 10, 8)) is DayKind.COMPANY_ON
    assert ours.day_kind(date(2025, 9, 28)) is DayKind.COMPANY_OFF
    assert shown(ours.add_days(at("2025-09-26 10:00"), 1)) == "Tue 2025-09-30 18:00"
    assert shown(ours.add_days(at("2025-09-30 10:00"), 2)) == "Wed 2025-10-08 18:00"
    # A new official plan does not bring back what the company changed.
    plan = NationalCalendar(
        extra_holidays=frozenset({date(2025, 10, 8)}), extra_makeup=frozenset({date(2025, 9, 28)})
    )
    again = replace(ours, calendar=plan)
    assert again.is_workday(date(2025, 10, 8))
    assert not again.is_workday(date(2025, 9, 28))
    assert OFFICE.day_kind(date(2025, 10, 8)) is DayKind.HOLIDAY


def test_a_makeup_saturday_uses_the_first_working_days_shifts_unless_told() -> None:
    week = {1: WITH_LUNCH, 2: NINE_TO_SIX}
    saturday = date(2025, 10, 11)
    tuesday_hours = WorkTime(SHANGHAI, week, CALENDAR)
    assert tuesday_hours.shifts_on(saturday) == (
        span("2025-10-11 09:00", "2025-10-11 12:00"),
        span("2025-10-11 13:00", "2025-10-11 18:00"),
    )
    short = replace(tuesday_hours, makeup_shifts=(Shift(time(10), time(12)),))
    assert short.shifts_on(saturday) == (span("2025-10-11 10:00", "2025-10-11 12:00"),)
    saturdays = replace(short, week={**week, 5: (Shift(time(8), time(9)),)})
    assert saturdays.shifts_on(saturday) == (span("2025-10-11 08:00", "2025-10-11 09:00"),)


def test_p10_only_tuesday_works() -> None:
    tuesdays = office(weekdays=(1,))
    assert shown(tuesdays.add_minutes(at("2026-06-03 10:00"), 10)) == "Tue 2026-06-09 09:10"
    assert shown(tuesdays.add_days(at("2026-06-09 10:00"), 2)) == "Tue 2026-06-23 18:00"
    assert shown(tuesdays.subtract_minutes(at("2026-06-09 09:30"), 60)) == "Tue 2026-06-02 17:30"
    assert tuesdays.between(at("2026-06-01 00:00"), at("2026-06-15 00:00")) == 18 * HOUR


@pytest.mark.parametrize("week", [{}, {0: ()}, {0: (), 6: ()}])
def test_p10_a_week_without_working_time_is_refused(week: dict[int, tuple[Shift, ...]]) -> None:
    with pytest.raises(WorkTimeError) as refused:
        WorkTime(SHANGHAI, week, CALENDAR)
    assert refused.value.fault is Fault.NO_WORKING_TIME


MORNING, LATE_MORNING, AFTERNOON = (
    Shift(time(9), time(12)),
    Shift(time(11), time(13)),
    Shift(time(13), time(18)),
)


@pytest.mark.parametrize(
    ("shifts", "fault", "blamed"),
    [
        ((MORNING, LATE_MORNING), Fault.OVERLAPPING_SHIFTS, (MORNING, LATE_MORNING)),
        ((MORNING, MORNING), Fault.OVERLAPPING_SHIFTS, (MORNING, MORNING)),
        ((AFTERNOON, MORNING), Fault.UNSORTED_SHIFTS, (AFTERNOON, MORNING)),
        ((Shift(time(9), time(9)),), Fault.EMPTY_SHIFT, (Shift(time(9), time(9)),)),
        ((Shift(time(0), time(0)),), Fault.EMPTY_SHIFT, (Shift(time(0), time(0)),)),
        ((Shift(time(18), time(9)),), Fault.EMPTY_SHIFT, (Shift(time(18), time(9)),)),
        ((Shift(time(9, tzinfo=UTC), time(10)),), Fault.ZONED_CLOCK, None),
    ],
)
def test_p10_shifts_that_cannot_be_are_refused_with_facts(
    shifts: tuple[Shift, ...], fault: Fault, blamed: tuple[Shift, ...] | None
) -> None:
    with pytest.raises(WorkTimeError) as refused:
        WorkTime(SHANGHAI, {0: NINE_TO_SIX, 3: shifts}, CALENDAR)
    assert (refused.value.fault, refused.value.weekday) == (fault, 3)
    assert refused.value.shifts == (blamed or shifts)
    with pytest.raises(WorkTimeError) as refused:
        replace(OFFICE, makeup_shifts=shifts)
    assert (refused.value.fault, refused.value.weekday) == (fault, None)


def test_touching_shifts_are_fine() -> None:
    both = office((Shift(time(9), time(12)), Shift(time(12), time(18))))
    assert both.is_working(at("2026-06-08 12:00"))
    assert both.add_minutes(at("2026-06-08 11:00"), 120) == at("2026-06-08 13:00")


def test_other_contradictions_are_refused() -> None:
    day = date(2026, 6, 8)
    with pytest.raises(WorkTimeError) as refused:
        replace(OFFICE, days_on=frozenset({day}), days_off=frozenset({day}))
    assert (refused.value.fault, refused.value.days) == (Fault.CONTRADICTORY_DAYS, frozenset({day}))
    with pytest.raises(WorkTimeError) as refused:
        WorkTime(SHANGHAI, {7: NINE_TO_SIX}, CALENDAR)
    assert (refused.value.fault, refused.value.weekday) == (Fault.UNKNOWN_WEEKDAY, 7)
    with pytest.raises(WorkTimeError, match="backward_range"):
        span("2026-06-08 10:00", "2026-06-08 09:59")
    with pytest.raises(WorkTimeError, match="backward_range"):
        OFFICE.whole_days(date(2026, 6, 9), day)
    for ask in (OFFICE.add_minutes, OFFICE.subtract_minutes, OFFICE.add_days):
        with pytest.raises(WorkTimeError, match="negative_target"):
            ask(at("2026-06-08 10:00"), -1)


# --- leave


def test_p11_leave_covers_each_end_of_its_range() -> None:
    away = LUNCH.with_leave([LUNCH.whole_days(date(2026, 9, 16), date(2026, 9, 18))])
    worked = [day for day in range(14, 24) if away.is_workday(date(2026, 9, day))]
    assert worked == [14, 15, 20, 21, 22, 23]  # the 20th is a make-up Sunday
    assert shown(away.add_minutes(at("2026-09-15 17:55"), 10)) == "Sun 2026-09-20 09:05"
    assert shown(away.subtract_minutes(at("2026-09-20 09:05"), 10)) == "Tue 2026-09-15 17:55"
    assert shown(away.add_days(at("2026-09-15 10:00"), 2)) == "Mon 2026-09-21 18:00"
    assert away.between(at("2026-09-15 00:00"), at("2026-09-21 00:00")) == 16 * HOUR
    assert away.day_kind(date(2026, 9, 16)) is DayKind.WORKDAY
    assert LUNCH.is_workday(date(2026, 9, 16))


def test_leave_for_hours_splits_the_day() -> None:
    away = LUNCH.with_leave([span("2026-06-08 10:00", "2026-06-08 11:00")])
    away = away.with_leave(
        [span("2026-06-08 10:30", "2026-06-08 11:30"), span("2026-06-08 16:00", "2026-06-09 10:00")]
    )
    assert away.shifts_on(date(2026, 6, 8)) == (
        span("2026-06-08 09:00", "2026-06-08 10:00"),
        span("2026-06-08 11:30", "2026-06-08 12:00"),
        span("2026-06-08 13:00", "2026-06-08 16:00"),
    )
    assert shown(away.end_of_day(at("2026-06-08 09:00"))) == "Mon 2026-06-08 16:00"
    assert shown(away.end_of_day(at("2026-06-08 16:30"))) == "Tue 2026-06-09 18:00"
    assert not away.is_working(at("2026-06-08 10:59"))
    assert away.between(at("2026-06-08 10:15"), at("2026-06-09 10:00")) == 3.5 * HOUR


def test_leave_without_end_raises_instead_of_searching_for_ever() -> None:
    gone = OFFICE.with_leave([OFFICE.whole_days(date(2020, 1, 1), date(2035, 1, 1))])
    start = at("2026-06-08 10:00")
    for ask in (gone.add_minutes, gone.subtract_minutes, gone.add_days):
        with pytest.raises(WorkTimeError) as refused:
            ask(start, 1)
        assert refused.value.fault is Fault.NOTHING_OPEN
        assert refused.value.searched_days is not None
        assert refused.value.searched_days > 1000
    with pytest.raises(WorkTimeError, match="nothing_open"):
        gone.end_of_day(start)
    assert gone.between(start, at("2030-06-08 10:00")) == timedelta(0)


def test_leave_of_a_year_and_a_target_of_years_are_computed() -> None:
    away = OFFICE.with_leave([OFFICE.whole_days(date(2026, 1, 1), date(2026, 12, 31))])
    assert shown(away.add_minutes(at("2026-01-01 10:00"), 60)) == "Mon 2027-01-04 10:00"
    assert OFFICE.local_date(OFFICE.add_days(at("2020-01-06 10:00"), 1500)) > date(2025, 12, 1)


# --- explanations


def test_p12_days_are_explained_one_by_one() -> None:
    explained = OFFICE.explain_days(at("2025-09-26 17:00"), 3)
    assert explained.due_at == OFFICE.add_days(at("2025-09-26 17:00"), 3)
    assert not explained.provisional
    assert [(step.day.day, step.kind, step.counted) for step in explained.steps] == [
        (26, DayKind.WORKDAY, False),
        (27, DayKind.RESTDAY, False),
        (28, DayKind.MAKEUP, True),
        (29, DayKind.WORKDAY, True),
        (30, DayKind.WORKDAY, True),
    ]
    through = OFFICE.explain_days(at("2025-09-30 10:00"), 1).steps
    assert [step.name for step in through] == [None, *["国庆节"] * 5, *["中秋节"] * 3, None]
    assert [step.day.day for step in through if step.counted] == [9]


def test_p12_minutes_are_explained_with_the_time_used() -> None:
    explained = LUNCH.explain_minutes(at("2026-06-05 17:55"), 10)
    assert shown(explained.due_at) == "Mon 2026-06-08 09:05"
    five = timedelta(minutes=5)
    assert [(step.day.day, step.kind, step.counted, step.used) for step in explained.steps] == [
        (5, DayKind.WORKDAY, True, five),
        (6, DayKind.RESTDAY, False, timedelta(0)),
        (7, DayKind.RESTDAY, False, timedelta(0)),
        (8, DayKind.WORKDAY, True, five),
    ]
    at_once = LUNCH.explain_minutes(at("2026-06-06 10:00"), 0)
    assert [step.counted for step in at_once.steps] == [False] * 3


def test_p12_leave_and_company_days_show_in_the_steps() -> None:
    ours = replace(OFFICE, days_off=frozenset({date(2026, 6, 9)}))
    away = ours.with_leave([ours.whole_days(date(2026, 6, 10), date(2026, 6, 10))])
    steps = away.explain_days(at("2026-06-08 10:00"), 1).steps
    assert [(step.day.day, step.kind, step.counted) for step in steps] == [
        (8, DayKind.WORKDAY, False),
        (9, DayKind.COMPANY_OFF, False),
        (10, DayKind.WORKDAY, False),
        (11, DayKind.WORKDAY, True),
    ]


def test_equal_hours_are_equal_and_can_be_keys() -> None:
    assert office() == OFFICE
    assert hash(office()) == hash(OFFICE)
    assert OFFICE != LUNCH
    assert OFFICE.with_leave([]) == OFFICE


# --- properties

HOLIDAY_FEVER = LUNCH.with_leave(
    [LUNCH.whole_days(date(2025, 6, 3), date(2025, 6, 20)), span("2026-03-03 10:20", "2026-03-05 16:10")]
)
SITES = st.sampled_from([OFFICE, LUNCH, PACIFIC, HOLIDAY_FEVER, office(WITH_LUNCH, (1, 6), LOS_ANGELES)])
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TARGETS = st.integers(1, 20_000)


@settings(max_examples=80, deadline=None)
@given(SITES, MOMENTS, TARGETS)
def test_between_measures_what_was_added(site: WorkTime, start: datetime, minutes: int) -> None:
    due = site.add_minutes(start, minutes)
    assert site.between(start, due) == timedelta(minutes=minutes)
    assert site.subtract_minutes(due, minutes) == site.next_opening(start)
    early = site.subtract_minutes(start, minutes)
    assert site.is_working(early)
    assert site.between(early, start) == timedelta(minutes=minutes)


@settings(max_examples=60, deadline=None)
@given(SITES, MOMENTS, MOMENTS, TARGETS)
def test_a_later_start_is_never_due_earlier(site: WorkTime, one: datetime, two: datetime, minutes: int) -> None:
    early, late = sorted((one, two))
    days = minutes % 30
    assert site.add_minutes(early, minutes) <= site.add_minutes(late, minutes)
    assert site.subtract_minutes(early, minutes) <= site.subtract_minutes(late, minutes)
    assert site.add_days(early, days) <= site.add_days(late, days)


@settings(max_examples=60, deadline=None)
@given(SITES, MOMENTS, TARGETS, TARGETS)
def test_two_targets_in_a_row_are_their_sum(site: WorkTime, start: datetime, one: int, two: int) -> None:
    assert site.add_minutes(site.add_minutes(start, one), two) == site.add_minutes(start, one + two)


@settings(max_examples=60, deadline=None)
@given(SITES, MOMENTS, MOMENTS, MOMENTS)
def test_between_adds_up_over_any_three_moments(
    site: WorkTime, one: datetime, two: datetime, three: datetime
) -> None:
    assert site.between(one, two) + site.between(two, three) == site.between(one, three)


@settings(max_examples=40, deadline=None)
@given(SITES, MOMENTS, st.integers(1, 40))
def test_explanations_count_exactly_the_target(site: WorkTime, start: datetime, amount: int) -> None:
    days = site.explain_days(start, amount)
    assert sum(step.counted for step in days.steps) == amount
    assert days.steps[-1].counted
    minutes = site.explain_minutes(start, amount * 60)
    assert sum((step.used for step in minutes.steps), timedelta(0)) == amount * HOUR
    assert minutes.due_at == site.add_minutes(start, amount * 60)
