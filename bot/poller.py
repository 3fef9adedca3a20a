"""The poller: asks the platform for raw updates, and moves the offset only after they are on disk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramConflictError
from aiogram.methods.base import TelegramMethod

from bot.hearing import Hearing
from bot.intake import MOST_IN_HAND, Intake, number_of
from bot.steady import REFUSED, pauses, until_answered, wait_after

log = structlog.get_logger()
LONG_POLL = 25  # seconds
OVERDUE = 10  # seconds after which an answer that is due counts as none
MOST_PER_POLL = 100
SHARE = MOST_IN_HAND // 2  # in hand here; where there are several processes the others take what is beyond it
CONFLICT_PAUSE = 15.0  # seconds that another process with the same token is left alone
CAUGHT_UP = 10.0  # seconds that what waited is given to be handled before the clock may judge again


class GetRawUpdates(TelegramMethod[list[Any]]):
    """getUpdates with the updates left as they came, so that one that can't be parsed stops nothing."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Poller:
    """Long polling into the intake."""

    def __init__(self, bot: Bot, intake: Intake, allowed: list[str], hearing: Hearing) -> None:
        self._bot = bot
        self._intake = intake
        self._allowed = allowed
        self._hearing = hearing
        self._offset: int | None = None
        self.first: Callable[[], Awaitable[object]] | None = None  # what comes before anything is handled

    async def poll(self, hold: int) -> int:
        """One request, held open by the platform for up to `hold` seconds; how many updates came."""
        updates = await self._bot(
            GetRawUpdates(offset=self._offset, limit=MOST_PER_POLL, timeout=hold, allowed_updates=self._allowed),
            request_timeout=hold + OVERDUE,
        )
        if self.first is not None and updates:
            await self.first()
        most = SHARE if self._intake.shared else MOST_IN_HAND + MOST_PER_POLL
        await self._intake.accept(updates, most)
        self._offset = max((n + 1 for n in map(number_of, updates) if n is not None), default=self._offset)
        return len(updates)

    async def catch_up(self) -> None:
        """Fetch what waits at the platform already, before anything is judged by the clock (P21). A request that is
        not filled has brought the last of it; on a busy day none ever comes back empty. Waits for a platform that
        does not answer; raises where it does not let the bot in."""
        await until_answered("deleteWebhook", self._unhook)
        while await self._heard(0, strict=True) == MOST_PER_POLL:
            await self._intake.room()
        self._hearing.heard()

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            await self._intake.room()
            await self._heard(LONG_POLL)
            if self._hearing.lost:
                await self._listen_up()
            self._hearing.heard()

    async def _listen_up(self) -> None:
        """After a silence: what waited is handled before anything is judged."""
        while await self._heard(0) == MOST_PER_POLL:
            await self._intake.room()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._intake.idle(), CAUGHT_UP)

    async def _heard(self, hold: int, *, strict: bool = False) -> int:
        """One poll that was answered, however often it has to be tried; how many updates came."""
        said: type[Exception] | None = None
        for pause in pauses():
            try:
                return await self.poll(0 if self._hearing.lost else hold)
            except Exception as error:  # whatever it is, the offset has not moved: nothing is lost
                if strict and isinstance(error, REFUSED):
                    raise
                self._hearing.missed(error)
                conflict = isinstance(error, TelegramConflictError)
                if conflict and not isinstance(error, said or ()):
                    log.error("another process polls with this token", reason=str(error))
                if conflict and "webhook" in str(error):
                    with contextlib.suppress(TelegramAPIError):
                        await self._unhook()
                said = type(error)
                await asyncio.sleep(CONFLICT_PAUSE if conflict else wait_after(error, pause))
        raise AssertionError("unreachable")

    async def _unhook(self) -> None:
        """Updates are fetched where none are brought: take back a webhook. What waits goes on waiting."""
        if (await self._bot.get_webhook_info()).url:
            await self._bot.delete_webhook(drop_pending_updates=False)
            log.warning("webhook removed", advice="KEGUAN_WEBHOOK_URL is empty")
