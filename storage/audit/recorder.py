"""From what the triggers saw to lines of the trail: at the end of each transaction, under one lock, in one go.

Every update pays for what stands here, so that it keeps to the driver's own cursor and to plain lists.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from core.access import SYSTEM, Actor, Role
from core.audit import GENESIS, Doing, Op, digest
from storage.audit.rows import SaltRow, TraceRow
from storage.audit.tables import Plan, plans, written
from storage.base import insert_ignoring, table
from storage.compiled import Compiled
from storage.wire import wire_of

OUTSIDE = Doing(SYSTEM, "outside")  # written past the program
COMMITMENT = 20  # hexadecimal digits kept of a hidden value's hash
SALT = 16  # bytes

COLUMNS = [column.name for column in table(TraceRow).columns]
_S = table(SaltRow)
_PUT_SALT = Compiled(insert_ignoring(SaltRow, on=["subject"]), ["subject", "salt"])
_SALT = Compiled(sa.select(_S.c.salt).where(_S.c.subject == sa.bindparam("about")))

_MARK = "SELECT max(n) FROM audit_pending"
_TAKE = "SELECT n, NULL, tbl, op, old, new FROM audit_pending ORDER BY n"
_EMPTY = "DELETE FROM audit_pending"
_TAKE_ON_SERVER = (
    "DELETE FROM audit_pending RETURNING n, "
    "CASE WHEN split_part(unit, ':', 1) = pg_current_xact_id()::text THEN split_part(unit, ':', 2) END, "
    "tbl, op, old, new"
)
_HEAD = "SELECT seq, digest FROM audit_trail ORDER BY seq DESC LIMIT 1"
_PUT = f"INSERT INTO audit_trail ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_PUT_ON_SERVER = (
    f"INSERT INTO audit_trail ({', '.join(COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(f'${n + 1}' for n in range(len(COLUMNS)))})"
)


@dataclass(slots=True)
class _Unit:
    """A unit of work of this transaction that did not fail, and up to which row its writes reach."""

    number: int
    doing: Doing
    at: datetime
    version: str
    upto: int
    views: tuple[str, ...]


@dataclass(slots=True)
class _Line:
    """A line in the making. `rows` finds the change of a row that was written before in the same unit."""

    unit: _Unit
    subject: str
    changes: list[list[Any]] = field(default_factory=list)
    rows: dict[tuple[str, str], list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Secret:
    """A value that the line will hold as a hash."""

    value: Any


def content(values: Iterable[Any]) -> bytes:
    """What a line's hash covers: everything in it but the two hashes, in the order of the columns."""
    return orjson.dumps([*values])


def commitment(salt: bytes, value: Any) -> dict[str, str]:
    """What the trail holds in place of a hidden value."""
    found = hmac.new(salt, orjson.dumps(value), "sha256").hexdigest()
    return {"#": found[:COMMITMENT]}


class Recorder:
    """Keeps the trail of one writer: knows which unit wrote what, and chains the lines before the commit.

    `file` tells that the database is a file with one writer at a time (SQLite), not a server with several.
    """

    def __init__(self, *, file: bool) -> None:
        self._file = file
        self._cursor: Any = None  # the driver's, for one transaction
        self._units: list[_Unit] = []
        self._number = 0
        self._before = 0  # rows up to here were written past the program

    # What the writer calls ---------------------------------------------------------------------------------

    def begin(self, connection: sa.Connection) -> None:
        """A transaction was begun."""
        self._cursor = connection.connection.cursor() if self._file else None
        self._units, self._number = [], 0
        self._before = self._pending()

    def opening(self) -> str:
        """A unit begins; its number, which a server's triggers write beside what they see."""
        self._number += 1
        return str(self._number)

    def taken_back(self) -> None:
        """The unit that was opened last has failed, perhaps after it had ended."""
        if self._units and self._units[-1].number == self._number:
            self._units.pop()

    def ended(self, doing: Doing, at: datetime, version: str, views: tuple[str, ...]) -> None:
        """A unit has done its work: what was written since the one before is its."""
        self._units.append(_Unit(self._number, doing, at, version, self._pending(), views))

    def close(self, connection: sa.Connection) -> None:
        """Chain what the transaction did. The last thing before its commit."""
        if self._units:  # where all failed, what was written past the program waits for the next
            lines = self._lines(self._taken(connection))
            if lines:
                self._chain(connection, lines)
        if self._cursor is not None:
            self._cursor.close()

    def mark(self) -> str | None:
        """In a file a commit that failed was none."""
        return None

    def was_committed(self, _connection: sa.Connection, _mark: str) -> bool:
        return False

    def _pending(self) -> int:
        """The last row that waits. A server's rows carry the unit's number instead."""
        if not self._file:
            return 0
        (last,) = self._cursor.execute(_MARK).fetchone()
        return last or 0

    def _taken(self, connection: sa.Connection) -> list[Any]:
        """The rows that wait, oldest first; there are none afterwards."""
        if not self._file:
            return sorted(wire_of(connection.connection).rows(_TAKE_ON_SERVER, []), key=lambda row: row[0])
        rows: list[Any] = self._cursor.execute(_TAKE).fetchall()
        if rows:
            self._cursor.execute(_EMPTY)
        return rows

    def _chain(self, connection: sa.Connection, lines: list[_Line]) -> None:
        """Append lines behind the present end. On a server the writer's turn, which lasts until the commit, keeps the
        chain one; in a file the transaction itself does."""
        head = self._end(connection)
        seq, previous = (head[0], bytes(head[1])) if head else (0, GENESIS)
        made: list[list[Any]] = []
        for line in lines:
            seq += 1
            values = _values(seq, line, connection)
            sealed = digest(previous, content(values))
            made.append([*values, previous, sealed])
            previous = sealed
        if self._file:
            self._cursor.executemany(_PUT, made)
        else:
            wire_of(connection.connection).run_many(_PUT_ON_SERVER, made)

    def _end(self, connection: sa.Connection) -> Any:
        """The number and the hash of the last line, if there is one."""
        if self._file:
            return self._cursor.execute(_HEAD).fetchone()
        return next(iter(wire_of(connection.connection).rows(_HEAD, [])), None)

    # How lines are made ------------------------------------------------------------------------------------

    def _lines(self, rows: list[Any]) -> list[_Line]:
        known = plans()
        lines: dict[tuple[int, str], _Line] = {}
        units = {str(unit.number): unit for unit in self._units}
        for n, mark, name, op, old, new in rows:
            plan = known.get(name)
            if plan is not None:
                _enter(lines, units[mark] if mark else self._unit_of(n), plan, op, old, new)
        for unit in self._units:
            for subject in unit.views:
                _line(lines, unit, subject).changes.append([Op.VIEWED, "", "", {}])
        return [line for line in lines.values() if line.changes]

    def _unit_of(self, n: int) -> _Unit:
        if n > self._before:
            for unit in self._units:
                if n <= unit.upto:
                    return unit
        last = self._units[-1]
        return _Unit(0, OUTSIDE, last.at, last.version, 0, ())


