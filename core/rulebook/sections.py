"""The sections of a rulebook: what a company sets, with units (RULE-1).

The models hold shape and units only. Figures stand in the presets: no field has a default but emptiness.
The upper bounds keep figures inside what dates and sums can hold; they are no rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

StaffRole: TypeAlias = Literal[
    "salesperson", "service", "technician", "manager", "director", "finance", "gm", "admin"
]
Language: TypeAlias = Literal["zh_CN", "en"]
Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR = re.compile(r"20\d{2}", re.ASCII)
_HOURS = re.compile(r"(\d{2}:\d{2})\s*-\s*(\d{2}:\d{2})", re.ASCII)


def _badly_written(expected: str) -> PydanticCustomError:
    return PydanticCustomError("bad_format", "{expected}", {"expected": expected})


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    raise _badly_written("HH:MM (08:30)")


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # 2026-02-30: refused below like any other that is no day
    raise _badly_written("YYYY-MM-DD (2026-10-01)")


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
    raise _badly_written("end_of_day | ≥ 1 (working minutes)")


def _year(value: object) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _YEAR.fullmatch(value):
        return int(value)
    raise _badly_written("YYYY (2027)")


def _no_blank(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("blank", "blank")
    return value


Text = Annotated[str, BeforeValidator(_no_blank)]
Clock = Annotated[time, BeforeValidator(_clock), PlainSerializer(lambda t: f"{t:%H:%M}", str, when_used="json")]
Year = Annotated[int, BeforeValidator(_year)]
Day = Annotated[date, BeforeValidator(_day)]
Yes = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]
Meters = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]
Minutes = Annotated[int, Strict(), Field(ge=1, le=525_600)]
Seconds = Annotated[int, Strict(), Field(ge=1, le=86_400)]
Hours = Annotated[int, Strict(), Field(ge=1, le=8_760)]
Days = Annotated[int, Strict(), Field(ge=1, le=3_650)]
Yuan = Annotated[int, Strict(), Field(ge=0, le=10**12)]
Score = Annotated[int, Strict(), Field(ge=1, le=100)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Due = Annotated[Literal["end_of_day"] | int, BeforeValidator(_due)]


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
    """What a breach costs (LGR-1). Nothing set means that the breach is only told."""

    warning: Yes = False
    fine_yuan: Yuan = 0
    withhold_allocations: Annotated[int, Strict(), Field(ge=0, le=1_000)] = 0


class CompanyRules(Section):
    """Whose rulebook this is; dates and times of the whole file are of `zone`."""

    name: Text
    zone: Annotated[str, BeforeValidator(_zone)]
    language: Language


class ShiftRule(Section):
    """Working hours without a break, written `09:00-12:00`."""

    start: Clock
    end: Clock

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: object) -> object:
        if isinstance(value, str):
            found = _HOURS.fullmatch(value.strip())
            if found and all(_CLOCK.fullmatch(clock) for clock in found.groups()):
                return {"start": found[1], "end": found[2]}
        if isinstance(value, (dict, ShiftRule)):
            return value
        raise _badly_written("HH:MM-HH:MM (09:00-12:00)")

    @model_serializer(when_used="json")
    def _short(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


class OfficialYear(Section):
    """A year's official notice: days off, and rest days worked instead (调休)."""

    holidays: tuple[Day, ...] = ()
    makeup: tuple[Day, ...] = ()


class WorktimeRules(Section):
    """Working hours. A weekday left out or empty is a rest day."""

    shifts: Mapping[Weekday, tuple[ShiftRule, ...]]
    makeup_shifts: tuple[ShiftRule, ...] = ()  # of make-up workdays; empty: the ones of a usual working day
    days_on: tuple[Day, ...] = ()
    days_off: tuple[Day, ...] = ()
    official: Mapping[Year, OfficialYear] = {}  # by year, for notices newer than the shipped calendar


class InviteRules(Section):
    """How long a binding link can be used (ORG-1)."""

    hours: Hours
    owner_hours: Hours


class OutageRules(Section):
    """The bot's own absence (CHK-6, OPS-1): longer than the tolerance it excuses what fell due in it."""

    tolerance_seconds: Seconds
    grace_minutes: Minutes


class GroupRules(Section):
    """Group chats (ORG-3)."""

    unbound_grace_hours: Hours


class CheckinRules(Section):
    """The morning location round (CHK-1 to CHK-4). After `due_at` is late, after `closes_at` is missing."""

    days: Literal["workdays", "every_day"]
    opens_at: Clock
    prompt_at: Clock
    due_at: Clock
    closes_at: Clock
    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1)]
    max_accuracy_m: Meters
    max_age_minutes: Minutes
    jump_km_per_hour: Count
    flag_same_spot: Yes
    misses_for_entry: Count  # in one calendar month
    miss_sanction: Sanction


