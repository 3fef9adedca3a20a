"""aiogram's form states, kept in our own small store so that they survive a restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, DefaultKeyBuilder, StateType, StorageKey

from bot.shared_pace import SharedPace
from core.clock import Clock
from storage.fsm import FormStore

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.asyncio.lock import Lock

KEPT = timedelta(days=2)  # forms left lying in Redis
HELD = 4.0  # seconds after which the lock of a process that died is free
ANSWERED, CONNECTED = 5.0, 2.0  # seconds in which Redis answers a command, and a connection
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between two tries of a Redis that is away
TRIED = 0.02  # seconds between two tries to get a lock


class SqlStorage(BaseStorage):
    """aiogram's storage contract on a FormStore."""

    def __init__(self, store: FormStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._keys = DefaultKeyBuilder(with_bot_id=True, with_destiny=True, with_business_connection_id=True)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._store.set_state(self._keys.build(key), name, self._clock.now())

    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._store.get(self._keys.build(key)))[0]

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._store.set_data(self._keys.build(key), dict(data), self._clock.now())

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return (await self._store.get(self._keys.build(key)))[1]

    async def close(self) -> None:
        await self._store.close()


def _keys() -> DefaultKeyBuilder:
    return DefaultKeyBuilder(prefix="keguan", with_bot_id=True, with_destiny=True, with_business_connection_id=True)


class NoRedis(RuntimeError):
    """The Redis that the settings name does not answer."""


class RedisForms:
    """Forms and event isolation for several processes, in the place of a FormStore. Redis forgets by itself; one that
    is away while the bot runs is waited for."""

    def __init__(self, url: str) -> None:
        from aiogram.fsm.storage.redis import RedisStorage  # noqa: PLC0415  # only where Redis is used
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import ExponentialBackoff  # noqa: PLC0415

        known: dict[str, Any] = {"socket_timeout": ANSWERED, "socket_connect_timeout": CONNECTED}
        for_ever = Retry(ExponentialBackoff(cap=LONGEST_PAUSE, base=FIRST_PAUSE), -1)
        self._redis = Redis.from_url(url, **known, retry=for_ever)
        self._at_once = Redis.from_url(url, **known)  # for what can do without it
        self.storage: BaseStorage = RedisStorage(self._redis, _keys(), state_ttl=KEPT, data_ttl=KEPT)
        self.isolation: BaseEventIsolation = RedisIsolation(self._redis)
        self.pace = SharedPace(self._at_once)

    async def open(self) -> None:
        """Raises NoRedis where nobody answers."""
        from redis import RedisError  # noqa: PLC0415

        try:
            await self._at_once.execute_command("PING")  # type: ignore[no-untyped-call]  # redis has no type for it
        except RedisError as error:
            raise NoRedis(str(error)) from error

    async def close(self) -> None:
        await self._redis.aclose()
        await self._at_once.aclose()

    async def purge(self, before: datetime) -> int:
        return 0


class RedisIsolation(BaseEventIsolation):
    """One update of a conversation at a time, over all processes.

    aiogram's own lock ends after a fixed time, though its handler may still wait for its turn to answer. This one
    ends seconds after its process, and not before.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._keys = _keys()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncIterator[None]:
        lock = self._redis.lock(self._keys.build(key, "lock"), timeout=HELD, sleep=TRIED)
        await lock.acquire()
        renewing = asyncio.create_task(self._renew(lock))
        try:
            yield None
        finally:
            renewing.cancel()
            with contextlib.suppress(Exception):  # lost with its server, or with this process's sleep
                await lock.release()

    @staticmethod
    async def _renew(lock: Lock) -> None:
        while True:
            await asyncio.sleep(HELD / 4)
            with contextlib.suppress(Exception):  # tried again
                await lock.reacquire()

    async def close(self) -> None:
        """The connection is the storage's."""
