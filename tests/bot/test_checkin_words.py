"""Leave and excuses are read as people write them (CHK-4)."""

from __future__ import annotations

from datetime import date

import pytest

from bot.views.checkin_words import read_excuse, read_leave, split_day
from core.checkins import Excuse, NewAbsence
from core.errors import NotUnderstood

TODAY = date(2026, 9, 14)


@pytest.mark.parametrize(
    ("text", "first", "last", "kind", "reason"),
    [
        ("今天 发烧", date(2026, 9, 14), date(2026, 9, 14), Excuse.LEAVE, "发烧"),
        ("明天", date(2026, 9, 15), date(2026, 9, 15), Excuse.LEAVE, ""),
        ("后天出差 北京", date(2026, 9, 16), date(2026, 9, 16), Excuse.TRIP, "北京"),
        ("9月16日-9月18日 出差 上海", date(2026, 9, 16), date(2026, 9, 18), Excuse.TRIP, "上海"),
        ("9月16日 至 18日 年假", date(2026, 9, 16), date(2026, 9, 18), Excuse.LEAVE, "年假"),
        ("9/16-9/18 trip Shanghai", date(2026, 9, 16), date(2026, 9, 18), Excuse.TRIP, "Shanghai"),
        ("9.16到9.18", date(2026, 9, 16), date(2026, 9, 18), Excuse.LEAVE, ""),
        ("2026-09-16~2026-09-18", date(2026, 9, 16), date(2026, 9, 18), Excuse.LEAVE, ""),
        ("2026年9月16日 请假 看病", date(2026, 9, 16), date(2026, 9, 16), Excuse.LEAVE, "看病"),
        ("12月30日-1月2日 回家", date(2026, 12, 30), date(2027, 1, 2), Excuse.LEAVE, "回家"),
        ("1月5日", date(2027, 1, 5), date(2027, 1, 5), Excuse.LEAVE, ""),
        ("today", TODAY, TODAY, Excuse.LEAVE, ""),
    ],
)
def test_leave_is_read_as_people_write_it(text: str, first: date, last: date, kind: Excuse, reason: str) -> None:
    assert read_leave(text, TODAY) == NewAbsence(first, last, kind, reason)


@pytest.mark.parametrize(
    ("text", "days", "halves", "reason"),
    [
        ("明天下午 看病", (15, 15), (True, False), "看病"),
        ("9月16日上午", (16, 16), (False, True), ""),
        ("9月16日下午-9月18日上午 出差 上海", (16, 18), (True, True), "上海"),
        ("9月16日上午-9月18日下午", (16, 18), (False, False), ""),
        ("tomorrow afternoon dentist", (15, 15), (True, False), "dentist"),
    ],
)
def test_half_days(text: str, days: tuple[int, int], halves: tuple[bool, bool], reason: str) -> None:
    found = read_leave(text, TODAY)
    assert (found.first.day, found.last.day) == days
    assert (found.from_noon, found.until_noon) == halves
    assert found.reason == reason


@pytest.mark.parametrize(
    "text", ["", "上海", "9月18日-9月16日", "2月30日", "13月1日", "0月0日", "2026-01-01-2028-01-01"]
)
def test_leave_that_makes_no_sense_is_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_leave(text, TODAY)


def test_a_day_before_a_reason_is_split_off() -> None:
    assert split_day("9月10日 手机没电", TODAY) == (date(2026, 9, 10), "手机没电")
    assert split_day("手机没电", TODAY) == (None, "手机没电")


def test_an_excuse_has_a_name_perhaps_a_day_and_always_a_reason() -> None:
    assert read_excuse("张三 手机没电", TODAY) == ("张三", None, "手机没电")
    assert read_excuse(" 张三  9月10日 手机 没电", TODAY) == ("张三", date(2026, 9, 10), "手机 没电")
    for text in ("", "张三", "张三 9月10日"):
        with pytest.raises(NotUnderstood):
            read_excuse(text, TODAY)
