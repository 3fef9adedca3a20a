"""Several stores on one PostgreSQL, as several processes have them (OPS-1, P42)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from bot.crowd import Crowd, NotAlone
from core.clock import ManualClock
from core.errors import AlreadyDone
from core.ids import AccountId, ChatId, UpdateId
from core.rulebook import default
from storage.ears import Ears
from storage.inbox import Arrived
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork
from tests.support.databases import NOON, Databases

PHONE, CHAT = AccountId(7), ChatId(7)


@pytest.fixture
async def pair(databases: Databases, tmp_path: object) -> AsyncIterator[tuple[Store, Store]]:
    """Two stores on one database."""
    url = databases.make("postgresql", tmp_path)  # type: ignore[arg-type]  # a Path, as all of them
    stores = Store(url, ManualClock(NOON), default()), Store(url, ManualClock(NOON), default())
    for one in stores:
        one.start()
    yield stores
    for one in stores:
        one.close()


def _die(store: Store) -> object:
    """Strike the store's process out, as the others do after its lease."""
    gone = sa.text("DELETE FROM processes WHERE id = :me")
    return store.unit(lambda uow: uow.connection.execute(gone, {"me": store.process}).rowcount)


async def test_nobody_writes_between_anothers_reading_and_writing(pair: tuple[Store, Store]) -> None:
    def count_up(uow: SqlUnitOfWork) -> None:
        found = uow.connection.exec_driver_sql("SELECT coalesce(max(attempts), 0) FROM inbox").scalar_one()
        uow.connection.exec_driver_sql("UPDATE inbox SET attempts = %s", (found + 1,))

    await pair[0].unit(lambda uow: uow.inbox.put([Arrived(UpdateId(1), b"{}")]))
    await asyncio.gather(*(one.unit(count_up) for _ in range(30) for one in pair))
    found = await pair[0].look(lambda uow: uow.connection.exec_driver_sql("SELECT attempts FROM inbox").scalar_one())
    assert found == 61


async def test_a_change_of_who_is_who_is_heard_by_the_others(pair: tuple[Store, Store]) -> None:
    """P42: who is unbound here is a stranger there, within a second."""
    here, there = pair
    heard = asyncio.Event()
    there.on_commit.append(lambda _: heard.set())
    listening = asyncio.create_task(Ears(there).run())
    await asyncio.wait_for(heard.wait(), 10)  # it listens
    assert (await there.identify(PHONE, CHAT)).account is None
    heard.clear()
    await here.unit(lambda uow: uow.people.see_account(PHONE, "张三", "", opened=True))
    await asyncio.wait_for(heard.wait(), 10)
    assert (await there.identify(PHONE, CHAT)).account is not None
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def test_only_what_a_dead_process_had_in_hand_is_taken_over(pair: tuple[Store, Store]) -> None:
    here, there = pair
    for one in pair:
        await Crowd(one, several=True).join()
    await here.unit(lambda uow: uow.inbox.put([Arrived(UpdateId(1), b"{}")]))
    assert await there.unit(lambda uow: uow.inbox.take()) == []
    await _die(here)
    (taken,) = await there.unit(lambda uow: uow.inbox.take())
    assert (taken.id, taken.attempts, taken.had_effect) == (1, 1, False)
    assert await there.unit(lambda uow: uow.inbox.take()) == []


def _said(chat: str, *ids: int) -> list[Arrived]:
    return [Arrived(UpdateId(id), b"{}", chat) for id in ids]


async def _take(store: Store) -> list[int]:
    return [one.id for one in await store.unit(lambda uow: uow.inbox.take())]


async def test_a_chat_is_one_process_s_as_long_as_something_of_it_is_in_hand(pair: tuple[Store, Store]) -> None:
    """OPS-1: nobody's messages overtake each other, whichever process they were brought to."""
    here, there = pair
    for one in pair:
        await Crowd(one, several=True).join()
    assert await here.unit(lambda uow: uow.inbox.put(_said("7", 1))) == [1]
    assert await there.unit(lambda uow: uow.inbox.put([*_said("7", 2), *_said("8", 3)])) == [3]
    assert await there.unit(lambda uow: uow.inbox.put(_said("7", 4))) == []
    assert await _take(there) == []
    assert await here.unit(lambda uow: uow.inbox.put(_said("7", 5))) == [], "behind what waits"
    assert await _take(here) == [2, 4, 5]
    await here.unit(lambda uow: uow.inbox.finish([(UpdateId(n), None) for n in (1, 2, 4, 5)]))
    assert await there.unit(lambda uow: uow.inbox.put(_said("7", 6))) == [6], "free again"


async def test_one_that_was_struck_out_has_no_effect_any_more_and_takes_nothing(pair: tuple[Store, Store]) -> None:
    """It slept, and others have taken over what it had in hand."""
    here, there = pair
    for one in pair:
        await Crowd(one, several=True).join()
    await here.unit(lambda uow: uow.inbox.put(_said("7", 1)))
    await _die(here)
    assert await there.unit(lambda uow: uow.inbox.put(_said("7", 2))) == [], "the dead one's comes first"
    assert await _take(there) == [1, 2]
    with pytest.raises(AlreadyDone):
        await here.unit(lambda uow: uow.inbox.mark_effect(UpdateId(1)))
    await here.unit(lambda uow: uow.inbox.finish([(UpdateId(1), None)]))
    await there.unit(lambda uow: uow.inbox.mark_effect(UpdateId(1)))
    await there.unit(lambda uow: uow.inbox.finish([(UpdateId(2), None)]))
    assert await there.look(lambda uow: uow.inbox.unfinished(NOON)), "the first is still in hand"
    await there.unit(lambda uow: uow.inbox.put(_said("9", 9), room=0))
    assert await _take(here) == []


async def test_a_second_process_is_refused_where_nothing_is_set_up_for_several(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = pair
    first, second = Crowd(here, several=False), Crowd(there, several=False)
    await first.join()
    assert first.leads.is_set()
    monkeypatch.setattr("bot.crowd.LEASE", 0.0)
    monkeypatch.setattr("bot.crowd.EVERY", 0.01)
    with pytest.raises(NotAlone):
        await second.join()
    assert there.process is None
    await first.leave()
    await second.join()  # an orderly end is not waited for
    assert second.leads.is_set()
