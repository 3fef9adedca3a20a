"""The company's calendar in the chat: the month at a glance, and days set on or off (RULE-4, P13)."""

from core.calendar.changing import change, check, latest, undo
from core.calendar.explaining import Matching, Reasoned, explain, find
from core.calendar.model import (
    CHANGED,
    DayChange,
    DayChanges,
    DaysPast,
    NewDayChange,
    NothingChanges,
    TooManyDays,
)
from core.calendar.moving import MOVED, follow_leave, follow_official_calendar
from core.calendar.viewing import Month, MonthDay, month

__all__ = [
    "CHANGED",
    "MOVED",
    "DayChange",
    "DayChanges",
    "DaysPast",
    "Matching",
    "Month",
    "MonthDay",
    "NewDayChange",
    "NothingChanges",
    "Reasoned",
    "TooManyDays",
    "change",
    "check",
    "explain",
    "find",
    "follow_leave",
    "follow_official_calendar",
    "latest",
    "month",
    "undo",
]
