"""What the nth time costs, until when a pause runs, what a month comes to (LED-7, LED-8, CMP-11, LGR-2, LGR-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.ids import EntryId, PersonId
from core.ledger import Choosable, Effect, Entry, Record, Span, choosable, clauses_for, effective_end, effects_of
from core.ledger.counting import count, month_start, step_for, window_start
from core.ledger.pauses import ends_at, is_running
from core.ledger.sanctions import merged
from core.ledger.statements import lines_of, month_span, statement_day
from core.rulebook import CountStep, Sanction, default, loads

ZONE = ZoneInfo("Asia/Shanghai")
BOOK = default()
ZHANG = PersonId(1)


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


def entry(number: int, when: datetime, effect: Effect = Effect.NOTED, amount: int = 0, *, case: int = 0) -> Entry:
    return Entry(
        EntryId(number),
        ZHANG,
        "complaint.blame",
        effect,
        amount,
        "person:1",
        {},
        True,
        None,
        None,
        when,
        EntryId(case or number),
        until=ends_at(ZONE, when, amount) if effect is Effect.PAUSE else None,
    )


def fine(number: int, when: datetime, yuan: int = 50) -> Record:
    return Record(entry(number, when, Effect.FINE, yuan))


# Counting ------------------------------------------------------------------------------------------------


def costs(rule: str, nth: int, *, serious: bool = False) -> list[tuple[Effect, int]]:
    step = step_for(BOOK.ledger.counts[rule].steps, nth, serious=serious)
    return effects_of(step) if step else []


@pytest.mark.parametrize(
    ("nth", "days"), [(1, 7), (2, 15), (3, 30), (4, 30), (12, 30)], ids=["first", "second", "third", "4th", "12th"]
)
def test_led8_pauses_grow(nth: int, days: int) -> None:
    assert costs("violations", nth) == [(Effect.PAUSE, days)]


@pytest.mark.parametrize(("nth", "yuan"), [(1, 0), (2, 100), (3, 200), (4, 300), (5, 300), (6, 300), (9, 300)])
def test_cmp11_complaints_of_a_month_cost_more_each_time(nth: int, yuan: int) -> None:
    assert costs("blame", nth) == ([(Effect.FINE, yuan)] if yuan else [])


@pytest.mark.parametrize(("nth", "proposed"), [(4, False), (5, False), (6, True), (8, True)])
def test_cmp11_over_five_and_serious_proposes_dismissal(nth: int, proposed: bool) -> None:
    assert ((Effect.DISMISSAL, 0) in costs("blame", nth, serious=True)) is proposed


@pytest.mark.parametrize(
    ("rule", "nth", "expected"),
    [
        ("misjudged_month", 2, []),
        ("misjudged_month", 3, [(Effect.WITHHOLD, 1)]),
        ("misjudged_month", 4, []),
        ("misjudged_two_months", 6, [(Effect.WITHHOLD, 3)]),
        ("misjudged_three_months", 10, [(Effect.PAUSE, 7), (Effect.OFF_DUTY, 30)]),
    ],
)
def test_led7_misjudgements(rule: str, nth: int, expected: list[tuple[Effect, int]]) -> None:
    assert costs(rule, nth) == expected


def nth_of(records: list[Record], when: datetime, months: int = 1, *, in_force: bool = True) -> int:
    rule = BOOK.ledger.counts["blame"].model_copy(update={"months": months})
    return count([rule], records, ZONE, when, in_force=in_force)[0].nth


def test_p8_a_month_ends_at_midnight_of_the_companys_zone() -> None:
    """P8: 2026-09-30T16:30Z is October in Shanghai already."""
    last_of_september, first_of_october = at("2026-09-30", "23:59"), at("2026-10-01", "00:00")
    assert first_of_october.astimezone(ZoneInfo("UTC")).month == 9
    assert nth_of([fine(1, last_of_september)], at("2026-09-30", "23:59")) == 2
    assert nth_of([fine(1, last_of_september)], first_of_october) == 1
    assert nth_of([fine(1, last_of_september)], first_of_october, months=2) == 2
    assert window_start(ZONE, at("2026-01-31"), 3) == at("2025-11-01", "00:00")


def test_entries_of_one_case_count_once_and_what_does_not_stand_counts_not_at_all() -> None:
    day = at("2026-09-10")
    one_case = [fine(1, day), Record(entry(2, day, Effect.WITHHOLD, 1, case=1))]
    taken_back = replace(fine(3, day), reversed_at=at("2026-09-11"))
    appealed = replace(fine(4, day), frozen=(Span(at("2026-09-11"), None),))
    upheld = replace(fine(5, day), frozen=(Span(at("2026-09-11"), at("2026-09-12")),))
    trial = Record(replace(entry(6, day), in_force=False))
    assert nth_of([*one_case], at("2026-09-15")) == 2
    assert nth_of([taken_back, appealed, trial], at("2026-09-15")) == 1
    assert nth_of([upheld], at("2026-09-15")) == 2
    assert nth_of([trial, *one_case], at("2026-09-15"), in_force=False) == 3


def test_steps_are_found_however_they_are_written() -> None:
    steps = [CountStep(nth=1, onwards=True, warning=True), CountStep(nth=3, fine_yuan=9)]
    assert [effects_of(s) for n in (1, 2, 3, 4) if (s := step_for(steps, n, serious=False))] == [
        [(Effect.WARNING, 0)],
        [(Effect.WARNING, 0)],
        [(Effect.FINE, 9)],
        [(Effect.WARNING, 0)],
    ]


def test_effects_of_one_case_are_merged() -> None:
    both = effects_of(Sanction(fine_yuan=50, pause_days=7)) + effects_of(Sanction(fine_yuan=100, pause_days=3))
    assert merged(both) == [(Effect.FINE, 150), (Effect.PAUSE, 7)]
    assert merged([(Effect.NOTED, 0), (Effect.FINE, 100)]) == [(Effect.FINE, 100)]
    assert merged([(Effect.NOTED, 0)]) == [(Effect.NOTED, 0)]


# Pauses --------------------------------------------------------------------------------------------------


def pause(days: int = 7, *frozen: Span) -> Record:
    return Record(entry(1, at("2026-09-14"), Effect.PAUSE, days), None, frozen)


@pytest.mark.parametrize(
    ("frozen", "now", "end"),
    [
        ((), "2026-09-15", "2026-09-21"),
        ((Span(at("2026-09-15"), at("2026-09-17")),), "2026-09-18", "2026-09-23"),
        ((Span(at("2026-09-15"), None),), "2026-09-18", None),
        ((Span(at("2026-09-22"), None),), "2026-09-23", "2026-09-21"),
        (
            (Span(at("2026-09-15"), at("2026-09-17")), Span(at("2026-09-22"), at("2026-09-25"))),
            "2026-09-26",
            "2026-09-26",
        ),
        ((Span(at("2026-09-10"), at("2026-09-12")),), "2026-09-15", "2026-09-21"),
    ],
    ids=["plain", "appeal over", "appeal open", "appealed after the end", "two appeals", "before it was given"],
)
def test_lgr2_an_appeal_stops_a_pause_and_its_rest_runs_afterwards(
    frozen: tuple[Span, ...], now: str, end: str | None
) -> None:
    found = effective_end(pause(7, *frozen), at(now))
    assert found == (at(end) if end else None)


def test_a_clause_whose_pause_goes_on_is_not_stopped() -> None:
    record = pause(7, Span(at("2026-09-15"), None))
    assert effective_end(record, at("2026-09-16"), ["complaint.blame"]) == at("2026-09-21")
    assert is_running(record, at("2026-09-16"), ["complaint.blame"])
    assert not is_running(record, at("2026-09-16"))


def test_days_of_a_pause_are_days_of_the_companys_calendar() -> None:
    """A zone with summer time: seven days later at the same clock time, not 168 hours."""
    paris = ZoneInfo("Europe/Paris")
    start = datetime(2026, 10, 20, 9, 30, tzinfo=paris)
    assert ends_at(paris, start, 7) == datetime(2026, 10, 27, 9, 30, tzinfo=paris)
    elapsed = ends_at(paris, start, 7).astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC"))
    assert elapsed == timedelta(hours=169)


# Statements ----------------------------------------------------------------------------------------------


def sum_of(month: str, *records: Record) -> int:
    start, end = month_span(ZONE, date.fromisoformat(f"{month}-01"))
    return sum(line.entry.amount * line.change for line in lines_of(records, start, end))


def test_lgr5_a_frozen_fine_counts_in_the_month_that_upholds_it() -> None:
    frozen = replace(fine(1, at("2026-09-28")), frozen=(Span(at("2026-09-29"), at("2026-10-02")),))
    assert (sum_of("2026-09", frozen), sum_of("2026-10", frozen)) == (0, 50)


def test_lgr5_a_frozen_fine_that_is_lifted_counts_nowhere() -> None:
    decided = at("2026-10-02")
    lifted = replace(fine(1, at("2026-09-28")), frozen=(Span(at("2026-09-29"), decided),), reversed_at=decided)
    assert (sum_of("2026-09", lifted), sum_of("2026-10", lifted)) == (0, 0)


def test_lgr5_a_counted_fine_that_is_taken_back_later_is_taken_off_then() -> None:
    back = replace(fine(1, at("2026-09-01")), reversed_at=at("2026-11-03"))
    assert [sum_of(m, back) for m in ("2026-08", "2026-09", "2026-10", "2026-11")] == [0, 50, 0, -50]


def test_lgr5_frozen_after_it_was_counted_is_taken_off_and_comes_back() -> None:
    late = replace(fine(1, at("2026-09-29")), frozen=(Span(at("2026-10-02"), at("2026-11-02")),))
    assert [sum_of(m, late) for m in ("2026-09", "2026-10", "2026-11")] == [50, -50, 50]


def test_p8_a_month_of_a_statement_is_the_companys() -> None:
    assert sum_of("2026-09", fine(1, at("2026-09-30", "23:59"))) == 50
    assert sum_of("2026-10", fine(1, at("2026-10-01", "00:00"))) == 50
    assert sum_of("2026-09", fine(1, at("2026-10-01", "00:00"))) == 0


@pytest.mark.parametrize(("day", "expected"), [(1, "2026-02-01"), (28, "2026-02-28"), (31, "2026-02-28")])
def test_statements_come_on_the_rulebooks_day_or_the_last(day: int, expected: str) -> None:
    book = loads(f"ledger: {{statement_day: {day}}}")
    assert statement_day(book, date(2026, 2, 10)) == date.fromisoformat(expected)


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert [month_start(date(2026, 1, 31), back) for back in (0, 1, 13, -1)] == [
        date(2026, 1, 1),
        date(2025, 12, 1),
        date(2024, 12, 1),
        date(2026, 2, 1),
    ]


# What may be entered by hand -----------------------------------------------------------------------------


def test_lgr1_by_hand_within_what_the_rulebook_allows() -> None:
    allowed = {one.effect: one for one in choosable(BOOK, "archive.leak")}
    assert allowed == {Effect.WARNING: Choosable(Effect.WARNING), Effect.FINE: Choosable(Effect.FINE, 50, 500)}
    by_cost = {one.effect: one for one in choosable(BOOK, "lead.record")}
    assert by_cost == {Effect.FINE: Choosable(Effect.FINE, 1, 20)}
    assert choosable(BOOK, "visit.log") == []


def test_rewards_and_sanctions_have_their_own_clauses() -> None:
    good = {clause.id for clause in clauses_for(BOOK, "", good=True)}
    bad = {clause.id for clause in clauses_for(BOOK, "", good=False)}
    assert "reward.praise" in good
    assert "reward.praise" not in bad
    assert {"conduct.violation", "archive.leak"} <= bad
    assert [clause.id for clause in clauses_for(BOOK, "泄露", good=False)] == ["archive.leak"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("appeals: {remind_days: 3, decide_days: 3}", "appeals.remind_days < appeals.decide_days"),
        ("appeals: {pauses_go_on: [no.such]}", "no.such"),
        ("ledger: {counts: {x: {clause: no.such, months: 1, steps: [{nth: 1, warning: true}]}}}", "no.such"),
        ("ledger: {counts: {x: {clause: task.reply, months: 1, steps: [{nth: 3}, {nth: 2}]}}}", "≥ 3"),
        ("ledger: {by_hand: {task.reply: {fine_yuan: {least: 9, most: 1}}}}", "least ≤ most"),
        ("ledger: {statement_day: 32}", "≤ 31"),
    ],
)
def test_rule1_contradictions_are_refused_with_what_to_write(text: str, problem: str) -> None:
    from core.rulebook import RulebookError

    with pytest.raises(RulebookError) as refused:
        loads(text)
    assert problem in str(refused.value)
