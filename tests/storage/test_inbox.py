"""The inbox: nothing accepted is lost, nothing has its effect twice (OPS-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.access import SYSTEM, Actor, Role, permits
from core.clock import ManualClock
from core.errors import AlreadyDone, KeguanError
from core.ids import AccountId, ChatId, UpdateId
from core.people import open_chat
from storage.inbox import Arrived, Waiting
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

ONE, TWO = UpdateId(1), UpdateId(2)
SOMEBODY = Actor(AccountId(7), frozenset({Role.STRANGER}), "路人", "zh_CN", ChatId(7))


async def _after_a_restart(store: Store) -> list[Waiting]:
    """What a process takes up that starts after a kill."""

    def take(uow: SqlUnitOfWork) -> list[Waiting]:
        uow.inbox.release()
        return uow.inbox.take()

    return await store.unit(take)


async def test_update_is_kept_once(store: Store) -> None:
    put = [Arrived(ONE, b"first"), Arrived(TWO, b"second")]
    assert await store.unit(lambda uow: uow.inbox.put(put)) == [ONE, TWO]
    more = [Arrived(TWO, b"again"), Arrived(UpdateId(3), b"third")]
    assert await store.unit(lambda uow: uow.inbox.put(more)) == [3]
    assert await store.unit(lambda uow: uow.inbox.put([])) == []
    waiting = await _after_a_restart(store)
    assert [(w.id, w.raw) for w in waiting] == [(1, b"first"), (2, b"second"), (3, b"third")]
    assert await store.look(lambda uow: uow.inbox.last()) == 3


async def test_same_update_twice_in_one_batch_is_kept_once(store: Store) -> None:
    assert await store.unit(lambda uow: uow.inbox.put([Arrived(ONE, b"a"), Arrived(ONE, b"b")])) == [ONE]


async def test_redelivery_has_its_effect_once(store: Store) -> None:
    await store.unit(lambda uow: uow.inbox.put([Arrived(ONE, b"")]))
    await store.do_for(ONE, store.now(), open_chat, SOMEBODY, "路人", "")
    with pytest.raises(AlreadyDone) as refused:
        await store.do_for(ONE, store.now(), open_chat, SOMEBODY, "另一个名字", "")
    assert refused.value.update == ONE
    account = await store.look(lambda uow: uow.people.identify(AccountId(7), ChatId(7)).account)
    assert account is not None
    assert account.name == "路人"
    (waiting,) = await _after_a_restart(store)
    assert waiting.had_effect


@permits(Role.STRANGER)
def _declines(uow: Any, actor: Actor) -> None:
    uow.people.see_account(actor.account, "written", "", opened=True)
    raise KeguanError


async def test_refused_use_case_leaves_neither_effect_nor_mark(store: Store) -> None:
    await store.unit(lambda uow: uow.inbox.put([Arrived(ONE, b"")]))
    with pytest.raises(KeguanError):
        await store.do_for(ONE, store.now(), _declines, SOMEBODY)
    assert await store.look(lambda uow: uow.people.identify(AccountId(7), ChatId(7)).account) is None
    await store.do_for(ONE, store.now(), open_chat, SOMEBODY, "路人", "")  # so a second try may succeed


async def test_attempts_are_counted_and_dead_letters_kept(store: Store, clock: ManualClock) -> None:
    await store.unit(lambda uow: uow.inbox.put([Arrived(ONE, b""), Arrived(TWO, b"")]))
    for attempts in (1, 2, 3):
        waiting = await _after_a_restart(store)
        assert {w.attempts for w in waiting} == {attempts}
    await store.unit(lambda uow: uow.inbox.finish([(ONE, None), (TWO, "unparsable")]))
    assert await _after_a_restart(store) == []
    assert await store.look(lambda uow: uow.inbox.dead()) == [(TWO, "unparsable")]

    clock.set(clock.now() + timedelta(days=30))
    assert await store.unit(lambda uow: uow.inbox.purge(uow.now - timedelta(days=7))) == 1
    assert await store.look(lambda uow: uow.inbox.dead()) == [(TWO, "unparsable")]


async def test_identity_is_remembered_until_it_changes(store: Store) -> None:
    assert (await store.identify(AccountId(7), ChatId(7))).account is None
    await store.do(open_chat, SOMEBODY, "路人", "")
    known = (await store.identify(AccountId(7), ChatId(7))).account
    assert known is not None
    asked: list[str] = []
    sa.event.listen(store._reading, "before_cursor_execute", lambda *a: asked.append(a[2]))
    await store.unit(lambda uow: uow.people.identify(AccountId(7), ChatId(7)))  # a look changes nothing
    for _ in range(10):
        assert (await store.identify(AccountId(7), ChatId(7))).account == known
    assert asked == []
    await store.unit(lambda uow: uow.people.set_language(AccountId(7), "en"))
    changed = (await store.identify(AccountId(7), ChatId(7))).account
    assert changed is not None
    assert changed.language == "en"
    assert SYSTEM.account == 0


# Room and lanes -------------------------------------------------------------------------------------


def _said(chat: str, *ids: int) -> list[Arrived]:
    return [Arrived(UpdateId(id), b"{}", chat) for id in ids]


async def test_what_there_is_no_room_for_waits_and_is_taken_in_order(store: Store) -> None:
    """More than fits into memory stays on disk."""
    heard: list[frozenset[str]] = []
    store.on_commit.append(heard.append)
    assert await store.unit(lambda uow: uow.inbox.put(_said("7", 1, 2), room=5)) == [1, 2]
    assert heard == []
    assert await store.unit(lambda uow: uow.inbox.put([*_said("7", 3), *_said("8", 4, 5)], room=1)) == [3]
    assert heard == [{"inbox"}], "somebody may take it"
    (first,) = await store.unit(lambda uow: uow.inbox.take(1))
    assert (first.id, first.attempts) == (4, 0)
    assert [one.id for one in await store.unit(lambda uow: uow.inbox.take(10))] == [5]
    assert await store.unit(lambda uow: uow.inbox.take(10)) == []


async def test_what_is_no_update_is_kept_once(store: Store) -> None:
    letter = Arrived(UpdateId(-5), b"<html>")
    for _ in range(2):
        await store.unit(lambda uow: uow.inbox.bury(letter, "no update"))
    assert await store.look(lambda uow: uow.inbox.dead()) == [(-5, "no update")]
    assert await _after_a_restart(store) == []
