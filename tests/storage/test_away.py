"""A database that goes away and comes back: nothing lost, nothing done twice, nobody told what is not so (OPS-1)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from bench.proxy import Proxy
from core.access import SYSTEM
from core.audit import Doing
from core.clock import ManualClock
from core.ids import UpdateId
from core.rulebook import default
from storage.audit.verify import verify
from storage.away import Away, is_away
from storage.inbox import Arrived
from storage.store import Store
from tests.support.databases import NOON, Databases

COUNT = Doing(SYSTEM, "test.count")
FAST = (0.02, 0.1)  # the first and the longest pause between two tries, seconds


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.away.FIRST_PAUSE", FAST[0])
    monkeypatch.setattr("storage.away.LONGEST_PAUSE", FAST[1])


@pytest.fixture
def proxied(databases: Databases, tmp_path: Path) -> Iterator[tuple[Proxy, str, str]]:
    """A way to an empty database on the server, its address through it, and the straight one."""
    url = databases.make("postgresql", tmp_path)
    proxy, through = Proxy.to(url)
    with proxy:
        yield proxy, through, url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = Store(url, ManualClock(NOON), default())
    await store.open()
    try:
        yield store
    finally:
        store.hurry()
        await asyncio.to_thread(store.close)


def put(number: int) -> Any:
    """A unit that takes one update into the inbox; whether it was new."""
    return lambda uow: uow.inbox.put([Arrived(UpdateId(number), b"{}")])


def duties(uow: Any) -> int:
    return int(uow.connection.exec_driver_sql("SELECT count(*) FROM deadlines").scalar())


def due(name: str) -> Any:
    """A unit whose second run would show: the deadline's generation."""
    return lambda uow: uow.deadlines.open("test.kind", name, uow.now)


def generations(uow: Any) -> list[int]:
    return list(uow.connection.exec_driver_sql("SELECT generation FROM deadlines ORDER BY subject").scalars())


# A server ----------------------------------------------------------------------------------------------


async def test_units_wait_for_a_server_that_is_away_and_are_had_once(proxied: tuple[Proxy, str, str]) -> None:
    proxy, through, url = proxied
    async with opened(through) as store:
        await store.unit(due("before"), COUNT)
        proxy.away()
        waiting = [asyncio.create_task(store.unit(due(f"d{n}"), COUNT)) for n in range(20)]
        looking = asyncio.create_task(store.look(duties))
        done, _ = await asyncio.wait([*waiting, looking], timeout=0.5)
        assert done == set()
        assert store.absence.seconds > 0
        proxy.back()
        back = monotonic()
        await asyncio.gather(*waiting)
        await looking
        assert monotonic() - back < 2
        assert store.absence.seconds == 0
        assert await store.look(generations) == [1] * 21
    engine = sa.create_engine(url)
    assert verify(engine).fault is None
    engine.dispose()


@pytest.mark.parametrize("when", [Proxy.BEFORE, Proxy.AFTER])
async def test_a_commit_that_was_not_answered_is_had_once(proxied: tuple[Proxy, str, str], when: str) -> None:
    """The connection is cut in the midst of COMMIT: the server has it, or it never arrived. It knows which."""
    proxy, through, _ = proxied
    cut: list[bytes] = []

    def at_commit(data: bytes) -> str | None:
        if not cut and b"COMMIT" in data:
            cut.append(data)
            return when
        return None

    runs: list[int] = []
    async with opened(through) as store:

        def opens(uow: Any) -> str:
            runs.append(1)
            due("once")(uow)
            return "opened"

        await store.unit(put(1), COUNT)
        proxy.watch = at_commit
        fresh, said = await asyncio.gather(store.unit(put(7)), store.unit(opens, COUNT))
        assert cut, "the test cut nothing"
        assert (fresh, said) == ([7], "opened"), "what was committed is told as it was"
        assert await store.look(generations) == [1]
        assert len(runs) == (1 if when == Proxy.AFTER else 2)


