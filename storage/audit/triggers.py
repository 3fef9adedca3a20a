"""The triggers that see every write to a traced table, and those that keep the trail from being changed.

They are made when a store starts, from the tables as the code has them, and taken away before a migration: one that
rebuilds a table would stumble over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storage.audit.tables import traced
from storage.base import Base

MARK = "keguan_audit"
GUARDED = ("audit_trail", "audit_seals")
EVENTS = (("insert", "+", None, "NEW"), ("update", "~", "OLD", "NEW"), ("delete", "-", "OLD", None))
LOCK = 0x6B656775  # PostgreSQL's advisory lock for the trail's end, and for the making of triggers
UNSEALED = "OLD.seq > (SELECT coalesce(max(upto), 0) FROM audit_seals)"
REFUSAL = "the audit trail is never changed"

SEE = """
BEGIN
  INSERT INTO audit_pending (unit, tbl, op, old, new) VALUES (
    pg_current_xact_id()::text || ':' || coalesce(current_setting('keguan.unit', true), ''),
    TG_TABLE_NAME,
    CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END,
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD)::text END,
    CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW)::text END);
  RETURN NULL;
END"""
REFUSE = f"""
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_trail' THEN
    IF NOT {UNSEALED} THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION '{REFUSAL}';
END"""

_IN_FILE = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keguan_audit%'")
_ON_SERVER = sa.text(
    "SELECT tgname, '' FROM pg_trigger WHERE tgname LIKE 'keguan_audit%' AND tgenabled = 'O' "
    "UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'keguan_audit%'"
)
_PLACED = sa.text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'keguan_audit%'")
_WANTED: dict[str, list[tuple[str, str, str]]] = {}


def wanted(dialect: sa.Dialect) -> list[tuple[str, str, str]]:
    """What there is to be: its name, its text as the database tells it, and the statement that makes it."""
    if dialect.name not in _WANTED:
        _WANTED[dialect.name] = list(_in_file(dialect) if dialect.name == "sqlite" else _on_server(dialect))
    return _WANTED[dialect.name]


def _in_file(dialect: sa.Dialect) -> Iterator[tuple[str, str, str]]:
    quote = dialect.identifier_preparer.quote
    for table in traced():
        columns = [_told(column, quote(column.name)) for column in table.columns]
        for event, op, old, new in EVENTS:
            told = ", ".join("NULL" if side is None else _array(side, columns) for side in (old, new))
            name = f"{MARK}_{table.name}_{event}"
            what = f"AFTER {event.upper()} ON {quote(table.name)}"
            does = f"INSERT INTO audit_pending (tbl, op, old, new) VALUES ('{table.name}', '{op}', {told})"  # noqa: S608
            statement = f"CREATE TRIGGER {name} {what} BEGIN {does}; END"
            yield name, statement, statement
    for guarded in GUARDED:
        for event in ("update", "delete"):
            name = f"{MARK}_{guarded}_no_{event}"
            unless = f" WHEN {UNSEALED}" if (guarded, event) == ("audit_trail", "delete") else ""
            what = f"BEFORE {event.upper()} ON {guarded}{unless}"
            statement = f"CREATE TRIGGER {name} {what} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            yield name, statement, statement


def _told(column: sa.Column[Any], name: str) -> str:
    """A column as JSON can hold it; `@` stands for the row."""
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    return f"hex(@.{name})" if isinstance(kind, sa.LargeBinary) else f"@.{name}"


def _array(side: str, columns: list[str]) -> str:
    return f"json_array({', '.join(columns).replace('@', side)})"


def _on_server(dialect: sa.Dialect) -> Iterator[tuple[str, str, str]]:
    quote = dialect.identifier_preparer.quote
    for function, body in ((f"{MARK}_see", SEE), (f"{MARK}_refuse", REFUSE)):
        head = f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
        yield function, body, f"{head} AS $${body}$$"
    for table in traced():
        name = f"{MARK}_{table.name}"
        what = f"AFTER INSERT OR UPDATE OR DELETE ON {quote(table.name)}"
        yield name, "", f"CREATE TRIGGER {quote(name)} {what} FOR EACH ROW EXECUTE FUNCTION {MARK}_see()"
    for guarded in GUARDED:
        for kind, event, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
            name = f"{MARK}_{guarded}_no_{kind}"
            what = f"BEFORE {event} ON {guarded} FOR EACH {each}"
            yield name, "", f"CREATE TRIGGER {name} {what} EXECUTE FUNCTION {MARK}_refuse()"


def missing(connection: sa.Connection) -> set[str]:
    """Names of what is not as it is to be; also of what is too much."""
    found = connection.execute(_IN_FILE if connection.dialect.name == "sqlite" else _ON_SERVER)
    want = {name: text for name, text, _ in wanted(connection.dialect)}
    have = {row[0]: row[1] for row in found}
    return {name for name in want.keys() | have.keys() if want.get(name) != have.get(name)}


def fit(connection: sa.Connection) -> bool:
    """Whether all tables of the code are there; in the midst of migrations they are not."""
    return {table.name for table in Base.metadata.sorted_tables} <= set(sa.inspect(connection).get_table_names())


def install(connection: sa.Connection) -> None:
    """Make all triggers afresh."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    drop(connection)
    for _, _, statement in wanted(connection.dialect):
        connection.exec_driver_sql(statement)


def drop(connection: sa.Connection) -> None:
    """Take all triggers away."""
    if connection.dialect.name == "sqlite":
        for name, _ in connection.execute(_IN_FILE).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    quote = connection.dialect.identifier_preparer.quote
    for name, table in connection.execute(_PLACED).all():
        connection.exec_driver_sql(f"DROP TRIGGER {quote(name)} ON {table}")
