"""Handing over when somebody leaves (ORG-8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Section, Words, WorkHours
from core.rulebook.sections.crosschecks import before, doubles

Restarting: TypeAlias = Literal["customers", "leads", "tasks"]


class HandoverRules(Section):
    """Handing over (ORG-8). Hours are working hours.

    Limits of the areas in `restart` begin anew with the receiver; all others are kept, because they were promised
    to a customer or arranged for a day.
    """

    confirm_hours: WorkHours  # until receivers have confirmed; what nobody confirmed goes to the manager
    remind_hours: WorkHours  # before that
    sign_hours: WorkHours  # until the manager has signed, and again
    restart: tuple[Restarting, ...]
    tell_hours: WorkHours  # until customers without a chat have been told of their new contact
    tell_text: Words  # the task to tell them; {customers} stands for their names


def check_handover(rules: HandoverRules) -> Iterator[Finding]:
    yield from before("handover", "remind_hours", "confirm_hours", rules)
    yield from doubles(("handover", "restart"), rules.restart)
