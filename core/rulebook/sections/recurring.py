"""What falls due again and again: standing duties, reports, meetings (TSK-6, CUS-12, RPT, ORG-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import (
    Clock,
    DayOfMonth,
    Hours,
    Months,
    NoOrDays,
    Section,
    StaffRole,
    Weekday,
    Words,
    Yes,
    badly_written,
)
from core.rulebook.sections.crosschecks import doubles, known

Every: TypeAlias = Literal["day", "workday", "week", "month", "quarter", "half_year", "year"]
_NEEDS: dict[str, tuple[str, str]] = {
    "day": ("", "every: day, at: 17:30"),
    "workday": ("", "every: workday, at: 17:30"),
    "week": ("weekday", "every: week, weekday: mon, at: 09:00"),
}
_BY_DAY = ("day", "every: month, day: 10, at: 09:00")


class Recurring(Section):
    """When something is due.

    `week` goes with `weekday`. `month`, `quarter`, `half_year` and `year` go with `day`, counted in the first month
    after the period; in a month that is shorter it is the last one.
    """

    title: Words
    every: Every
    weekday: Weekday | None = None
    day: DayOfMonth | None = None
    at: Clock

    @model_validator(mode="after")
    def _fits(self) -> Recurring:
        field, example = _NEEDS.get(self.every, _BY_DAY)
        given = {name for name in ("weekday", "day") if getattr(self, name) is not None}
        if given != ({field} if field else set()):
            raise badly_written(example)
        return self


Above: TypeAlias = Literal["superior", "manager", "director", "gm"]
Evidence: TypeAlias = Literal["words", "photo", "place", "file"]


class Routine(Recurring):
    """A task that recurs: who has to do it, who hears of it, what shows that it was done."""

    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1)]
    to: Above
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]


class RoutineRules(Section):
    """Standing duties, done on their day without being asked (TSK-6, CUS-12)."""

    items: Mapping[str, Routine]
    remind_days_before: NoOrDays  # 0: on the day itself


ReportKind: TypeAlias = Literal[
    "digest",
    "complaints_week",
    "complaints_month",
    "visits_week",
    "leads_month",
    "service_month",
    "archive_half_year",
    "credit_quarter",
    "key_accounts_month",
]
Reader: TypeAlias = Literal["group", "self", "manager", "director", "finance", "gm"]


class Report(Recurring):
    """A report that is sent by itself on its day; anybody may ask for theirs at any time (RPT-2)."""

    to: Annotated[tuple[Reader, ...], Field(min_length=1)]


class Meeting(Recurring):
    """A meeting with the material that is due before it (ORG-10)."""

    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1)]
    material_hours_before: Hours  # by the clock: each person's report is due so long before
    remind_hours_before: Hours
    summary: ReportKind | None = None  # the report that lies on the table


class ReportRules(Section):
    """What is reported when (RPT, CMP-13, LED-13)."""

    items: Mapping[ReportKind, Report]
    meetings: Mapping[str, Meeting]
    keep_months: Months
    quiet_when_empty: Yes  # nothing is sent where there is nothing to say


def check_routines(rules: RoutineRules) -> Iterator[Finding]:
    for key, routine in rules.items.items():
        yield from doubles(("routines", "items", key, "roles"), routine.roles)
        yield from doubles(("routines", "items", key, "evidence"), routine.evidence)


def check_reports(rules: ReportRules) -> Iterator[Finding]:
    """Nobody gets one twice, and what lies on the table is a report that is made."""
    for kind, report in rules.items.items():
        yield from doubles(("reports", "items", kind, "to"), report.to)
    for key, meeting in rules.meetings.items():
        yield from doubles(("reports", "meetings", key, "roles"), meeting.roles)
        if meeting.summary:
            path: Path = ("reports", "meetings", key, "summary")
            yield from known((path,), meeting.summary, list(rules.items), "reports.items")
