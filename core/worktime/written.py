"""Days as people write them: 9月18日, 9-18, 明天, 3天后, 下周一."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_DAYS = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3, "today": 0, "tomorrow": 1}
_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_LATER = re.compile(r"(\d{1,3}|[一两二三四五六七八九十])\s*(?:个)?(天|日|周|星期|礼拜)(?:之|以)?后")
_WEEKDAY = re.compile(r"(下+|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_ONE = (
    r"今天|明天|后天|大后天|today|tomorrow|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}[/.月]\d{1,2}[日号]?"
    r"|\d{1,2}[日号]|(?:下+|这|本)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]"
)
_RANGE = re.compile(rf"({_ONE})(?:\s*(?:-|–|—|~|～|至|到|to)\s*({_ONE}))?", re.IGNORECASE)
_OF_MONTH = re.compile(r"(\d{1,2})[日号]")
_MONTH = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*月?")
_MONTHS = {
    "本月": 0,
    "这个月": 0,
    "下月": 1,
    "下个月": 1,
    "上月": -1,
    "上个月": -1,
    "next month": 1,
    "last month": -1,
}
_BIRTHDAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


def read_day(text: str, today: date) -> date | None:
    """The day a text names, or None where it names none.

    A day without a year is next year's only when this year's lies more than half a year back: `9月10日` said on
    September 14th is last week's.
    """
    text = unicodedata.normalize("NFKC", text).strip().lower()
    if text in _DAYS:
        return today + timedelta(days=_DAYS[text])
    if found := _FULL.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(text):
        return _nearest(int(found[1]), int(found[2]), today)
    if found := _LATER.fullmatch(text):
        number = _NUMBERS.get(found[1]) or int(found[1])
        return today + timedelta(days=number * (1 if found[2] in "天日" else 7))
    if found := _WEEKDAY.fullmatch(text):
        return _weekday(found[1] or "", _WEEKDAYS[found[2]], today)
    return None


def read_range(text: str, today: date) -> tuple[date, date, str] | None:
    """(first day, last day, the rest) of `9月30日-10月2日 台风`; one day is both ends. None where no days stand
    first, or the last comes before the first."""
    text = unicodedata.normalize("NFKC", text).strip()
    found = _RANGE.match(text)
    if not found:
        return None
    first = _day_of_month(found[1], today) or read_day(found[1], today)
    last = first
    if first and found[2]:
        last = _day_of_month(found[2], first) or read_day(found[2], first)
    if first is None or last is None or last < first:
        return None
    return first, last, text[found.end() :].strip(" ,:")


def _day_of_month(text: str, near: date) -> date | None:
    found = _OF_MONTH.fullmatch(text)
    return _date(near.year, near.month, int(found[1])) if found else None


def read_month(text: str, today: date) -> date | None:
    """The first day of the month a text names: 10月, 2027-02, 下月; without a year the nearest one."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    if text in _MONTHS:
        return months_on(today, _MONTHS[text])
    found = _MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12:  # noqa: PLR2004  # months of a year
        return None
    if found[1]:
        return _date(int(found[1]), int(found[2]), 1)
    return _nearest(int(found[2]), 1, today)


def months_on(day: date, months: int) -> date:
    """The first day of the month that many months after (before, where negative) that of `day`."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    candidates = [found for year in range(today.year - 1, today.year + 5) if (found := _date(year, month, day))]
    return next((found for found in candidates if found >= today - timedelta(days=183)), None)


def _weekday(which: str, weekday: int, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if which.startswith("下"):
        return monday + timedelta(days=7 * len(which) + weekday)
    day = monday + timedelta(days=weekday)
    return day if which or day >= today else day + timedelta(days=7)


def read_birthday(text: str) -> str:
    """MM-DD or YYYY-MM-DD of `3月5日`, `1985-03-05`; nothing where it is no day."""
    found = _BIRTHDAY.fullmatch(text)
    if not found or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31):  # noqa: PLR2004  # months, days
        return ""
    day = f"{int(found[2]):02}-{int(found[3]):02}"
    return f"{found[1]}-{day}" if found[1] else day
