"""Locks that the operating system lets go of when their process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Taken(RuntimeError):
    """Somebody else holds the lock."""


class Lock:
    """A lock on a file that is made for it. Several may share it, or one has it alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._held: int | None = None

    def take(self, *, shared: bool = False) -> None:
        """Raises Taken at once where it can't be had, and OSError where there can be no such file."""
        if self._held is not None:
            return
        held = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise Taken(str(self._file)) from None
        self._held = held

    def let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def __enter__(self) -> Lock:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()


def beside(database: Path) -> Lock:
    """The lock of a database file: shared by all who work with it, held alone by who replaces it."""
    return Lock(database.with_name(f"{database.name}-lock"))


__all__ = ["Lock", "Taken", "beside"]
