"""The sandbox under test: a fixed clock that tests move by hand, one bot, people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.sandbox.people import Person
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram


@dataclass
class HandClock:
    """Wall clock and monotonic seconds, moved together."""

    at: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def telegram(clock: HandClock) -> Telegram:
    return Telegram(clock.now, monotonic=clock.monotonic, strict=True)


@pytest.fixture
def anna(telegram: Telegram) -> Person:
    return telegram.person("Anna", "王", id=11, username="anna_wang", language_code="zh-hans", phone="+8613800138000")


@pytest.fixture
def boris(telegram: Telegram) -> Person:
    return telegram.person("Boris", id=12, language_code="en")


@pytest.fixture
async def server(telegram: Telegram) -> AsyncIterator[Server]:
    running = await serve(telegram)
    yield running
    await running.stop()


@pytest.fixture
async def http(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session
