"""Time in a hurry: a company's day passes many times faster than the machine's, in all processes alike."""

from __future__ import annotations

import asyncio
import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.pace import CHAT_SPAN, GROUP_SPAN

LAYOUT = struct.Struct("dddd")  # began (real), began (company), rate, shift; seconds
RATE = 60.0  # seconds of the company in one of the machine


class HurriedClock:
    """Reads the company's time from a file that all of its processes map.

    `shift` moves what the bot believes (a machine's clock that jumps); the platform's own time knows no shift.
    """

    def __init__(self, file: Path, *, shifted: bool = True) -> None:
        with file.open("r+b") as opened:
            self._page = mmap.mmap(opened.fileno(), LAYOUT.size)
        self._shifted = shifted

    def now(self) -> datetime:
        real, company, rate, shift = LAYOUT.unpack(self._page[:])
        seconds = company + (time.time() - real) * rate + (shift if self._shifted else 0.0)
        return datetime.fromtimestamp(seconds, UTC)

    def jump(self, by: timedelta) -> None:
        """Move the clocks of the company's machines; the platform's goes on as it was."""
        real, company, rate, shift = LAYOUT.unpack(self._page[:])
        self._page[:] = LAYOUT.pack(real, company, rate, shift + by.total_seconds())

    @property
    def rate(self) -> float:
        return float(LAYOUT.unpack(self._page[:])[2])

    @staticmethod
    def begin(file: Path, at: datetime, rate: float = RATE) -> None:
        """A company's time, beginning now."""
        file.write_bytes(LAYOUT.pack(time.time(), at.timestamp(), rate, 0.0))


class HurriedWaits:
    """asyncio for a module that waits for instants of the company's time: its waits are shorter by the rate."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def wait_for(self, awaited: Any, timeout: float | None) -> Any:
        return await asyncio.wait_for(awaited, timeout if timeout is None else timeout / self._rate)


def hurry(file: Path) -> None:
    """Let the bot of this process live by the company's time. What a chat may get in a minute it may get in the
    company's minute; what the platform takes in all in a second stays as it is."""
    import bot.app
    import bot.bell
    import bot.pace
    import bot.poller
    import bot.sender
    import bot.shared_pace

    clock = HurriedClock(file)
    for module in (bot.pace, bot.shared_pace):
        module.CHAT_SPAN = CHAT_SPAN / clock.rate  # type: ignore[attr-defined]
        module.GROUP_SPAN = GROUP_SPAN / clock.rate  # type: ignore[attr-defined]
    bot.poller.LONG_POLL = 1  # whole seconds; a platform that keeps silent is noticed before it is an outage
    bot.poller.OVERDUE = 1
    bot.app.SystemClock = lambda: clock  # type: ignore[assignment, misc]
    bot.bell.asyncio = bot.sender.asyncio = HurriedWaits(clock.rate)  # type: ignore[assignment, attr-defined]
