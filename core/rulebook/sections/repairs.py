"""Repair orders (REP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, Strict

from core.rulebook.problems import Finding
from core.rulebook.sections.base import (
    Choice,
    Days,
    Key,
    Minutes,
    Sanction,
    Section,
    Text,
    Words,
    WorkDays,
    WorkMinutes,
    Yes,
    Yuan,
)
from core.rulebook.sections.crosschecks import before, doubles


class Price(Section):
    """One line of the price list; 0 is free of charge."""

    key: Key
    title: Words
    yuan: Yuan
    unit: Text


class ServiceSteps(Section):
    """Help on the phone, then from afar with the customer's permission, then on site (REP-4)."""

    phone_minutes: WorkMinutes
    remote_minutes: WorkMinutes
    on_site_minutes: WorkMinutes


class MajorFault(Section):
    """The report of a major fault and its way up (REP-5)."""

    manager_minutes: Minutes  # by the clock
    top_minutes: Minutes  # by the clock
    cause_working_days: WorkDays  # until cause, effect and prevention are told to the customer


class RepairRules(Section):
    """From the report to the rating."""

    number_digits: Annotated[int, Strict(), Field(ge=1, le=9)]
    services: Annotated[tuple[Choice, ...], Field(min_length=1)]  # what is done without asking first
    accept_minutes: WorkMinutes
    arrive_warn_minutes: Minutes  # by the clock, before the agreed time
    judge_minutes: WorkMinutes  # the technical head's, on what is not on the list of services
    steps: ServiceSteps
    customer_material: Yes  # the customer's own material may be used, accepted or rejected
    prices: tuple[Price, ...]
    warranty_days: Days  # the same fault again costs nothing
    major: MajorFault
    late_sanction: Sanction


def check_repairs(rules: RepairRules) -> Iterator[Finding]:
    yield from doubles(("repairs", "services"), [choice.key for choice in rules.services])
    yield from doubles(("repairs", "prices"), [price.key for price in rules.prices])
    for finding in before("major", "manager_minutes", "top_minutes", rules.major, or_equal=True):
        paths = tuple(("repairs", *path) for path in finding.paths)
        yield Finding(finding.kind, paths, "repairs.major: manager_minutes ≤ top_minutes", finding.got)
