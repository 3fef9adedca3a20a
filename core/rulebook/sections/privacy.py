"""Who sees what of the archive, and the customers' own rights (CUS-13 to CUS-15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Choice, Days, Hours, Section, WorkDays, Yes
from core.rulebook.sections.crosschecks import doubles
from core.rulebook.sections.customers import CustomerField

Level: TypeAlias = Literal["ordinary", "important", "core"]


class PrivacyRules(Section):
    """Access by request for a limited time; three levels of information; consent and its withdrawal."""

    levels: Mapping[CustomerField, Level]  # a field that is not named is ordinary
    encrypted: tuple[Level, ...]
    access_days: Days  # how long an approved access lasts
    may_export: Yes
    purposes: Annotated[tuple[Choice, ...], Field(min_length=1)]  # told when data are taken
    customer_answer_working_days: WorkDays  # to a customer who asks to see, correct or delete
    incident_hours: Hours  # until a leak is reported to the GM


def check_privacy(rules: PrivacyRules) -> Iterator[Finding]:
    yield from doubles(("privacy", "encrypted"), rules.encrypted)
    yield from doubles(("privacy", "purposes"), [choice.key for choice in rules.purposes])
