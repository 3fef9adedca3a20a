"""Company days, duties and absences as rows, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.access import SYSTEM, Role
from core.away import Excuse, NewAbsence
from core.calendar.model import NewDayChange
from core.clock import ManualClock
from core.duty.model import SwapState
from core.ids import PersonId
from core.people import StaffRow, import_staff
from core.worktime import CompanyDay, DayKind
from storage.store import Store

DAY = date(2026, 10, 1)


async def two_people(store: Store) -> tuple[PersonId, PersonId]:
    def enter(uow: Any) -> tuple[PersonId, PersonId]:
        rows = [StaffRow(2, n, n, "销售部", Role.SALESPERSON, "", "", ()) for n in ("1001", "1002")]
        import_staff(uow, SYSTEM, rows)
        return uow.people.by_number("1001").id, uow.people.by_number("1002").id

    return await store.unit(enter)


async def test_p13_days_are_laid_over_the_rules_as_soon_as_they_are_kept(store: Store, clock: ManualClock) -> None:
    anna, _ = await two_people(store)
    off = NewDayChange(DAY, date(2026, 10, 2), works=True, reason="盘点")
    made = await store.unit(lambda uow: uow.day_changes.add(off, anna, uow.now))
    assert made.made == off
    assert store.rulebook.company_days[DAY] == CompanyDay(works=True, reason="盘点")
    assert await store.look(lambda uow: uow.worktime.day_kind(DAY)) is DayKind.COMPANY_ON
    undone = await store.unit(lambda uow: uow.day_changes.undo(made, anna, uow.now))
    assert undone is not None
    assert undone.undoes == made.id
    assert await store.unit(lambda uow: uow.day_changes.undo(made, anna, uow.now)) is None, "once"
    assert store.rulebook.company_days == {}
    assert [c.id for c in await store.look(lambda uow: uow.day_changes.all())] == [made.id, undone.id]
    assert await store.look(lambda uow: uow.day_changes.is_undone(made.id))
    await store.lay_calendar()
    assert store.rulebook.company_days == {}


async def test_org9_a_day_is_filled_replaced_and_emptied(store: Store, clock: ManualClock) -> None:
    anna, ben = await two_people(store)
    await store.unit(lambda uow: uow.rosters.fill(DAY, [anna], anna, uow.now))
    assert await store.unit(lambda uow: uow.rosters.replace(DAY, anna, ben))
    assert not await store.unit(lambda uow: uow.rosters.replace(DAY, anna, ben)), "not on duty any more"
    found = await store.look(lambda uow: uow.rosters.filled(DAY, DAY))
    assert [one.person for one in found[DAY]] == [ben]
    await store.unit(lambda uow: uow.rosters.fill(DAY, [anna, ben], anna, uow.now))
    assert not await store.unit(lambda uow: uow.rosters.replace(DAY, anna, ben)), "there already"
    assert await store.look(lambda uow: uow.rosters.days_of(anna, DAY)) == [DAY]
    await store.unit(lambda uow: uow.rosters.fill(DAY, [], None, uow.now))
    assert await store.look(lambda uow: uow.rosters.filled(DAY, DAY)) == {DAY: []}
    assert await store.look(lambda uow: uow.rosters.days_of(anna, DAY)) == []


async def test_p17_a_swap_ends_once(store: Store, clock: ManualClock) -> None:
    anna, ben = await two_people(store)
    swap = await store.unit(lambda uow: uow.rosters.ask(DAY, anna, ben, None, uow.now))
    assert (swap.giver_label, swap.taker_label, swap.state) == ("销售部-1001", "销售部-1002", SwapState.ASKED)
    assert await store.unit(lambda uow: uow.rosters.settle(swap.id, SwapState.ACCEPTED, uow.now))
    assert not await store.unit(lambda uow: uow.rosters.settle(swap.id, SwapState.DECLINED, uow.now))
    assert (await store.look(lambda uow: uow.rosters.swap(swap.id))).state is SwapState.ACCEPTED


async def test_p11_absences_are_found_to_their_last_day_half_or_whole(store: Store, clock: ManualClock) -> None:
    anna, _ = await two_people(store)
    leave = NewAbsence(DAY, date(2026, 10, 3), Excuse.LEAVE, "", from_noon=True, until_noon=True)
    kept = await store.unit(lambda uow: uow.absences.add(anna, leave, uow.now))
    assert (kept.from_noon, kept.until_noon) == (True, True)
    for day, there in ((DAY, 1), (date(2026, 10, 3), 1), (date(2026, 10, 4), 0)):
        assert len(await store.look(lambda uow, day=day: uow.absences.since(anna, day))) == there  # type: ignore[misc]
        assert len(await store.look(lambda uow, day=day: uow.absences.on(day))) == there  # type: ignore[misc]
    await store.unit(lambda uow: uow.absences.cancel(kept.id, anna, uow.now))
    assert await store.look(lambda uow: uow.absences.on(DAY)) == []
    (over,) = await store.look(lambda uow: uow.absences.since(anna, DAY))
    assert over.cancelled_at == clock.now(), "what of it was taken still counts"
