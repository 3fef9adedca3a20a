"""What the bell remembers of a day: it plans once, and opens no unit for what has run (P21)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.agenda import Agenda
from core.rounds import ROUNDS, Round
from core.rulebook import Rulebook, default, loads
from tests.support.chat import SHANGHAI, Bench

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


class Plan:
    """Every day at 09:00; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.hour = 9

    def __call__(self, rulebook: Rulebook, day: date) -> datetime | None:
        self.asked += 1
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=SHANGHAI)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    made = Plan()
    monkeypatch.setattr("bot.agenda.ROUNDS", {"r": Round("r", made, lambda uow, run: None, timedelta(hours=12))})
    return made


def test_a_day_is_planned_once(plan: Plan) -> None:
    agenda, rulebook = Agenda(), default()
    for minutes in range(100):
        now = TEN + timedelta(minutes=minutes)
        assert [one.at.hour for one in agenda.due(rulebook, now)] == [9]
        assert agenda.upcoming(rulebook, now) == TEN + 23 * HOUR
    asked = plan.asked
    agenda.due(rulebook, TEN + 24 * HOUR)
    assert plan.asked == 2 * asked, "and the next day once more"


def test_what_is_settled_is_not_due_again(plan: Plan) -> None:
    agenda, rulebook = Agenda(), default()
    agenda.settled.add(agenda.due(rulebook, TEN)[0].key)
    assert agenda.due(rulebook, TEN) == []
    assert len(agenda.due(rulebook, TEN + 24 * HOUR)) == 1


def test_new_rules_are_planned_anew_and_a_moved_round_is_due_again(plan: Plan) -> None:
    agenda = Agenda()
    agenda.settled.add(agenda.due(default(), TEN)[0].key)
    plan.hour = 10
    other = loads("company: {name: 新公司}")
    assert [one.at.hour for one in agenda.due(other, TEN)] == [10]


def test_what_may_be_caught_up_for_days_is_looked_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def friday(_: Rulebook, day: date) -> datetime | None:
        return datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI) if day.weekday() == 4 else None

    weekly = Round("r", friday, lambda uow, run: None, timedelta(days=4))
    monkeypatch.setattr("bot.agenda.ROUNDS", {"r": weekly})
    assert [one.day for one in Agenda().due(default(), TEN)] == [date(2026, 9, 11)]
    assert Agenda().due(default(), TEN + timedelta(days=2)) == []


async def test_a_tick_opens_no_unit_for_rounds_that_have_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.staff("张三")
    await bench.clock_to("09:30")
    for view in bench.views.values():
        view.skips()
    assert "checkin.close" in ROUNDS
    units: list[Any] = []
    unit = bench.store.unit

    async def counted(*given: Any) -> Any:
        units.append(given)
        return await unit(*given)

    monkeypatch.setattr(bench.store, "unit", counted)
    for _ in range(5):
        bench.clock.set(bench.clock.now() + timedelta(seconds=1))
        await bench.app.bell.tick()
        await bench.app.bell.tick()
    assert len(units) == 5, "a sign of life a second, and nothing else"
