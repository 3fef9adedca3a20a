"""Forms and the order within a conversation, where several processes share a Redis."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator

import pytest
from aiogram.fsm.storage.base import StorageKey

from bot.fsm import NoRedis, RedisForms
from tests.support.databases import missing_redis

REDIS = os.environ.get("KEGUAN_TEST_REDIS", "redis://127.0.0.1:6379/9")


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
