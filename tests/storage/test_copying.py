"""`keguan db copy`: a whole installation moves to another database, and back (OPS-1, OPS-4, P43)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.moving import move
from bot.terminal import Texts
from core.access import SYSTEM, Role
from core.clock import ManualClock
from core.people import StaffRow, import_staff
from core.rulebook import default
from storage import copying, migrate
from storage.store import Store
from tests.support.databases import NOON, postgresql

ROWS = [StaffRow(n + 2, f"{n}", f"员工{n}", "销售部", Role.SALESPERSON, "", "", ()) for n in range(1, 4)]


@pytest.fixture
def source(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'keguan.db'}"
    migrate.upgrade(url)
    return url


@pytest.fixture
def target() -> Iterator[str]:
    with postgresql() as url:
        yield url


async def test_everything_arrives_and_numbers_go_on(source: str, target: str, tmp_path: Path) -> None:
    await _hire(source, ROWS[:1])
    code, said = move(source, target, Texts("zh_CN"))
    assert code == 0, said
    assert "行数与哈希一致，留痕完整" in said[-1]
    assert any(line.startswith("people ") for line in said)
    await _hire(target, ROWS)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    code, said = move(target, back, Texts("en"))
    assert code == 0, said
    assert _column(back, "SELECT id FROM people ORDER BY id") == [*range(1, len(ROWS) + 1)]
    await _hire(back, ROWS)  # it can be worked with


async def test_a_target_that_holds_something_is_refused(source: str, target: str) -> None:
    await _hire(source, ROWS[:1])
    assert move(source, target, Texts("en"))[0] == 0
    code, said = move(source, target, Texts("en"))
    assert (code, "not empty" in said[0]) == (1, True)


async def test_an_interrupted_copy_can_not_be_used(source: str, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await _hire(source, ROWS[:1])

    def pulled_out(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_set_sequence", pulled_out)
    with pytest.raises(KeyboardInterrupt):
        move(source, target, Texts("en"))
    with pytest.raises(migrate.Unfinished):
        migrate.upgrade(target)
    code, said = move(source, target, Texts("en"))
    assert (code, "was interrupted" in said[0]) == (1, True)


async def _hire(url: str, rows: list[StaffRow]) -> None:
    store = Store(url, ManualClock(NOON), default())
    store.start()
    await store.do(import_staff, SYSTEM, rows)
    store.close()


def _column(url: str, sql: str) -> list[object]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = list(connection.exec_driver_sql(sql).scalars())
    engine.dispose()
    return found
