"""aiogram's form states, kept in our own small store so that they survive a restart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StateType, StorageKey

from core.clock import Clock
from storage.fsm import FormStore


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
