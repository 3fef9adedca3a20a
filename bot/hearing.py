"""Whether the platform is heard. While it is not, people may have answered in time and nobody knows: nothing is
judged by the clock until what waits there has been heard (P21)."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from core.clock import Clock

log = structlog.get_logger()


class Hearing:
    """Since when the platform is not heard; said once when it falls silent and once when it is heard again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.now()
        self._there = asyncio.Event()
        self._there.set()
        self.since: datetime | None = None

    @property
    def lost(self) -> bool:
        return self.since is not None

    def heard(self) -> None:
        """Everything up to now has come in."""
        self._last = self._clock.now()
        if self.since is not None:
            log.warning("platform answers again", seconds=round((self._last - self.since).total_seconds()))
        self.since = None
        self._there.set()

    def missed(self, error: Exception) -> None:
        if self.since is None:
            log.warning("platform does not answer", error=repr(error))
            self.since = self._last
            self._there.clear()

    async def wait(self) -> None:
        """Until it is heard."""
        await self._there.wait()
