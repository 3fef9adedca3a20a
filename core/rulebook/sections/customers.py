"""The customer archive (CUS)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Choice, Count, Score, Section, Text, Unit
from core.rulebook.sections.crosschecks import doubles

CustomerField: TypeAlias = Literal[
    "name",
    "type",
    "credit_code",
    "legal_representative",
    "address",
    "postcode",
    "phone",
    "fax",
    "website",
    "business_scope",
    "registered_capital",
    "industry",
    "region",
    "contact",
    "source",
    "licences",
]


class CustomerRules(Section):
    """The archive (CUS-1 to CUS-3). `complete_within_days` are working days after first contact."""

    types: Annotated[tuple[Choice, ...], Field(min_length=1)]
    stages: Annotated[tuple[Choice, ...], Field(min_length=1)]  # in their order (CUS-8)
    required_fields: tuple[CustomerField, ...]
    complete_within_days: Annotated[int, Strict(), Field(ge=0, le=365), Unit("working_days")]
    near_name_score: Score
    near_limit: Count
    legal_suffixes: tuple[Text, ...]
    trade_words: tuple[Text, ...]


def check_customers(rules: CustomerRules) -> Iterator[Finding]:
    yield from doubles(("customers", "types"), [choice.key for choice in rules.types])
    yield from doubles(("customers", "stages"), [choice.key for choice in rules.stages])
    yield from doubles(("customers", "required_fields"), rules.required_fields)
