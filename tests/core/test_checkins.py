"""Judging reports, days with a round; without any chat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.checkins import Flag, Position, Report, window_on
from core.checkins.judging import flags_of, next_window, standing_at
from core.checkins.values import Standing
from core.geo import Point, Source, source_of
from core.ids import MessageId
from core.rulebook import default

TODAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 0, 55, tzinfo=UTC)


def test_p8_the_window_is_the_companys_day_wherever_the_server_stands() -> None:
    window = window_on(default(), TODAY)
    assert window is not None
    assert window.due_at == datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
    at_0859 = datetime(2026, 9, 13, 23, 59, tzinfo=UTC)  # 07:59 there: still the day before in UTC
    assert default().working_time.local_date(at_0859) == TODAY
    assert standing_at(window, window.due_at) is Standing.PRESENT
    assert standing_at(window, window.due_at + timedelta(seconds=1)) is Standing.LATE
    assert standing_at(window, window.closes_at) is Standing.LATE
    assert standing_at(window, window.closes_at + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("day", "has_round"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # Saturday, worked instead
        (date(2026, 9, 19), False),  # Saturday
        (date(2026, 9, 20), True),  # Sunday, worked instead
        (date(2026, 9, 25), False),  # Mid-autumn
    ],
)
def test_rounds_follow_the_official_calendar(day: date, has_round: bool) -> None:
    assert (window_on(default(), day) is not None) is has_round


def test_the_next_window_after_the_end_is_the_next_working_days() -> None:
    window = next_window(default(), datetime(2026, 9, 30, 2, 0, tzinfo=UTC))
    assert window is not None
    assert window.day == date(2026, 10, 8)


def _source(**change: Any) -> Source:
    plain = {
        "forwarded": False,
        "venue": False,
        "live": False,
        "accuracy_m": None,
        "answers_bot": False,
        "point": True,
    }
    return source_of(**{**plain, **change})


def test_p50_sources() -> None:
    assert _source(accuracy_m=12.0) is Source.GPS
    assert _source() is Source.PIN
    assert _source(answers_bot=True) is Source.BUTTON
    assert _source(accuracy_m=12.0, forwarded=True, answers_bot=True) is Source.FORWARDED
    assert _source(live=True, accuracy_m=12.0) is Source.LIVE
    assert _source(venue=True) is Source.VENUE
    assert _source(point=False, forwarded=True) is Source.TEXT


def _flags(*, accuracy: float | None = 10.0, age: int = 0, before: Position | None = None) -> tuple[Flag, ...]:
    report = Report(Source.GPS, Point(31.0, 121.0), accuracy, NOW - timedelta(minutes=age), MessageId(1))
    return flags_of(default(), report, NOW, before, taken_spot=False)


def test_p50_accuracy_and_age_have_limits() -> None:
    assert _flags(accuracy=500.0) == ()
    assert _flags(accuracy=500.1) == (Flag.INACCURATE,)
    assert _flags(age=10) == ()
    assert _flags(age=11) == (Flag.DELAYED,)


def test_p50_a_jump_is_faster_than_anybody_travels() -> None:
    def from_north(minutes: int, degrees: float) -> Position:
        return Position(Point(31.0 + degrees, 121.0), NOW - timedelta(minutes=minutes), "visit:1")

    assert _flags(before=from_north(10, 2.7)) == (Flag.JUMP,)  # 300 km in 10 minutes
    assert _flags(before=from_north(120, 2.7)) == ()  # 150 km/h
    assert _flags(before=from_north(0, 0.001)) == ()  # 111 m at once: two readings of one place
