"""Turns: on a server several processes write, one transaction at a time, and tell each other what they touched.

A use case is written for a database in which nobody writes between its reading and its writing. A file gives that by
its own lock; on a server the writers take turns with a lock that ends with the transaction, also with its process.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa

from storage.audit import Recorder
from storage.audit.triggers import LOCK
from storage.away import StillOpen

CHANNEL = "keguan"
OF_ONE = frozenset({"deadlines", "notices", "acts", "inbox"})  # not told by a process that knows itself alone
_TURN = f"SELECT pg_advisory_xact_lock({LOCK}), pg_current_xact_id()::text"
_BECAME = "SELECT pg_xact_status(%s::text::xid8)"
_IN_FUTURE = "22023"  # SQLSTATE: a server that took over has never heard of that transaction
_TELL = "SELECT pg_notify(%s, %s)"


class Turns:
    """The writer's journal on a server: the recorder's, between taking the turn and telling the others."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.me = secrets.token_hex(8)  # so that one does not hear itself
        self._touched: set[str] = set()
        self.alone = True
        self._mark: str | None = None

    def begin(self, connection: sa.Connection) -> None:
        self._mark = connection.exec_driver_sql(_TURN).one()[1]
        self._touched = set()
        self._recorder.begin(connection)

    def opening(self) -> str:
        return self._recorder.opening()

    def taken_back(self) -> None:
        self._recorder.taken_back()

    def touched(self, names: Iterable[str]) -> None:
        """A unit has touched these mechanisms."""
        self._touched.update(names)

    def close(self, connection: sa.Connection) -> None:
        self._recorder.close(connection)
        told = self._touched - OF_ONE if self.alone else self._touched
        if told:
            connection.exec_driver_sql(_TELL, (CHANNEL, f"{self.me}|{','.join(sorted(told))}"))

    def mark(self) -> str | None:
        return self._mark

    def was_committed(self, connection: sa.Connection, mark: str) -> bool:
        """The server remembers what became of its transactions."""
        try:
            became = connection.exec_driver_sql(_BECAME, (mark,)).scalar()
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _IN_FUTURE:
                raise
            return False
        if became == "in progress":
            raise StillOpen(mark)
        return bool(became == "committed")


def read(payload: str) -> tuple[str, frozenset[str]]:
    """Who told, and what was touched."""
    teller, _, names = payload.partition("|")
    return teller, frozenset(names.split(",")) - {""}


__all__ = ["CHANNEL", "Turns", "read"]
