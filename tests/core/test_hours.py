"""Hours of departments and people, leave and duty: what a deadline of theirs is computed by (P5, P6, P7, P10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.away import Absence, Excuse, NewAbsence, is_away, leave_in, span_of
from core.hours import Hours, Reckoning, Unit
from core.ids import AbsenceId, PersonId
from core.rulebook import RulebookError, default, loads
from core.worktime import CompanyDay, DayKind, NationalCalendar, Shift, WorkTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
MONDAY = date(2026, 9, 14)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%m-%d %H:%M}"


def away(first: date, last: date, *, from_noon: bool = False, until_noon: bool = False, back: str = "") -> Absence:
    ended = at(back) if back else None
    return Absence(AbsenceId(1), PersonId(1), first, last, Excuse.LEAVE, "", ended, from_noon, until_noon)


# Half days (P11) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("absence", "span"),
    [
        (away(MONDAY, MONDAY), ("09-14 00:00", "09-15 00:00")),
        (away(MONDAY, MONDAY, from_noon=True), ("09-14 12:30", "09-15 00:00")),
        (away(MONDAY, MONDAY, until_noon=True), ("09-14 00:00", "09-14 12:30")),
        (away(MONDAY, MONDAY + timedelta(days=2), from_noon=True, until_noon=True), ("09-14 12:30", "09-16 12:30")),
        (away(MONDAY, MONDAY + timedelta(days=2), back="2026-09-15 10:00"), ("09-14 00:00", "09-15 10:00")),
    ],
)
def test_p11_an_absence_lasts_from_its_first_to_its_last_half_day(absence: Absence, span: tuple[str, str]) -> None:
    rules = default()
    found = span_of(rules.working_time, rules, absence)
    assert found is not None
    assert (shown(found.start), shown(found.end)) == span
    assert is_away(rules.working_time, rules, absence, found.start)
    assert not is_away(rules.working_time, rules, absence, found.end)


def test_what_was_cancelled_before_it_began_never_was() -> None:
    rules = default()
    assert span_of(rules.working_time, rules, away(MONDAY, MONDAY, back="2026-09-13 10:00")) is None
    assert span_of(rules.working_time, rules, NewAbsence(MONDAY, MONDAY, Excuse.TRIP, "")) is not None


def test_p5_a_trip_pauses_only_where_the_rulebook_says_so() -> None:
    trip = replace(away(MONDAY, MONDAY), kind=Excuse.TRIP)
    for rules, taken in ((default(), 0), (loads("worktime: {trip_pauses: true}"), 1)):
        assert len(leave_in(rules.working_time, rules, [trip])) == taken


# Reckoning ---------------------------------------------------------------------------------------------------


def on_leave(*absences: Absence) -> WorkTime:
    rules = default()
    return rules.working_time.with_leave(leave_in(rules.working_time, rules, absences))


def test_p5_a_pause_of_monday_afternoon_costs_its_working_hours_and_overlaps_count_once() -> None:
    start = at("2026-09-14 10:00")
    target = Reckoning(Unit.MINUTES, 240, start)
    assert shown(target.due_at(on_leave())) == "09-14 15:30"
    afternoon = away(MONDAY, MONDAY, from_noon=True)
    assert shown(target.due_at(on_leave(afternoon))) == "09-15 11:00"
    assert shown(target.due_at(on_leave(afternoon, afternoon, away(MONDAY, MONDAY, from_noon=True)))) == "09-15 11:00"
    weekend = away(date(2026, 9, 12), date(2026, 9, 13))
    assert target.due_at(on_leave(weekend)) == target.due_at(on_leave())


def test_p6_another_figure_in_mid_pause_forgets_nothing_of_the_pause() -> None:
    """A lead's class or a rule changes while its owner is away: the waiting time stays waiting time."""
    worktime = on_leave(away(date(2026, 9, 15), date(2026, 9, 16)))
    target = Reckoning(Unit.MINUTES, 600, at("2026-09-14 13:30"))
    assert shown(target.due_at(worktime)) == "09-17 16:00"
    assert shown(replace(target, amount=300).due_at(worktime)) == "09-17 09:30"
    assert shown(replace(target, unit=Unit.DAYS, amount=1).due_at(worktime)) == "09-17 18:00"


