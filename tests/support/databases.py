"""Databases for tests: a SQLite file in the test's folder, or one of its own on the local PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import ManualClock
from core.rulebook import default
from storage.store import Store

SERVER = os.environ.get("KEGUAN_TEST_PG", "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("KEGUAN_TEST_REDIS", "redis://127.0.0.1:6379/9")
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


def missing_redis(url: str) -> str:
    """Why there is no Redis to test on; empty where there is one."""
    try:
        from redis import Redis, RedisError
    except ImportError as error:
        return f"no Redis at hand: {error}"
    try:
        with Redis.from_url(url, socket_connect_timeout=2) as server:
            server.ping()
    except RedisError as error:
        return f"no Redis at hand (KEGUAN_TEST_REDIS): {error}"
    return ""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database, nobody else's meanwhile. Skips, and says why, where no server answers.

    Databases stay and are used again, also by the next run: making and dropping one takes the server seconds.
    """
    if reason := missing_postgresql():
        pytest.skip(reason)
    with _server() as server:
        number = next(n for n in count(1) if server.exec_driver_sql(_OURS.format(n)).scalar_one())
        name = f"keguan_test_{number}"
        if not server.exec_driver_sql(_KNOWN, (name,)).first():
            server.exec_driver_sql(f'CREATE DATABASE "{name}"')
            server.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        url = server.engine.url.set(database=name)
        with closing(_Server(url)) as fresh:
            fresh.run(_PART, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        yield url.render_as_string(hide_password=False)


_OURS = "SELECT pg_try_advisory_lock(1802921332, {})"  # kept as long as the connection
_KNOWN = "SELECT 1 FROM pg_database WHERE datname = %s"
_PART = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_EMPTY = """
DO $$
DECLARE one record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'DELETE FROM ' || quote_ident(one.tablename);
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class _Server:
    """One database, for the statements of its keeper: nobody of an earlier test is connected, no triggers fire."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)

    def run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        self._engine.dispose()


def _filled(url: str) -> str:
    """All tables, and what the store adds to them, in the database at `url`."""
    store = Store(url, ManualClock(NOON), default())
    store.create_tables()
    store.start()
    store.close()
    return url


class Databases:
    """Databases with all tables and nothing in them. A SQLite file is the copy of one that is made once; a database
    on the server is filled once and emptied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = ExitStack()
        self._ready: list[str] = []
        self._used: list[Path] = []  # the folder of the present test, once for each database it has

    def make(self, kind: str, folder: Path) -> str:
        """The address of an empty database, for the test whose folder it is; a SQLite file lies in it."""
        if kind == "sqlite":
            template = self._folder / "template.db"
            if not template.exists():
                _filled(f"sqlite:///{template}")
            return f"sqlite:///{shutil.copy(template, folder / 'keguan.db')}"
        self._used = [folder, *(one for one in self._used if one == folder)]
        if len(self._used) > len(self._ready):
            self._ready.append(_filled(self._held.enter_context(postgresql())))
        url = self._ready[len(self._used) - 1]
        with closing(_Server(sa.make_url(url))) as server:
            server.run(_PART, _EMPTY)
        return url

    def close(self) -> None:
        self._held.close()
