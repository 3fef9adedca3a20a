"""What a transaction remembers of people and groups ends with whatever changes them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from core.access import Role
from core.ids import DepartmentId
from core.people import StaffRow
from storage.memory import Memory
from storage.store import Store

ROW = StaffRow(2, "A1", "张三", "销售部", Role.SALESPERSON, "A")


async def _held(store: Store, *units: Any) -> list[Any]:
    """Run units in one transaction: the writer is kept busy until all have queued."""
    gate = threading.Event()
    first = asyncio.create_task(store.unit(lambda uow: gate.wait(10)))
    await asyncio.sleep(0)
    others = [asyncio.create_task(store.unit(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.set()
    await first
    return await asyncio.gather(*others, return_exceptions=True)


def _names(uow: Any) -> list[str]:
    return [person.name for person in uow.people.staff()]


def _hire(uow: Any) -> None:
    uow.people.add(ROW, _department(uow))


def _department(uow: Any) -> DepartmentId:
    found: DepartmentId = uow.people.add_department("销售部", None).id
    return found


async def test_somebody_hired_is_seen_by_the_next_unit_of_the_same_commit(store: Store) -> None:
    before, _, after = await _held(store, _names, _hire, _names)
    assert (before, after) == ([], ["张三"])


async def test_somebody_whose_hiring_failed_is_not_seen(store: Store) -> None:
    def failing(uow: Any) -> None:
        _hire(uow)
        assert _names(uow) == ["张三"]
        raise LookupError("changed its mind")

    before, error, after = await _held(store, _names, failing, _names)
    assert isinstance(error, LookupError)
    assert (before, after) == ([], [])


async def test_people_are_read_once_in_a_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[object] = []
    recall = Memory.recall

    def counting(memory: Memory, question: Any, read: Any) -> Any:
        def noted() -> Any:
            reads.append(question)
            return read()

        return recall(memory, question, noted)

    monkeypatch.setattr(Memory, "recall", counting)
    await _held(store, _names, _names, _names)
    assert len(reads) == 1
