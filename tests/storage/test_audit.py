"""The trail: made from what was really written, one chain, and nobody edits it unseen (OPS-4)."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from core.access import STAFF, SYSTEM, Actor, Role, permits
from core.audit import Head
from core.clock import ManualClock
from core.deadlines import DeadlineKind
from core.errors import NotFound
from core.ids import AccountId, ChatId, PersonId, UpdateId
from core.people import StaffRow, import_staff
from core.ports import UnitOfWork
from core.rulebook import default
from storage import migrate
from storage.audit import Recorder, triggers
from storage.audit.recorder import commitment
from storage.audit.sealing import export, seal
from storage.audit.tables import MECHANISMS, is_hidden, plans, traced
from storage.audit.verify import Fault, verify
from storage.base import Base, Json, UtcDateTime, Words
from storage.inbox import Arrived
from storage.store import Store
from tests.storage.conftest import NOON
from tests.support.databases import KINDS, Databases, postgresql

ROOT = Path(__file__).parent.parent.parent
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
    await store.unit(lambda uow: uow.inbox.put([Arrived(UpdateId(17), b"{}")]))
    await store.do_for(UpdateId(17), store.now(), promise, ANNA, "lead:7")
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


# Every table ---------------------------------------------------------------------------------------------------


def test_every_write_to_every_table_is_seen(file_store: Store) -> None:
    """A row put into a table of any area, changed and removed: three times something waits to be entered."""
    engine = sa.create_engine(file_store.url)  # as it comes: references are not held to
    with engine.begin() as connection:
        for table in traced():
            guarded = table.name in triggers.GUARDED
            writes = (sa.insert(table).values(_row(table)), _touch(table), sa.delete(table))
            for statement in writes[: 1 if guarded else 3]:
                connection.execute(statement)
            seen = connection.exec_driver_sql("SELECT tbl, op FROM audit_pending ORDER BY n").all()
            connection.exec_driver_sql("DELETE FROM audit_pending")
            assert [tuple(row) for row in seen] == [(table.name, op) for op in ("+" if guarded else "+~-")], (
                table.name
            )
    engine.dispose()


def _row(table: sa.Table) -> dict[str, object]:
    return {column.name: _value(column) for column in table.columns}


def _value(column: sa.Column[object]) -> object:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return NOON
    if isinstance(kind, Json):
        return ["x"]
    if isinstance(kind, Words):
        return ("x",)
    return {bool: True, int: 1, float: 1.0, str: "x", bytes: b"x", date: NOON.date()}[kind.python_type]


def _touch(table: sa.Table) -> sa.Update:
    """Changes nothing, and is a write all the same."""
    return sa.update(table).values({(column := next(iter(table.columns))).name: column})


def test_mechanisms_alone_are_not_traced() -> None:
    """What is left out stands in one list; anything else is traced without anybody's doing."""
    assert {table.name for table in Base.metadata.sorted_tables} - {t.name for t in traced()} == MECHANISMS


def test_what_nobody_thought_of_is_hidden() -> None:
    """CUS-14: a new column of text gives nothing away until somebody says that it may."""
    new = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Text))
    assert is_hidden(new.c.x)
    assert not is_hidden(new.c.id)
    hidden = {(name, field) for name, plan in plans().items() for field in plan.hidden}
    for where in (("leads", "phone"), ("leads", "name"), ("customer_contacts", "birthday"), ("complaints", "text")):
        assert where in hidden


