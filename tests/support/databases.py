"""Databases for tests: a SQLite file in the test's folder, or one of its own on the local PostgreSQL."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import ManualClock
from core.rulebook import default
from storage.store import Store

SERVER = os.environ.get("KEGUAN_TEST_PG", "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", "postgresql")
NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Monday


@contextmanager
def _server() -> Iterator[sa.Connection]:
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@cache
def missing_postgresql() -> str:
    """Why there is no PostgreSQL to test on; empty where there is one."""
    try:
        with _server():
            return ""
    except (sa.exc.OperationalError, ImportError) as error:
        return f"no PostgreSQL at hand (KEGUAN_TEST_PG): {str(error).splitlines()[0]}"


@contextmanager
def postgresql(template: str | None = None) -> Iterator[str]:
    """The address of a new database, empty or a clone; gone afterwards. Skips, and says why, where none answers."""
    if reason := missing_postgresql():
        pytest.skip(reason)
    name = f"keguan_{secrets.token_hex(6)}"
    with _server() as server:
        server.exec_driver_sql(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        address = server.engine.url.set(database=name).render_as_string(hide_password=False)
    try:
        yield address
    finally:
        with _server() as server:
            server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def _filled(url: str) -> str:
    """All tables, and what the store adds to them, in the database at `url`."""
    store = Store(url, ManualClock(NOON), default())
    store.create_tables()
    store.start()
    store.close()
    return url


class Databases:
    """Databases with all tables and nothing in them: copies of one that is made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = ExitStack()
        self._template = ""

    def make(self, kind: str, folder: Path) -> str:
        """The address of a new database; a SQLite file lies in `folder`."""
        if kind == "sqlite":
            template = self._folder / "template.db"
            if not template.exists():
                _filled(f"sqlite:///{template}")
            return f"sqlite:///{shutil.copy(template, folder / 'keguan.db')}"
        if not self._template:
            self._template = _filled(self._held.enter_context(postgresql()))
        return self._held.enter_context(postgresql(sa.make_url(self._template).database))

    def close(self) -> None:
        self._held.close()