def _line(lines: dict[tuple[int, str], _Line], unit: _Unit, subject: str) -> _Line:
    found = lines.get((unit.number, subject))
    if found is None:
        found = lines[unit.number, subject] = _Line(unit, subject)
    return found


def _enter(
    lines: dict[tuple[int, str], _Line], unit: _Unit, plan: Plan, op: str, old_text: str | None, new_text: str | None
) -> None:
    """Put what became of a row into the line of its unit and subject."""
    old = plan.read(old_text) if old_text is not None else None
    new = plan.read(new_text) if new_text is not None else None
    row = new if new is not None else old
    if row is None:
        return
    if old is not None and new is not None:
        fields: dict[str, Any] = {n: [a, b] for n, a, b in zip(plan.names, old, new, strict=True) if a != b}
        if not fields:
            return
    else:
        fields = {n: v for n, v in zip(plan.names, row, strict=True) if v is not None and v != ""}
    key = plan.key_of(row)
    line = _line(lines, unit, plan.subject(row))
    earlier = line.rows.get((plan.table, key))
    if op == Op.CHANGED and earlier is not None and earlier[0] != Op.REMOVED:
        _follow(earlier, plan, fields)
        return
    if plan.hidden:
        _cover(plan, op, fields)
    if op != Op.CHANGED:
        for at in plan.key:
            fields.pop(plan.names[at], None)
    change = [op, plan.table, _Secret(key) if plan.hides_key else key, fields]
    line.rows[plan.table, key] = change
    line.changes.append(change)


def _follow(earlier: list[Any], plan: Plan, fields: dict[str, Any]) -> None:
    """A row that is written twice in a unit went from the first state to the last."""
    if plan.hidden:
        _cover(plan, Op.CHANGED, fields)
    for name, (old, new) in fields.items():
        if earlier[0] == Op.ADDED:
            earlier[3][name] = new
        else:
            earlier[3][name] = [earlier[3][name][0] if name in earlier[3] else old, new]


def _cover(plan: Plan, op: str, fields: dict[str, Any]) -> None:
    for name in plan.hidden.intersection(fields):
        value = fields[name]
        fields[name] = [_secret(one) for one in value] if op == Op.CHANGED else _secret(value)


def _secret(value: Any) -> Any:
    return value if value is None or value == "" else _Secret(value)


def _values(seq: int, line: _Line, connection: sa.Connection) -> tuple[Any, ...]:
    """What the line holds, no longer than its columns: a server refuses what is, and the change with it."""
    unit = line.unit
    actor = unit.doing.actor
    return (
        seq,
        written(unit.at),
        actor.chat,
        actor.account or None,
        actor.person,
        actor.name[:140] if actor.person is not None else "",
        _role(actor),
        unit.doing.act[:80],
        line.subject[:120],
        _Text(connection, line.subject).of(line.changes),
        unit.version,
        unit.doing.cause[:160],
    )


def _role(actor: Actor) -> str:
    if len(actor.roles) == 1:
        return str(next(iter(actor.roles)))
    return str(next((role for role in Role if role in actor.roles), Role.STRANGER))


class _Text:
    """The changes of a line as its text. The salt of the subject is looked up, or made, where something is hidden."""

    def __init__(self, connection: sa.Connection, subject: str) -> None:
        self._connection, self._subject = connection, subject
        self._salt: bytes | None = None

    def of(self, changes: list[list[Any]]) -> str:
        return orjson.dumps(changes, default=self._covered, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()

    def _covered(self, secret: Any) -> Any:
        if not isinstance(secret, _Secret):
            raise TypeError(secret)
        if self._salt is None:
            self._salt = self._found() or self._made()
        return commitment(self._salt, secret.value)

    def _found(self) -> bytes | None:
        row = _SALT.first(self._connection, {"about": self._subject})
        return bytes(row.salt) if row else None

    def _made(self) -> bytes:
        salt = secrets.token_bytes(SALT)
        _PUT_SALT.run(self._connection, {"subject": self._subject, "salt": salt})
        return salt
