"""Texts about approvals (APR-1)."""

from __future__ import annotations

from bot.views.approvals import cards, refusals
from bot.views.approvals.lists import (
    added,
    asked_back,
    decided,
    delegated,
    delegation_ended,
    delegations,
    detail,
    headline,
    listing,
)
from bot.views.approvals.reading import Meant, Reply, read_delegation, read_reply
from bot.views.approvals.wording import ABOUT, LINK, about, kind_name

__all__ = [
    "ABOUT",
    "LINK",
    "Meant",
    "Reply",
    "about",
    "added",
    "asked_back",
    "cards",
    "decided",
    "delegated",
    "delegation_ended",
    "delegations",
    "detail",
    "headline",
    "kind_name",
    "listing",
    "read_delegation",
    "read_reply",
    "refusals",
]
