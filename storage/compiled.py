"""Hot statements, compiled once for each database and run on the driver's own cursor.

SQLAlchemy's way of running a prepared statement costs several times what the database needs for it, and the writer's
thread shares the interpreter with the event loop. Here the text, the order of the values and what turns values into
the driver's (and back) are worked out at the first use.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

Turn = Callable[[Any], Any] | None


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names)  # its fields are known only now


def _turn(kind: Any, dialect: sa.Dialect) -> Turn:
    """What makes a driver's value the program's. Floats come as such, and SQLAlchemy asks a cursor about them."""
    turn: Turn = None if isinstance(kind, sa.Float) else kind.dialect_impl(dialect).result_processor(dialect, None)
    return turn


class _Ready:
    """One statement as one database's driver takes it."""

    def __init__(self, statement: Any, columns: list[str] | None, dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql: str = compiled.string
        self.dialect = dialect
        names: list[str] = list(compiled.positiontup or dict.fromkeys(compiled.bind_names.values()))
        self.positional = compiled.positiontup is not None
        self.values: list[tuple[str, Any, Turn]] = [
            (name, bind.effective_value, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for name in names
            for bind in (compiled.binds[name],)
        ]
        found = statement.selected_columns if isinstance(statement, sa.Select) else ()
        self.row: Any = _row_of([str(column.key) for column in found])
        self.turns: list[Turn] = [_turn(column.type, dialect) for column in found]

    def bound(self, given: Mapping[str, Any]) -> Any:
        turned = [
            (name, turn(value) if turn is not None else value)
            for name, fixed, turn in self.values
            for value in (given.get(name, fixed),)
        ]
        return [value for _, value in turned] if self.positional else dict(turned)

    def read(self, values: Any) -> Any:
        return self.row(
            *(turn(value) if turn is not None else value for value, turn in zip(values, self.turns, strict=True))
        )


class Compiled:
    """A statement to be run often.

    `columns` names the values of an INSERT. Every value a statement has no fixed one for must be given. Errors of
    the driver come out as SQLAlchemy's, as everywhere.
    """

    def __init__(self, statement: Any, columns: list[str] | None = None) -> None:
        self.statement = statement  # one for all databases, or by the database's name
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def _for(self, dialect: sa.Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            one = self.statement[dialect.name] if isinstance(self.statement, dict) else self.statement
            ready = self._ready[dialect.name] = _Ready(one, self._columns, dialect)
        return ready

    def run(self, connection: sa.Connection, given: Mapping[str, Any]) -> int:
        """Run it once; how many rows it changed."""
        ready = self._for(connection.dialect)
        cursor = _executed(connection, ready, ready.bound(given))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def run_many(self, connection: sa.Connection, given: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of the values."""
        ready = self._for(connection.dialect)
        _executed(connection, ready, [ready.bound(one) for one in given], many=True).close()

    def first(self, connection: sa.Connection, given: Mapping[str, Any]) -> Any:
        """The first row it selects, or None."""
        ready = self._for(connection.dialect)
        cursor = _executed(connection, ready, ready.bound(given))
        values = cursor.fetchone()
        cursor.close()
        return None if values is None else ready.read(values)

    def all(self, connection: sa.Connection, given: Mapping[str, Any]) -> list[Any]:
        """Every row it selects."""
        ready = self._for(connection.dialect)
        cursor = _executed(connection, ready, ready.bound(given))
        rows = cursor.fetchall()
        cursor.close()
        return [ready.read(row) for row in rows]


def _executed(connection: sa.Connection, ready: _Ready, values: Any, *, many: bool = False) -> Any:
    driver: Any = connection.dialect.loaded_dbapi
    cursor: Any = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(ready.sql, values)
    except driver.Error as error:
        cursor.close()
        raise sa.exc.DBAPIError.instance(ready.sql, values, error, driver.Error) from error
    return cursor
