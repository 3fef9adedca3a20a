"""Updates pushed to a webhook on this computer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import webhook
from bot.sandbox.errors import ApiError
from bot.sandbox.people import Person
from bot.sandbox.server import Server
from bot.sandbox.telegram import Telegram


@dataclass
class Receiver:
    """The bot's own web server: notes what comes, answers as told."""

    url: str = ""
    got: asyncio.Queue[tuple[str | None, dict[str, Any]]] = field(default_factory=asyncio.Queue)
    statuses: list[int] = field(default_factory=list)
    reply: dict[str, Any] | None = None

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.put_nowait((secret, await request.json()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setattr(webhook, "RETRY_SECONDS", 0.01)
    hook = Receiver()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with TestServer(app) as running:
        hook.url = str(running.make_url("/hook"))
        yield hook


async def test_updates_are_pushed_in_order_with_the_secret(
    receiver: Receiver, server: Server, telegram: Telegram, anna: Person
) -> None:
    anna.say("一")
    telegram.call("setWebhook", {"url": receiver.url, "secret_token": "s3cret_-"})
    anna.say("二")
    first, second = [await receiver.got.get() for _ in range(2)]
    assert (first[0], first[1]["message"]["text"]) == ("s3cret_-", "一")
    assert second[1]["message"]["text"] == "二"
    assert telegram.call("getWebhookInfo")["url"] == receiver.url


async def test_a_failed_push_comes_again_and_is_reported(
    receiver: Receiver, server: Server, telegram: Telegram, anna: Person
) -> None:
    receiver.statuses = [500]
    telegram.call("setWebhook", {"url": receiver.url})
    anna.say("一")
    first, again = [await receiver.got.get() for _ in range(2)]
    assert first == again
    assert first[0] is None
    assert telegram.call("getWebhookInfo")["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_a_method_in_the_answer_is_carried_out(
    receiver: Receiver, server: Server, telegram: Telegram, anna: Person
) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": 11, "text": "收到"}
    telegram.call("setWebhook", {"url": receiver.url})
    seen = asyncio.Event()
    telegram.listen(lambda event: seen.set() if event.message and event.message.text == "收到" else None)
    anna.say("一")
    async with asyncio.timeout(10):
        await seen.wait()
    assert anna.last().text == "收到"


def test_other_computers_are_no_webhooks(telegram: Telegram) -> None:
    for url in ("https://example.com/hook", "ftp://127.0.0.1/x", "http://127.0.0.1.example.com/"):
        with pytest.raises(ApiError, match="loopback addresses only"):
            telegram.call("setWebhook", {"url": url})
    with pytest.raises(ApiError, match="unallowed characters"):
        telegram.call("setWebhook", {"url": "http://127.0.0.1/", "secret_token": "字"})


@dataclass
class Slow(Receiver):
    """Answers when it is let go."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most: int = 0

    async def take(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.got.put_nowait((None, await request.json()))
        await self.go.wait()
        self.at_once -= 1
        return web.Response()


async def test_chats_do_not_wait_for_one_another_and_each_keeps_its_order(server: Server, telegram: Telegram) -> None:
    """As the platform does it: one update of a chat under way at a time, `max_connections` over all."""
    people = [telegram.person(f"客户{n}") for n in range(5)]
    for one in people:
        one.private.started = True
    for text in ("一", "二"):
        for one in people:
            one.say(text)
    hook = Slow()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with TestServer(app) as running:
        telegram.call("setWebhook", {"url": str(running.make_url("/hook")), "max_connections": 3})
        first = [(await hook.got.get())[1]["message"] for _ in range(3)]
        assert {message["text"] for message in first} == {"一"}
        assert len({message["chat"]["id"] for message in first}) == 3
        hook.go.set()
        later = [(await hook.got.get())[1]["message"] for _ in range(7)]
    said: dict[int, list[str]] = {}
    for message in [*first, *later]:
        said.setdefault(message["chat"]["id"], []).append(message["text"])
    assert list(said.values()) == [["一", "二"]] * 5
    assert hook.most == 3
