"""Keys of customers' names: numbers, a dozen for each record, by which names written otherwise are found (CUS-2).

They follow from the names and can be made again at any time, so that no other table refers to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from core.customers.model import Candidate
from core.ids import CustomerId
from storage.base import Base, Json, insert_ignoring, table
from storage.compiled import Compiled
from storage.customers import CustomerRow

SLOTS = 80  # keys one name asks for at most
MOST_OF_ONE = 150  # records read under one key: one that more of them share tells little
MOST_LIKE = 120  # records that are compared with a name
NO_KEY = -1


class NameKeyRow(Base):
    __tablename__ = "customer_name_keys"
    key: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    __table_args__ = ({"sqlite_with_rowid": False},)


_ROWS = sa.bindparam("rows", type_=Json)
_K, _T = table(NameKeyRow), table(CustomerRow)
_PUT = Compiled(insert_ignoring(NameKeyRow, on=["key", "customer_id"]), ["key", "customer_id"])
_DROP = Compiled(sa.delete(_K).where(_K.c.key == sa.bindparam("one"), _K.c.customer_id == sa.bindparam("row")))
_WITHOUT = (
    sa.select(_T.c.id, _T.c.name)
    .where(_T.c.id > sa.bindparam("after"))
    .where(~sa.exists().where(_K.c.key == sa.bindparam("marker", type_=sa.BigInteger), _K.c.customer_id == _T.c.id))
    .order_by(_T.c.id)
    .limit(sa.bindparam("most"))
)
_NAMES = sa.select(_T.c.id, _T.c.name, _T.c.name_key)
_NAMED = Compiled(
    {
        "sqlite": _NAMES.where(_T.c.id.in_(sa.select(sa.column("value")).select_from(sa.func.json_each(_ROWS)))),
        "postgresql": _NAMES.where(_T.c.id == sa.any_(sa.bindparam("rows", type_=postgresql.ARRAY(sa.Integer)))),
    }
)


def _in_file() -> sa.Select[tuple[int, int]]:
    """The first records under each of the keys; every key is a seek of its own."""
    few = [
        sa.select(_K.c.key, _K.c.customer_id).where(_K.c.key == sa.bindparam(f"k{n}")).limit(MOST_OF_ONE).subquery()
        for n in range(SLOTS)
    ]
    rows = sa.union_all(*(sa.select(one.c.key, one.c.customer_id) for one in few)).subquery()
    return sa.select(rows.c.key, rows.c.customer_id)


def _on_server() -> sa.Select[tuple[int, int]]:
    """The same; the keys come as one array."""
    sought = sa.bindparam("keys", type_=postgresql.ARRAY(sa.BigInteger))
    keys = sa.func.unnest(sought).table_valued("key", name="sought").render_derived()
    first = (
        sa.select(_K.c.customer_id)
        .where(_K.c.key == keys.c.key)
        .order_by(_K.c.customer_id)
        .limit(MOST_OF_ONE)
        .lateral("first")
    )
    return sa.select(keys.c.key, first.c.customer_id).select_from(keys.join(first, sa.true()))


HOLDERS = Compiled({"sqlite": _in_file(), "postgresql": _on_server()})


class SqlNameKeys:
    """The keys within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def put(self, customer: CustomerId, keys: Collection[int]) -> None:
        if keys:
            _PUT.run_many(self._c, [{"key": key, "customer_id": customer} for key in keys])

    def drop(self, customer: CustomerId, keys: Collection[int]) -> None:
        if keys:
            _DROP.run_many(self._c, [{"one": key, "row": customer} for key in keys])

    def holders(self, keys: Collection[int]) -> list[Candidate]:
        weights = self._weights(sorted(keys)[:SLOTS])
        rows = sorted(weights, key=lambda row: (-weights[row], row))[:MOST_LIKE]
        named = _NAMED.all(self._c, {"rows": rows}) if rows else []
        found = [Candidate(CustomerId(row.id), row.name, row.name_key, weights[row.id]) for row in named]
        return sorted(found, key=lambda one: one.customer)

    def _weights(self, keys: list[int]) -> dict[int, float]:
        """What the keys of each record tell: the fewer have a key, the more it does."""
        values = {f"k{n}": NO_KEY for n in range(SLOTS)} | {f"k{n}": key for n, key in enumerate(keys)}
        pairs = HOLDERS.all(self._c, {**values, "keys": keys})
        shared = Counter(key for key, _ in pairs)
        weights: dict[int, float] = {}
        for key, row in pairs:
            weights[row] = weights.get(row, 0.0) + 1 / shared[key]
        return weights

    def without(self, marker: int, after: CustomerId, most: int) -> list[tuple[CustomerId, str]]:
        rows = self._c.execute(_WITHOUT, {"marker": marker, "after": after, "most": most})
        return [(CustomerId(row.id), row.name) for row in rows]
