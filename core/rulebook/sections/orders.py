"""Orders and contracts (ORD)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Choice, Days, Section, StaffRole, Unit, Words, WorkDays, Yes, Yuan
from core.rulebook.sections.crosschecks import doubles, falling, rising_days
from core.rulebook.wording import ProblemKind

OrderStep: TypeAlias = Literal[
    "taken", "approved", "reviewed", "confirmed", "carried_out", "delivered", "settled", "evaluated"
]
ORDER_STEPS: tuple[OrderStep, ...] = (
    "taken",
    "approved",
    "reviewed",
    "confirmed",
    "carried_out",
    "delivered",
    "settled",
    "evaluated",
)


class Step(Section):
    """Who does a step of an order, and within how many working days."""

    role: StaffRole
    working_days: WorkDays


class Priority(Section):
    """How urgent an order is; its steps take this part of their time."""

    key: Literal["ordinary", "urgent", "critical"]
    title: Words
    percent_of_time: Annotated[int, Strict(), Field(ge=1, le=100), Unit("percent")]


class OrderRules(Section):
    """The steps of an order, each with owner and deadline (ORD-1, ORD-2)."""

    steps: Mapping[OrderStep, Step]
    priorities: Annotated[tuple[Priority, ...], Field(min_length=1)]
    tracker_from_yuan: Yuan  # a named tracker from this amount
    check_credit: Yes  # no order above the credit limit
    evaluated_by_customer: Yes


class ContractRules(Section):
    """Contracts: signed, changed, ended, with dates that remind (ORD-3)."""

    risks: Annotated[tuple[Choice, ...], Field(min_length=1)]
    assess_from_yuan: Yuan  # a risk assessment from this amount; 0: always
    sign_working_days: WorkDays
    remind_days_before: Annotated[tuple[Days, ...], Field(min_length=1)]  # of the end; rising
    breach_days: Days  # until a breach is reported
    breach_lowers_class: Yes
    needs_document: Yes


def check_orders(rules: OrderRules) -> Iterator[Finding]:
    """Every step is somebody's, and the more urgent takes less time."""
    for step in ORDER_STEPS:
        if step not in rules.steps:
            yield Finding(ProblemKind.MISSING_KEY, (("orders", "steps", step), ("orders", "steps")), got=step)
    yield from doubles(("orders", "priorities"), [one.key for one in rules.priorities])
    yield from falling(("orders", "priorities"), "percent_of_time", [p.percent_of_time for p in rules.priorities])


def check_contracts(rules: ContractRules) -> Iterator[Finding]:
    yield from doubles(("contracts", "risks"), [choice.key for choice in rules.risks])
    yield from rising_days(("contracts", "remind_days_before"), rules.remind_days_before)
