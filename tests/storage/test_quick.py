"""A connection that runs standing statements itself: at every use what SQLAlchemy would have brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from storage.base import Json, UtcDateTime, insert_ignoring, table
from storage.engine import make_engine
from storage.groups import GroupRow
from storage.quick import Quick
from storage.store import Store

META = sa.MetaData()
THINGS = sa.Table(
    "quick_things",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime),
    sa.Column("facts", Json),
    sa.Column("share", sa.Float),
    sa.Column("word", sa.String(10), default="usual"),
)
NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
PUT = sa.insert(THINGS)
GET = sa.select(THINGS).where(THINGS.c.id == sa.bindparam("row"))
AMONG = sa.select(THINGS.c.id).where(THINGS.c.id.in_(sa.bindparam("rows", expanding=True))).order_by(THINGS.c.id)
TURN = sa.update(THINGS).where(THINGS.c.id == sa.bindparam("row")).values(share=sa.bindparam("part"))
TURN_BACK = TURN.returning(THINGS.c.id, THINGS.c.share)


@pytest.fixture
def quick(url: str) -> Iterator[Quick]:
    engine = make_engine(url)
    META.drop_all(engine)
    META.create_all(engine)
    with engine.connect() as connection:
        yield Quick(connection)
    META.drop_all(engine)
    engine.dispose()


def test_every_use_of_a_statement_brings_the_same(quick: Quick) -> None:
    """The first is SQLAlchemy's, the later ones are its own."""
    for number in (1, 2, 3, 4):
        quick.execute(PUT, {"id": number, "at": NOON, "facts": {"客户": [number, None]}, "share": 0.5})
    for number in (1, 2, 3, 4):
        row = quick.execute(GET, {"row": number}).one()
        assert (row.id, row.at, row.facts, row.share) == (number, NOON, {"客户": [number, None]}, 0.5)
        assert row.word == "usual", "what a column says of itself is heard at every use"
        assert quick.execute(TURN, {"row": number, "part": 0.25}).rowcount == 1
        assert quick.execute(TURN_BACK, {"row": number, "part": 0.75}).all() == [(number, 0.75)]
        assert quick.execute(TURN, {"row": 99, "part": 0.25}).rowcount == 0
        assert quick.execute(GET, {"row": 99}).first() is None
        assert quick.execute(AMONG, {"rows": [1, number]}).scalars().__iter__().__next__() == 1
        assert len(quick.execute(AMONG, {"rows": list(range(number + 1))}).all()) == number


def test_a_statement_made_of_another_is_another(quick: Quick) -> None:
    for number in (1, 2):
        quick.execute(PUT, {"id": number, "at": NOON, "facts": None, "share": 0.5})
    for _ in range(3):
        assert quick.execute(GET, {"row": 1}).scalar() == 1
    narrower = GET.where(THINGS.c.share > 0.6)
    for _ in range(3):
        assert quick.execute(narrower, {"row": 1}).scalar() is None
        assert quick.execute(GET, {"row": 1}).scalar_one() == 1


def test_a_value_that_is_missing_is_refused_at_every_use(quick: Quick) -> None:
    for _ in range(3):
        with pytest.raises(sa.exc.StatementError, match="row"):
            quick.execute(GET, {})


def test_refusals_are_sqlalchemys(quick: Quick) -> None:
    for _ in range(3):
        with pytest.raises(sa.exc.IntegrityError), quick.begin():
            for _ in range(2):
                quick.execute(PUT, {"id": 7, "at": NOON, "facts": None, "share": 0.5})


async def test_rows_that_are_there_already_are_told(store: Store) -> None:
    """Also where the server is asked for nothing back."""
    put = insert_ignoring(GroupRow, on=["chat_id"])
    values = {"chat_id": -5, "title": "群", "department_id": None, "purposes": (), "bound_at": NOON, "bound": True}

    def twice(uow: object) -> list[int]:
        quick = Quick(uow.connection)  # type: ignore[attr-defined]  # the store's own
        return [quick.execute(put[quick.dialect.name], values).rowcount for _ in range(4)]

    assert await store.unit(twice) == [1, 0, 0, 0]
    assert table(GroupRow).name == "groups"