def test_p7_a_warning_before_a_deadline_stays_in_its_persons_hours() -> None:
    worktime = on_leave(away(date(2026, 9, 15), date(2026, 9, 15)))
    due = Reckoning(Unit.MINUTES, 60, at("2026-09-14 17:30")).due_at(worktime)
    assert shown(due) == "09-16 09:30"
    assert shown(worktime.subtract_minutes(due, 60)) == "09-14 17:30"


def test_what_is_due_at_closing_waits_where_the_closing_is_taken_by_leave() -> None:
    """Half a day off never makes anything due earlier, or on a day that its person leaves early."""
    start = at("2026-09-14 10:00")
    afternoon, morning = away(MONDAY, MONDAY, from_noon=True), away(MONDAY, MONDAY, until_noon=True)
    today = Reckoning(Unit.END_OF_DAY, 0, start)
    assert shown(today.due_at(on_leave(afternoon))) == "09-15 18:00"
    assert shown(today.due_at(on_leave(morning))) == "09-14 18:00"
    explained = today.explained(on_leave(afternoon))
    assert explained is not None
    assert explained.due_at == today.due_at(on_leave(afternoon))
    assert [step.day.day for step in explained.steps] == [14, 15]
    tomorrow = Reckoning(Unit.DAYS, 1, start)
    assert (
        shown(tomorrow.due_at(on_leave(away(date(2026, 9, 15), date(2026, 9, 15), from_noon=True)))) == "09-16 18:00"
    )


def test_by_the_clock_nothing_counts_but_the_clock() -> None:
    hours = Hours(on_leave(away(MONDAY, MONDAY)), at("2026-10-01 03:00"))
    due = hours.by_clock(90)
    assert shown(due.at) == "10-01 04:30"
    assert not due.provisional
    assert due.reckoning.explained(hours.worktime) is None


# Whose week (P10) --------------------------------------------------------------------------------------------

OWN = """
worktime:
  departments:
    客服部: {shifts: {sat: [09:00-12:00]}}
    仓库: {shifts: {mon: [], sat: [08:00-16:00]}}
  people:
    "1007": {shifts: {sat: [], sun: [10:00-14:00]}}
"""


def test_p10_the_nearest_department_with_hours_of_its_own_counts_and_then_the_person() -> None:
    rules = loads(OWN)
    saturday, sunday = date(2026, 9, 12), date(2026, 9, 13)

    def works(departments: list[str], number: str = "") -> tuple[bool, bool]:
        worktime = rules.hours_of(departments, number)
        return worktime.is_workday(saturday), worktime.is_workday(sunday)

    assert works(["销售部"]) == (False, False)
    assert works(["客服部"]) == (True, False)
    assert works(["客服一组", "客服部", "公司"]) == (True, False)
    assert works(["客服部"], "1007") == (False, True)
    assert rules.hours_of(["仓库"]).shifts_on(MONDAY) == ()
    assert rules.hours_of(["客服部"]) is rules.hours_of(["客服部"]), "worked out once"
    assert rules.hours_of(["销售部"]) is rules.working_time


def test_p13_days_of_the_chat_hold_for_departments_too() -> None:
    rules = loads(OWN).with_company_days({date(2026, 9, 12): CompanyDay(works=False, reason="停电")})
    desk = rules.hours_of(["客服部"])
    assert desk.day_kind(date(2026, 9, 12)) is DayKind.COMPANY_OFF
    assert desk.day_name(date(2026, 9, 12)) == "停电"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            "departments: {客服部: {shifts: {mon: [09:00-12:00, 11:00-13:00]}}}",
            "worktime.departments.客服部.shifts.mon",
        ),
        ("people: {'7': {shifts: {mon: [18:00-09:00]}}}", "worktime.people.7.shifts.mon"),
        (
            "departments: {客服部: {shifts: {mon: [], tue: [], wed: [], thu: [], fri: []}}}",
            "worktime.departments.客服部.shifts",
        ),
        ("departments: {客服部: {sat: [09:00-12:00]}}", "worktime.departments.客服部"),
        ("departments: {客服部: {shifts: {saturday: [09:00-12:00]}}}", "worktime.departments.客服部.shifts.saturday"),
        ("half_day_at: noon", "worktime.half_day_at"),
    ],
)
def test_p10_hours_that_cannot_be_are_refused_at_their_line(text: str, key: str) -> None:
    with pytest.raises(RulebookError) as refused:
        loads(f"worktime:\n  {text}\n")
    assert any(problem.key.startswith(key) and problem.line == 2 for problem in refused.value.problems), [
        (problem.key, problem.line) for problem in refused.value.problems
    ]


