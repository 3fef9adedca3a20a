"""Telegram's sending limits, kept by planning: every outgoing call waits for its turn before it is made."""

from __future__ import annotations

from contextvars import ContextVar

urgency_of_call: ContextVar[int] = ContextVar("urgency_of_call", default=0)
