"""`/healthz`: which part of an installation is not well, and that it is well again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from aiohttp import ClientSession

from bot import health
from bot.calls import outcome_of
from core.backups import Outcome
from core.clock import ManualClock
from core.deadlines import RINGS, Deadline, DeadlineKind
from core.groups import Purpose
from core.ids import UpdateId
from core.notices import Notice, NoticeKind, ToGroup
from core.rulebook import default
from storage.inbox import Arrived
from storage.store import Store
from tests.support.chat import SHANGHAI, Bench, open_bench

FREE = ("127.0.0.1", 0)
CALL = DeadlineKind("test.call")


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 0.0)


@dataclass
class Probe:
    """Who asks every few seconds."""

    bench: Bench
    client: ClientSession

    async def asks(self) -> tuple[int, dict[str, Any]]:
        async with self.client.get(f"{self.bench.app.listener.address}/healthz") as answer:
            return answer.status, await answer.json()

    async def finds(self, *unwell: str) -> dict[str, Any]:
        """The body of an answer that names these parts and no others."""
        status, body = await self.asks()
        assert (status, body["unwell"]) == (503 if unwell else 200, list(unwell)), body
        return body


@asynccontextmanager
async def watched(folder: Path, **options: Any) -> AsyncIterator[Probe]:
    async with open_bench(folder, listen=FREE, **options) as bench, ClientSession() as client:
        yield Probe(bench, client)


async def test_all_is_well(folder: Path) -> None:
    async with watched(folder) as probe:
        await probe.bench.app.bell.tick()
        body = await probe.finds()
        assert body["status"] == "well"
        assert body["database"]["answers"] and body["database"]["last_commit_seconds"] is not None
        assert (body["bell"]["lag_seconds"], body["bell"]["pulse_seconds"]) == (0.0, 0.0)
        assert body["outbox"] == {"ok": True, "pending": 0, "oldest_seconds": None}
        assert body["inbox"] == {"ok": True, "open": 0, "oldest_seconds": None, "dead_letters": 0}
        assert probe.bench.telegram.token not in str(body)


async def test_a_bell_that_stands_still_is_told_until_it_rings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-4. The process lives and answers; only its bell does not move."""
    rung: list[str] = []
    monkeypatch.setitem(RINGS, CALL, lambda _uow, deadline: rung.append(_subject(deadline)))
    async with watched(folder) as probe:
        bench = probe.bench
        due = bench.clock.now() + timedelta(seconds=20)
        await bench.store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", due))
        await bench.app.bell.tick()
        bench.clock.set(due + timedelta(seconds=10))
        assert (await probe.finds())["bell"]["lag_seconds"] == 10.0

        bench.clock.set(due + timedelta(seconds=health.LONGEST_LAG + 5))
        body = await probe.finds("bell")
        assert body["bell"] == {"ok": False, "lag_seconds": 65.0, "pulse_seconds": 85.0}

        while not rung:  # the standstill counts as an outage: what fell due in it has a grace
            upcoming = await bench.app.bell.tick()
            if upcoming is not None and not rung:
                bench.clock.set(upcoming)
        await probe.finds()


def _subject(deadline: Deadline) -> str:
    return deadline.subject


async def test_a_notice_that_should_have_left_is_told(folder: Path) -> None:
    """Quiet hours hold notices back: they count from their end."""
    async with watched(folder, strict=False) as probe:
        bench = probe.bench
        boss = await bench.staff("王总", "销售部")
        group = await bench.group("销售群", boss, purposes=[Purpose.SALES])
        assert group.id is not None
        notice = Notice(NoticeKind("test.told"), ToGroup(group.id), {}, "task:1")
        await bench.store.unit(lambda uow: uow.notices.tell(notice))
        await bench.app.bell.tick()
        assert (await probe.finds())["outbox"]["pending"] == 1
        bench.clock.set(bench.clock.now() + timedelta(seconds=health.OLDEST_NOTICE + 1))
        await bench.app.bell.tick()
        body = await probe.finds("outbox")
        assert body["outbox"]["oldest_seconds"] == health.OLDEST_NOTICE + 1
        await bench.app.sender.idle()
        await probe.finds()


