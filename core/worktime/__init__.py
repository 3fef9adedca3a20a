"""Working time of a company: what counts, until when, and how that was computed.

Targets come in two kinds that are never mixed: working minutes (`add_minutes`) and working days
(`add_days`). Instants go in and come out in UTC; dates are the company's local dates.
"""

from __future__ import annotations

from core.worktime.calendar import NationalCalendar
from core.worktime.hours import WorkTime
from core.worktime.values import (
    CompanyDay,
    DayKind,
    Explanation,
    Fault,
    Interval,
    Shift,
    Step,
    WorkTimeError,
    merge,
)

__all__ = [
    "CompanyDay",
    "DayKind",
    "Explanation",
    "Fault",
    "Interval",
    "NationalCalendar",
    "Shift",
    "Step",
    "WorkTime",
    "WorkTimeError",
    "merge",
]
