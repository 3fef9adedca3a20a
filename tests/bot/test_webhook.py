"""Updates that are brought: the address and its secret, what is no update, a database that is away, changing over."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiogram import Bot

from bot import app as running_app
from bot import webhook
from bot.app import App, default_properties
from bot.connection import Connection
from bot.intake import MOST_IN_HAND
from bot.listener import MOST_BYTES, Stage
from bot.sandbox import webhook as pusher
from bot.sandbox.people import Person
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from bot.webhook import SECRET_HEADER, address_of, secret_of
from core.clock import ManualClock
from core.rulebook import default
from storage.fsm import FormStore
from storage.store import Store

MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pusher, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(webhook, "COMING", 0.02)
    monkeypatch.setattr(webhook, "AGAIN", {"Retry-After": "0.02"})
    monkeypatch.setattr(running_app, "LEAVING", 0.0)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Town:
    """A platform on this computer, people with telephones, and a bot that comes and goes."""

    folder: Path
    telegram: Telegram
    url: str
    port: int
    clock: ManualClock

    @property
    def address(self) -> str:
        return address_of(self.base, self.telegram.token, secret_of(self.telegram.token))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/keguan"

    def bot(self, *, brought: bool) -> App:
        """A bot on the town's database, to which updates are brought or which fetches them."""
        (self.folder / "forms").mkdir(exist_ok=True)
        store = Store(f"sqlite:///{self.folder / 'keguan.db'}", self.clock, default())
        store.create_tables()
        bot = Bot(self.telegram.token, session=Connection(self.url), default=default_properties())
        forms = FormStore(f"sqlite+aiosqlite:///{self.folder / 'forms.db'}")
        where = ("127.0.0.1", self.port)
        return App(store, forms, self.clock, bot, listen=where, webhook=(self.base if brought else "", ""))

    @asynccontextmanager
    async def works(self, *, brought: bool = True) -> AsyncIterator[App]:
        app = self.bot(brought=brought)
        running = asyncio.create_task(app.run())
        try:
            await until(lambda: app.listener.stage is Stage.READY or running.done())
            if running.done():
                await running
            yield app
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await app.stop()

    def person(self, name: str) -> Person:
        made = self.telegram.person(name)
        made.private.started = True
        return made

    def answers(self, to: Person) -> list[str]:
        return [m.text for m in self.telegram.history(to.private) if m.sender_id == self.telegram.bot.id]

    async def post(self, body: bytes, secret: str | None = None, url: str = "") -> tuple[int, bytes]:
        headers = {SECRET_HEADER: secret_of(self.telegram.token) if secret is None else secret}
        async with (
            aiohttp.ClientSession() as client,
            client.post(url or self.address, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status, await answer.read()


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  # it happens at the other end of a connection
            await asyncio.sleep(0.01)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    clock = ManualClock(MONDAY)
    telegram = Telegram(clock.now)
    server = await serve(telegram)
    yield Town(tmp_path, telegram, server.url, _free_port(), clock)
    await server.stop()


async def _switches(app: App, account: int) -> str | None:
    found = await app.store.look(lambda uow: uow.people.identify(account, account).account)
    return found and found.language


def _language(person: Person, number: int) -> bytes:
    """An update in which the person asks for the other language."""
    sender = {"id": person.id, "is_bot": False, "first_name": "x"}
    chat = {"id": person.id, "type": "private"}
    message = {"message_id": number, "date": 1_789_000_000, "chat": chat, "from": sender, "text": "/language"}
    return orjson.dumps({"update_id": number, "message": message})


async def test_updates_are_brought_and_answered(town: Town) -> None:
    """OPS-1. Neither token nor secret stands in the address."""
    anna = town.person("张三")
    async with town.works() as app:
        known = town.telegram.call("getWebhookInfo")
        assert known["url"] == town.address
        assert secret_of(town.telegram.token) not in known["url"]
        assert town.telegram.token not in known["url"]
        assert (known["max_connections"], set(known["allowed_updates"])) == (40, set(running_app.ALLOWED_UPDATES))
        anna.say("/language")
        await until(lambda: town.answers(anna))
        assert await app.store.look(lambda uow: uow.inbox.last()) is not None
        await until(lambda: town.telegram.call("getWebhookInfo")["pending_update_count"] == 0)


async def test_who_does_not_know_the_secret_learns_nothing(town: Town) -> None:
    anna = town.person("张三")
    async with town.works() as app:
        for wrong in ("", "wrong", secret_of("12345:other")):
            assert await town.post(_language(anna, 900), secret=wrong) == (401, b"")
        elsewhere = address_of(town.base, "12345:other", secret_of("12345:other"))
        assert (await town.post(_language(anna, 900), url=elsewhere))[0] == 404
        async with aiohttp.ClientSession() as client, client.get(town.address) as answer:
            assert answer.status == 405
        assert await app.store.look(lambda uow: uow.inbox.last()) is None


async def test_what_is_brought_twice_has_its_effect_once(town: Town) -> None:
    anna = town.person("张三")
    async with town.works() as app:
        for _ in range(3):
            assert (await town.post(_language(anna, 900)))[0] == 200
        await asyncio.gather(*(town.post(_language(anna, 900)) for _ in range(10)))
        await app.idle()
        assert len(town.answers(anna)) == 1
        assert await _switches(app, anna.id) == "en", "switched once"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"update_id": 5, "message"',
        b"[]",
        b'{"update_id": "7"}',
        b"{}",
        b"\xff\xfe",
        b"1" * (MOST_BYTES + 9),
    ],
)
async def test_what_is_no_update_becomes_one_dead_letter_and_is_not_brought_for_ever(town: Town, body: bytes) -> None:
    anna = town.person("张三")
    async with town.works() as app:
        for _ in range(2):
            assert (await town.post(body))[0] == 200
        assert (await town.post(_language(anna, 900)))[0] == 200
        await app.idle()
        assert len(town.answers(anna)) == 1
        (letter,) = await app.store.look(lambda uow: uow.inbox.dead())
        assert "unparsable" in letter[1]


