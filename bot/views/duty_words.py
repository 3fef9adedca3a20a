"""Reads a roster as people write it: `10月1日-10月3日 张三 李四`, one line for each stretch of days."""

from __future__ import annotations

import re
from datetime import date

from bot.views.duty import EXAMPLE
from core.calendar import NewDayChange
from core.errors import NotUnderstood
from core.worktime.written import read_range

MOST_DAYS = 60
_NOBODY = ("无人", "没人", "空", "nobody", "-")


def read_lines(text: str, today: date) -> dict[date, list[str]]:
    """Days with the names for each; 无人 empties a day. Raises NotUnderstood."""
    found: dict[date, list[str]] = {}
    for line in filter(None, (line.strip() for line in re.split(r"[\n;；]", text))):
        span = read_range(line, today)
        names = [name for name in re.split(r"[\s,，、]+", span[2]) if name] if span else []
        if span is None or not names or (span[1] - span[0]).days >= MOST_DAYS:
            raise NotUnderstood("duty", line, EXAMPLE)
        whom = [] if names[0].lower() in _NOBODY else names
        for day in NewDayChange(span[0], span[1], works=False, reason="").days:
            found.setdefault(day, []).extend(whom)
    if not found:
        raise NotUnderstood("duty", text, EXAMPLE)
    return found
