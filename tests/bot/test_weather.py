"""Bad weather between the bot and the platform: what people write and what they are told is not lost (OPS-1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot import pace, steady
from bot.app import App, build
from bot.sandbox.conductor import Conductor
from bot.sandbox.server import make_app, serve_app
from bot.sandbox.telegram import Telegram
from bot.sandbox.weather import Trouble, Weather
from bot.settings import Settings
from bot.views.base import NOTICES, Screen
from core.clock import ManualClock
from core.groups import Purpose
from core.notices import Notice, NoticeKind, ToGroup
from core.rulebook import default
from tests.support.chat import MONDAY, Bench, Group, Someone
from tests.support.databases import Databases

TOLD = NoticeKind("test.told")
BACK = 2.0  # seconds from the return to the last answer


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(NOTICES, TOLD, lambda v, facts: Screen(v.t("{text}", text=str(facts["text"]))))
    yield


@dataclass
class Place:
    """A running bot behind weather, with two people and their group."""

    bench: Bench
    weather: Weather
    anna: Someone
    ben: Someone
    group: Group

    def answers(self, who: Someone) -> list[str]:
        return [m.text for m in who.messages if m.sender_id == self.bench.telegram.bot.id]

    def in_group(self) -> list[str]:
        return [m.text for m in self.group.messages if m.sender_id == self.bench.telegram.bot.id]

    async def tell(self, *texts: str) -> None:
        def put(uow: Any) -> None:
            for text in texts:
                assert self.group.id is not None
                uow.notices.tell(Notice(TOLD, ToGroup(self.group.id), {"text": text}, text))

        await self.bench.store.unit(put)

    async def dead(self) -> Any:
        return await self.bench.look(lambda uow: uow.inbox.dead())


async def until(what: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait for something to be so; how long it took."""
    begun = monotonic()
    while not what():
        if monotonic() - begun > seconds:
            raise AssertionError("it did not come about")
        await asyncio.sleep(0.02)
    return monotonic() - begun


@asynccontextmanager
async def place(folder: Path, databases: Databases, *, storm: Trouble | None = None) -> AsyncIterator[Place]:
    databases.make("sqlite", folder)
    clock = ManualClock(MONDAY)
    telegram = Telegram(clock.now, strict=True)
    weather = Weather()
    server = await serve_app(make_app(telegram, weather=weather))
    settings = Settings(_env_file=None, bot_token=telegram.token, api_base=server.url, data_dir=folder, paced=False)
    app: App = build(settings, clock, default())
    bench = Bench(telegram, clock, app, Conductor(app, clock))
    if storm is not None:
        weather.comes(storm)
    running = asyncio.create_task(app.run())
    try:
        if storm is not None:
            await until(lambda: weather.met > 1 or running.done())
            assert not running.done(), "it waits for the platform"
            weather.clears()
        await until(lambda: bool(telegram.sent("setMyCommands")))
        anna, ben = await bench.staff("张三"), await bench.staff("李四")
        group = Group(bench, anna.phone.create_group("销售群", ben.phone), "销售群")
        saved = await bench.store.unit(
            lambda uow: uow.groups.save(group.chat.id, "群", None, {Purpose.SALES}, uow.now)
        )
        group.id = saved.id
        yield Place(bench, weather, anna, ben, group)
        assert not running.done(), "nothing ends the process"
    finally:
        weather.clears()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await app.stop()
        await server.stop()


PASSING = [t for t in Trouble if t not in (Trouble.CUT, Trouble.HALF, Trouble.WRONG)]


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_a_platform_that_is_away_loses_nothing_and_keeps_the_order(
    tmp_path: Path, databases: Databases, trouble: Trouble
) -> None:
    """Everybody's messages are answered once it is back, and a chat's notices come in their order."""
    async with place(tmp_path, databases) as there:
        there.weather.comes(trouble)
        await there.tell(*(f"n{n}" for n in range(5)))
        for _ in range(3):
            there.anna.phone.say("/language")
            there.ben.phone.say("/language")
        await until(lambda: there.weather.met > 1)
        await asyncio.sleep(0.5)
        there.weather.clears()
        took = await until(lambda: {f"n{n}" for n in range(5)} <= set(there.in_group()))
        took += await until(lambda: min(len(there.answers(who)) for who in (there.anna, there.ben)) >= 3)
        assert took < BACK + 1.0, "a second more: the machine may be busy"
        numbers = [text for text in there.in_group() if text.startswith("n")]
        assert list(dict.fromkeys(numbers)) == [f"n{n}" for n in range(5)], "in their order"
        if trouble in PASSING:
            assert len(numbers) == 5, "each once: what did not arrive was not sent"
        for who in (there.anna, there.ben):
            said = list(dict.fromkeys(there.answers(who)))
            assert len(said) == 2, "Chinese and English in turn"
        await there.bench.app.intake.idle()
        for who in (there.anna, there.ben):
            account = await there.bench.look(lambda uow, who=who: uow.people.account_of(who.person))
            assert account.language == "en", "three times, not four"
        assert await there.dead() == []


@pytest.mark.parametrize("trouble", [Trouble.RESET, Trouble.PAGE, Trouble.HALF])
async def test_a_start_waits_for_the_platform(tmp_path: Path, databases: Databases, trouble: Trouble) -> None:
    async with place(tmp_path, databases, storm=trouble) as there:
        there.anna.phone.say("/language")
        await until(lambda: len(there.answers(there.anna)) == 1)


async def test_a_chat_that_is_refused_delays_no_other(tmp_path: Path, databases: Databases) -> None:
    async with place(tmp_path, databases) as there:
        there.weather.comes(Trouble.REFUSED, chat=there.anna.chat_id, retry_after=1)
        there.weather.comes(Trouble.REFUSED, chat=there.group.chat.id, retry_after=1)
        await there.tell("to the group")
        there.anna.phone.say("/language")
        await until(lambda: there.weather.met > 1)
        there.ben.phone.say("/language")
        assert await until(lambda: len(there.answers(there.ben)) == 1) < 1.0
        assert there.answers(there.anna) == []
        there.weather.clears()
        await until(lambda: len(there.answers(there.anna)) == 1 and there.in_group() == ["to the group"])


async def test_an_answer_that_one_message_can_never_have_holds_up_its_chat_for_a_while_only(
    tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "PATIENCE", 0.5)
    monkeypatch.setattr(pace, "NETWORK_TRIES", (0.05,))
    async with place(tmp_path, databases) as there:
        there.weather.comes(Trouble.ERROR, methods=["sendMessage"], chat=there.anna.chat_id)
        there.anna.phone.say("/language")
        await until(lambda: there.weather.met > 5)
        there.ben.phone.say("/language")
        await until(lambda: len(there.answers(there.ben)) == 1)
        await there.bench.app.intake.idle()
        ((_, error),) = await there.dead()
        assert "InternalServerError" in error or "Server" in error
        there.weather.clears()
        there.anna.phone.say("/language")
        await until(lambda: len(there.answers(there.anna)) == 1)
        account = await there.bench.look(lambda uow: uow.people.account_of(there.anna.person))
        assert account.language == "zh_CN", "both were carried out, though one was not answered"


def test_pauses_are_short_enough_to_be_back_in_two_seconds() -> None:
    assert steady.LONGEST_PAUSE < BACK
    assert max(pace.NETWORK_TRIES) < BACK
