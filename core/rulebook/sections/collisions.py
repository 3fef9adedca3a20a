"""Two salespeople on one customer (COL)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Choice, Months, Percent, Sanction, Section, WorkDays, Yes
from core.rulebook.sections.crosschecks import doubles

Outcome: TypeAlias = Literal["ownership", "split", "warning", "fine", "dismissal", "training"]


class CollisionRules(Section):
    """Who settles a collision, within what time, and what it may come to."""

    not_collisions: tuple[Choice, ...]
    settle_working_days: WorkDays  # the parties between themselves
    superior_working_days: WorkDays
    last_instance: Literal["director", "gm"]
    last_working_days: WorkDays
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    least_share: Percent  # of the smaller part of a split
    evidence_months: Months  # how far back visits, calls and quotes are laid out
    unregistered_loses: Yes  # the result goes to whoever registered
    sanction: Sanction  # of the party that breached the rule


def check_collisions(rules: CollisionRules) -> Iterator[Finding]:
    yield from doubles(("collisions", "not_collisions"), [choice.key for choice in rules.not_collisions])
    yield from doubles(("collisions", "outcomes"), rules.outcomes)
