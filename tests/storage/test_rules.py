"""Editions and switches on the database: one follows another, one is planned for a clause at a time (RULE-4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.access import SYSTEM, Role
from core.ids import PersonId
from core.people import StaffRow, import_staff
from core.rulebook import Rulebook, default, loads
from core.rulebook.content import read_back, with_in_force, written_out
from core.rules import Switch, SwitchId, SwitchState, adopt, as_opened
from core.rules.shelf import Shelf
from storage.store import Store
from tests.storage.conftest import NOON

CHANGED = loads("tasks: {reply_minutes: 20}")


def somebody(uow: Any) -> PersonId:
    import_staff(uow, SYSTEM, [StaffRow(2, "A1", "陈总", "总经办", Role.GM)])
    return PersonId(uow.people.by_number("A1").id)


async def test_two_processes_that_take_up_the_same_file_make_one_edition(store: Store) -> None:
    await store.do(adopt, SYSTEM, default())
    stale = await store.look(lambda uow: uow.rules.latest())
    await store.do(adopt, SYSTEM, CHANGED)

    def late(uow: Any) -> Any:
        return uow.rules.record(stale, CHANGED)  # follows what another edition follows already

    assert await store.unit(late) is None
    assert len(await store.look(lambda uow: uow.rules.history(9))) == 2


async def test_one_switch_is_planned_and_one_stands_for_a_clause(store: Store) -> None:
    who = await store.unit(somebody)
    later, soon = NOON + timedelta(days=2), NOON + timedelta(days=1)

    def plan(uow: Any, at: Any) -> Any:
        return uow.rules.plan("task.reply", True, at, who, "总经办-陈总", uow.now)

    first = await store.unit(lambda uow: plan(uow, soon))
    assert await store.unit(lambda uow: plan(uow, later)) is None
    assert await store.unit(lambda uow: uow.rules.settle(first))
    assert not await store.unit(lambda uow: uow.rules.settle(first))
    assert not await store.unit(lambda uow: uow.rules.call_off(first, who, uow.now))
    second = await store.unit(lambda uow: plan(uow, later))
    assert [one.state for one in await store.look(lambda uow: uow.rules.switches())] == ["standing", "planned"]
    assert await store.unit(lambda uow: uow.rules.settle(second))
    [standing] = await store.look(lambda uow: uow.rules.switches())
    assert (standing.id, standing.state) == (second.id, SwitchState.STANDING)


def switched(book: Rulebook) -> Rulebook:
    return with_in_force(book, {"task.reply": True})


def test_a_kept_rulebook_is_read_back_whole() -> None:
    book = loads("preset: pharma\nworktime: {days_off: [2026-12-24], official: {2027: {makeup: [2027-02-20]}}}")
    back = read_back(written_out(book), book.version, default())
    assert back.model_dump() == book.model_dump()
    del back.__dict__["version"]
    assert back.version == book.version


def test_what_an_older_program_kept_is_completed_with_what_has_come_since() -> None:
    """And what it knew that is known no more is left out; one that fits in no way is the present one."""
    old = written_out(CHANGED).replace('"reply_minutes"', '"gone": 1, "reply_minutes"')
    old = old.replace(f'"escalate_minutes": {CHANGED.tasks.escalate_minutes},', "")
    back = read_back(old, "0123456789", default())
    assert (back.tasks.reply_minutes, back.tasks.escalate_minutes) == (20, default().tasks.escalate_minutes)
    assert back.version == "0123456789"
    assert read_back('{"tasks": {"reply_minutes": "x"}}', "0", default()) is default()


def test_a_switch_is_another_version_and_back_again_the_first() -> None:
    on = switched(default())
    assert on.version != default().version
    assert on.working_time is default().working_time
    assert with_in_force(on, {"task.reply": False}).version == default().version
    assert with_in_force(default(), {"task.reply": False, "no.such": True}) is default()


def test_what_ran_before_is_judged_by_the_milder_of_then_and_now() -> None:
    on, strict = switched(default()), switched(CHANGED)
    assert not as_opened(default(), on).clause("task.reply").in_force
    assert not as_opened(on, default()).clause("task.reply").in_force
    held = as_opened(on, strict)
    assert held.clause("task.reply").in_force
    assert held.tasks.reply_minutes == 30
    assert held.version == on.version
    assert as_opened(on, on) is on


def test_the_shelf_follows_the_clock_to_the_instant_and_both_ways() -> None:
    """Also back, as a clock may jump; of several switches of a clause the last one holds."""
    noon, day = NOON, timedelta(days=1)
    shelf = Shelf(default(), [_switch(2, False, noon + day), _switch(1, True, noon)])
    instants = (noon - timedelta(microseconds=1), noon, noon + day - timedelta(microseconds=1), noon + day, noon)
    held = [shelf.at(at).clause("task.reply").in_force for at in instants]
    assert held == [False, True, True, False, True]
    assert Shelf(default()).at(noon) is default()


def _switch(number: int, in_force: bool, at: datetime) -> Switch:
    who = PersonId(1)
    return Switch(SwitchId(number), "task.reply", in_force, at, SwitchState.PLANNED, who, "总经办-陈总", NOON)
