"""Units of work that share a transaction, of which some statements travel together: each error is its own unit's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.access import SYSTEM
from core.audit import Doing
from core.deadlines import DeadlineKind
from core.ids import AccountId
from core.notices import Notice, NoticeKind, ToAccount
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork
from storage.wire import KEPT
from tests.support.databases import NOON

DUE = DeadlineKind("test.wire")
TOLD = NoticeKind("test.wire")
DOING = Doing(SYSTEM, "test.wire")
TOO_LONG = "x" * 5000  # for the column of a deadline's subject

Work = Callable[[SqlUnitOfWork], Any]


def opens(subject: str) -> Work:
    """A unit of which no statement is waited for."""
    return lambda uow: uow.deadlines.open(DUE, subject, NOON + timedelta(hours=1))


async def together(store: Store, *works: Work) -> list[Any]:
    """Run units in one transaction; what each returned or raised."""
    held, busy = threading.Event(), threading.Event()

    def hold(_uow: SqlUnitOfWork) -> None:
        busy.set()
        held.wait()

    first = asyncio.create_task(store.unit(hold))
    await asyncio.to_thread(busy.wait)
    waiting = [asyncio.create_task(store.unit(work, DOING)) for work in works]
    await asyncio.sleep(0)  # all are queued
    held.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


async def left(store: Store) -> list[str]:
    """Subjects that have a deadline."""
    return await store.look(lambda uow: sorted(one.subject for one in uow.deadlines.pending(100)))


async def traced(store: Store) -> list[str]:
    """Subjects of the trail's lines."""
    text = sa.text("SELECT subject FROM audit_trail WHERE act = 'test.wire' ORDER BY seq")
    return await store.look(lambda uow: list(uow.connection.execute(text).scalars()))


async def test_what_was_written_is_there_for_the_next_question_of_the_unit(store: Store) -> None:
    def opens_and_looks(uow: SqlUnitOfWork) -> int:
        opens("a")(uow)
        return len(uow.deadlines.open_of("a"))

    assert await together(store, opens_and_looks, opens("b")) == [1, None]
    assert await left(store) == ["a", "b"]


async def test_refused_statement_that_nobody_waits_for_fails_its_own_unit(store: Store) -> None:
    """A file refuses no long text, so that this is a server's."""
    if store.url.startswith("sqlite"):
        return
    found = await together(store, opens("a"), opens(TOO_LONG), opens("c"))
    assert [type(one).__name__ for one in found] == ["NoneType", "DataError", "NoneType"]
    assert await left(store) == ["a", "c"]
    assert len(await traced(store)) == 2


async def test_unit_that_changes_its_mind_leaves_nothing(store: Store) -> None:
    def before_anything(_uow: SqlUnitOfWork) -> None:
        raise LookupError

    def after_a_write(uow: SqlUnitOfWork) -> None:
        opens("b")(uow)
        raise LookupError

    def after_an_answer(uow: SqlUnitOfWork) -> None:
        opens("c")(uow)
        uow.deadlines.open_of("c")
        raise LookupError

    found = await together(store, opens("a"), before_anything, after_a_write, after_an_answer, opens("e"))
    assert [type(one).__name__ for one in found] == ["NoneType", *["LookupError"] * 3, "NoneType"]
    assert await left(store) == ["a", "e"]
    assert len(await traced(store)) == 2


async def test_unit_that_is_alone_and_fails_leaves_nothing(store: Store) -> None:
    def fails(uow: SqlUnitOfWork) -> None:
        opens("a")(uow)
        raise LookupError

    with pytest.raises(LookupError):
        await store.unit(fails, DOING)
    await store.unit(opens("b"), DOING)
    assert await left(store) == ["b"]


async def test_what_failed_at_its_end_has_shown_nothing(store: Store) -> None:
    """The trail tells what was seen by those who saw it."""
    if store.url.startswith("sqlite"):
        return

    def looks_and_fails(uow: SqlUnitOfWork) -> None:
        uow.audit.viewed("customer:7")
        opens(TOO_LONG)(uow)

    found = await together(store, opens("a"), looks_and_fails)
    assert [type(one).__name__ for one in found] == ["NoneType", "DataError"]
    assert len(await traced(store)) == 1


async def test_text_that_a_server_cannot_hold_fails_its_own_unit(store: Store) -> None:
    found = await together(store, opens("a"), opens("b\0"), opens("c"))
    if store.url.startswith("sqlite"):
        assert found == [None, None, None]
    else:
        assert [type(one).__name__ for one in found] == ["NoneType", "DataError", "NoneType"]
        assert await left(store) == ["a", "c"]


async def test_more_than_travels_at_once(store: Store) -> None:
    def tells(uow: SqlUnitOfWork) -> None:
        for number in range(500):
            uow.notices.tell(Notice(TOLD, ToAccount(AccountId(number)), {"text": "很长" * 500}, f"n{number}"))

    assert await together(store, tells, opens("b")) == [None, None]
    count = sa.text("SELECT count(*) FROM notices WHERE kind = 'test.wire'")
    assert await store.look(lambda uow: uow.connection.execute(count).scalar_one()) == 500


async def test_unit_that_goes_back_a_little_goes_on(store: Store) -> None:
    """The driver then has the server forget what was prepared."""

    def stumbles(uow: SqlUnitOfWork) -> str:
        opens("a")(uow)
        for _ in range(2):
            nested = uow.connection.begin_nested()
            opens("b")(uow)
            uow.deadlines.open_of("b")
            nested.rollback()
            opens("c")(uow)
        return "done"

    assert await together(store, stumbles, opens("d")) == ["done", None]
    assert await store.unit(stumbles) == "done"
    assert await left(store) == ["a", "c", "d"]


async def test_new_connection_has_a_wire_of_its_own(store: Store) -> None:
    """What was prepared on a connection is gone with it."""
    await store.unit(opens("a"))
    if store.url.startswith("postgresql"):
        await store.unit(lambda uow: uow.connection.connection.info[KEPT])  # it has one
        cut = sa.text("SELECT pg_terminate_backend(:pid)")
        pid = await store.unit(lambda uow: uow.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        await store.look(lambda uow: uow.connection.execute(cut, {"pid": pid}))
    await store.unit(opens("b"))
    assert await left(store) == ["a", "b"]
