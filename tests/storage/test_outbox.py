"""The outbox: told once, cards supersede their older pictures, what became of a notice is on record (P46)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import ManualClock
from core.groups import Purpose
from core.ids import AccountId, ChatId, GroupId, MessageId, NoticeId
from core.notices import Notice, NoticeKind, NoticeState, ToAccount, ToGroup
from storage.outbox import Outgoing
from storage.store import Store

CARD, LINE = NoticeKind("test.card"), NoticeKind("test.line")
CUSTOMER = ToAccount(AccountId(7))


@pytest.fixture
async def group(store: Store) -> ToGroup:
    saved = await store.unit(lambda uow: uow.groups.save(ChatId(-5), "群", None, {Purpose.SALES}, uow.now))
    return ToGroup(GroupId(saved.id))


async def tell(store: Store, *notices: Notice) -> None:
    def all_of_them(uow: Any) -> None:
        for notice in notices:
            uow.notices.tell(notice)

    await store.unit(all_of_them)


async def pending(store: Store) -> list[Outgoing]:
    return await store.look(lambda uow: uow.outbox.pending(NoticeId(0)))


async def test_notice_with_a_key_is_told_once_to_each_receiver(store: Store, group: ToGroup) -> None:
    await tell(store, Notice(LINE, group, key="k"), Notice(LINE, group, key="k"), Notice(LINE, CUSTOMER, key="k"))
    assert [n.to for n in await pending(store)] == [group, CUSTOMER]


async def test_notices_without_a_key_are_all_told(store: Store, group: ToGroup) -> None:
    await tell(store, Notice(LINE, group), Notice(LINE, group))
    assert len(await pending(store)) == 2


async def test_newer_picture_of_a_card_replaces_the_waiting_one(store: Store, group: ToGroup) -> None:
    await tell(store, *(Notice(CARD, group, {"n": n}, card="lead:7") for n in range(3)))
    await tell(store, Notice(CARD, CUSTOMER, {"n": 9}, card="lead:7"), Notice(CARD, group, {"n": 8}, card="lead:8"))
    assert [(n.facts["n"], n.to) for n in await pending(store)] == [(2, group), (9, CUSTOMER), (8, group)]


async def test_card_is_found_by_the_message_that_shows_it(store: Store, group: ToGroup) -> None:
    """P44: by chat and message id, never by text."""
    await tell(store, Notice(CARD, group, {}, "lead:7", card="lead:7"))
    (notice,) = await pending(store)
    assert (notice.chat, notice.card_message) == (ChatId(-5), None)
    await store.unit(lambda uow: uow.outbox.settle(notice, NoticeState.SENT, MessageId(41)))
    assert await store.look(lambda uow: uow.notices.card_at(group, MessageId(41))) == "lead:7"
    assert await store.look(lambda uow: uow.notices.card_at(CUSTOMER, MessageId(41))) is None
    await tell(store, Notice(CARD, group, {}, "lead:7", card="lead:7"))
    assert [n.card_message for n in await pending(store)] == [41]


async def test_delivery_is_on_record(store: Store, group: ToGroup) -> None:
    """P46."""
    await tell(store, Notice(LINE, group, {}, "lead:7"), Notice(LINE, CUSTOMER, {}, "lead:7"))
    first, second = await pending(store)
    assert second.chat is None, "never met: there is no way to them"
    await store.unit(lambda uow: uow.outbox.settle(first, NoticeState.SENT, MessageId(1)))
    await store.unit(lambda uow: uow.outbox.settle(second, NoticeState.UNREACHABLE, error="no open chat"))
    assert await store.look(lambda uow: uow.notices.was_delivered("lead:7", LINE, group))
    assert not await store.look(lambda uow: uow.notices.was_delivered("lead:7", LINE, CUSTOMER))
    assert not await store.look(lambda uow: uow.notices.was_delivered("lead:8", LINE, group))
    (delivery,) = await store.look(lambda uow: uow.notices.deliveries("lead:7", LINE, CUSTOMER))
    assert delivery.state is NoticeState.UNREACHABLE


async def test_notice_held_back_leaves_at_its_time(store: Store, group: ToGroup, clock: ManualClock) -> None:
    later = clock.now() + timedelta(hours=8)
    await tell(store, Notice(LINE, group, not_before=later))
    assert await pending(store) == []
    assert await store.look(lambda uow: uow.outbox.next_instant()) == later
    clock.set(later)
    assert len(await pending(store)) == 1


async def test_group_that_migrated_is_reached_at_its_new_chat(store: Store, group: ToGroup) -> None:
    """P45."""
    await tell(store, Notice(LINE, group))
    assert await store.unit(lambda uow: uow.groups.migrate(ChatId(-5), ChatId(-100_5)))
    assert not await store.unit(lambda uow: uow.groups.migrate(ChatId(-5), ChatId(-100_5))), "told twice"
    assert [n.chat for n in await pending(store)] == [-100_5]


async def test_old_notices_are_purged_but_never_waiting_ones(
    store: Store, group: ToGroup, clock: ManualClock
) -> None:
    await tell(store, Notice(LINE, group), Notice(LINE, group))
    first, second = await pending(store)
    await store.unit(lambda uow: uow.outbox.settle(first, NoticeState.SENT, MessageId(1)))
    clock.set(clock.now() + timedelta(days=400))
    assert await store.unit(lambda uow: uow.outbox.purge(uow.now - timedelta(days=365))) == 1
    assert [n.id for n in await pending(store)] == [second.id]
