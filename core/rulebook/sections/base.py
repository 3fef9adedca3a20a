"""What settings are made of: units, short texts, choices, sanctions (RULE-1).

The upper bounds keep figures inside what dates and sums can hold; they are no rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
)
from pydantic_core import PydanticCustomError

StaffRole: TypeAlias = Literal[
    "salesperson", "service", "technician", "manager", "director", "finance", "gm", "admin"
]
Language: TypeAlias = Literal["zh_CN", "en"]
Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR = re.compile(r"20\d{2}", re.ASCII)


def badly_written(expected: str) -> PydanticCustomError:
    return PydanticCustomError("bad_format", "{expected}", {"expected": expected})


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    raise badly_written("HH:MM (08:30)")


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # 2026-02-30: refused below like any other that is no day
    raise badly_written("YYYY-MM-DD (2026-10-01)")


def _zone(value: object) -> str:
    if isinstance(value, str) and value in available_timezones():
        ZoneInfo(value)
        return value
    raise PydanticCustomError("unknown_zone", "no such zone")


def _due(value: object) -> int | str:
    if value == "end_of_day":
        return "end_of_day"
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 525_600:  # noqa: PLR2004 a year
        return value
    raise badly_written("end_of_day | ≥ 1 (working minutes)")


def _year(value: object) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _YEAR.fullmatch(value):
        return int(value)
    raise badly_written("YYYY (2027)")


def _no_blank(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("blank", "blank")
    return value


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure counts; `core.rulebook.wording` has the words for it."""

    name: str


Text = Annotated[str, BeforeValidator(_no_blank)]
ZoneName = Annotated[str, BeforeValidator(_zone)]
Clock = Annotated[time, BeforeValidator(_clock), PlainSerializer(lambda t: f"{t:%H:%M}", str, when_used="json")]
Year = Annotated[int, BeforeValidator(_year)]
Day = Annotated[date, BeforeValidator(_day)]
Yes = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1, le=1_000_000), Unit("count")]
Times = Annotated[int, Strict(), Field(ge=1, le=1_000_000), Unit("times")]
NoOrMore = Annotated[int, Strict(), Field(ge=0, le=1_000_000), Unit("count")]
Meters = Annotated[int, Strict(), Field(ge=1, le=1_000_000), Unit("metres")]
Seconds = Annotated[int, Strict(), Field(ge=1, le=86_400), Unit("seconds")]
Minutes = Annotated[int, Strict(), Field(ge=1, le=525_600), Unit("minutes")]  # by the clock
WorkMinutes = Annotated[int, Strict(), Field(ge=1, le=525_600), Unit("working_minutes")]
Hours = Annotated[int, Strict(), Field(ge=1, le=8_760), Unit("hours")]  # by the clock
WorkHours = Annotated[int, Strict(), Field(ge=1, le=8_760), Unit("working_hours")]
Days = Annotated[int, Strict(), Field(ge=1, le=3_650), Unit("days")]  # calendar days
WorkDays = Annotated[int, Strict(), Field(ge=1, le=3_650), Unit("working_days")]
Months = Annotated[int, Strict(), Field(ge=1, le=240), Unit("months")]
DayOfMonth = Annotated[int, Strict(), Field(ge=1, le=31), Unit("day_of_month")]
MonthOfYear = Annotated[int, Strict(), Field(ge=1, le=12), Unit("month_of_year")]
Yuan = Annotated[int, Strict(), Field(ge=0, le=10**12), Unit("yuan")]
Percent = Annotated[int, Strict(), Field(ge=0, le=100), Unit("percent")]
Score = Annotated[int, Strict(), Field(ge=1, le=100), Unit("score")]
Stars = Annotated[int, Strict(), Field(ge=1, le=5), Unit("stars")]
NoOrDays = Annotated[int, Strict(), Field(ge=0, le=3_650), Unit("days")]
Points = Annotated[int, Strict(), Field(ge=-1_000_000, le=1_000_000), Unit("points")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Due = Annotated[Literal["end_of_day"] | int, BeforeValidator(_due), Unit("working_minutes")]


class Section(BaseModel):
    """A group of settings: frozen, and without any key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Section):
    """A short text in Chinese and, if the company gives it, in English."""

    zh: Text
    en: str = ""

    def say(self, language: str) -> str:
        """The text in `language` (zh_CN, en); Chinese where there is no English."""
        return self.en if language == "en" and self.en else self.zh


class Choice(Section):
    """One of a list people choose from. `key` is what is stored, `title` what is read."""

    key: Key
    title: Words


class Sanction(Section):
    """What a breach costs, or what is earned (LGR-1). Nothing set means that it is only told."""

    warning: Yes = False
    fine_yuan: Yuan = 0
    withhold_allocations: Annotated[int, Strict(), Field(ge=0, le=1_000)] = 0
    pause_days: NoOrDays = 0  # no allocations (LED-8)
    off_duty_days: NoOrDays = 0  # no call duty (LED-7)
    points: Points = 0
    reward_yuan: Yuan = 0
    demotion: Yes = False  # proposed
    dismissal: Yes = False  # proposed
