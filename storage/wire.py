"""A server's connection without the driver's machinery, for the few statements that every update runs.

psycopg's cursors cost several times what libpq needs for a prepared statement, and at each answer that is waited for
the thread has to get the interpreter back. Here statements are prepared once a connection, and those whose answer
nobody needs wait and travel with the next one (libpq's pipeline). They never leave their unit of work: its end waits
for all answers, so that an error is always the unit's own.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import sqlalchemy as sa

KEPT = "keguan_wire"  # under which a pooled connection keeps its wire
AT_ONCE = 200  # statements on their way together
SAVEPOINT, RELEASE, BACK = "SAVEPOINT unit", "RELEASE SAVEPOINT unit", "ROLLBACK TO SAVEPOINT unit"
NUMBERED = "SELECT set_config('keguan.unit', $1, true)"


@dataclass(frozen=True, slots=True)
class _Call:
    """A prepared statement with the values as they go over the wire."""

    sql: str
    values: list[Any]
    name: bytes | None  # under which the server has it prepared
    dumped: Sequence[Any]
    formats: Sequence[int] | None


class Wire:
    """One connection to a server. `values` stand for $1, $2 … of the statement."""

    def __init__(self, driver: Any) -> None:
        import psycopg  # noqa: PLC0415 only where there is a server
        from psycopg import adapt, errors, pq  # noqa: PLC0415 likewise

        self._driver, self._pg, self._pq = driver, driver.pgconn, pq
        self.error: Any = psycopg.Error
        self._lost, self._error_from = psycopg.OperationalError, errors.error_from_result
        self._text = adapt.PyFormat.TEXT
        self._adapt = adapt.Transformer(driver)
        self._names: dict[str, bytes] | None = None
        self._numbers = count()
        self._forgotten = False  # by the server, what was prepared
        self._waiting: list[_Call] = []
        self._gathers = False
        self._opened = False  # what opens the unit has reached the server
        self._poll = select.poll()
        self._poll.register(self._pg.socket, select.POLLIN)

    def prepare(self) -> None:
        """From now on have statements prepared. For a connection that psycopg does not roll back each time: it has
        the server forget all of them then."""
        if self._names is None:
            self._names = {}

    def forget(self) -> None:
        """psycopg rolls back, if only to a savepoint."""
        self._forgotten = True

    # What units of work need -----------------------------------------------------------------------------------

    def gather(self, opening: list[tuple[str, list[Any]]]) -> None:
        """From here on what can wait is gathered, behind what opens the unit."""
        self._waiting = [self._call(sql, values) for sql, values in opening]
        self._gathers, self._opened = True, False

    def scatter(self) -> bool:
        """Forget what waits, and gather no longer. Whether the server knows of the unit."""
        self._waiting.clear()
        self._gathers = False
        return self._opened

    def finish(self, ending: list[tuple[str, list[Any]]]) -> None:
        """Wait for all that waits, with what ends the unit behind it."""
        self._waiting += [self._call(sql, values) for sql, values in ending]
        self.flush()
        self._gathers = False

    # Statements ------------------------------------------------------------------------------------------------

    def run(self, sql: str, values: list[Any]) -> int:
        """How many rows it changed."""
        return int(self._last(sql, values).command_tuples or 0)

    def rows(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        result = self._last(sql, values)
        self._adapt.set_pgresult(result)
        found: list[tuple[Any, ...]] = self._adapt.load_rows(0, result.ntuples, tuple)
        return found

    def later(self, sql: str, values: list[Any]) -> None:
        """Run it with the next one that is waited for, or at the end of the unit."""
        self._waiting.append(self._call(sql, values))
        if not self._gathers or len(self._waiting) >= AT_ONCE:
            self.flush()

    def run_many(self, sql: str, rows: Iterable[list[Any]]) -> None:
        for values in rows:
            self._waiting.append(self._call(sql, values))
            if len(self._waiting) >= AT_ONCE:
                self.flush()
        self.flush()

    def run_plain(self, sql: str) -> None:
        """Several at once, without values."""
        with self._told(sql, []):
            self._checked(self._pg.exec_(sql.encode()))

    def flush(self) -> None:
        """Wait for all that waits."""
        if self._waiting:
            self._sent()

    def _last(self, sql: str, values: list[Any]) -> Any:
        self._waiting.append(self._call(sql, values))
        return self._sent()

    # On the wire -----------------------------------------------------------------------------------------------

    def _call(self, sql: str, values: list[Any]) -> _Call:
        with self._told(sql, values):
            name = self._prepared(sql)
            dumped = self._adapt.dump_sequence(values, [self._text] * len(values)) if values else []
        return _Call(sql, values, name, dumped, list(self._adapt.formats or ()) if values else None)

    def _prepared(self, sql: str) -> bytes | None:
        if self._names is None:
            return None
        if self._forgotten:
            self._checked(self._pg.exec_(b"DEALLOCATE ALL"))  # psycopg spares itself this where it prepared nothing
            self._names.clear()
            self._forgotten = False
        name = self._names.get(sql)
        if name is None:
            name = b"keguan_%d" % next(self._numbers)
            self._checked(self._pg.prepare(name, sql.encode()))
            self._names[sql] = name
        return name

    def _sent(self) -> Any:
        """Send what waits and wait for the answers; the last one's."""
        calls, self._waiting = self._waiting, []
        with self._told(calls[-1].sql, calls[-1].values):
            self._begin()
            self._opened = True
            results = self._together(calls) if len(calls) > 1 else [self._alone(calls[0])]
        for call, result in zip(calls, results, strict=False):  # behind one that failed there is nothing to check
            with self._told(call.sql, call.values):
                self._checked(result)
        return results[-1]

    def _begin(self) -> None:
        """As psycopg does before the first statement of a transaction."""
        if self._pg.transaction_status == self._pq.TransactionStatus.IDLE and not self._driver.autocommit:
            self._checked(self._pg.exec_(b"BEGIN"))

    def _alone(self, call: _Call) -> Any:
        if call.name is None:
            return self._pg.exec_params(call.sql.encode(), call.dumped, None, call.formats, self._pq.Format.TEXT)
        return self._pg.exec_prepared(call.name, call.dumped, call.formats, self._pq.Format.TEXT)

    def _send(self, call: _Call) -> None:
        if call.name is None:
            self._pg.send_query_params(call.sql.encode(), call.dumped, None, call.formats, self._pq.Format.TEXT)
        else:
            self._pg.send_query_prepared(call.name, call.dumped, call.formats, self._pq.Format.TEXT)

    def _together(self, calls: list[_Call]) -> list[Any]:
        self._pg.enter_pipeline_mode()
        try:
            for call in calls:
                self._send(call)
            self._pg.pipeline_sync()
            return list(self._answers())
        finally:
            if self._pg.status == self._pq.ConnStatus.OK:
                self._pg.exit_pipeline_mode()

    def _answers(self) -> Iterator[Any]:
        """The answers until the one that ends them. Whoever waits here lets the other threads run."""
        while self._pg.flush():
            self._poll.modify(self._pg.socket, select.POLLIN | select.POLLOUT)
            self._poll.poll()
            self._poll.modify(self._pg.socket, select.POLLIN)
            self._pg.consume_input()
        while True:
            while self._pg.is_busy():
                self._poll.poll()
                self._pg.consume_input()
            result = self._pg.get_result()
            if result is None:
                continue
            if result.status == self._pq.ExecStatus.PIPELINE_SYNC:
                return
            yield result

    def _checked(self, result: Any) -> Any:
        if result.status in (self._pq.ExecStatus.COMMAND_OK, self._pq.ExecStatus.TUPLES_OK):
            return result
        if self._pg.status != self._pq.ConnStatus.OK:
            raise self._lost(self._pg.error_message.decode("utf-8", "replace"))
        raise self._error_from(result)

    @contextmanager
    def _told(self, sql: str, values: list[Any]) -> Iterator[None]:
        """Errors come out as SQLAlchemy's, as everywhere."""
        try:
            yield
        except self.error as error:
            raise sa.exc.DBAPIError.instance(sql, values, error, self.error, hide_parameters=True) from error


