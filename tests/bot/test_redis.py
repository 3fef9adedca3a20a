"""Forms and the order within a conversation, where several processes share a Redis."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator

import pytest
from aiogram.fsm.storage.base import StorageKey

from bench.proxy import Proxy
from bot.fsm import NoRedis, RedisForms
from bot.pace import CHAT_SPAN
from bot.shared_pace import KEY
from tests.support.databases import REDIS, missing_redis


@pytest.fixture
async def pair() -> AsyncIterator[tuple[RedisForms, RedisForms]]:
    """Two processes' ways to one Redis."""
    if reason := missing_redis(REDIS):
        pytest.skip(reason)
    made = RedisForms(REDIS), RedisForms(REDIS)
    for one in made:
        await one.open()
    yield made
    for one in made:
        await one.close()


def _somebody(destiny: str = "default") -> StorageKey:
    return StorageKey(bot_id=secrets.randbelow(1 << 40), chat_id=7, user_id=7, destiny=destiny)


async def test_a_form_begun_in_one_process_goes_on_in_another(pair: tuple[RedisForms, RedisForms]) -> None:
    here, there = pair
    key = _somebody("aiogd:stack:")
    await here.storage.set_state(key, "lead:name")
    await here.storage.set_data(key, {"客户": "华强电子"})
    assert await there.storage.get_state(key) == "lead:name"
    assert await there.storage.get_data(key) == {"客户": "华强电子"}
    await there.storage.set_state(key, None)
    await there.storage.set_data(key, {})
    assert await here.storage.get_data(key) == {}


async def test_one_update_of_a_conversation_at_a_time(pair: tuple[RedisForms, RedisForms]) -> None:
    here, there = pair
    key, seen = _somebody(), []

    async def handle(forms: RedisForms, name: str) -> None:
        async with forms.isolation.lock(key):
            seen.append(f"{name} in")
            await asyncio.sleep(0)
            seen.append(f"{name} out")

    await asyncio.gather(handle(here, "a"), handle(there, "b"))
    assert seen in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])


async def test_a_redis_that_does_not_answer_is_named() -> None:
    nobody = RedisForms("redis://127.0.0.1:1/0")
    with pytest.raises(NoRedis):
        await nobody.open()
    await nobody.close()


async def test_a_chat_is_written_to_at_one_pace_by_both(pair: tuple[RedisForms, RedisForms]) -> None:
    """The second process's message waits for the first one's second; another chat does not."""
    here, there = pair
    chat, other = secrets.randbelow(1 << 40), secrets.randbelow(1 << 40)
    begun = time.monotonic()
    await here.pace(chat, 1)
    await there.pace(other, 1)
    at_once = time.monotonic() - begun
    await there.pace(chat, 1)
    assert time.monotonic() - begun >= CHAT_SPAN > at_once


async def test_twenty_a_minute_into_a_group_by_both(
    pair: tuple[RedisForms, RedisForms], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twenty-first waits for what is left of the minute of the first."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)
        raise asyncio.CancelledError

    here, there = pair
    group = -secrets.randbelow(1 << 40) - 1
    await here.pace(group, 20)
    await here._redis.delete(f"{KEY}:{group}:free")  # its second is over
    monkeypatch.setattr("bot.shared_pace.asyncio.sleep", note)
    with pytest.raises(asyncio.CancelledError):
        await there.pace(group, 1)
    assert 50 < waits[0] < 60.1


async def test_a_redis_that_is_away_is_waited_for_and_holds_up_no_message() -> None:
    """OPS-1: a form is not lost, an update does not become a dead letter."""
    if reason := missing_redis(REDIS):
        pytest.skip(reason)
    proxy, through = Proxy.to(REDIS)
    with proxy:
        forms = RedisForms(through)
        await forms.open()
        key = _somebody()
        proxy.away()
        await asyncio.wait_for(forms.pace(7, 1), 5)  # without it the platform's own refusals are waited out
        writing = asyncio.create_task(forms.storage.set_state(key, "lead:name"))

        async def handled() -> bool:
            async with forms.isolation.lock(key):
                return True

        handling = asyncio.create_task(handled())
        assert not (await asyncio.wait([writing, handling], timeout=0.3))[0]
        proxy.back()
        async with asyncio.timeout(5):
            await writing
            assert await handling
        assert await forms.storage.get_state(key) == "lead:name"
        await forms.storage.set_state(key, None)
        await forms.close()
