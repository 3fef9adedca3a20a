"""Leads and their allocation (LED)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding, Path, near
from core.rulebook.sections.base import (
    Choice,
    Count,
    Due,
    Months,
    Percent,
    Sanction,
    Section,
    Text,
    WorkMinutes,
    Yuan,
)
from core.rulebook.sections.crosschecks import doubles
from core.rulebook.wording import ProblemKind


class LeadClass(Section):
    """A class of leads, from an expected deal of `min_yuan` upwards (LED-2)."""

    name: Text
    min_yuan: Yuan


Preference: TypeAlias = Literal["collector", "region", "newcomer", "ability", "load", "efficiency"]


class LeadRules(Section):
    """Allocation of leads (LED-1 to LED-6). Minutes are working minutes unless the lead is urgent."""

    sources: Annotated[tuple[Choice, ...], Field(min_length=1)]
    classes: Annotated[tuple[LeadClass, ...], Field(min_length=1)]
    levels: Annotated[Mapping[Text, tuple[str, ...]], Field(min_length=1)]
    contact_minutes: WorkMinutes
    contact_sanction: Sanction
    record_by: Due
    record_sanction: Sanction
    reoffer_limit: Count
    order: Annotated[tuple[Preference, ...], Field(min_length=1)]  # whose turn it is, first things first (LED-3)
    newcomer_months: Months
    newcomer_percent: Percent  # of the leads are for people who are new
    out_of_hours: Literal["next_worktime", "at_once"]


def check_leads(rules: LeadRules) -> Iterator[Finding]:
    """Classes fall to 0, levels take classes that exist, and every class has takers."""
    names = [c.name for c in rules.classes]
    yield from doubles(("leads", "sources"), [source.key for source in rules.sources])
    yield from doubles(("leads", "classes"), names)
    yield from doubles(("leads", "order"), rules.order)
    for index, (higher, lower) in enumerate(pairwise(rules.classes), start=1):
        if lower.min_yuan >= higher.min_yuan:
            path = ("leads", "classes", index, "min_yuan")
            yield Finding(ProblemKind.ORDER, (path,), f"< {higher.min_yuan}", str(lower.min_yuan))
    last = len(names) - 1
    if rules.classes[last].min_yuan:
        path = ("leads", "classes", last, "min_yuan")
        yield Finding(ProblemKind.ORDER, (path,), "= 0", str(rules.classes[last].min_yuan))
    for level, taken in rules.levels.items():
        for index, name in enumerate(taken):
            if name not in names:
                taken_at: Path = ("leads", "levels", level, index)
                yield Finding(ProblemKind.UNKNOWN_NAME, (taken_at,), "leads.classes", name, near(name, names))
    for index, name in enumerate(names):
        if not any(name in taken for taken in rules.levels.values()):
            paths = (("leads", "classes", index), ("leads", "levels"))
            yield Finding(ProblemKind.NOT_COVERED, paths, "leads.levels", name)