class OnServer:
    """Units of work within a server's transaction, each in a savepoint. What opens one travels with its first
    statement, what ends it with its last ones. Also one that is alone has its savepoint: so the transaction is never
    rolled back, and what is prepared stays."""

    def __init__(self, connection: sa.Connection) -> None:
        self._wire = wire_of(connection.connection)
        self._wire.prepare()

    def open(self, number: str) -> None:
        self._wire.gather([(SAVEPOINT, []), (NUMBERED, [number])])

    def end(self) -> None:
        self._wire.finish([(RELEASE, [])])

    def take_back(self) -> None:
        if self._wire.scatter():
            self._wire.run_plain(f"{BACK}; {RELEASE}")


def wire_of(pooled: Any) -> Wire:
    """The wire of a pooled connection; kept as long as the connection to the server."""
    wire: Wire | None = pooled.info.get(KEPT)
    if wire is None:
        wire = pooled.info[KEPT] = Wire(pooled.dbapi_connection)
    return wire


def flush(connection: sa.Connection, *_: Any) -> None:
    """Before a statement that goes another way: what waits comes first."""
    wire: Wire | None = connection.connection.info.get(KEPT)
    if wire is not None:
        wire.flush()


def forget(connection: sa.Connection, *_: Any) -> None:
    """Where SQLAlchemy goes back to a savepoint of its own."""
    wire: Wire | None = connection.connection.info.get(KEPT)
    if wire is not None:
        wire.forget()


__all__ = ["BACK", "RELEASE", "SAVEPOINT", "OnServer", "Wire", "flush", "forget", "wire_of"]
