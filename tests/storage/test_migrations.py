"""The tables that migrations make are the tables the code uses, on every database that is at hand."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from storage import migrate
from tests.support.databases import KINDS, postgresql


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'keguan.db'}"
    else:
        with postgresql() as address:
            yield address


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    found = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_every_step_goes_up_and_down_and_up_again(url: str) -> None:
    steps = list(reversed(list(ScriptDirectory.from_config(migrate.config()).walk_revisions())))
    assert steps
    for step in steps:
        migrate.upgrade(url, step.revision)
        migrate.downgrade(url, step.down_revision or "base")
        migrate.upgrade(url, step.revision)
    assert migrate.current(url) == migrate.head()
    assert {"inbox", "notices", "deadlines", "people", "groups"} <= _tables(url)
    migrate.downgrade(url, "base")
    assert _tables(url) == {"alembic_version"}


def test_migrated_tables_are_those_of_the_code(url: str) -> None:
    migrate.upgrade(url)
    migrate.check(url)


def test_filled_sqlite_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'keguan.db'}"
    assert migrate.upgrade(url) is None, "an empty database has nothing to keep"
    assert migrate.upgrade(url) is None, "nothing to do, nothing to copy"
    with sqlite3.connect(tmp_path / "keguan.db") as connection:
        connection.execute("INSERT INTO departments (name) VALUES ('销售部')")
    connection.close()

    migrate.downgrade(url, "base")
    assert _tables(url) == {"alembic_version"}
    migrate.upgrade(url)
    for name in ("keguan.at-0001.db", "keguan.at-0001-2.db"):
        copy = migrate._back_up(url, "0001")
        assert copy is not None
        assert copy.name == name, "an earlier copy is never written over"
        assert _tables(f"sqlite:///{copy}") == _tables(url)


def test_data_of_a_newer_version_are_not_touched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'keguan.db'}"
    migrate.upgrade(url)
    with sqlite3.connect(tmp_path / "keguan.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    connection.close()
    with pytest.raises(migrate.NewerDatabase, match="from_the_future"):
        migrate.upgrade(url)


def _write(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_processes_that_start_at_once_lift_a_server_once() -> None:
    """A start of several on a new version: one makes the tables, the others wait and find them made."""
    with postgresql() as url:
        lift = [sys.executable, "-m", "storage.migrate", "upgrade", url]
        several = [subprocess.Popen(lift, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        for one in several:
            _, said = one.communicate(timeout=60)
            assert one.returncode == 0, said
        migrate.check(url)


def test_older_processes_are_not_overtaken() -> None:
    """Tables are not changed under a process that knows the former ones; a dead one's entry is no hindrance."""
    with postgresql() as url:
        migrate.upgrade(url)
        former = next(ScriptDirectory.from_config(migrate.config()).walk_revisions()).down_revision
        _write(
            url,
            f"UPDATE alembic_version SET version_num = '{former}'",
            "INSERT INTO processes (name, seen_at) VALUES ('first:1', clock_timestamp()), "
            "('dead:2', clock_timestamp() - interval '1 minute')",
        )
        with pytest.raises(migrate.InUse, match=r"^first:1$"):
            migrate.upgrade(url)
        assert migrate.current(url) == former
