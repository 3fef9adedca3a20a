"""The ledger of rewards and sanctions, and appeals (LGR)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from core.rulebook.problems import Finding
from core.rulebook.sections.base import (
    Clock,
    Count,
    DayOfMonth,
    Hours,
    Key,
    Months,
    Sanction,
    Section,
    StaffRole,
    Text,
    WorkDays,
    Yes,
    Yuan,
)
from core.rulebook.sections.crosschecks import doubles
from core.rulebook.wording import ProblemKind


class Range(Section):
    """From the least to the most that may be entered."""

    least: Annotated[int, Strict(), Field(ge=-1_000_000, le=10**9)]
    most: Annotated[int, Strict(), Field(ge=-1_000_000, le=10**9)]

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.least > self.most:
            raise PydanticCustomError("bad_order", "{expected}", {"expected": "least ≤ most"})
        return self


class Allowance(Section):
    """What a manager may enter by hand under a clause (LGR-1)."""

    noted: Yes = False  # counts, and costs nothing
    warning: Yes = False
    fine_yuan: Range | None = None
    withhold_allocations: Range | None = None
    pause_days: Range | None = None
    points: Range | None = None
    reward_yuan: Range | None = None
    demotion: Yes = False
    dismissal: Yes = False


class CountStep(Sanction):
    """What the nth time costs beside the clause's own sanction."""

    nth: Count
    onwards: Yes = False  # and every later time up to the next step
    serious: Yes = False  # only where the case is entered as serious


class CountRule(Section):
    """Cases of one clause, counted for each person within calendar months, the present one among them."""

    clause: Text
    months: Months
    steps: Annotated[tuple[CountStep, ...], Field(min_length=1)]


class CleanYear(Section):
    """The reward for a calendar year without a case of a clause (CMP-11). Nobody named: nothing is rewarded."""

    without: Text
    roles: tuple[StaffRole, ...] = ()
    reward_yuan: Yuan


class LedgerRules(Section):
    """The ledger (LGR-1, LGR-5, LED-7, LED-8, CMP-11)."""

    statement_day: DayOfMonth  # the last day of shorter months
    statement_at: Clock
    statement_readers: tuple[StaffRole, ...]  # who reads everybody's statement beside the superiors
    max_photos: Count  # of the evidence for one entry
    by_hand: Mapping[str, Allowance]
    counts: Mapping[Key, CountRule]
    clean_year: CleanYear


class AppealRules(Section):
    """Appeals against entries (LGR-2). Days are working days."""

    within_days: WorkDays  # after the entry was told
    material_hours: Hours  # by the clock, for giving words, photos …
    decide_days: WorkDays
    remind_days: WorkDays  # after it was submitted
    second_within_days: WorkDays  # after the first verdict
    second_to: Literal["gm", "director"]
    max_items: Count
    pauses_go_on: tuple[Text, ...] = ()  # clauses whose pause runs on while an appeal is open


def check_ledger(rules: LedgerRules) -> Iterator[Finding]:
    """Steps rise, and each does something."""
    yield from doubles(("ledger", "statement_readers"), rules.statement_readers)
    for key, rule in rules.counts.items():
        path = ("ledger", "counts", key, "steps")
        for index, (first, second) in enumerate(pairwise(rule.steps)):
            if second.nth < first.nth:
                paths = ((*path, index + 1, "nth"), (*path, index + 1), path)
                yield Finding(ProblemKind.ORDER, paths, f"≥ {first.nth}", str(second.nth))


def check_appeals(rules: AppealRules) -> Iterator[Finding]:
    """The reminder comes before the limit."""
    if rules.remind_days >= rules.decide_days:
        paths = (("appeals", "remind_days"), ("appeals", "decide_days"))
        text = f"{rules.remind_days} / {rules.decide_days}"
        yield Finding(ProblemKind.ORDER, paths, "appeals.remind_days < appeals.decide_days", text)
