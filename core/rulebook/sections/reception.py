"""Reception of visitors and gifts (RCP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import Count, Days, Section, Text, WorkDays, Yuan
from core.rulebook.sections.crosschecks import doubles, falling, rising
from core.rulebook.wording import ProblemKind


class VisitorClass(Section):
    """A class of visitors: who hosts them, and what may be spent on each head."""

    name: Text
    yuan_per_head: Yuan
    host: Literal["gm", "director", "manager", "supervisor"]


class Companions(Section):
    """From so many guests, so many go along."""

    from_guests: Count
    companions: Count


PlanPart: TypeAlias = Literal["transport", "pick_up", "lodging", "schedule", "meals", "gifts"]


class ReceptionRules(Section):
    """Visitors by class, their company, the plan (RCP-1 to RCP-3)."""

    classes: Annotated[tuple[VisitorClass, ...], Field(min_length=1)]
    companions: Annotated[tuple[Companions, ...], Field(min_length=1)]
    important_gift_yuan: Yuan  # from this value on a gift is important (RCP-2)
    plan_parts: Annotated[tuple[PlanPart, ...], Field(min_length=1)]
    plan_working_days: WorkDays  # before the visit
    settle_days: Days  # after it: what it cost, against the limit


def check_reception(rules: ReceptionRules) -> Iterator[Finding]:
    """Limits fall, companions rise, and the smallest company of guests has one too."""
    path: Path = ("reception", "classes")
    yield from doubles(path, [one.name for one in rules.classes])
    yield from falling(path, "yuan_per_head", [one.yuan_per_head for one in rules.classes])
    path = ("reception", "companions")
    yield from rising(path, "from_guests", [one.from_guests for one in rules.companions])
    yield from rising(path, "companions", [one.companions for one in rules.companions])
    first = rules.companions[0].from_guests
    if first != 1:
        yield Finding(ProblemKind.ORDER, ((*path, 0, "from_guests"), path), "= 1", str(first))
    yield from doubles(("reception", "plan_parts"), rules.plan_parts)