async def test_a_database_that_is_away_has_the_platform_bring_it_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 means that the inbox holds it."""
    anna = town.person("张三")
    async with town.works() as app:
        with monkeypatch.context() as away:
            away.setattr(type(app.intake), "absent", True)
            assert (await town.post(_language(anna, 900)))[0] == 503
            anna.say("/language")
            await until(lambda: town.telegram.call("getWebhookInfo").get("last_error_message"))
            assert town.telegram.call("getWebhookInfo")["pending_update_count"] == 1
        await until(lambda: town.answers(anna))
        assert await _switches(app, anna.id) == "en"


async def test_changing_over_loses_nothing(town: Town) -> None:
    """From fetching to bringing and back; what is said while nobody is there is heard by the next."""
    anna = town.person("张三")
    for brought in (False, True, True, False):
        before = len(town.answers(anna))
        anna.say("/language")
        async with town.works(brought=brought):
            await until(lambda before=before: len(town.answers(anna)) == before + 1)  # type: ignore[misc]  # bound now
            assert bool(town.telegram.call("getWebhookInfo")["url"]) is brought
            anna.say("/language")
            await until(lambda before=before: len(town.answers(anna)) == before + 2)  # type: ignore[misc]  # bound now


async def test_a_webhook_set_by_somebody_else_is_set_right(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LOOK_EVERY", 0.02)
    async with town.works():
        town.telegram.call("deleteWebhook")
        await until(lambda: town.telegram.call("getWebhookInfo")["url"] == town.address)


async def test_what_waits_at_the_platform_is_heard_before_the_clock_judges(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P21: spoken in time while nobody was there."""
    people = [town.person(f"员工{n}") for n in range(30)]
    async with town.works():
        pass
    for one in people:
        one.say("/language")
    app = town.bot(brought=True)
    heard: list[int] = []

    async def judge() -> None:
        heard.append(sum(len(town.answers(one)) for one in people))

    monkeypatch.setattr(app.bell, "start", judge)
    await app.start()
    assert heard == [30]
    await app.stop()


async def test_what_does_not_come_is_not_waited_for_for_ever(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.1)
    town.person("张三").say("/language")
    monkeypatch.setattr(type(town.bot(brought=True).intake), "absent", True)
    async with town.works():
        assert town.telegram.call("getWebhookInfo")["pending_update_count"] == 1


async def test_what_is_too_much_waits_in_the_inbox_and_not_in_memory(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 for each at once, 100 in hand, each chat in its order."""
    people = [town.person(f"员工{n}") for n in range(60)]
    order: dict[int, list[int]] = {}
    most: list[int] = []
    go = asyncio.Event()
    async with town.works() as app:

        async def handle(_bot: Any, update: Any, **_: Any) -> None:
            most.append(app.intake.lanes.in_hand)
            await go.wait()
            order.setdefault(update.message.chat.id, []).append(update.update_id)

        monkeypatch.setattr(app.dispatcher, "feed_update", handle)
        for turn in range(4):
            wave = (_language(one, 1000 + turn * 100 + n) for n, one in enumerate(people))
            assert {status for status, _ in await asyncio.gather(*map(town.post, wave))} == {200}
        assert app.intake.lanes.in_hand == MOST_IN_HAND
        go.set()
        await app.intake.idle()
        assert sorted(len(numbers) for numbers in order.values()) == [4] * 60
        assert all(numbers == sorted(numbers) for numbers in order.values())
        assert max(most) <= MOST_IN_HAND
        assert not await app.store.look(lambda uow: uow.inbox.unfinished(uow.now))


async def test_a_stop_under_load_loses_nothing_and_does_nothing_twice(town: Town) -> None:
    """Answered or not, what was accepted has its effect; the rest comes to the next one."""
    people = [town.person(f"员工{n}") for n in range(40)]
    async with town.works():
        for one in people:
            one.say("/language")
            one.say("/language")
            one.say("/language")
        await until(lambda: any(town.answers(one) for one in people))
    async with town.works() as app:
        await until(lambda: all(len(town.answers(one)) >= 3 for one in people))
        assert {await _switches(app, one.id) for one in people} == {"en"}, "three times each"
        assert await app.store.look(lambda uow: uow.inbox.dead()) == []
