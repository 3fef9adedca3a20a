"""A connection whose standing statements run on the driver's own cursor, as `Compiled` does for the hottest ones.

Repositories build their statements once. At its second use such a statement is worked out for the database and kept
with itself; one that was built for a single use never comes to that, and SQLAlchemy runs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from storage.compiled import Ready, executed

_MARK = "_keguan_ready"  # where a statement keeps what was worked out
_ONE_ROW = "one row was expected, and there are {}"


class Quick:
    """Stands for a connection. What it can't run itself, it leaves to the connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self.sqlalchemy = connection
        self.dialect = connection.dialect
        seen_by = len(list(connection.dispatch.before_cursor_execute)) - (
            self.dialect.name != "sqlite"
        )  # but the wire
        self._watched = seen_by > 0  # somebody wants to see all statements
        self._connection = connection

    @property
    def connection(self) -> Any:
        """The driver's connection, as SQLAlchemy's has it."""
        return self._connection.connection

    def execute(self, statement: Any, values: Any = None) -> Any:
        """Run a statement. Rows are fetched at once."""
        if not self._watched and (values is None or isinstance(values, Mapping)):
            given = values or {}
            ready = _ready(statement, given, self.dialect)
            if ready is not None:
                cursor = executed(self._connection, ready, ready.bound(given))
                rows = cursor.fetchall() if cursor.description else []
                changed = cursor.rowcount
                cursor.close()
                return Rows([ready.read(row) for row in rows], changed)
        return self._connection.execute(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class Rows:
    """What a statement brought, with the names of SQLAlchemy's results."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        return self._rows

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        if len(self._rows) != 1:
            error = sa.exc.MultipleResultsFound if self._rows else sa.exc.NoResultFound
            raise error(_ONE_ROW.format(len(self._rows)))
        return self._rows[0]

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalars(self) -> Iterator[Any]:
        return (row[0] for row in self._rows)


class _Plans:
    """What was worked out for one statement, by database and by the names of the values it was given. A copy that is
    made of the statement takes this along, so that it says whose it is."""

    __slots__ = ("known", "of")

    def __init__(self, of: Any) -> None:
        self.of = of
        self.known: dict[tuple[str, ...], Ready | None] = {}


def _ready(statement: Any, given: Mapping[str, Any], dialect: sa.Dialect) -> Ready | None:
    """How the driver takes a statement; None at its first use, and where it is SQLAlchemy's to run."""
    plans = statement.__dict__.get(_MARK)
    if plans is None or plans.of is not statement:
        statement.__dict__[_MARK] = _Plans(statement)
        return None
    form = (dialect.name, *given)
    if form not in plans.known:
        plans.known[form] = _worked_out(statement, list(given), dialect)
    found: Ready | None = plans.known[form]
    return found


def _worked_out(statement: Any, names: list[str], dialect: sa.Dialect) -> Ready | None:
    if not isinstance(statement, sa.Select | sa.Insert | sa.Update | sa.Delete):
        return None
    try:
        ready = Ready(statement, names, dialect)
    except (sa.exc.InvalidRequestError, TypeError, ValueError):  # a type that must see the driver's answer
        return None
    return ready if ready.stands else None
