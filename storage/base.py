"""What all tables share: metadata with names for constraints, column types, and the insert that knows conflicts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Row classes are typed table definitions, private to storage, without relationships."""

    metadata = sa.MetaData(naming_convention=NAMING)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant. Refuses naive values; always comes back in UTC.

    SQLite keeps it as text of fixed width, so that comparing texts compares instants.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.isoformat(timespec="microseconds")[:26]
        return value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        instant: datetime = value
        return instant.astimezone(UTC)


class Json(sa.types.TypeDecorator[Any]):
    """Facts as JSON text; instants in it become ISO 8601 strings."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Words(sa.types.TypeDecorator[tuple[str, ...]]):
    """A short ordered set of words, kept as one text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        return "|".join(value or ())

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> tuple[str, ...]:
        return tuple(value.split("|")) if value else ()


def table(row: type[Base]) -> sa.Table:
    """The table of a row class, for Core statements."""
    found = row.__table__
    if not isinstance(found, sa.Table):
        raise TypeError(f"{row.__name__} is not a plain table")
    return found


def next_number(row: type[Base]) -> dict[str, Any]:
    """The id of a row whose number people see: the one after the highest, for a row at a time.

    A server's own counting leaves a gap wherever a transaction is taken back. Writers take turns (`storage.turns`),
    so nobody else counts meanwhile.
    """
    id: sa.ColumnElement[Any] = table(row).c.id
    return {"id": sa.select(sa.func.coalesce(sa.func.max(id), 0) + 1).scalar_subquery()}


ALL = 2**62  # more than there ever is


def in_slices(table: sa.Table, *which: sa.ColumnElement[bool]) -> sa.Delete:
    """Deletes `most` of such rows, of those with ids up to `upto`: many at once would keep the writer for seconds."""
    id: sa.ColumnElement[Any] = table.c.id
    some = sa.select(id).where(*which, id <= sa.bindparam("upto", type_=sa.BigInteger)).order_by(id)
    return sa.delete(table).where(id.in_(some.limit(sa.bindparam("most", type_=sa.BigInteger))))


def insert_ignoring(row: type[Base], *, on: list[str], numbered: bool = False) -> dict[str, sa.Insert]:
    """`INSERT … ON CONFLICT DO NOTHING`, built once for each database."""
    given = next_number(row) if numbered else {}
    lite, pg = (insert(row).values(given) if given else insert(row) for insert in (sqlite.insert, postgresql.insert))
    return {
        "sqlite": lite.on_conflict_do_nothing(index_elements=on),
        "postgresql": pg.on_conflict_do_nothing(index_elements=on),
    }


def upsert(row: type[Base], *, on: list[str], update: list[str]) -> dict[str, sa.Executable]:
    """`INSERT … ON CONFLICT DO UPDATE` of the named columns, built once for each database."""
    lite, pg = sqlite.insert(row), postgresql.insert(row)
    return {
        "sqlite": lite.on_conflict_do_update(index_elements=on, set_={c: lite.excluded[c] for c in update}),
        "postgresql": pg.on_conflict_do_update(index_elements=on, set_={c: pg.excluded[c] for c in update}),
    }
