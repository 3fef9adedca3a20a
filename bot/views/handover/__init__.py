"""Texts about handovers (ORG-8)."""

from __future__ import annotations

from bot.views.handover.listing import result, sheet
from bot.views.handover.receiving import accepted, giver_signed, offered, offered_item, was_refused, why_not
from bot.views.handover.running import (
    area,
    areas,
    before,
    candidates,
    chosen,
    chosen_all,
    detail,
    left_alone,
    overview,
    recent,
    sent,
    signed,
    signed_list,
    still_theirs,
    sure_to_cancel,
)

__all__ = [
    "accepted",
    "area",
    "areas",
    "before",
    "candidates",
    "chosen",
    "chosen_all",
    "detail",
    "giver_signed",
    "left_alone",
    "offered",
    "offered_item",
    "overview",
    "recent",
    "result",
    "sent",
    "sheet",
    "signed",
    "signed_list",
    "still_theirs",
    "sure_to_cancel",
    "was_refused",
    "why_not",
]
