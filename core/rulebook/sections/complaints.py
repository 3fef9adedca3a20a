"""Complaints (CMP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import (
    Clock,
    Days,
    Hours,
    Key,
    Minutes,
    Months,
    Percent,
    Section,
    Words,
    WorkDays,
    Yes,
    Yuan,
)
from core.rulebook.sections.crosschecks import before, doubles
from core.rulebook.wording import ProblemKind


class Handling(Section):
    """How long a complaint of a kind may take: working days or hours by the clock, one of the two."""

    working_days: WorkDays | None = None
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


class OwnFault(Section):
    """What a person bears of a damage by own fault (CMP-11): a share of the first part, a share of what is above."""

    first_yuan: Yuan
    first_percent: Percent
    above_percent: Percent
    commission_back: Yes


class MajorCase(Section):
    """Major cases and adverse reactions (CMP-12)."""

    tell: Annotated[tuple[Literal["manager", "director", "gm"], ...], Field(min_length=1)]  # at once
    technical_answer_working_days: WorkDays


ComplaintStep: TypeAlias = Literal["registered", "verified", "plan", "solving", "told", "revisit", "closed"]
ProductField: TypeAlias = Literal[
    "order_number", "item", "batch", "quantity", "delivery_date", "defective_quantity", "claim"
]


class ComplaintRules(Section):
    """Complaints (CMP)."""

    number_digits: Annotated[int, Strict(), Field(ge=1, le=9)]  # of the running number after YYMM
    number_widens: Yes  # a month with more complaints than the digits hold gets longer numbers
    kinds: Annotated[tuple[ComplaintKind, ...], Field(min_length=1)]
    sort_minutes: Minutes  # a message whose kind nobody chose is registered after this
    first_reply_hours: Hours
    handle_max_working_days: WorkDays
    close_days: CloseDays
    urge_cooldown_minutes: Minutes
    urge_daily_at: Clock
    product_fields: tuple[ProductField, ...]
    investigate_working_days: WorkDays  # until the report
    opinion_working_days: WorkDays  # until the general opinion, after the negotiation
    audit_answer_working_days: WorkDays  # until it is said why a case was closed late (CMP-7)
    return_tolerance_percent: Percent  # between what was returned and what was approved (CMP-10)
    own_fault: OwnFault
    major: MajorCase
    keep_months: Months  # CMP-13
    keep_important_months: Months
    steps: Annotated[tuple[ComplaintStep, ...], Field(min_length=2)]


def check_complaints(rules: ComplaintRules) -> Iterator[Finding]:
    """No kind takes longer than the most allowed; steps lead from registered to closed."""
    yield from doubles(("complaints", "kinds"), [kind.key for kind in rules.kinds])
    yield from doubles(("complaints", "steps"), rules.steps)
    yield from doubles(("complaints", "product_fields"), rules.product_fields)
    most = rules.handle_max_working_days
    for index, kind in enumerate(rules.kinds):
        days = kind.handle.working_days
        if days is not None and days > most:
            path = ("complaints", "kinds", index, "handle", "working_days")
            paths = (path, ("complaints", "handle_max_working_days"))
            yield Finding(ProblemKind.ORDER, paths, f"≤ complaints.handle_max_working_days ({most})", str(days))
    yield from before("complaints", "keep_months", "keep_important_months", rules, or_equal=True)
    for index, step in ((0, "registered"), (len(rules.steps) - 1, "closed")):
        if rules.steps[index] != step:
            step_at: Path = ("complaints", "steps", index)
            yield Finding(ProblemKind.NOT_ALLOWED, (step_at,), step, rules.steps[index])
