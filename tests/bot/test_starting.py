"""Starts and stops that take their time: on a busy day, with much left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import WebhookInfo

from bot import crowd
from bot.app import LIFE, App
from bot.crowd import Crowd
from bot.hearing import Hearing
from bot.poller import MOST_PER_POLL, Poller
from bot.sandbox.session import SandboxSession
from bot.sandbox.telegram import Telegram
from core.clock import ManualClock
from core.rulebook import default
from storage.fsm import FormStore
from storage.store import Store
from tests.support.databases import NOON, Databases


async def test_catching_up_ends_although_people_go_on_writing() -> None:
    """P21: what waited at the start is heard before anything is judged by the clock; what comes meanwhile is not
    waited for, or nothing would ever be judged on a busy day."""
    numbers, asked, given = iter(range(1, 1000)), [MOST_PER_POLL, MOST_PER_POLL, 40, 3, 3, 3], []

    class Platform:
        async def __call__(self, method: Any, request_timeout: int) -> list[dict[str, Any]]:
            return [{"update_id": next(numbers)} for _ in range(asked.pop(0))]

        async def get_webhook_info(self) -> WebhookInfo:
            return WebhookInfo(url="", has_custom_certificate=False, pending_update_count=0)

    class Inbox:
        shared = False

        async def accept(self, updates: list[Any], most: int) -> None:
            given.extend(updates)

        async def room(self) -> None: ...

    await Poller(Platform(), Inbox(), [], Hearing(ManualClock(NOON))).catch_up()  # type: ignore[arg-type]  # what it needs of both
    assert len(given) == 2 * MOST_PER_POLL + 40
    assert asked == [3, 3, 3]


async def test_others_hear_of_a_process_while_it_starts_and_stops(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-1: who has much to take up is not struck out for it, and begins although people go on writing."""
    monkeypatch.setattr(crowd, "EVERY", 0.01)
    heard = asyncio.Event()
    beat = Crowd._beat

    async def counted(self: Crowd) -> Any:
        heard.set()
        return await beat(self)

    monkeypatch.setattr(Crowd, "_beat", counted)
    clock = ManualClock(NOON)
    telegram = Telegram(clock.now)
    store = Store(databases.make("postgresql", tmp_path), clock, default())
    forms = FormStore(f"sqlite+aiosqlite:///{tmp_path / 'forms.db'}")
    app = App(store, forms, clock, Bot(telegram.token, session=SandboxSession(telegram)), crowded=True)

    def until_heard(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def slowly() -> None:
            heard.clear()
            await asyncio.wait_for(heard.wait(), 10)
            await work()

        return slowly

    idle = app.intake.idle
    monkeypatch.setattr(app.intake, "resume", until_heard(app.intake.resume))
    monkeypatch.setattr(app.intake, "idle", asyncio.Event().wait)  # beside others there is always something in hand
    await app.start()
    assert [task.get_name() for task in asyncio.all_tasks()].count(LIFE) == 1
    monkeypatch.setattr(app.intake, "idle", until_heard(idle))
    await app.stop()
    heard.clear()
    await asyncio.sleep(0.05)
    assert not heard.is_set(), "it has left"
