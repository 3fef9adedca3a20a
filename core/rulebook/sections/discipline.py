"""What may not stand in a work group, and what is done about it (ORG-5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Count, Days, Hours, Minutes, Sanction, Section, Text
from core.rulebook.wording import ProblemKind

WordCategory: TypeAlias = Literal["pornography", "gambling", "unhealthy", "virus", "advertising", "defamation"]
PostCategory: TypeAlias = Literal[
    "pornography",
    "gambling",
    "unhealthy",
    "virus",
    "advertising",
    "defamation",
    "file",
    "short_link",
    "new_link",
    "forward",
    "contact",
    "media",
]
PostAction: TypeAlias = Literal["remove", "report", "ignore"]
Actions: TypeAlias = Mapping[PostCategory, PostAction]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
FileType = Annotated[str, Field(pattern=r"^[a-z0-9]+$")]


class ActionsByStanding(Section):
    """What is done about a find, by who wrote it. What is not named is let pass."""

    guests: Actions
    staff: Actions
    managers: Actions


class RepeatRules(Section):
    """From how many violations within how many days on a sender may not write, and for how long; from how many on a
    guest's removal from the group is proposed."""

    count: Count
    within_days: Days
    mute_minutes: Minutes
    propose_removal: Count


class DisciplineRules(Section):
    """Content of work groups (ORG-5)."""

    lists: tuple[Literal["moderate"], ...]
    words: Mapping[WordCategory, tuple[Text, ...]] = {}
    allowed_words: tuple[Text, ...] = ()
    denied_domains: tuple[Domain, ...] = ()
    allowed_domains: tuple[Domain, ...] = ()
    short_domains: tuple[Domain, ...] = ()
    allowed_channels: tuple[Text, ...] = ()
    file_types: tuple[FileType, ...] = ()
    new_member_hours: Hours
    gather_minutes: Minutes  # messages of one sender within this are one violation
    actions: ActionsByStanding
    repeat: RepeatRules
    sanction: Sanction


def check_discipline(rules: DisciplineRules) -> Iterator[Finding]:
    """No domain is both allowed and denied."""
    for index, domain in enumerate(rules.denied_domains):
        if domain in rules.allowed_domains:
            path = ("discipline", "denied_domains", index)
            yield Finding(ProblemKind.REPEATED, (path, ("discipline", "allowed_domains")), got=domain)
