"""Engines: how a connection to SQLite or PostgreSQL is opened so that nothing is lost."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from storage.wire import flush, forget

BUSY_MS = 10_000
PATIENCE = {  # how soon the server lets go of what a machine that is gone held, and of a statement without end
    "statement_timeout": 60_000,  # milliseconds
    "idle_in_transaction_session_timeout": 10_000,  # milliseconds
    "tcp_keepalives_idle": 5,  # seconds
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
}

REACH = {  # how soon a server that is gone is noticed here
    "connect_timeout": 2,  # seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def make_engine(url: str, *, read_only: bool = False) -> sa.Engine:
    """An engine for one writer or for readers.

    SQLite: WAL with synchronous=FULL (a commit survives a power cut), and transactions that begin IMMEDIATE when
    they write: without it two of them can read the same value and one update is lost silently.
    Errors don't repeat the values of a statement: people's words and numbers are among them.
    """
    if not is_sqlite(url):
        # how many rows an INSERT … ON CONFLICT added would be forgotten with its cursor
        server = sa.create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            execution_options={"preserve_rowcount": True},
            connect_args={**REACH, "options": " ".join(f"-c {name}={value}" for name, value in PATIENCE.items())},
        )
        event.listen(server, "before_cursor_execute", flush)
        event.listen(server, "rollback_savepoint", forget)
        return server
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by hand, below
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            "temp_store=MEMORY",
            "cache_size=-16000",
            *(("query_only=ON",) if read_only else ()),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
