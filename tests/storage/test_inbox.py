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
from storage.store import Store

ONE, TWO = UpdateId(1), UpdateId(2)
SOMEBODY = Actor(AccountId(7), frozenset({Role.STRANGER}), "路人", "zh_CN", ChatId(7))


async def test_update_is_kept_once(store: Store) -> None:
    put = [(ONE, b"first"), (TWO, b"second")]
    assert await store.unit(lambda uow: uow.inbox.put(put)) == [ONE, TWO]
    assert await store.unit(lambda uow: uow.inbox.put([(TWO, b"again"), (UpdateId(3), b"third")])) == [3]
    assert await store.unit(lambda uow: uow.inbox.put([])) == []
    waiting = await store.unit(lambda uow: uow.inbox.waiting())
    assert [(w.id, w.raw) for w in waiting] == [(1, b"first"), (2, b"second"), (3, b"third")]
    assert await store.look(lambda uow: uow.inbox.last()) == 3


async def test_same_update_twice_in_one_batch_is_kept_once(store: Store) -> None:
    assert await store.unit(lambda uow: uow.inbox.put([(ONE, b"a"), (ONE, b"b")])) == [ONE]


async def test_redelivery_has_its_effect_once(store: Store) -> None:
    await store.unit(lambda uow: uow.inbox.put([(ONE, b"")]))
    await store.do_for(ONE, open_chat, SOMEBODY, "路人", "")
    with pytest.raises(AlreadyDone) as refused:
        await store.do_for(ONE, open_chat, SOMEBODY, "另一个名字", "")
    assert refused.value.update == ONE
    account = await store.look(lambda uow: uow.people.identify(AccountId(7), ChatId(7)).account)
    assert account is not None
    assert account.name == "路人"
    (waiting,) = await store.unit(lambda uow: uow.inbox.waiting())
    assert waiting.had_effect


@permits(Role.STRANGER)
def _declines(uow: Any, actor: Actor) -> None:
    uow.people.see_account(actor.account, "written", "", opened=True)
    raise KeguanError


async def test_refused_use_case_leaves_neither_effect_nor_mark(store: Store) -> None:
    await store.unit(lambda uow: uow.inbox.put([(ONE, b"")]))
    with pytest.raises(KeguanError):
        await store.do_for(ONE, _declines, SOMEBODY)
    assert await store.look(lambda uow: uow.people.identify(AccountId(7), ChatId(7)).account) is None
    await store.do_for(ONE, open_chat, SOMEBODY, "路人", "")  # so a second try may succeed


async def test_attempts_are_counted_and_dead_letters_kept(store: Store, clock: ManualClock) -> None:
    await store.unit(lambda uow: uow.inbox.put([(ONE, b""), (TWO, b"")]))
    for attempts in (1, 2, 3):
        waiting = await store.unit(lambda uow: uow.inbox.waiting())
        assert {w.attempts for w in waiting} == {attempts}
    await store.unit(lambda uow: uow.inbox.finish([(ONE, None), (TWO, "unparsable")]))
    assert await store.unit(lambda uow: uow.inbox.waiting()) == []
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
