"""Points, rankings and shares that reward good service (LGR-3, LGR-4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import Count, MonthOfYear, Months, NoOrMore, Percent, Section, Yes, Yuan
from core.rulebook.sections.crosschecks import doubles, falling, rising
from core.rulebook.wording import ProblemKind

_WHOLE = 100


class PointRules(Section):
    """Service points of a month."""

    base: NoOrMore
    yuan_above_base: Yuan  # for each point
    accident_points: NoOrMore  # taken off
    repeat_loses_points: Yes  # a second service by own fault loses the points of the first


class RankPrize(Section):
    """What the places up to `to_place` get in the quarterly ranking."""

    to_place: Count
    yuan: Yuan


class Lasting(Section):
    """A project without repeat service for so long."""

    months: Months
    yuan: Yuan


class MarginTier(Section):
    """From this margin on, this share of what is fully paid."""

    margin_percent: Percent
    share_percent: Percent


class PartRules(Section):
    """Spare parts: who earns what of them, and when it is paid (LGR-4)."""

    tiers: Annotated[tuple[MarginTier, ...], Field(min_length=1)]
    person_percent: Percent
    team_percent: Percent
    pay_months: Annotated[tuple[MonthOfYear, ...], Field(min_length=1)]


class IncentiveRules(Section):
    """Service points and spare parts."""

    points: PointRules
    ranking: tuple[RankPrize, ...]
    lasting: Lasting
    personal_complaint_yuan: Yuan  # taken off for a complaint by own fault
    parts: PartRules


def check_incentives(rules: IncentiveRules) -> Iterator[Finding]:
    """Places rise and prizes fall; shares come to the whole."""
    path: Path = ("incentives", "ranking")
    yield from rising(path, "to_place", [prize.to_place for prize in rules.ranking])
    yield from falling(path, "yuan", [prize.yuan for prize in rules.ranking])
    path = ("incentives", "parts", "tiers")
    yield from rising(path, "margin_percent", [tier.margin_percent for tier in rules.parts.tiers])
    yield from rising(path, "share_percent", [tier.share_percent for tier in rules.parts.tiers])
    total = rules.parts.person_percent + rules.parts.team_percent
    if total != _WHOLE:
        shares = (("incentives", "parts", "person_percent"), ("incentives", "parts", "team_percent"))
        yield Finding(ProblemKind.ORDER, shares, f"person_percent + team_percent = {_WHOLE}", str(total))
    yield from doubles(("incentives", "parts", "pay_months"), [str(month) for month in rules.parts.pay_months])