class TaskRules(Section):
    """A manager's tasks (TSK-2 to TSK-4). Minutes are working minutes unless the task is urgent."""

    reply_minutes: Minutes
    escalate_minutes: Minutes
    due: Due
    urgent_ignores_worktime: Yes
    sanction: Sanction


class LeadClass(Section):
    """A class of leads, from an expected deal of `min_yuan` upwards (LED-2)."""

    name: Text
    min_yuan: Yuan


class LeadRules(Section):
    """Allocation of leads (LED-1 to LED-6). Minutes are working minutes unless the lead is urgent."""

    sources: Annotated[tuple[Choice, ...], Field(min_length=1)]
    classes: Annotated[tuple[LeadClass, ...], Field(min_length=1)]
    levels: Annotated[Mapping[Text, tuple[str, ...]], Field(min_length=1)]
    contact_minutes: Minutes
    contact_sanction: Sanction
    record_by: Due
    record_sanction: Sanction
    reoffer_limit: Count
    out_of_hours: Literal["next_worktime", "at_once"]


CustomerField: TypeAlias = Literal[
    "name",
    "type",
    "credit_code",
    "legal_representative",
    "address",
    "postcode",
    "phone",
    "fax",
    "website",
    "business_scope",
    "registered_capital",
    "industry",
    "region",
    "contact",
    "source",
    "licences",
]


class CustomerRules(Section):
    """The archive (CUS-1 to CUS-3). `complete_within_days` are working days after first contact."""

    types: Annotated[tuple[Choice, ...], Field(min_length=1)]
    required_fields: tuple[CustomerField, ...]
    complete_within_days: Annotated[int, Strict(), Field(ge=0, le=365)]
    near_name_score: Score
    near_limit: Count
    legal_suffixes: tuple[Text, ...]


class VisitRules(Section):
    """Visits (VIS-2 to VIS-5)."""

    kinds: Annotated[tuple[Choice, ...], Field(min_length=1)]
    purposes: Annotated[tuple[Choice, ...], Field(min_length=1)]
    nearest_count: Count
    max_photos: Count
    near_m: Meters
    plan_report_to: Literal["superior", "manager", "director", "gm"]
    reminder_at: Clock


class Handling(Section):
    """How long a complaint of a kind may take: working days or hours by the clock, one of the two."""

    working_days: Days | None = None
    hours: Hours | None = None

    @model_validator(mode="after")
    def _one(self) -> Handling:
        if (self.working_days is None) == (self.hours is None):
            raise PydanticCustomError("exactly_one", "{expected}", {"expected": "working_days | hours"})
        return self


class ComplaintKind(Section):
    """What customers turn to us with (CMP-4)."""

    key: Key
    title: Words
    is_complaint: Yes
    severity: Literal["ordinary", "serious", "major"]
    handle: Handling
    about_product: Yes = False  # order, batch and quantity are asked for (CMP-5)


class CloseDays(Section):
    """Calendar days from registration to closing (CMP-6)."""

    domestic: Days
    abroad: Days


ComplaintStep: TypeAlias = Literal["registered", "verified", "plan", "solving", "told", "revisit", "closed"]
ProductField: TypeAlias = Literal[
    "order_number", "item", "batch", "quantity", "delivery_date", "defective_quantity", "claim"
]


class ComplaintRules(Section):
    """Complaints (CMP-1 to CMP-7)."""

    number_digits: Annotated[int, Strict(), Field(ge=1, le=9)]  # of the running number after YYMM
    number_widens: Yes  # a month with more complaints than the digits hold gets longer numbers
    kinds: Annotated[tuple[ComplaintKind, ...], Field(min_length=1)]
    sort_minutes: Minutes  # a message whose kind nobody chose is registered after this
    first_reply_hours: Hours
    handle_max_working_days: Days
    close_days: CloseDays
    urge_cooldown_minutes: Minutes
    urge_daily_at: Clock
    product_fields: tuple[ProductField, ...]
    steps: Annotated[tuple[ComplaintStep, ...], Field(min_length=2)]


class ClauseText(Section):
    """A clause as written in the file, under its id (RULE-3).

    Texts may name settings in braces, `{leads.contact_minutes}`; readers see the figure in force.
    """

    title: Words
    article: Text
    text: Words
    in_force: Yes = False  # otherwise in shadow: told, but without sanction
    sanction: Sanction | None = None


ClauseId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
Clauses: TypeAlias = Mapping[ClauseId, ClauseText]

SECTIONS: dict[str, Any] = {
    "company": CompanyRules,
    "worktime": WorktimeRules,
    "invites": InviteRules,
    "outage": OutageRules,
    "groups": GroupRules,
    "checkin": CheckinRules,
    "tasks": TaskRules,
    "leads": LeadRules,
    "customers": CustomerRules,
    "visits": VisitRules,
    "complaints": ComplaintRules,
    "clauses": Clauses,
}
