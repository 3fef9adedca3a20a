"""Texts about the rulebook: its clauses, their changes, and what clauses on trial would have cost."""

from __future__ import annotations

from bot.views.rules.changes import bad_file, nothing_to_reload, refused_file, reloaded
from bot.views.rules.clauses import all_clauses, found, history, home, in_short, page, section
from bot.views.rules.trial import statistics

__all__ = [
    "all_clauses",
    "bad_file",
    "found",
    "history",
    "home",
    "in_short",
    "nothing_to_reload",
    "page",
    "refused_file",
    "reloaded",
    "section",
    "statistics",
]
