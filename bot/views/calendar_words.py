"""Reads what people write about the calendar: `10月`, `9月30日-10月2日 休 台风`."""

from __future__ import annotations

from datetime import date

from bot.views.calendar import EXAMPLE
from core.calendar import NewDayChange
from core.calendar.viewing import FIRST_YEAR, LAST_YEAR
from core.errors import NotFound, NotUnderstood
from core.worktime.written import read_month, read_range

_OFF = ("放假", "休息", "不上班", "休", "off")
_ON = ("上班", "工作", "班", "on", "work")


def is_month(text: str, today: date) -> bool:
    return not text or read_month(text, today) is not None


def month_of(text: str, today: date) -> date:
    """The month that a text names, this one where it names none. Raises NotFound far away from today."""
    found = read_month(text, today) if text else today
    if found is None or not FIRST_YEAR < found.year < LAST_YEAR:
        raise NotFound("month", text)
    return found


def read_days(text: str, today: date) -> tuple[date, date]:
    """A day, or a first and a last one. Raises NotUnderstood."""
    found = read_range(text, today)
    if found is None or found[2]:
        raise NotUnderstood("calendar", text, EXAMPLE)
    return found[0], found[1]


def read_change(text: str, today: date) -> NewDayChange:
    """Days, on or off, and why. Raises NotUnderstood."""
    found = read_range(text, today)
    if found is None:
        raise NotUnderstood("calendar", text, EXAMPLE)
    first, last, rest = found
    for works, known in ((False, _OFF), (True, _ON)):
        for word in known:
            if rest.lower().startswith(word):
                return NewDayChange(first, last, works, rest[len(word) :].strip(" ,，：:"))
    raise NotUnderstood("calendar", text, EXAMPLE)