async def test_a_notice_held_back_is_not_late(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    later = clock.now() + timedelta(hours=9)
    await store.unit(
        lambda uow: uow.notices.tell(
            Notice(NoticeKind("test.told"), ToGroup(1), {}, "task:1", not_before=later)  # type: ignore[arg-type]
        )
    )
    clock.set(later - timedelta(seconds=1))
    found = await store.examine()
    assert (found.pending_notices, found.oldest_notice) == (1, None)
    clock.set(later + timedelta(seconds=7))
    assert (await store.examine()).oldest_notice == 7.0


async def test_updates_that_nobody_handles_and_dead_letters_are_told(folder: Path) -> None:
    async with watched(folder) as probe:
        bench = probe.bench
        await bench.store.unit(lambda uow: uow.inbox.put([Arrived(UpdateId(n), b"{}") for n in (900, 901)]))
        await bench.store.unit(lambda uow: uow.inbox.finish([(UpdateId(900), "unparsable")]))
        bench.clock.set(bench.clock.now() + timedelta(seconds=health.OLDEST_UPDATE + 1))
        await bench.app.bell.tick()
        body = await probe.finds("inbox")
        assert body["inbox"] == {"ok": False, "open": 1, "oldest_seconds": 61.0, "dead_letters": 1}
        await bench.store.unit(lambda uow: uow.inbox.finish([(UpdateId(901), None)]))
        assert (await probe.finds())["inbox"]["dead_letters"] == 1, "a dead letter is to be looked at, and no alarm"


async def test_a_database_that_does_not_answer_holds_nobody_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question is asked, however many probes there are, and given up after its limit."""
    monkeypatch.setattr(health, "LONGEST_ANSWER", 0.05)
    async with watched(folder) as probe:
        store, answers, asked = probe.bench.store, asyncio.Event(), []
        really = store.examine

        async def examine() -> Any:
            asked.append(1)
            await answers.wait()
            return await really()

        with monkeypatch.context() as broken:
            broken.setattr(store, "examine", examine)
            found = await asyncio.gather(*(probe.asks() for _ in range(3)))
            assert {(status, *body["unwell"]) for status, body in found} == {(503, "database")}
            assert len(asked) == 1
            answers.set()
            monkeypatch.setattr(health, "LONGEST_ANSWER", 30.0)
            await probe.finds()


async def test_a_database_that_refuses_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(folder) as probe:

        async def examine() -> Any:
            raise sa.exc.OperationalError("SELECT 1", {}, Exception("disk I/O error"))

        with monkeypatch.context() as broken:
            broken.setattr(probe.bench.store, "examine", examine)
            assert not (await probe.finds("database"))["database"]["answers"]
        await probe.finds()


async def test_a_transaction_that_does_not_end_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST_WRITING", 0.0)
    async with watched(folder) as probe:
        begun, ends = threading.Event(), threading.Event()

        def work(_uow: Any) -> None:
            begun.set()
            ends.wait(30)

        writing = asyncio.create_task(probe.bench.store.unit(work))
        await asyncio.to_thread(begun.wait, 30)
        assert (await probe.finds("database"))["database"]["answers"], "readers do not wait for the writer"
        ends.set()
        await writing
        await probe.finds()


async def test_a_platform_that_fails_every_call_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST_SILENCE", 0.0)
    async with watched(folder) as probe:
        calls, bot = probe.bench.app.calls, probe.bench.app.bot
        method = SendMessage(chat_id=1, text="x")

        async def fails(*_: Any) -> Any:
            raise TelegramNetworkError(method=method, message="ConnectionResetError")

        async def answers(*_: Any) -> Any:
            return None

        for _ in range(2):
            with pytest.raises(TelegramNetworkError):
                await calls(fails, bot, method)
        await probe.finds("platform")
        await calls(answers, bot, method)
        await probe.finds()


def test_a_failure_nobody_knows_counts_as_the_networks() -> None:
    assert outcome_of(ConnectionResetError()) == "network"


async def test_a_full_disk_and_an_old_backup_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(folder, strict=False, rulebook=default()) as probe:
        bench, hours = probe.bench, probe.bench.store.rulebook.backup.tell_after_hours
        bench.app.health._folder = folder
        await bench.store.unit(lambda uow: uow.backups.made(Outcome("x.bak", 1, 0.1, 1, "1:a", False, 0), None))
        bench.clock.set(bench.clock.now() + timedelta(hours=hours))
        await bench.app.bell.tick()
        assert (await probe.finds())["backup"] == {"ok": True, "age_seconds": hours * 3600.0}
        bench.clock.set(bench.clock.now() + timedelta(seconds=1))
        await probe.finds("backup")
        monkeypatch.setattr(health, "LEAST_ROOM", 2**80)
        await probe.finds("disk", "backup")


@pytest.mark.parametrize(
    ("day", "provisional"),
    [(datetime(2026, 9, 14, 8, tzinfo=SHANGHAI), False), (datetime(2026, 12, 1, 8, tzinfo=SHANGHAI), True)],
)
def test_a_calendar_that_is_not_known_yet_is_told_and_no_alarm(day: datetime, provisional: bool) -> None:
    """P2: the make-up days of a year appear only with the official notice."""
    found = health.calendar(default(), day)
    assert (found["ok"], found["provisional"]) == (True, provisional)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'keguan.db'}", clock, default())
    opened.create_tables()
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 9, 14, 12, tzinfo=SHANGHAI))
