"""The poller: asks the platform for raw updates, and moves the offset only after they are on disk."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods.base import TelegramMethod

from bot.intake import MOST_IN_HAND, Intake, number_of

log = structlog.get_logger()
LONG_POLL = 25  # seconds
MOST_PER_POLL = 100
SHARE = MOST_IN_HAND // 2  # in hand here; where there are several processes the others take what is beyond it
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds between attempts while the platform does not answer


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates with the updates left as they came, so that one that can't be parsed stops nothing."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Poller:
    """Long polling into the intake."""

    def __init__(self, bot: Bot, intake: Intake, allowed: list[str]) -> None:
        self._bot = bot
        self._intake = intake
        self._allowed = allowed
        self._offset: int | None = None

    async def poll(self, hold: int) -> int:
        """One request, held open by the platform for up to `hold` seconds; how many updates came."""
        updates = await self._bot(
            GetRawUpdates(offset=self._offset, limit=MOST_PER_POLL, timeout=hold, allowed_updates=self._allowed),
            request_timeout=hold + 10,
        )
        most = SHARE if self._intake.shared else MOST_IN_HAND + MOST_PER_POLL
        await self._intake.accept(updates, most)
        self._offset = max((n + 1 for n in map(number_of, updates) if n is not None), default=self._offset)
        return len(updates)

    async def catch_up(self) -> None:
        """Fetch what waits at the platform already, before anything is judged by the clock (P21)."""
        while await self.poll(0):
            await self._intake.room()

    async def run(self) -> None:
        """Poll until cancelled; while the platform does not answer, try again with growing pauses."""
        pause = FIRST_PAUSE
        while True:
            await self._intake.room()
            try:
                await self.poll(LONG_POLL)
                pause = FIRST_PAUSE
            except TelegramConflictError:
                log.error("another process polls with this token")
                await asyncio.sleep(LONGEST_PAUSE)
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except (TelegramAPIError, OSError) as error:
                log.warning("platform does not answer", error=repr(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
