"""Texts about tasks, their answers and excuses (TSK-1 to TSK-5)."""

from __future__ import annotations

from bot.views.tasks.cards import TASK_PREFIX, alert, answered, card, closed, escalated, excuse, judged, late, overdue
from bot.views.tasks.lists import detail, group_list, my_list
from bot.views.tasks.reading import Mention, read_answer, read_number, read_numbered, read_order
from bot.views.tasks.replies import (
    decided,
    excuse_filed,
    given,
    how_to_excuse,
    how_to_plan,
    recorded,
    toast,
    was_closed,
)

__all__ = [
    "TASK_PREFIX",
    "Mention",
    "alert",
    "answered",
    "card",
    "closed",
    "decided",
    "detail",
    "escalated",
    "excuse",
    "excuse_filed",
    "given",
    "group_list",
    "how_to_excuse",
    "how_to_plan",
    "judged",
    "late",
    "my_list",
    "overdue",
    "read_answer",
    "read_number",
    "read_numbered",
    "read_order",
    "recorded",
    "toast",
    "was_closed",
]
