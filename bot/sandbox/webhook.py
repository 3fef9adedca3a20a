"""Pushing updates to the bot's webhook: in order within a chat, chats side by side, again until it answers 2xx."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from typing import Any

import aiohttp
import orjson

from bot.sandbox.errors import ApiError
from bot.sandbox.telegram import Telegram

RETRY_SECONDS = 1.0
LONGEST_RETRY = 60.0
_ANSWER_SECONDS = 30.0
_LOOK_AHEAD = 1000


class WebhookPusher:
    """Delivers the oldest update of each chat, or of each person who pressed, over at most `max_connections` at once.
    One that fails is tried again with growing pauses, or when the answer asked for it; only those behind it in its
    chat wait. A body that names a method is carried out as a call."""

    def __init__(self, telegram: Telegram, retry_seconds: float | None = None) -> None:
        self.telegram = telegram
        self.retry_seconds = RETRY_SECONDS if retry_seconds is None else retry_seconds
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}
        self._pauses: dict[Hashable, float] = {}  # the last one of each queue whose oldest update failed
        self._waiting: set[Hashable] = set()  # queues that are in such a pause

    def start(self) -> None:
        self._stop_listening = self.telegram.updates.listen(lambda _: self._wake.set())
        self.telegram.webhook_changed = self._on_change
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
        tasks = [task for task in (self._task, *self._under_way.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _on_change(self) -> None:
        """A webhook that is set anew is tried at once."""
        self._pauses.clear()
        self._waiting.clear()
        self._wake.set()

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                self._begin(client)

    def _begin(self, client: aiohttp.ClientSession) -> None:
        webhook = self.telegram.settings.webhook
        begun = {*self._under_way, *self._waiting}
        for update in self.telegram.updates.ahead(_LOOK_AHEAD) if webhook.url else ():
            if len(self._under_way) >= webhook.max_connections:
                return
            queue = _queue_of(update)
            if queue not in begun:
                begun.add(queue)
                self._under_way[queue] = asyncio.create_task(self._bring(client, queue, update))

    async def _bring(self, client: aiohttp.ClientSession, queue: Hashable, update: dict[str, Any]) -> None:
        try:
            asked = await self._deliver(client, update)
            if asked is None:
                self.telegram.updates.drop(update["update_id"])
                self._pauses.pop(queue, None)
            else:
                self._pause(queue, asked)
        finally:
            del self._under_way[queue]
            self._wake.set()

    def _pause(self, queue: Hashable, asked: float) -> None:
        pause = self._pauses.get(queue, 0) * 2 or self.retry_seconds
        self._pauses[queue] = min(asked or pause, LONGEST_RETRY)
        self._waiting.add(queue)
        asyncio.get_running_loop().call_later(self._pauses[queue], self._again, queue)

    def _again(self, queue: Hashable) -> None:
        self._waiting.discard(queue)
        self._wake.set()

    async def _deliver(self, client: aiohttp.ClientSession, update: dict[str, Any]) -> float | None:
        """None where it arrived; else the seconds that the answer asked to wait, 0 where it said nothing of it."""
        webhook, asked = self.telegram.settings.webhook, 0.0
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            async with client.post(webhook.url, data=orjson.dumps(update), headers=headers) as answer:
                body = await answer.read()
                if answer.ok:
                    self._carry_out(body)
                    return None
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                asked = float(answer.headers.get("Retry-After", 0))
        except (aiohttp.ClientError, TimeoutError) as failure:
            problem = "Connection refused" if isinstance(failure, aiohttp.ClientConnectorError) else str(failure)
        webhook.last_error_date = self.telegram.stamp()
        webhook.last_error_message = problem
        return asked

    def _carry_out(self, body: bytes) -> None:
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            with contextlib.suppress(ApiError):
                self.telegram.call(call.pop("method"), call)


def _queue_of(update: dict[str, Any]) -> Hashable:
    """What the platform delivers one after another: a chat's messages, a person's presses."""
    for kind, body in update.items():
        if kind == "callback_query":
            return "press", body["from"]["id"]
        if isinstance(body, dict) and "chat" in body:
            return "chat", body["chat"]["id"]
    return "update", update["update_id"]
