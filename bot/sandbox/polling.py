"""getUpdates with waiting, shared by the HTTP server and the in-process session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.params import Params
from bot.sandbox.updates import Poll
from bot.sandbox.world import Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

LONGEST_SECONDS = 50


async def wait_for_updates(telegram: Telegram, values: Mapping[str, Any]) -> list[Wire]:
    """Answer getUpdates: at once if something waits, else within `timeout` seconds.

    Raises ApiError 409 when a newer poller comes or a webhook is set.
    """
    params = Params(values)
    batch: list[Wire] = telegram.call("getUpdates", values)
    woken = asyncio.Event()
    poll = Poll(woken.set)
    telegram.updates.begin(poll)
    try:
        if not batch and (seconds := min(params.integer("timeout"), LONGEST_SECONDS)) > 0:
            await _wait(woken, seconds)
            if poll.refusal is not None:
                raise poll.refusal
            batch = telegram.updates.peek(params.integer("limit", 100))
        return batch
    finally:
        telegram.updates.finish(poll)


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