async def test_a_server_that_hangs_holds_everybody_up_and_nothing_is_lost(proxied: tuple[Proxy, str, str]) -> None:
    proxy, through, _ = proxied
    async with opened(through) as store:
        proxy.hang()
        waiting = asyncio.create_task(store.unit(due("hung"), COUNT))
        looking = asyncio.create_task(store.look(duties))
        assert not (await asyncio.wait([waiting, looking], timeout=0.4))[0]
        proxy.cut()
        assert not (await asyncio.wait([waiting, looking], timeout=0.4))[0]
        proxy.back()
        async with asyncio.timeout(4):
            await asyncio.gather(waiting, looking)
        assert await store.look(generations) == [1]


async def test_a_start_waits_for_the_server(proxied: tuple[Proxy, str, str]) -> None:
    proxy, through, _ = proxied
    proxy.away()
    store = Store(through, ManualClock(NOON), default())
    opening = asyncio.create_task(store.open())
    assert not (await asyncio.wait([opening], timeout=0.3))[0]
    proxy.back()
    async with asyncio.timeout(4):
        await opening
    assert await store.unit(put(1)) == [1]
    store.close()


async def test_a_unit_that_is_at_fault_is_not_waited_for(proxied: tuple[Proxy, str, str]) -> None:
    _, through, _ = proxied
    async with opened(through) as store:
        with pytest.raises(sa.exc.ProgrammingError):
            await store.unit(lambda uow: uow.connection.exec_driver_sql("SELECT nonsense"), COUNT)
        with pytest.raises(sa.exc.DBAPIError, match="timeout"):
            await store.unit(
                lambda uow: uow.connection.exec_driver_sql("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
            )
        assert await store.unit(put(3)) == [3]


async def test_a_stop_does_not_wait_for_ever(proxied: tuple[Proxy, str, str]) -> None:
    proxy, through, _ = proxied
    async with opened(through) as store:
        proxy.away()
        waiting = asyncio.create_task(store.unit(put(1)))
        looking = asyncio.create_task(store.look(duties))
        await asyncio.sleep(0.1)
        store.hurry()
        assert [type(e) for e in await asyncio.gather(waiting, looking, return_exceptions=True)] == [Away, Away]


def fill(store: Store) -> list[int]:
    """Leave the file no page more than it has, until the list is emptied."""
    full = [1]

    @sa.event.listens_for(store._engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        if full:
            connection.execute("PRAGMA max_page_count=1")  # it becomes what the file has

    store._writer._let_go()
    store._engine.dispose()
    return full


# A file ------------------------------------------------------------------------------------------------


async def test_a_file_that_somebody_else_has_locked_is_waited_for(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.BUSY_MS", 50)
    url = databases.make("sqlite", tmp_path)
    async with opened(url) as store:
        with closing(sqlite3.connect(tmp_path / "keguan.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = [asyncio.create_task(store.unit(due(f"d{n}"), COUNT)) for n in range(5)]
            assert not (await asyncio.wait(waiting, timeout=0.4))[0]
            assert store.absence.seconds > 0
            other.execute("ROLLBACK")
        await asyncio.gather(*waiting)
        assert await store.look(generations) == [1] * 5


async def test_a_full_disk_holds_up_what_writes_alone(databases: Databases, tmp_path: Path) -> None:
    url = databases.make("sqlite", tmp_path)
    async with opened(url) as store:
        full = fill(store)
        letter = b"x" * 20_000
        waiting = [
            asyncio.create_task(store.unit(lambda uow, n=n: uow.inbox.put([Arrived(UpdateId(n), letter)])))
            for n in range(1, 9)
        ]
        assert not (await asyncio.wait(waiting, timeout=0.3))[0]
        assert store.absence.seconds > 0
        assert await store.look(duties) == 0, "and can still be read"
        full.clear()
        assert await asyncio.gather(*waiting) == [[n] for n in range(1, 9)]
        assert await store.unit(due("after"), COUNT) is None


def test_what_is_the_databases_own_fault_and_what_is_not() -> None:
    with closing(sqlite3.connect(":memory:")) as memory, pytest.raises(sqlite3.OperationalError) as nonsense:
        memory.execute("SELECT nonsense")
    assert not is_away(nonsense.value)
    with pytest.raises(sqlite3.OperationalError) as nowhere:
        sqlite3.connect("/nowhere/at/all.db")
    assert is_away(nowhere.value)
    assert not is_away(OSError("disk is full")), "nobody knows of what it comes"
