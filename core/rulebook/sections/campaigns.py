"""Sharing campaigns and what everybody has to have read (ORG-7, ORG-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.sections.base import Clock, Days, Hours, Section, StaffRole, Yes

Area = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class CampaignRules(Section):
    """Sharing the company's public posts (ORG-7). `proof` says what counts: a press, or only a screenshot."""

    days: Days  # how long a campaign runs where nobody says until when
    remind_hours: Hours  # before its end
    proof: Literal["button", "screenshot"]


class ReadingRules(Section):
    """Confirming that a new or changed clause was read (ORG-12). `concerned` names by the first word of a clause's id
    whom it concerns; clauses that are not named concern everybody."""

    ask: Yes  # false: changes are announced, and nobody has to confirm
    concerned: Mapping[Area, Annotated[tuple[StaffRole, ...], Field(min_length=1)]] = {}
    remind_at: Clock  # on working days
    remind_after_days: Days  # working days since it was to be read
    report_after_days: Days  # working days until the managers get the list of those who have not
