"""Deadlines: a stale ring is harmless, a moved one rings again, an outage moves what fell due in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.deadlines import Deadline, DeadlineKind, Moved
from core.hours import Due, Reckoning, Unit
from core.ids import DepartmentId, PersonId
from storage.store import Store

CALL, PAY = DeadlineKind("test.call"), DeadlineKind("test.pay")
HOUR = timedelta(hours=1)


async def _due(store: Store) -> list[Deadline]:
    return await store.look(lambda uow: uow.deadlines.due())


async def test_due_is_what_lies_at_or_before_now(store: Store, clock: ManualClock) -> None:
    """P20: never an exact match."""
    start = clock.now()
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", start + HOUR, "lead.contact"))
    await store.unit(lambda uow: uow.deadlines.open(PAY, "lead:1", start + 2 * HOUR))
    assert await _due(store) == []
    assert await store.look(lambda uow: uow.deadlines.next_due()) == start + HOUR
    clock.set(start + HOUR)
    assert [d.kind for d in await _due(store)] == [CALL]
    clock.set(start + 30 * HOUR)
    assert [(d.kind, d.clause, d.number) for d in await _due(store)] == [(CALL, "lead.contact", 1), (PAY, None, 1)]


async def test_ring_of_a_deadline_that_was_moved_is_harmless(store: Store, clock: ManualClock) -> None:
    """P14, P15."""
    start = clock.now()
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", start))
    (stale,) = await _due(store)
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", start + HOUR))
    assert not await store.unit(lambda uow: uow.deadlines.finish(stale))
    assert await _due(store) == []
    clock.set(start + HOUR)
    (again,) = await _due(store)
    assert again.generation == stale.generation + 1
    assert again.key != stale.key, "its notices are new ones, also on the same day"
    assert await store.unit(lambda uow: uow.deadlines.finish(again))
    assert not await store.unit(lambda uow: uow.deadlines.finish(again)), "once"


async def test_ring_after_the_matter_ended_is_harmless_and_it_can_be_opened_anew(
    store: Store, clock: ManualClock
) -> None:
    start = clock.now()
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", start))
    (stale,) = await _due(store)
    await store.unit(lambda uow: uow.deadlines.cancel("lead:1"))
    assert not await store.unit(lambda uow: uow.deadlines.finish(stale))
    assert await store.look(lambda uow: uow.deadlines.open_of("lead:1")) == []
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", start + HOUR))
    assert await store.look(lambda uow: uow.deadlines.due_of("lead:1", CALL)) == start + HOUR


async def test_cancel_ends_the_kinds_named(store: Store, clock: ManualClock) -> None:
    start = clock.now()
    for subject in ("lead:1", "lead:2"):
        for kind in (CALL, PAY):
            await store.unit(lambda uow, s=subject, k=kind: uow.deadlines.open(k, s, start))
    await store.unit(lambda uow: uow.deadlines.cancel("lead:1", CALL))
    assert [(d.subject, d.kind) for d in await _due(store)] == [("lead:1", PAY), ("lead:2", CALL), ("lead:2", PAY)]


async def test_outage_moves_what_fell_due_in_it_and_nothing_else(store: Store, clock: ManualClock) -> None:
    """P21."""
    start = clock.now()
    for number, hours in enumerate((0, 1, 2, 3)):
        await store.unit(lambda uow, n=number, h=hours: uow.deadlines.open(CALL, f"lead:{n}", start + h * HOUR))
    moved = await store.unit(lambda uow: uow.deadlines.defer(start + HOUR, start + 3 * HOUR))
    assert [(d.subject, d.due_at - start, d.generation) for d in moved] == [
        ("lead:1", 3 * HOUR, 2),
        ("lead:2", 3 * HOUR, 2),
    ]
    due = {d.subject: d.due_at - start for d in await store.look(lambda uow: uow.deadlines.pending(10))}
    assert due == {"lead:0": 0 * HOUR, "lead:1": 3 * HOUR, "lead:2": 3 * HOUR, "lead:3": 3 * HOUR}


async def test_naive_instants_are_refused(store: Store, clock: ManualClock) -> None:
    naive = clock.now().replace(tzinfo=None)
    with pytest.raises(Exception, match="needs a zone"):
        await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", naive))


async def test_instants_of_any_zone_are_compared_as_instants(store: Store, clock: ManualClock) -> None:
    """SQLite compares texts: microseconds and offsets must not change the order (P8)."""
    from zoneinfo import ZoneInfo

    start = clock.now()
    east = (start + timedelta(microseconds=1)).astimezone(ZoneInfo("Asia/Shanghai"))
    west = start.astimezone(ZoneInfo("America/Los_Angeles"))
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:1", east))
    await store.unit(lambda uow: uow.deadlines.open(CALL, "lead:2", west))
    assert [d.subject for d in await _due(store)] == ["lead:2"]
    assert (await _due(store))[0].due_at.utcoffset() == timedelta(0)


async def test_a_deadline_remembers_how_it_was_computed(store: Store, clock: ManualClock) -> None:
    """P12, P2: also after it was moved; what is opened anew remembers the new computation alone."""
    start = clock.now()
    anna, how = PersonId(3), Reckoning(Unit.MINUTES, 30, start, PersonId(3))
    await store.unit(lambda uow: uow.deadlines.open(CALL, "task:1", Due(start + HOUR, how, provisional=True)))
    (kept,) = await store.look(lambda uow: uow.deadlines.reckoned_for(anna))
    assert (kept.reckoning, kept.provisional, kept.moved_for) == (how, True, None)
    assert await store.look(lambda uow: uow.deadlines.provisional()) == [kept]
    later = Due(start + 2 * HOUR, how, provisional=False)
    moved = await store.unit(lambda uow: uow.deadlines.move(kept, later, Moved.OFFICIAL))
    assert (moved.due_at, moved.provisional, moved.moved_for) == (later.at, False, Moved.OFFICIAL)
    assert await store.unit(lambda uow: uow.deadlines.move(kept, later, Moved.LEAVE)) is None, "seen before the move"
    desk = Reckoning(Unit.END_OF_DAY, 0, start, department=DepartmentId(2))
    await store.unit(lambda uow: uow.deadlines.open(CALL, "task:1", Due(start + HOUR, desk, provisional=False)))
    (anew,) = await store.look(lambda uow: uow.deadlines.all_of("task:1"))
    assert (anew.reckoning, anew.moved_for) == (desk, None)
    await store.unit(lambda uow: uow.deadlines.open(CALL, "task:1", start))
    await store.unit(lambda uow: uow.deadlines.cancel("task:1"))
    (plain,) = await store.look(lambda uow: uow.deadlines.all_of("task:1"))
    assert (plain.reckoning, plain.done_at) == (None, start)
    assert await store.look(lambda uow: uow.deadlines.reckoned_for(anna)) == []
