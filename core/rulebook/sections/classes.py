"""What a customer is worth: classes, score sheet, review, growth (CUS-4, CUS-5, CUS-9, CUS-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import (
    Count,
    Days,
    Key,
    Months,
    Percent,
    Section,
    Text,
    Unit,
    Words,
    Yuan,
)
from core.rulebook.sections.crosschecks import doubles, falling, known
from core.rulebook.wording import ProblemKind

Condition: TypeAlias = Literal["no_late_payment", "no_uncollected_goods"]
Trouble: TypeAlias = Literal["contract_breach", "late_payment", "crisis"]
_WHOLE = 100


class ValueClass(Section):
    """One class. By volume it starts at `min_yearly_yuan`; by score at `min_score` of 100."""

    name: Text
    title: Words
    looked_after_by: Literal["gm", "director", "manager", "salesperson"]
    min_yearly_yuan: Yuan
    min_score: Annotated[int, Strict(), Field(ge=0, le=100), Unit("score")]
    conditions: tuple[Condition, ...] = ()
    staff_contacts: Count  # how many colleagues the customer knows (CUS-11)


class ScorePart(Section):
    """One line of the score sheet; the weights are percent and come to 100."""

    key: Key
    title: Words
    weight: Percent


class ClassRules(Section):
    """Value classes of customers, highest first."""

    scheme: Literal["value", "volume", "importance"]  # by judgement, by yearly volume, by importance
    classes: Annotated[tuple[ValueClass, ...], Field(min_length=1)]
    score: Annotated[tuple[ScorePart, ...], Field(min_length=1)]
    review_months: Months
    downgrade_days: Days  # after a problem became known
    downgrade_for: tuple[Trouble, ...]
    rise_after_months: Months  # of good standing, before a rise is proposed
    growth_listed: Count  # customers in the growth ranking


def check_classes(rules: ClassRules) -> Iterator[Finding]:
    """Bounds fall down to nothing, and the weights come to 100."""
    path: Path = ("classes", "classes")
    yield from doubles(path, [one.name for one in rules.classes])
    if rules.scheme == "volume":
        yield from falling(path, "min_yearly_yuan", [one.min_yearly_yuan for one in rules.classes])
    yield from falling(path, "min_score", [one.min_score for one in rules.classes])
    last = len(rules.classes) - 1
    for field in ("min_yearly_yuan", "min_score"):
        least = getattr(rules.classes[last], field)
        if least:
            yield Finding(ProblemKind.ORDER, ((*path, last, field), path), "= 0", str(least))
    yield from doubles(("classes", "score"), [part.key for part in rules.score])
    yield from doubles(("classes", "downgrade_for"), rules.downgrade_for)
    total = sum(part.weight for part in rules.score)
    if total != _WHOLE:
        yield Finding(ProblemKind.ORDER, (("classes", "score"),), f"Σ weight = {_WHOLE}", str(total))


def check_class_named(paths: tuple[Path, ...], name: str, rules: ClassRules) -> Iterator[Finding]:
    """A class that another section names exists."""
    yield from known(
        (*paths, ("classes", "classes"), ("presets", "classes")),
        name,
        [one.name for one in rules.classes],
        "classes.classes",
    )
