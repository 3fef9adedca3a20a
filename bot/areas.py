"""The areas: which modules hold handlers, and the order in which they are asked."""

from __future__ import annotations

from types import ModuleType

from aiogram import Router

from bot import errors
from bot.handlers import (
    approvals,
    audit,
    calendar,
    campaigns,
    checkins,
    complaints,
    customers,
    deadlines,
    discipline,
    duty,
    fallback,
    groups,
    handover,
    help,
    leads,
    ledger,
    people,
    reasons,
    rebinding,
    rules,
    tasks,
    training,
    visits,
)

HANDLERS: tuple[ModuleType, ...] = (
    approvals,  # before complaints: replies to its cards are its own, whoever writes them
    rebinding,
    checkins,  # before people: it takes its own links from /start
    leads,
    complaints,
    tasks,
    calendar,  # before people: its own link too
    deadlines,  # before people: its own links
    duty,  # before people: its own link
    groups,  # before people: it reads links of its own
    rules,  # before people: links to clauses
    reasons,  # likewise
    people,
    handover,
    customers,
    ledger,
    audit,
    discipline,
    campaigns,
    training,
    visits,
    help,
)


def routers() -> list[Router]:
    """Commands and presses of every area first, so that a command always leads out of an open form; then the
    forms; then what listens to free messages (locations, replies); the fallback is last."""
    made = [errors.router(), *(area.router() for area in HANDLERS)]
    for area in HANDLERS:
        made += area.dialogs() if hasattr(area, "dialogs") else []
    for area in HANDLERS:
        made += [area.listeners()] if hasattr(area, "listeners") else []
    return [*made, fallback.router()]
