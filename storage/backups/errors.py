"""What can be wrong with a backup, with the place for it, or with what it is to replace. Facts only; no sentences."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


class BackupError(Exception):
    """Something expected is wrong. Its name and its facts go through a pipe and into a row; the bot words them."""

    def __init__(self, **facts: str | int) -> None:
        super().__init__(*facts.values())
        self.facts = facts

    @property
    def reason(self) -> str:
        return type(self).__name__


class KeyUnusable(BackupError):
    """A key of the settings is none: the `n`th."""


class KeyMissing(BackupError):
    """The file is sealed with a key that is not at hand: `key` is its name, `known` those at hand."""


class NotABackup(BackupError):
    """The file is something else."""


class NewerBackup(BackupError):
    """The file is of a newer form than this program reads."""


class NewerSchema(BackupError):
    """Its tables are of a newer version (`schema`) than this program."""


class OlderSchema(BackupError):
    """The database's tables are of another version (`schema`) than this program."""


class Truncated(BackupError):
    """The file's end is missing."""


class Altered(BackupError):
    """The file is not as it was written; `part` says which part of it, where that is known."""


class Damaged(BackupError):
    """The database itself is not whole: `what` (integrity, references, trail, counts) and `detail`."""


class NoRoom(BackupError):
    """The disk of `folder` is too small: `needed` and `free` bytes, where they are known."""


class NotWritable(BackupError):
    """`path` can't be written or read: `detail`."""


class Unreachable(BackupError):
    """The database can't be opened: `detail`."""


class Busy(BackupError):
    """Another backup, or restoring, is under way."""


class InUse(BackupError):
    """A bot, or another program, works on the database."""


class NotEmpty(BackupError):
    """The database that is to be filled holds something."""


class Died(BackupError):
    """The process that made the backup ended without a word."""


KINDS = {kind.__name__: kind for kind in BackupError.__subclasses__()}


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """What the operating system or SQLite says about the disk becomes one of the errors above."""
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error):
            raise NoRoom(folder=str(folder)) from error
        if "locked" in str(error):
            raise InUse from error
        if isinstance(error, sqlite3.OperationalError) and ("open" in str(error) or "readonly" in str(error)):
            raise NotWritable(path=str(folder), detail=str(error)) from error
        raise Damaged(what="integrity", detail=str(error)) from error
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom(folder=str(folder)) from error
        raise NotWritable(path=str(error.filename or folder), detail=error.strerror or str(error)) from error
