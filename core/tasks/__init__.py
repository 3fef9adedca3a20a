"""A manager's tasks and their answers (TSK-1 to TSK-5)."""

from __future__ import annotations

from core.tasks import matter as matter  # enters itself among the matters
from core.tasks import reasons as reasons  # explains them
from core.tasks.answering import Answered, answer, close, plan_hint
from core.tasks.excuses import ExcuseFiled, decide, excuse_hint, file_excuse
from core.tasks.giving import Order, Target, give
from core.tasks.lists import card_at, detail, mine, of_group, of_team
from core.tasks.model import (
    DUE,
    ESCALATE,
    REPLY,
    Answer,
    AnswerState,
    Assignment,
    Excuse,
    GivenUpward,
    NewTask,
    NotYours,
    Task,
    Tasks,
    TaskState,
    TaskUnclear,
)
from core.tasks.overdue import due_passed, escalated, reply_missed
from core.tasks.telling import ALERT, ANSWERED, CARD, CLOSED, ESCALATED, EXCUSE, JUDGED, LATE, OVERDUE, facts_of

__all__ = [
    "ALERT",
    "ANSWERED",
    "CARD",
    "CLOSED",
    "DUE",
    "ESCALATE",
    "ESCALATED",
    "EXCUSE",
    "JUDGED",
    "LATE",
    "OVERDUE",
    "REPLY",
    "Answer",
    "AnswerState",
    "Answered",
    "Assignment",
    "Excuse",
    "ExcuseFiled",
    "GivenUpward",
    "NewTask",
    "NotYours",
    "Order",
    "Target",
    "Task",
    "TaskState",
    "TaskUnclear",
    "Tasks",
    "answer",
    "card_at",
    "close",
    "decide",
    "detail",
    "due_passed",
    "escalated",
    "excuse_hint",
    "facts_of",
    "file_excuse",
    "give",
    "mine",
    "of_group",
    "of_team",
    "plan_hint",
    "reply_missed",
]
