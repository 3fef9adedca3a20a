"""getUpdates: offsets, kinds, and two bots with one token."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.sandbox import polling
from bot.sandbox.errors import ApiError
from bot.sandbox.people import Person
from bot.sandbox.telegram import TOKEN, Telegram
from bot.sandbox.updates import FIRST_ID, TERMINATED

BOT = f"/bot{TOKEN}"


def fetched(telegram: Telegram, **params: Any) -> list[str]:
    return [u["message"]["text"] for u in telegram.call("getUpdates", params)]


def test_updates_come_again_until_the_offset_passes(telegram: Telegram, anna: Person) -> None:
    for text in "一二三四":
        anna.say(text)
    assert fetched(telegram) == fetched(telegram) == ["一", "二", "三", "四"]
    assert fetched(telegram, limit=2) == ["一", "二"]
    assert fetched(telegram, offset=FIRST_ID + 1) == ["二", "三", "四"]
    assert fetched(telegram, offset=FIRST_ID) == ["二", "三", "四"]
    assert fetched(telegram, offset=-1) == ["四"]
    assert fetched(telegram) == ["四"]
    assert fetched(telegram, offset=FIRST_ID + 4) == []
    anna.say("五")
    assert telegram.updates.take()[0]["update_id"] == FIRST_ID + 4


def test_at_most_a_hundred_at_once(telegram: Telegram, anna: Person) -> None:
    for number in range(105):
        anna.say(str(number))
    assert len(fetched(telegram)) == len(fetched(telegram, limit=500)) == 100


def test_allowed_kinds_are_remembered(telegram: Telegram, anna: Person) -> None:
    anna.say("一")
    telegram.call("getUpdates", {"allowed_updates": '["callback_query"]'})
    anna.say("二")
    assert fetched(telegram) == ["一"]
    telegram.call("getUpdates", {"allowed_updates": []})
    anna.say("三")
    assert fetched(telegram) == ["一", "三"]


def test_reactions_and_member_changes_must_be_asked_for(telegram: Telegram, anna: Person, boris: Person) -> None:
    group = anna.create_group("一")
    anna.promote(telegram.bot.id, group)
    message = anna.say("好", group)
    telegram.updates.take()
    anna.react(message, "👍")
    boris.join(group)
    assert [set(u) - {"update_id"} for u in telegram.updates.take()] == [{"message"}]
    telegram.call("getUpdates", {"allowed_updates": ["chat_member", "message_reaction"]})
    anna.react(message, "")
    boris.leave(group)
    reaction, member = telegram.updates.take()
    assert reaction["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert member["chat_member"]["new_chat_member"]["status"] == "left"


async def _polled(http: aiohttp.ClientSession, timeout: int = 20) -> tuple[int, dict[str, Any]]:  # noqa: ASYNC109 Telegram's
    async with http.get(f"{BOT}/getUpdates", params={"timeout": timeout}) as answer:
        return answer.status, await answer.json()


async def _until_someone_polls(telegram: Telegram, other_than: object = None) -> object:
    async with asyncio.timeout(10):
        while telegram.updates.poll in (None, other_than):  # noqa: ASYNC110 the server gives no signal of it
            await asyncio.sleep(0.005)
    return telegram.updates.poll


async def test_a_waiting_poll_gets_the_first_update(
    http: aiohttp.ClientSession, telegram: Telegram, anna: Person
) -> None:
    waiting = asyncio.create_task(_polled(http))
    await _until_someone_polls(telegram)
    anna.say("在吗")
    status, body = await waiting
    assert (status, body["result"][0]["message"]["text"]) == (200, "在吗")
    assert telegram.updates.poll is None


async def test_the_newer_of_two_pollers_wins(http: aiohttp.ClientSession, telegram: Telegram, anna: Person) -> None:
    older = asyncio.create_task(_polled(http))
    first = await _until_someone_polls(telegram)
    newer = asyncio.create_task(_polled(http))
    await _until_someone_polls(telegram, other_than=first)
    status, body = await older
    assert (status, body) == (
        409,
        {"ok": False, "error_code": 409, "description": f"Conflict: {TERMINATED}"},
    )
    anna.say("在吗")
    status, body = await newer
    assert (status, len(body["result"])) == (200, 1)


async def test_an_empty_wait_ends_with_nothing(
    http: aiohttp.ClientSession, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LONGEST_SECONDS", 0.02)
    assert await _polled(http, 20) == (200, {"ok": True, "result": []})
    assert telegram.updates.poll is None


async def test_stopping_the_server_ends_a_waiting_poll(telegram: Telegram) -> None:
    from bot.sandbox.server import serve

    server = await serve(telegram)
    async with aiohttp.ClientSession(server.url) as http:
        waiting = asyncio.create_task(_polled(http))
        await _until_someone_polls(telegram)
        await server.stop()
        assert (await waiting)[0] == 502


def test_polling_is_refused_while_a_webhook_is_set(telegram: Telegram) -> None:
    telegram.call("setWebhook", {"url": "http://127.0.0.1:1/x"})
    with pytest.raises(ApiError, match="409 Conflict: can't use getUpdates method while webhook is active"):
        telegram.call("getUpdates")
    telegram.call("deleteWebhook")
    assert telegram.call("getUpdates") == []


async def test_a_poller_that_died_loses_nothing(
    http: aiohttp.ClientSession, telegram: Telegram, anna: Person
) -> None:
    dead = asyncio.create_task(_polled(http))
    await _until_someone_polls(telegram)
    dead.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dead
    anna.say("在吗")
    status, body = await _polled(http)
    assert (status, [u["message"]["text"] for u in body["result"]]) == (200, ["在吗"])
