"""How a customer stands with the company: blacklist, credit, churn, checks of the archive (CUS-6 to CUS-16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import (
    Choice,
    Count,
    DayOfMonth,
    Days,
    MonthOfYear,
    Months,
    NoOrDays,
    Percent,
    Section,
    Stars,
    Text,
    Unit,
    WorkDays,
    Yes,
    Yuan,
)
from core.rulebook.sections.crosschecks import before, doubles, falling
from core.rulebook.wording import ProblemKind

Blocked: TypeAlias = Literal["leads", "orders", "credit"]


class BlacklistRules(Section):
    """The blacklist (CUS-6)."""

    months: Months
    may_be_shortened: Yes
    reentry_class: Text
    blocks: Annotated[tuple[Blocked, ...], Field(min_length=1)]
    review_days_before: Days  # before an entry ends
    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]


class CreditGrade(Section):
    """One credit grade with its most; 0 days is payment before delivery."""

    name: Text
    max_yuan: Yuan
    payment_days: NoOrDays


class CreditRules(Section):
    """Credit (CUS-7): proposed at the end of each quarter, answered by the GM, assessed anew from time to time."""

    grades: Annotated[tuple[CreditGrade, ...], Field(min_length=1)]
    propose_last_days: Annotated[int, Strict(), Field(ge=1, le=28), Unit("days")]  # of the quarter's last month
    reassess_months: Months
    warn_percent: Percent  # of the limit
    stop_percent: Annotated[
        int, Strict(), Field(ge=1, le=1_000), Unit("percent")
    ]  # of the limit; nothing is shipped above
    investigate_working_days: WorkDays


class ProblemFlags(Section):
    """What makes a problem customer (CUS-8)."""

    complaints: Count
    months: Months


class ChurnRules(Section):
    """Signs that a customer is leaving, and what is done (CUS-10)."""

    no_order_days: Days
    no_visit_days: Days
    falling_percent: Percent  # purchases of the last quarter against the one before
    complaint_open_days: Days
    low_stars: Stars  # at most so many
    winback_working_days: WorkDays
    lost_revisit_months: Months
    problem: ProblemFlags
    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]


class ArchiveRules(Section):
    """Checks of the archive with a record (CUS-16)."""

    check_months: Annotated[tuple[MonthOfYear, ...], Field(min_length=1)]
    check_day: DayOfMonth
    stale_months: Months
    finish_working_days: WorkDays
    looks_for: Annotated[tuple[Literal["stale", "incomplete", "duplicate", "unowned"], ...], Field(min_length=1)]


def check_blacklist(rules: BlacklistRules) -> Iterator[Finding]:
    yield from doubles(("blacklist", "blocks"), rules.blocks)
    yield from doubles(("blacklist", "reasons"), [choice.key for choice in rules.reasons])


def check_credit(rules: CreditRules) -> Iterator[Finding]:
    """Better grades have the higher limit; the warning comes before the stop."""
    path: Path = ("credit", "grades")
    yield from doubles(path, [grade.name for grade in rules.grades])
    yield from falling(path, "max_yuan", [grade.max_yuan for grade in rules.grades])
    yield from before("credit", "warn_percent", "stop_percent", rules, or_equal=True)
    if rules.warn_percent == 0:
        yield Finding(ProblemKind.OUT_OF_RANGE, (("credit", "warn_percent"),), "≥ 1", "0")


def check_churn(rules: ChurnRules) -> Iterator[Finding]:
    yield from doubles(("churn", "reasons"), [choice.key for choice in rules.reasons])


def check_archive(rules: ArchiveRules) -> Iterator[Finding]:
    yield from doubles(("archive", "check_months"), [str(month) for month in rules.check_months])
    yield from doubles(("archive", "looks_for"), rules.looks_for)
