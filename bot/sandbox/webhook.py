"""Pushing updates to the bot's webhook, in order, again until it answers 2xx."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson

from bot.sandbox.errors import ApiError
from bot.sandbox.telegram import Telegram

RETRY_SECONDS = 1.0
_ANSWER_SECONDS = 30.0


class WebhookPusher:
    """Delivers one update at a time; a body that names a method is carried out as a call."""

    def __init__(self, telegram: Telegram, retry_seconds: float | None = None) -> None:
        self.telegram = telegram
        self.retry_seconds = RETRY_SECONDS if retry_seconds is None else retry_seconds
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop_listening = self.telegram.updates.listen(lambda _: self._wake.set())
        self.telegram.webhook_changed = self._wake.set
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._drain(client)

    async def _drain(self, client: aiohttp.ClientSession) -> None:
        updates = self.telegram.updates
        while self.telegram.settings.webhook.url and (batch := updates.peek(1)):
            if await self._deliver(client, batch[0]):
                updates.confirm(batch[0]["update_id"] + 1)
            else:
                await asyncio.sleep(self.retry_seconds)

    async def _deliver(self, client: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        webhook = self.telegram.settings.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            async with client.post(webhook.url, data=orjson.dumps(update), headers=headers) as answer:
                body = await answer.read()
                if answer.ok:
                    self._carry_out(body)
                    return True
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as failure:
            problem = "Connection refused" if isinstance(failure, aiohttp.ClientConnectorError) else str(failure)
        webhook.last_error_date = self.telegram.stamp()
        webhook.last_error_message = problem
        return False

    def _carry_out(self, body: bytes) -> None:
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            with contextlib.suppress(ApiError):
                self.telegram.call(call.pop("method"), call)
