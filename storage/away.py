"""A database that is away for a while: how that is told from a refusal, and how it is waited for.

Away means that the same work can succeed later without a change to it: nobody answers, the connection was cut, the
disk is full, the file is locked by somebody else. Whatever else a database says is about the work itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from time import monotonic

import sqlalchemy as sa
import structlog

log = structlog.get_logger()
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between two tries
FILE_IS_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
# SQLSTATEs: classes 08 connection, 53 resources (the disk is full), 58 system; shutdown, start-up, a server that has
# become a replica, a session ended for its silence, and locks that somebody else held
SERVER_IS_AWAY = ("08", "53", "58", "57P01", "57P02", "57P03", "57P05", "25006", "25P03", "40001", "40P01", "55P03")


class Away(RuntimeError):
    """The database is away, and it is not waited for any longer. Nothing was done, or nobody knows."""


class StillOpen(RuntimeError):
    """The transaction whose answer was lost has not come to its end on the server."""


def is_away(error: BaseException, *, reading: bool = False) -> bool:
    """Whether the database itself is away, not the work at fault. `reading`: a write would be at fault."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # without what it says in detail
        return code in FILE_IS_AWAY and not (reading and code == sqlite3.SQLITE_READONLY)
    if type(cause).__module__.startswith("psycopg"):  # only there where a server is used
        state = getattr(cause, "sqlstate", None)
        if state is None:
            return any(base.__name__ == "OperationalError" for base in type(cause).__mro__)
        return str(state).startswith(SERVER_IS_AWAY)
    return isinstance(cause, StillOpen | Away)


def pauses() -> Iterator[float]:
    """Seconds to wait before each new try: short at first, so that a blip costs nothing."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


class Absence:
    """Since when the database is away. Said once when it goes, and once when it is back; from any thread."""

    def __init__(self, at: str) -> None:
        self._at = at
        self._lock = threading.Lock()
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """For how long nothing has worked; 0 where the database is there."""
        return 0.0 if self._since is None else monotonic() - self._since

    def noted(self, error: BaseException) -> None:
        with self._lock:
            if self._since is None:
                self._since = monotonic()
                with contextlib.suppress(OSError):  # the log may be on the disk that is full
                    log.error("database is away", at=self._at, error=_reason(error))

    def over(self) -> None:
        if self._since is None:
            return
        with self._lock:
            if self._since is not None:
                with contextlib.suppress(OSError):
                    log.warning("database is back", at=self._at, seconds=round(monotonic() - self._since, 1))
                self._since = None


def _reason(error: BaseException) -> str:
    """What the driver says, without the statement, in which there may be people's words."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}"


__all__ = ["Absence", "Away", "StillOpen", "is_away", "pauses"]