async def test_what_cant_be_entered_is_not_done(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No change without its line: where the trail can't be written, nothing is."""

    def fail(*_: object) -> None:
        raise OSError("no trail today")

    with monkeypatch.context() as broken:
        broken.setattr(Recorder, "_chain", fail)
        with pytest.raises(OSError, match="no trail today"):
            await file_store.do(promise, ANNA, "lead:1")
    assert await file_store.look(lambda uow: uow.deadlines.open_of("lead:1")) == []
    await file_store.do(promise, ANNA, "lead:2")
    assert [subject for (subject,) in rows(file_store, "subject")] == ["lead:2"]


# Several writers, crashes, restores ----------------------------------------------------------------------------


async def test_several_writers_make_one_chain(store: Store, clock: ManualClock) -> None:
    other = Store(store.url, clock, default())
    other.start()
    await asyncio.gather(*(s.do(promise, ANNA, f"lead:{n}") for n in range(100) for s in (store, other)))
    other.close()
    verdict = verify(store._engine)
    assert (verdict.fault, verdict.waiting) == (None, 0)
    assert verdict.lines == 200


KILLED = """
import asyncio, sys
from core.clock import ManualClock
from core.rulebook import default
from storage.store import Store
from tests.storage.test_audit import ANNA, NOON, promise

async def main():
    store = Store(sys.argv[1], ManualClock(NOON), default())
    store.start()
    n = 0
    while True:
        await asyncio.gather(*(store.do(promise, ANNA, f"lead:{n + k}") for k in range(7)))
        n += 7
        print(n, flush=True)

asyncio.run(main())
"""


def test_killed_in_the_midst_the_chain_is_whole(store: Store) -> None:
    """kill -9 while it writes: what was told as done is in the trail, and the trail and the tables agree."""
    arguments = [sys.executable, "-c", KILLED, store.url]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        told = 0
        while told < 70:
            told = int(process.stdout.readline())
        process.kill()
    verdict = verify(store._engine)
    assert (verdict.fault, verdict.waiting) == (None, 0)
    assert verdict.lines >= told
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM deadlines").scalar() == verdict.lines


async def test_restored_backup_is_whole_and_known_to_be_older(file_store: Store, tmp_path: Path) -> None:
    """The chain of a copy is sound in itself; an anchor of after the copy tells what it lacks."""
    for n in range(5):
        await file_store.do(promise, ANNA, f"lead:{n}")
    with sqlite3.connect(tmp_path / "keguan.db") as source, sqlite3.connect(tmp_path / "copy.db") as target:
        source.backup(target)
    source.close()
    target.close()
    await file_store.do(promise, ANNA, "lead:9")
    later = head_of(tmp_path / "keguan.db")
    assert found(tmp_path / "copy.db") == (None, 0)
    assert found(tmp_path / "copy.db", later) == (Fault.CUT, 6)
    copy = Store(f"sqlite:///{tmp_path / 'copy.db'}", ManualClock(NOON), default())
    copy.start()
    await copy.do(promise, ANNA, "lead:10")
    copy.close()
    assert found(tmp_path / "copy.db") == (None, 0)


async def test_triggers_taken_away_are_noticed_and_put_back(file_store: Store) -> None:
    with file_store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER keguan_audit_leads_update")
    with file_store._engine.connect() as connection:
        assert triggers.missing(connection) == {"keguan_audit_leads_update"}
    again = Store(file_store.url, ManualClock(NOON), default())
    again.start()
    again.close()
    with file_store._engine.connect() as connection:
        assert triggers.missing(connection) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_migrations_leave_every_trigger_in_place(kind: str, tmp_path: Path) -> None:
    """A table that is rebuilt loses its triggers, and stumbles over those of others."""
    with nullcontext(f"sqlite:///{tmp_path / 'empty.db'}") if kind == "sqlite" else postgresql() as url:
        migrate.upgrade(url)
        assert missing(url) == set()
        migrate.downgrade(url, "0001")
        migrate.upgrade(url)
        assert missing(url) == set()


def missing(url: str) -> set[str]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = triggers.missing(connection)
    engine.dispose()
    return found


# Taking old lines out ------------------------------------------------------------------------------------------


async def test_old_lines_are_sealed_and_the_rest_still_follows(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    for n in range(12):
        await store.do(promise, ANNA, f"lead:{n}")
        clock.set(clock.now() + timedelta(days=1))
    file = tmp_path / "old.jsonl.gz"
    written = export(store._engine, NOON + timedelta(days=5), file)
    assert written is not None
    assert (written.lines, written.first, written.upto) == (5, 1, 5)
    await seal(store, written, clock.now())
    assert [seq for (seq,) in rows(store, "seq")] == list(range(6, 14)), "the seal has a line of its own"
    assert rows(store, "act, subject")[-1] == ("audit.seal", "audit:1")
    assert verify(store._engine).fault is None
    whole = verify(store._engine, archives=[file])
    assert (whole.fault, whole.lines) == (None, 13)
    assert export(store._engine, NOON + timedelta(days=5), tmp_path / "again.gz") is None
    with pytest.raises(FileExistsError):
        export(store._engine, NOON, file)

    second = export(store._engine, NOON + timedelta(days=8), tmp_path / "second.gz")
    assert second is not None
    await seal(store, second, clock.now())
    assert verify(store._engine, archives=[file, second.file]).lines == 14
    with gzip.open(file, "rb") as source:
        content = source.read()
    with gzip.open(file, "wb") as target:
        target.write(content.replace(b"lead:3", b"lead:4"))
    assert verify(store._engine, archives=[file, second.file]).fault is Fault.CHANGED


async def test_seal_that_the_trail_does_not_know_covers_nothing(ten: Path) -> None:
    tamper(
        ten,
        "INSERT INTO audit_seals VALUES (1, 4, 'ab', 4, 'x', 'cd', '2026-09-14T04:00:00.000000')",
        "DELETE FROM audit_trail WHERE seq <= 4",
    )
    assert found(ten) == (Fault.SEAL, 4)


# What might stop the writer -------------------------------------------------------------------------------------


async def test_odd_values_stop_nobody(store: Store) -> None:
    """An infinite number, a control character, a name of great length: the change is done and traced."""
    long = replace(ANNA, name="销" * 500, person=PersonId(1))

    @permits(*STAFF)
    def odd(uow: UnitOfWork, actor: Actor) -> None:
        import_staff(uow, SYSTEM, [StaffRow(2, "001", "张\x01\"'\\三", "销售部", Role.SALESPERSON, _level())])
        uow.deadlines.open(DUE, "x" * 60, uow.now)

    await store.do(odd, long)
    assert verify(store._engine).fault is None
    ((_, _, _, fields), *_) = orjson.loads(str(rows(store, "changes")[1][0]))
    assert fields["name"] == "张\x01\"'\\三"


def test_sqlite_writes_infinity_as_no_json_does() -> None:
    plan = plans()["positions"]
    values = [None] * len(plan.names)
    text = orjson.dumps(values).decode().replace("null", "Inf", 1).replace("null", "-Inf", 1)
    assert plan.read(text) == values


def test_a_hidden_key_does_not_stand_in_the_subject() -> None:
    plan = plans()["invites"]
    row = [{"person_id": None, "token_hash": "secret"}.get(name) for name in plan.names]
    assert plan.subject(row) == "invite:"
