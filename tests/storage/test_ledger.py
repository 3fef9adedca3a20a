"""The ledger on a database: entries come back with what has become of them; one appeal at a time (LGR-1, LGR-2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from core import people
from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.errors import NotFound
from core.ids import AppealId, EntryId, PersonId
from core.ledger import Appeal, AppealState, Case, Effect, Ending, Entry, Item, NewEntry, Span
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store
from tests.support.databases import NOON

ZHANG, LI = PersonId(1), PersonId(2)
DAY = timedelta(days=1)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url, ManualClock(NOON), default())
    made.start()
    rows = [StaffRow(n, str(n), f"业务{n}", "销售部", Role.SALESPERSON) for n in (1, 2)]
    await made.do(people.import_staff, SYSTEM, rows)
    yield made
    made.close()


def new(key: str, effect: Effect = Effect.FINE, amount: int = 50, **more: Any) -> NewEntry:
    given: dict[str, Any] = {"person": ZHANG, "clause": "lead.contact", "in_force": True, "at": NOON, **more}
    return NewEntry(effect=effect, amount=amount, subject="lead:1", evidence={"due": NOON}, key=key, **given)


async def added(store: Store, key: str, *args: Any, **more: Any) -> Entry:
    found: Entry | None = await store.unit(lambda uow: uow.ledger.add(new(key, *args, **more)))
    assert found is not None
    return found


def _case(uow: Any, entry: EntryId) -> Case:
    found: Case = uow.ledger.case(entry)
    return found


def _give(uow: Any, appeal: AppealId, item: Item) -> None:
    uow.appeals.add_item(appeal, item)


async def filed(store: Store, head: Entry, instance: int) -> Appeal:
    found: Appeal | None = await store.unit(lambda uow: uow.appeals.file(head.case, instance, ZHANG, NOON))
    assert found is not None
    return found


async def test_entries_of_a_case_come_back_together_with_their_reversals(store: Store) -> None:
    head = await added(store, "a", cause="迟<到>", appeal_by=NOON + DAY)
    second = await added(store, "b", Effect.PAUSE, 7, case=head.case, until=NOON + 7 * DAY)
    assert await store.unit(lambda uow: uow.ledger.add(new("a"))) is None  # the same occurrence
    await added(store, "c", Effect.REVERSAL, reverses=head.id, case=head.case, at=NOON + DAY)
    for entry in (head, second):
        case = await store.look(partial(_case, entry=entry.id))
        assert [(r.entry, r.reversed_at) for r in case.records] == [(head, NOON + DAY), (second, None)]
    assert (head.case, head.cause, head.appeal_by, second.until) == (head.id, "迟<到>", NOON + DAY, NOON + 7 * DAY)
    assert [r.entry for r in await store.look(lambda uow: uow.ledger.pauses())] == [second]
    assert await store.look(lambda uow: uow.ledger.pauses(LI)) == []
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.ledger.case(EntryId(99)))


async def test_an_appeal_freezes_its_case_and_what_is_withheld_under_it(store: Store) -> None:
    head = await added(store, "a", Effect.WITHHOLD, 2)
    await added(store, "b", Effect.WITHHOLD, 1)
    appeal = await filed(store, head, 1)
    assert await store.look(lambda uow: uow.ledger.withheld(ZHANG)) == 1
    ending = Ending(AppealState.UPHELD, NOON + DAY, LI, "已核实", NOON + 2 * DAY)
    assert await store.unit(lambda uow: uow.appeals.submit(appeal.id, NOON))
    assert await store.unit(lambda uow: uow.appeals.end(appeal.id, (AppealState.OPEN,), ending))
    assert await store.look(lambda uow: uow.ledger.withheld(ZHANG)) == 3
    (record, _) = await store.look(lambda uow: uow.ledger.breaches(ZHANG, "lead.contact", NOON))
    assert record.frozen == (Span(NOON, NOON + DAY),)
    assert record.counts(NOON + DAY)
    assert not record.counts(NOON + DAY / 2)
    ended = await store.look(lambda uow: uow.appeals.get(appeal.id))
    assert (ended.state, ended.decided_by, ended.reason, ended.again_by) == (
        AppealState.UPHELD,
        LI,
        "已核实",
        NOON + 2 * DAY,
    )


async def test_what_was_touched_in_a_time_is_found_by_entry_reversal_or_appeal(store: Store) -> None:
    old = NOON - 40 * DAY
    plain, back, frozen = [await added(store, key, at=old) for key in ("plain", "back", "frozen")]
    await added(store, "r", Effect.REVERSAL, reverses=back.id, case=back.case, at=NOON)
    await filed(store, frozen, 1)
    fresh = await added(store, "fresh")
    await added(store, "li", person=LI)
    found = await store.look(lambda uow: uow.ledger.records([ZHANG], NOON - DAY, NOON + DAY))
    assert [record.entry.id for record in found] == [back.id, frozen.id, fresh.id]
    assert plain.id not in {record.entry.id for record in found}
    assert len(await store.look(lambda uow: uow.ledger.records(None, NOON - DAY, NOON + DAY))) == 4


async def test_p17_of_several_appeals_and_verdicts_at_once_one_counts(store: Store) -> None:
    head = await added(store, "a")
    made = await asyncio.gather(
        *(store.unit(lambda uow: uow.appeals.file(head.case, 1, ZHANG, NOON)) for _ in range(8))
    )
    (appeal,) = [one for one in made if one is not None]
    assert await store.unit(lambda uow: uow.appeals.submit(appeal.id, NOON))
    assert not await store.unit(lambda uow: uow.appeals.submit(appeal.id, NOON))
    ending = Ending(AppealState.LIFTED, NOON, LI, "属实")
    ended = await asyncio.gather(
        *(store.unit(lambda uow: uow.appeals.end(appeal.id, (AppealState.OPEN,), ending)) for _ in range(8))
    )
    assert sum(ended) == 1
    assert await store.unit(lambda uow: uow.appeals.file(head.case, 1, ZHANG, NOON)) is None
    second = await filed(store, head, 2)
    assert second.instance == 2
    withdrawn = Ending(AppealState.WITHDRAWN, NOON)
    assert await store.unit(lambda uow: uow.appeals.end(second.id, (AppealState.COLLECTING,), withdrawn))
    assert await store.unit(lambda uow: uow.appeals.file(head.case, 2, ZHANG, NOON)) is not None


async def test_what_was_given_comes_back_in_its_order(store: Store) -> None:
    head = await added(store, "a")
    appeal = await filed(store, head, 1)
    items = [
        Item("text", "没有<网络>", "", NOON),
        Item("voice", "", "F" * 150, NOON),
        Item("location", "31.2,121.5", "", NOON),
    ]
    for item in items:
        await store.unit(partial(_give, appeal=appeal.id, item=item))
    assert await store.look(lambda uow: uow.appeals.items(appeal.id)) == items
    await store.unit(lambda uow: uow.appeals.assign(appeal.id, LI, [ZHANG]))
    assert await store.unit(lambda uow: uow.appeals.submit(appeal.id, NOON))
    (waiting,) = await store.look(lambda uow: uow.appeals.to_decide(LI))
    assert (waiting.decider, waiting.passed, waiting.submitted_at) == (LI, (ZHANG,), NOON)
    assert [one.id for one in await store.look(lambda uow: uow.appeals.of_person(ZHANG))] == [appeal.id]
    with pytest.raises(NotFound):
        await store.look(lambda uow: uow.appeals.get(AppealId(99)))
