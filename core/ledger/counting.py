"""How often something happened, and what the nth time costs (LED-7, LED-8, CMP-11). Pure.

What is counted are cases of a clause: several entries of one occurrence count once. Months are calendar months of
the company's zone (P8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.ledger.entries import Record
from core.rulebook import CountRule, CountStep

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Counted:
    """Which time it is, and the step of a counting rule that this time reaches, if any."""

    rule: CountRule
    nth: int
    step: CountStep | None


def month_start(day: date, months_back: int = 0) -> date:
    """The first day of the month of `day`, or of one so many months before."""
    number = day.year * MONTHS + day.month - 1 - months_back
    return date(number // MONTHS, number % MONTHS + 1, 1)


def window_start(zone: ZoneInfo, at: datetime, months: int) -> datetime:
    """From when cases are counted: the start of the month `months` - 1 before the present one."""
    first = month_start(at.astimezone(zone).date(), months - 1)
    return datetime.combine(first, time(), zone)


def cases_in(records: Iterable[Record], since: datetime, at: datetime, *, in_force: bool) -> int:
    """How many cases count at `at`: not taken back and under no appeal. In shadow mode those in shadow count too."""
    return len(
        {
            record.entry.case
            for record in records
            if since <= record.entry.at
            and record.stands(at)
            and not record.is_frozen(at)
            and (record.entry.in_force or not in_force)
        }
    )


def step_for(steps: Sequence[CountStep], nth: int, *, serious: bool) -> CountStep | None:
    """The step that the nth time reaches: the highest that fits it. Steps for serious cases need one."""
    fitting = [
        step
        for step in steps
        if (step.nth == nth or (step.onwards and nth > step.nth)) and (serious or not step.serious)
    ]
    return max(fitting, key=lambda step: (step.nth, step.serious), default=None)


def count(
    rules: Iterable[CountRule],
    records: Sequence[Record],
    zone: ZoneInfo,
    at: datetime,
    *,
    in_force: bool,
    serious: bool = False,
) -> list[Counted]:
    """What a new case of a clause comes to under each counting rule; `records` are the earlier entries."""
    found = []
    for rule in rules:
        nth = cases_in(records, window_start(zone, at, rule.months), at, in_force=in_force) + 1
        found.append(Counted(rule, nth, step_for(rule.steps, nth, serious=serious)))
    return found
