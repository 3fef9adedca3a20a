"""The boss's pool (公海) and applications for customer resources (LED-9 to LED-12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Days, Months, Section, Yes
from core.rulebook.sections.crosschecks import rising_days
from core.rulebook.wording import ProblemKind

_DAYS_OF_A_MONTH = 28


class PoolRules(Section):
    """When customers and leads are taken back, and how one applies for those in the pool."""

    no_action_months: Months  # without any sales action
    warn_days_before: Annotated[tuple[Days, ...], Field(min_length=1)]  # of being taken back; rising
    no_order_months: Months  # of a customer
    prospect_months: Months  # of a prospect who did not become a customer
    taken_back_to: Literal["manager", "pool"]  # who gives it to somebody else
    first_owner_waits_days: Days  # before the one who lost it may have it again
    evaluate_months: Months  # after an application was granted
    swaps_count_for_department: Yes  # unapproved swaps count for nobody in person (LED-12)


def check_pool(rules: PoolRules) -> Iterator[Finding]:
    """Owners are warned within the time they have."""
    yield from rising_days(("pool", "warn_days_before"), rules.warn_days_before)
    most = rules.no_action_months * _DAYS_OF_A_MONTH
    for index, days in enumerate(rules.warn_days_before):
        if days >= most:
            paths = (("pool", "warn_days_before", index), ("pool", "warn_days_before"), ("pool", "no_action_months"))
            yield Finding(ProblemKind.ORDER, paths, f"< {most}", str(days))
