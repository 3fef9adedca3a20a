"""Whether a database file is whole: its pages, its references, its rows and their hashes, its trail."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import orjson

from core.audit import Head
from storage import migrate
from storage.audit.verify import verify
from storage.backups.errors import Damaged, on_disk
from storage.engine import make_engine

AT_ONCE = 5000  # rows
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
_SCHEMA = "SELECT version_num FROM alembic_version"
_BEGAN = "SELECT first_at FROM pulse WHERE id = 1"

Tables = Mapping[str, tuple[int, str]]


def check_pages(file: Path) -> None:
    """Raises Damaged where SQLite finds anything wrong with the file, or rows that refer to nothing."""
    with on_disk(file.parent), closing(sqlite3.connect(file)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(what="integrity", detail=found)
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        if dangling is not None:
            raise Damaged(what="references", detail=f"{dangling[0]} → {dangling[2]}")


def count(file: Path) -> Tables:
    """How many rows each table has, and a hash over them that does not depend on their order."""
    with on_disk(file.parent), closing(sqlite3.connect(file)) as connection:
        return {name: _count(connection, name) for (name,) in connection.execute(_TABLES).fetchall()}


def _count(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    rows, total = 0, 0
    cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a name out of the file's own list
    while part := cursor.fetchmany(AT_ONCE):
        rows += len(part)
        for row in part:
            total += int.from_bytes(hashlib.sha256(orjson.dumps(row, default=bytes.hex)).digest())
    return rows, f"{total % (1 << 256):064x}"


def compare(file: Path, expected: Tables) -> None:
    """Raises Damaged where a table is not as it was counted."""
    found = count(file)
    for table in expected.keys() | found.keys():
        if found.get(table) != tuple(expected.get(table, ())):
            raise Damaged(what="counts", detail=table)


def check_trail(file: Path, anchors: Sequence[Head] = ()) -> str:
    """Walk the trail of a file of the present version; its end. Raises Damaged."""
    engine = make_engine(url_of(file), read_only=True)
    try:
        verdict = verify(engine, anchors=anchors)
    finally:
        engine.dispose()
    if verdict.fault is not None:
        raise Damaged(what="trail", detail=f"{verdict.fault} {verdict.seq}")
    return "" if verdict.head is None else str(verdict.head)


def schema_of(file: Path) -> str:
    """The version of the tables; empty where there are none."""
    return _first(file, _SCHEMA)


def installation_of(file: Path) -> str:
    """What tells this company's database from another's: when it first showed life."""
    return _first(file, _BEGAN)


def _first(file: Path, statement: str) -> str:
    with on_disk(file.parent), closing(sqlite3.connect(file)) as connection:
        try:
            found = connection.execute(statement).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return ""
            raise
        return str(found[0]) if found else ""


def known(schema: str) -> bool:
    """Whether this program knows the version of the tables."""
    return schema in migrate.revisions()


def fold(file: Path) -> None:
    """Make a database file one that stands alone: nothing of it is in files beside it."""
    with on_disk(file.parent), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"
