"""Reads what people write about leave: `今天 发烧`, `明天下午 看病`, `9月16日-9月18日 出差 上海`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from core.checkins import Excuse, NewAbsence
from core.errors import NotUnderstood

EXAMPLE = "/leave 9月16日-9月18日 出差 上海"
EXCUSE_EXAMPLE = "/excuse 张三 手机没电"
LONGEST_DAYS = 366
LONGEST_REASON = 200
LOOK_BACK = timedelta(days=31)  # a date without a year that is longer past means next year's

_NEAR = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2}
_NEAR_WORDS = "|".join(_NEAR)
_DATE = (
    rf"(?:{_NEAR_WORDS}|\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?号?"
    r"|\d{1,2}[月/.]\d{1,2}[日号]?|\d{1,2}[日号])"
)
_RANGE = re.compile(rf"({_DATE})(?:\s*(?:-|–|—|~|～|至|到|to)\s*({_DATE}))?", re.IGNORECASE)
_MORNING = ("上午", "早上", "morning", "am")
_AFTERNOON = ("下午", "afternoon", "pm")
_HALF = rf"(?:\s*({'|'.join((*_MORNING, *_AFTERNOON))}))?"
_HALVES = re.compile(rf"({_DATE}){_HALF}(?:\s*(?:-|–|—|~|～|至|到|to)\s*({_DATE}){_HALF})?", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
LONGEST_OVER_NEW_YEAR = timedelta(days=120)
_TRIP = ("出差", "business trip", "trip")
_BETWEEN = " ,，：:"


def read_leave(text: str, today: date) -> NewAbsence:
    """The days, the kind and the reason of an announced absence (CHK-4). Raises NotUnderstood."""
    text = text.strip()
    found = _HALVES.match(text)
    if found is None:
        raise NotUnderstood("leave", text or "/leave", EXAMPLE)
    first = read_day(found[1], today)
    last = read_day(found[3], today, first) if found[3] else first
    if first is None or last is None or last < first or (last - first).days >= LONGEST_DAYS:
        raise NotUnderstood("leave", text, EXAMPLE)
    kind, reason = _kind_and_reason(text[found.end() :].strip(_BETWEEN))
    from_noon = _is(found[2], _AFTERNOON)
    until_noon = _is(found[4] if found[3] else found[2], _MORNING)
    return NewAbsence(first, last, kind, reason[:LONGEST_REASON], from_noon, until_noon)


def _is(half: str | None, known: tuple[str, ...]) -> bool:
    return (half or "").lower() in known


def split_name(text: str) -> tuple[str, str]:
    """(a name that stands before the days, the rest) of `张三 9月16日 出差`; no name where a day stands first."""
    if _HALVES.match(text):
        return "", text
    name, _, rest = text.partition(" ")
    return name, rest.strip()


def read_excuse(text: str, today: date) -> tuple[str, date | None, str]:
    """(name, day or None, reason) of `张三 [9月14日] 手机没电` (CHK-4). Raises NotUnderstood."""
    name, _, rest = text.strip().partition(" ")
    day, reason = split_day(rest.strip(), today)
    if not name or not reason:
        raise NotUnderstood("excuse", text or "/excuse", EXCUSE_EXAMPLE)
    return name, day, reason


def split_day(text: str, today: date) -> tuple[date | None, str]:
    """(a day that stands first, the rest) of `9月14日 手机没电`."""
    found = _RANGE.match(text)
    if found is None or found[2] is not None:
        return None, text
    return read_day(found[1], today), text[found.end() :].strip(_BETWEEN)


def read_day(text: str, today: date, after: date | None = None) -> date | None:
    """A date as people write it; without a year or month the nearest one. None for one that does not exist."""
    if text.lower() in _NEAR:
        return today + timedelta(days=_NEAR[text.lower()])
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    base = after or today
    try:
        match numbers:
            case [year, month, day]:
                return date(year, month, day)
            case [month, day]:
                found = date(base.year, month, day)
                return _in_next_year(found, today, after) or found
            case [day]:
                return date(base.year, base.month, day)
    except ValueError:
        return None
    return None


def _in_next_year(found: date, today: date, after: date | None) -> date | None:
    """The same day a year later, where that is what is meant: long past, or the end of a range over New Year."""
    if found >= (after or today - LOOK_BACK):
        return None
    later = date(found.year + 1, found.month, found.day)
    return None if after and later - after > LONGEST_OVER_NEW_YEAR else later


def _kind_and_reason(text: str) -> tuple[Excuse, str]:
    """`出差 上海` is a trip to 上海; anything else is leave, in the person's own words."""
    for word in _TRIP:
        if text.lower().startswith(word):
            return Excuse.TRIP, text[len(word) :].strip(_BETWEEN)
    return Excuse.LEAVE, text.removeprefix("请假").strip(_BETWEEN)
