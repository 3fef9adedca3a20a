"""Time comes from a clock that is handed in, so that a day can be played in seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...


class ManualClock:
    """A clock that stands still until it is moved; for tests and the sandbox."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Move to `at`, forward or back."""
        self._at = at.astimezone(UTC)
