"""Backups in tests: a job for a folder, a database with people in it, and what a file holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.people import StaffRow, import_staff
from core.rulebook import default
from storage import migrate
from storage.backups.making import Job
from storage.store import Store
from tests.support.databases import NOON


def job(url: str, folder: Path, *, now: datetime = NOON, keys: str = "") -> Job:
    """A backup of a database into `folder`, which is the folder of data as well."""
    return Job(url, folder, folder / "backups", now, "1.0", default().version, keys, anchors=folder / "audit.anchors")


async def hire(url: str, *names: str) -> None:
    """People join, and the store is closed again."""
    store = Store(url, ManualClock(NOON), default())
    store.start()
    rows = [StaffRow(2, name, name, "销售部", Role.SALESPERSON, "", "", ()) for name in names]
    try:
        await store.do(import_staff, SYSTEM, rows)
    finally:
        store.close()


def names(url: str) -> list[str]:
    """Who is in the register, in the order they came."""
    return column(url, "SELECT name FROM people ORDER BY id")


def column(url: str, statement: str) -> list[str]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return [str(one) for one in connection.exec_driver_sql(statement).scalars()]
    finally:
        engine.dispose()


def stamp(url: str) -> None:
    """A database that was made without migrations says its version all the same."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("DELETE FROM alembic_version")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{migrate.head()}')")
    engine.dispose()


def is_whole(file: Path) -> bool:
    """Whether SQLite finds nothing wrong with a database file."""
    with closing(sqlite3.connect(file)) as connection:
        pages = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return pages and not connection.execute("PRAGMA foreign_key_check").fetchall()
