"""The trail: made from what was really written, one chain, and nobody edits it unseen (OPS-4)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from core.access import STAFF, SYSTEM, Actor, Role, permits
from core.audit import Head
from core.clock import ManualClock
from core.deadlines import DeadlineKind
from core.errors import NotFound
from core.ids import AccountId, ChatId, UpdateId
from core.people import StaffRow, import_staff
from core.ports import UnitOfWork
from core.rulebook import default
from storage.audit.recorder import commitment
from storage.audit.verify import Fault, verify
from storage.store import Store
from tests.storage.conftest import NOON
from tests.support.databases import Databases

AT_NOON = "2026-09-14T04:00:00.000000"
DUE = DeadlineKind("test.due")
ANNA = Actor(AccountId(7), frozenset({Role.SALESPERSON}), "销售部-张三", "zh_CN", ChatId(-100))


@permits(*STAFF)
def promise(uow: UnitOfWork, actor: Actor, subject: str) -> None:
    uow.deadlines.open(DUE, subject, uow.now)


@permits(*STAFF)
def change_their_mind(uow: UnitOfWork, actor: Actor, subject: str) -> None:
    uow.deadlines.open(DUE, subject, uow.now)
    raise NotFound("thing", subject)


@permits(*STAFF)
def look_into(uow: UnitOfWork, actor: Actor, subject: str) -> None:
    uow.audit.viewed(subject)


def hire(uow: UnitOfWork) -> None:
    import_staff(uow, SYSTEM, [StaffRow(2, "001", "张三", "销售部", Role.SALESPERSON, _level(), phone="13800001111")])


def _level() -> str:
    return next(iter(default().leads.levels))


def rows(store: Store, columns: str = "*") -> list[tuple[object, ...]]:
    with store._engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM audit_trail ORDER BY seq")]


async def test_line_tells_who_did_what_on_what_from_where_and_why(store: Store) -> None:
    await store.unit(lambda uow: uow.inbox.put([(UpdateId(17), b"{}")]))
    await store.do_for(UpdateId(17), promise, ANNA, "lead:7")
    columns = "seq, at, chat, account, role, act, subject, version, cause"
    assert rows(store, columns) == [
        (1, AT_NOON, -100, 7, "salesperson", "test_audit.promise", "lead:7", default().version, "update:17")
    ]
    ((changes,),) = rows(store, "changes")
    ((op, table, key, fields),) = orjson.loads(str(changes))
    assert (op, table, key) == ("+", "deadlines", "1")
    assert fields["due_at"] == AT_NOON
    assert fields["kind"] == DUE


async def test_only_fields_that_changed_are_told_old_and_new(store: Store, clock: ManualClock) -> None:
    await store.do(promise, ANNA, "lead:7")
    clock.set(clock.now() + timedelta(minutes=5))
    await store.do(promise, ANNA, "lead:7")
    changes = orjson.loads(str(rows(store, "changes")[-1][0]))
    assert changes == [
        [
            "~",
            "deadlines",
            "1",
            {
                "due_at": [AT_NOON, "2026-09-14T04:05:00.000000"],
                "opened_at": [AT_NOON, "2026-09-14T04:05:00.000000"],
                "generation": [1, 2],
            },
        ]
    ]


async def test_units_that_share_a_commit_keep_their_own_lines(store: Store) -> None:
    tasks = [asyncio.create_task(store.do(promise, ANNA, f"lead:{n}")) for n in range(30)]
    tasks += [asyncio.create_task(store.do(change_their_mind, ANNA, f"lead:{n}")) for n in range(100, 110)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, NotFound) for result in results) == 10
    assert [subject for (subject,) in rows(store, "subject")] == [f"lead:{n}" for n in range(30)]
    verdict = verify(store._engine)
    assert (verdict.fault, verdict.lines, verdict.waiting) == (None, 30, 0)


async def test_what_changed_nothing_leaves_nothing(store: Store) -> None:
    await store.unit(hire)
    before = len(rows(store))
    await store.unit(hire)
    await store.unit(lambda uow: uow.rounds.beat())
    assert len(rows(store)) == before


async def test_views_that_must_be_logged_are(store: Store) -> None:
    await store.do(look_into, ANNA, "customer:9")
    assert rows(store, "act, subject, changes") == [("test_audit.look_into", "customer:9", '[["o","","",{}]]')]
    with pytest.raises(RuntimeError, match="run with `do`"):
        await store.ask(look_into, ANNA, "customer:9")


async def test_hidden_values_can_be_proved_and_forgotten(store: Store) -> None:
    """CUS-14, CUS-15: a phone number stands in no line, and once forgotten nobody can try numbers against it."""
    await store.unit(hire)
    assert not any("13800001111" in str(changes) for (changes,) in rows(store, "changes"))
    with store._engine.connect() as connection:
        salt = connection.exec_driver_sql("SELECT salt FROM audit_salts WHERE subject = 'person:1'").scalar_one()
    (changes,) = (str(c) for s, c in rows(store, "subject, changes") if s == "person:1")
    ((_, _, _, fields), *_) = orjson.loads(changes)
    assert fields["phone"] == commitment(bytes(salt), "13800001111")
    assert fields["name"] == "张三", "what is known about staff is told"
    await store.unit(lambda uow: uow.audit.forget("person:1"))
    assert verify(store._engine).fault is None
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit_salts WHERE subject = 'person:1'").scalar() == 0


async def test_what_is_written_past_the_program_is_traced_as_such(store: Store) -> None:
    await store.do(promise, ANNA, "lead:7")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadlines SET clause = 'gift' WHERE subject = 'lead:7'")
    assert verify(store._engine).waiting == 1
    await store.do(promise, ANNA, "lead:8")
    assert rows(store, "act, role, subject, changes")[1:] == [
        ("outside", "system", "lead:7", '[["~","deadlines","1",{"clause":[null,"gift"]}]]'),
        rows(store, "act, role, subject, changes")[2],
    ]
    assert verify(store._engine).waiting == 0


@pytest.mark.parametrize("statement", ["UPDATE audit_trail SET who = 'x'", "DELETE FROM audit_trail WHERE seq = 1"])
async def test_the_database_refuses_to_change_the_trail(store: Store, statement: str) -> None:
    await store.do(promise, ANNA, "lead:7")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), store._engine.begin() as connection:
        connection.exec_driver_sql(statement)


# Tampering by somebody who takes the triggers away -----------------------------------------------------------


@pytest.fixture
def file_store(tmp_path: Path, databases: Databases, clock: ManualClock) -> Iterator[Store]:
    """A store whose file can be reached past the program."""
    opened = Store(databases.make("sqlite", tmp_path), clock, default())
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
async def ten(file_store: Store, tmp_path: Path) -> Path:
    """A file with ten lines and no triggers."""
    for n in range(10):
        await file_store.do(promise, ANNA, f"lead:{n}")
    file = tmp_path / "keguan.db"
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    return file


def tamper(file: Path, *statements: str) -> None:
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def found(file: Path, *anchors: Head) -> tuple[Fault | None, int]:
    engine = sa.create_engine(f"sqlite:///{file}")
    verdict = verify(engine, anchors=anchors)
    engine.dispose()
    return verdict.fault, verdict.seq


def head_of(file: Path) -> Head:
    engine = sa.create_engine(f"sqlite:///{file}")
    head = verify(engine).head
    engine.dispose()
    assert head is not None
    return head


@pytest.mark.parametrize("column", ["at", "chat", "account", "who", "role", "act", "subject", "version", "cause"])
def test_changed_line_is_found(ten: Path, column: str) -> None:
    tamper(ten, f"UPDATE audit_trail SET {column} = '1' WHERE seq = 4")
    assert found(ten) == (Fault.CHANGED, 4)


def test_changed_values_are_found(ten: Path) -> None:
    tamper(ten, "UPDATE audit_trail SET changes = replace(changes, 'lead:3', 'lead:4') WHERE seq = 4")
    assert found(ten) == (Fault.CHANGED, 4)


def test_changed_hash_is_found(ten: Path) -> None:
    tamper(ten, "UPDATE audit_trail SET digest = previous WHERE seq = 4")
    assert found(ten) == (Fault.CHANGED, 4)


def test_line_taken_out_is_found(ten: Path) -> None:
    tamper(ten, "DELETE FROM audit_trail WHERE seq = 4")
    assert found(ten) == (Fault.MISSING, 4)


def test_beginning_taken_away_is_found(ten: Path) -> None:
    tamper(ten, "DELETE FROM audit_trail WHERE seq < 4")
    assert found(ten) == (Fault.MISSING, 1)


def test_lines_that_change_places_are_found(ten: Path) -> None:
    tamper(ten, *(f"UPDATE audit_trail SET seq = {new} WHERE seq = {old}" for old, new in ((4, 99), (5, 4), (99, 5))))
    assert found(ten) == (Fault.CHANGED, 4)


def test_line_that_follows_another_is_found(ten: Path) -> None:
    """The line is sealed anew by somebody who knows how, but the next one still follows the old."""
    from core.audit import digest
    from storage.audit.recorder import COLUMNS, content

    with sqlite3.connect(ten) as connection:
        row = list(connection.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_trail WHERE seq = 4").fetchone())
        row[COLUMNS.index("who")] = "销售部-李四"
        sealed = digest(row[-2], content(row[:-2]))
        connection.execute("UPDATE audit_trail SET who = ?, digest = ? WHERE seq = 4", ("销售部-李四", sealed))
    connection.close()
    assert found(ten) == (Fault.MOVED, 5)


def test_end_cut_off_is_found_by_who_knows_it_from_elsewhere(ten: Path) -> None:
    head = head_of(ten)
    tamper(ten, "DELETE FROM audit_trail WHERE seq > 7")
    assert found(ten) == (None, 0), "in itself the rest is whole"
    assert found(ten, head) == (Fault.CUT, 8)


async def test_trail_made_anew_is_found_by_who_knows_it_from_elsewhere(ten: Path, file_store: Store) -> None:
    head = head_of(ten)
    tamper(ten, "DELETE FROM audit_trail")
    file_store.close()
    again = Store(file_store.url, ManualClock(NOON), default())  # whose start puts the triggers back
    again.start()
    for n in range(12):
        await again.do(promise, ANNA, f"lead:{n + 50}")
    again.close()
    assert found(ten) == (None, 0)
    assert found(ten, head) == (Fault.REWRITTEN, 10)


def test_system_is_no_account(file_store: Store) -> None:
    asyncio.run(file_store.do(promise, SYSTEM, "lead:1"))
    assert rows(file_store, "account, person, who, role") == [(None, None, "", "system")]
    assert head_of(Path(file_store.url.removeprefix("sqlite:///"))).seq == 1
