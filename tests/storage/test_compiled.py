"""Statements run on the driver's own cursor, or on a server's wire: values and rows are turned as SQLAlchemy does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from storage.base import Json, UtcDateTime, Words
from storage.compiled import Compiled
from storage.engine import make_engine

META = sa.MetaData()
THINGS = sa.Table(
    "things",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime),
    sa.Column("facts", Json),
    sa.Column("words", Words),
    sa.Column("on", sa.Boolean),
    prefixes=["TEMPORARY"],  # so that nothing is left behind on a server
)
NAMES = ["id", "at", "facts", "words", "on"]
PUT = Compiled(sa.insert(THINGS), NAMES)
GET = Compiled(sa.select(THINGS).where(THINGS.c.id == sa.bindparam("row")))
OFF = Compiled(sa.update(THINGS).where(THINGS.c.id >= sa.bindparam("row")).values(on=False))
NOON = datetime(2026, 9, 14, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def thing(number: int) -> dict[str, object]:
    return {"id": number, "at": NOON, "facts": {"客户": [1, None]}, "words": ("a", "b"), "on": True}


@pytest.fixture
def connection(url: str) -> Iterator[sa.Connection]:
    engine = make_engine(url)
    with engine.connect() as connection:
        connection.execute(CreateTable(THINGS))
        connection.commit()
        yield connection
    engine.dispose()


def test_row_comes_back_as_it_was_put(connection: sa.Connection) -> None:
    PUT.run(connection, thing(1))
    raw = GET.first(connection, {"row": 1})
    assert raw == tuple(connection.execute(sa.select(THINGS)).one())
    assert raw.at == NOON
    assert raw.at.tzinfo is UTC
    assert raw.facts == {"客户": [1, None]}
    assert raw.words == ("a", "b")
    assert raw.on is True
    assert GET.first(connection, {"row": 2}) is None


def test_many_are_put_and_changed_rows_are_counted(connection: sa.Connection) -> None:
    PUT.run_many(connection, [thing(number) for number in (1, 2, 3)])
    assert OFF.run(connection, {"row": 2}) == 2
    assert [row.on for row in connection.execute(sa.select(THINGS).order_by(THINGS.c.id))] == [True, False, False]


def test_what_nobody_asks_about_is_there_for_whoever_looks(connection: sa.Connection) -> None:
    PUT.later(connection, thing(1))
    assert connection.execute(sa.select(THINGS.c.id)).scalars().all() == [1]


def test_refusal_is_sqlalchemys_and_is_undone_with_the_transaction(connection: sa.Connection) -> None:
    with connection.begin() as transaction:
        PUT.run(connection, thing(1))
        with pytest.raises(sa.exc.IntegrityError):
            PUT.run(connection, thing(1))
        transaction.rollback()
    assert GET.first(connection, {"row": 1}) is None


def test_naive_instant_is_refused(connection: sa.Connection) -> None:
    with pytest.raises(ValueError, match="zone"):
        PUT.run(connection, {**thing(1), "at": datetime(2026, 9, 14)})  # noqa: DTZ001  # the very thing refused
