"""Hot statements, compiled once for each database and run on the driver's own cursor, or on a server's wire.

SQLAlchemy's way of running a prepared statement costs several times what the database needs for it, and the writer's
thread shares the interpreter with the event loop. Here the text, the order of the values and what turns values into
the driver's (and back) are worked out at the first use.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from storage.wire import flush, wire_of

Turn = Callable[[Any], Any] | None


def _turn(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Turn:
    """What makes a value of the driver ours. Fractions are right as they come; SQLAlchemy would have to see the
    answer to know that."""
    if isinstance(kind, sa.Float) and not kind.asdecimal:
        return None
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)  # its fields are known only now; what has no name has a place


class Ready:
    """One statement as one database's driver takes it. It `stands` where its text is the same for all values, and
    nothing but the values given is needed to run it. `wired`: it goes over a server's wire, past the cursor."""

    def __init__(
        self, statement: Any, columns: list[str] | None, dialect: sa.Dialect, *, wired: bool = False
    ) -> None:
        found = list(getattr(statement, "exported_columns", ()))
        if isinstance(statement, sa.Insert) and not found:
            statement = statement.inline()  # nobody asks for the key of the new row
        kind: Any = type(dialect)
        spoken = kind(paramstyle="numeric_dollar") if wired else dialect  # $1, $2 …, as a wire takes them
        compiled: Any = statement.compile(dialect=spoken, column_keys=columns)
        self.sql: str = compiled.string
        self.wired = wired
        names: list[str] = list(compiled.positiontup or dict.fromkeys(compiled.bind_names.values()))
        self.positional = compiled.positiontup is not None
        self.values: list[tuple[str, Any, Turn]] = [
            (name, bind.effective_value, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for name in names
            for bind in (compiled.binds[name],)
        ]
        self.needed = [name for name in names if compiled.binds[name].required]
        keys = [str(column.key) for column in found]
        self.row: Any = _row_of(keys)
        turns = [_turn(column.type, dialect) for column in found]
        self.turns = [(at, turn) for at, turn in enumerate(turns) if turn is not None]
        self.stands = not (
            compiled.post_compile_params
            or compiled.literal_execute_params
            or compiled.insert_prefetch
            or compiled.update_prefetch
            or len(set(keys)) < len(keys)
        )

    def bound(self, given: Mapping[str, Any]) -> Any:
        """The values in the driver's order. Raises StatementError where one is missing."""
        for name in self.needed:
            if name not in given:
                raise sa.exc.StatementError(f"a value is required for {name!r}", self.sql, dict(given), None)
        get = given.get
        if self.positional:
            return [turn(get(name, fixed)) if turn else get(name, fixed) for name, fixed, turn in self.values]
        return {name: turn(get(name, fixed)) if turn else get(name, fixed) for name, fixed, turn in self.values}

    def read(self, values: Any) -> Any:
        if self.turns:
            values = list(values)
            for at, turn in self.turns:
                values[at] = turn(values[at])
        return self.row._make(values)


class Compiled:
    """A statement to be run often.

    `columns` names the values of an INSERT. Every value a statement has no fixed one for must be given. Errors of
    the driver come out as SQLAlchemy's, as everywhere.
    """

    def __init__(self, statement: Any, columns: list[str] | None = None) -> None:
        self.statement = statement  # one for all databases, or by the database's name
        self._columns = columns
        self._ready: dict[str, Ready] = {}

    def _for(self, dialect: sa.Dialect) -> Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            one = self.statement[dialect.name] if isinstance(self.statement, dict) else self.statement
            ready = self._ready[dialect.name] = Ready(one, self._columns, dialect, wired=dialect.name != "sqlite")
        return ready

    def run(self, connection: sa.Connection, given: Mapping[str, Any]) -> int:
        """Run it once; how many rows it changed."""
        ready = self._for(connection.dialect)
        if ready.wired:
            return wire_of(connection.connection).run(ready.sql, ready.bound(given))
        cursor = executed(connection, ready, ready.bound(given))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def later(self, connection: sa.Connection, *given: Mapping[str, Any]) -> None:
        """Run it once for each of the values, within this unit of work; nobody asks what it did."""
        ready = self._for(connection.dialect)
        if not ready.wired:
            self.run_many(connection, given)
            return
        wire = wire_of(connection.connection)
        for one in given:
            wire.later(ready.sql, ready.bound(one))

    def run_many(self, connection: sa.Connection, given: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of the values."""
        ready = self._for(connection.dialect)
        rows = [ready.bound(one) for one in given]
        if ready.wired:
            wire_of(connection.connection).run_many(ready.sql, rows)
        else:
            executed(connection, ready, rows, many=True).close()

    def first(self, connection: sa.Connection, given: Mapping[str, Any]) -> Any:
        """The first row it selects, or None."""
        ready = self._for(connection.dialect)
        if ready.wired:
            found = wire_of(connection.connection).rows(ready.sql, ready.bound(given))
            return ready.read(found[0]) if found else None
        cursor = executed(connection, ready, ready.bound(given))
        values = cursor.fetchone()
        cursor.close()
        return None if values is None else ready.read(values)

    def all(self, connection: sa.Connection, given: Mapping[str, Any]) -> list[Any]:
        """Every row it selects."""
        ready = self._for(connection.dialect)
        if ready.wired:
            found = wire_of(connection.connection).rows(ready.sql, ready.bound(given))
            return [ready.read(row) for row in found]
        cursor = executed(connection, ready, ready.bound(given))
        rows = cursor.fetchall()
        cursor.close()
        return [ready.read(row) for row in rows]


def executed(connection: sa.Connection, ready: Ready, values: Any, *, many: bool = False) -> Any:
    """The driver's cursor after the statement. Its errors come out as SQLAlchemy's."""
    driver: Any = connection.dialect.loaded_dbapi
    if connection.dialect.name != "sqlite":
        flush(connection)
    cursor: Any = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(ready.sql, values)
    except driver.Error as error:
        cursor.close()
        raise sa.exc.DBAPIError.instance(ready.sql, values, error, driver.Error, hide_parameters=True) from error
    return cursor
