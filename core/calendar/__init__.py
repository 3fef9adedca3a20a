"""The company's calendar in the chat: the month at a glance, and days set on or off (RULE-4, P13)."""

from core.calendar.changing import change, check, latest, undo
from core.calendar.model import (
    CHANGED,
    DayChange,
    DayChanges,
    DaysPast,
    NewDayChange,
    NothingChanges,
    TooManyDays,
)
from core.calendar.viewing import Month, MonthDay, month

__all__ = [
    "CHANGED",
    "DayChange",
    "DayChanges",
    "DaysPast",
    "Month",
    "MonthDay",
    "NewDayChange",
    "NothingChanges",
    "TooManyDays",
    "change",
    "check",
    "latest",
    "month",
    "undo",
]