def test_an_entry_of_a_department_is_taken_away() -> None:
    assert not loads("worktime: {departments: {客服部: ~}}").worktime.departments


# Properties --------------------------------------------------------------------------------------------------

CALENDAR = NationalCalendar()
DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))
SHIFTS = st.sampled_from(
    [
        (),
        (Shift(time(9), time(18)),),
        (Shift(time(9), time(12)), Shift(time(13, 30), time(18))),
        (Shift(time(22), time(0)),),
        (Shift(time(8), time(8, 1)), Shift(time(8, 1), time(8, 45)), Shift(time(20), time(23, 59))),
    ]
)
LEAVES = st.lists(st.tuples(DAYS, st.integers(0, 12), st.booleans(), st.booleans()), max_size=4)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda m: datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=m))
MINUTES = st.integers(0, 9_000)


@st.composite
def worktimes(draw: st.DrawFn) -> WorkTime:
    """A person's hours: any shifts, days on and off, make-up days of the nation, leave in half days."""
    week = {day: draw(SHIFTS) for day in range(7)}
    if not any(week.values()):
        week[2] = (Shift(time(9), time(18)),)
    off, on = draw(st.frozensets(DAYS, max_size=6)), draw(st.frozensets(DAYS, max_size=6))
    made = WorkTime(SHANGHAI, week, CALENDAR, days_on=on, days_off=off - on)
    rules = default()
    taken = [
        away(first, first + timedelta(days=length), from_noon=noon, until_noon=until and (length > 0 or not noon))
        for first, length, noon, until in draw(LEAVES)
    ]
    return made.with_leave(leave_in(made, rules, taken))


@settings(max_examples=60, deadline=None)
@given(worktimes(), MOMENTS, MINUTES)
def test_add_and_between_invert_each_other(site: WorkTime, start: datetime, minutes: int) -> None:
    due = site.add_minutes(start, minutes)
    assert site.between(start, due) == timedelta(minutes=minutes)
    back = site.subtract_minutes(due, minutes)
    assert site.between(back, due) == timedelta(minutes=minutes)


@settings(max_examples=60, deadline=None)
@given(worktimes(), MOMENTS, MOMENTS, MINUTES, MINUTES)
def test_add_is_monotone_in_start_and_amount(
    site: WorkTime, one: datetime, two: datetime, few: int, more: int
) -> None:
    early, late = sorted((one, two))
    few, more = sorted((few, more))
    assert site.add_minutes(early, few) <= site.add_minutes(late, few)
    assert site.add_minutes(early, few) <= site.add_minutes(early, more)
    assert site.between(early, late) >= timedelta(0)


@settings(max_examples=60, deadline=None)
@given(worktimes(), MOMENTS, MINUTES, MINUTES)
def test_add_is_additive(site: WorkTime, start: datetime, one: int, two: int) -> None:
    both = site.add_minutes(start, one + two)
    stepwise = site.add_minutes(site.add_minutes(start, one), two)
    assert site.between(start, stepwise) == site.between(start, both)


@settings(max_examples=60, deadline=None)
@given(worktimes(), MOMENTS, MOMENTS, MOMENTS)
def test_between_is_additive_and_turns_its_sign(
    site: WorkTime, one: datetime, two: datetime, three: datetime
) -> None:
    assert site.between(one, two) + site.between(two, three) == site.between(one, three)
    assert site.between(one, two) == -site.between(two, one)


@settings(max_examples=60, deadline=None)
@given(worktimes(), DAYS, st.integers(0, 5), MOMENTS, MINUTES)
def test_p5_leave_never_makes_anything_due_earlier(
    site: WorkTime, first: date, length: int, start: datetime, minutes: int
) -> None:
    rules = default()
    longer = site.with_leave(leave_in(site, rules, [away(first, first + timedelta(days=length), from_noon=True)]))
    for target in (Reckoning(Unit.MINUTES, minutes, start), Reckoning(Unit.END_OF_DAY, 0, start)):
        assert target.due_at(longer) >= target.due_at(site)
        explained = target.explained(longer)
        assert explained is not None
        assert explained.due_at == target.due_at(longer)
