"""Copying a whole installation from one database to another, SQLite to PostgreSQL or back.

The target is marked while it is being filled: what was interrupted is refused by every command until it is emptied.
Both sides are then read once more, table by table, and held against each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from storage import (
    migrate,
    unit_of_work,  # noqa: F401  # brings every area's tables into the metadata
)
from storage.audit import triggers
from storage.audit.verify import Verdict, verify
from storage.base import Base
from storage.engine import is_sqlite, make_engine

SLICE = 1000  # rows at once
ANY_KEYS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS
NOT_COPIED = frozenset({"processes"})  # who works on the other database
_NEXT = sa.text(
    "SELECT setval(pg_get_serial_sequence(:name, :column), :last) "
    "WHERE pg_get_serial_sequence(:name, :column) IS NOT NULL"
)


class NotEmpty(RuntimeError):
    """The target holds something already: its first table with rows."""


class NotCurrent(RuntimeError):
    """The source is of another version than this program."""


class Differs(RuntimeError):
    """A table did not arrive as it was."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table as it arrived, and the hash over its rows."""

    table: str
    rows: int
    digest: str


def tables() -> list[sa.Table]:
    """What is copied, parents first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in NOT_COPIED]


def copy(source: str, target: str) -> tuple[list[Copied], Verdict]:
    """Copy everything; what arrived, and what the trail says in its new place.

    Raises NotCurrent, NotEmpty, Differs, and storage.migrate's Unfinished and NewerDatabase.
    """
    if migrate.current(source) != migrate.head():
        raise NotCurrent(migrate.current(source) or "")
    migrate.refuse_unfinished(source)
    migrate.upgrade(target)
    there, here = make_engine(source, read_only=True), make_engine(target)
    try:
        with there.connect().execution_options(**_snapshot(source)) as reading:
            _fill(reading, here)
            with here.connect() as written:
                arrived = compare(reading, written)
        migrate.finish(target)
        return arrived, verify(here)
    finally:
        there.dispose()
        here.dispose()


def _snapshot(url: str) -> dict[str, Any]:
    """Everything is read as it was at one instant, though somebody may write meanwhile: a file's transaction does."""
    return {} if is_sqlite(url) else {"isolation_level": "REPEATABLE READ"}


def pour(reading: sa.Connection, writing: sa.Connection) -> None:
    """Have everything of one database in the other instead of what is there, in the transaction that is open."""
    triggers.drop(writing)
    names = ", ".join(writing.dialect.identifier_preparer.quote(table.name) for table in tables())
    writing.exec_driver_sql(f"TRUNCATE {names}")
    for table in tables():
        for rows in _slices(reading, table):
            _insert(writing, table, rows)
    _finished(writing)


def first_filled(connection: sa.Connection) -> str | None:
    """A table that has rows, if any has."""
    for table in tables():
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            return table.name
    return None


def _fill(reading: sa.Connection, here: sa.Engine) -> None:
    with here.begin() as writing:
        if filled := first_filled(writing):
            raise NotEmpty(filled)
        migrate.begin_filling(writing)
        triggers.drop(writing)  # nothing of this is news to the trail
    for table in tables():
        for rows in _slices(reading, table):
            with here.begin() as writing:
                _insert(writing, table, rows)
    with here.begin() as writing:
        _finished(writing)


def _insert(writing: sa.Connection, table: sa.Table, rows: list[sa.Row[Any]]) -> None:
    writing.execute(sa.insert(table), [dict(row._mapping) for row in rows])


def _finished(writing: sa.Connection) -> None:
    """Numbers go on where they were, and the trail sees what is written from now on."""
    if writing.dialect.name != "sqlite":
        for table in tables():
            _set_sequence(writing, table)
    triggers.install(writing)


def _slices(connection: sa.Connection, table: sa.Table) -> Iterator[list[sa.Row[Any]]]:
    found = connection.execution_options(yield_per=SLICE).execute(
        sa.select(table).order_by(*table.primary_key.columns)
    )
    for part in found.partitions():
        yield list(part)


def _set_sequence(writing: sa.Connection, table: sa.Table) -> None:
    column = table.autoincrement_column
    if column is not None:
        last = writing.execute(sa.select(sa.func.max(column))).scalar()
        if last is not None:
            writing.execute(_NEXT, {"name": table.name, "column": column.name, "last": last})


def compare(reading: sa.Connection, written: sa.Connection) -> list[Copied]:
    """Hold every table of one database against the other's. Raises Differs."""
    return [_compared(reading, written, table) for table in tables()]


def _compared(reading: sa.Connection, written: sa.Connection, table: sa.Table) -> Copied:
    before, after = _digest(reading, table), _digest(written, table)
    if before != after:
        raise Differs(table.name)
    return after


def _digest(connection: sa.Connection, table: sa.Table) -> Copied:
    """The hash does not depend on the order of the rows, which databases sort differently."""
    rows, total = 0, 0
    for part in _slices(connection, table):
        for row in part:
            rows += 1
            told = orjson.dumps(
                [_plain(value) for value in row], option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS
            )
            total = (total + int.from_bytes(hashlib.sha256(told).digest())) % (1 << 256)
    return Copied(table.name, rows, f"{total:064x}")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
