"""Making a backup while the bot runs, and keeping the folder of backups.

The copy is made beside the database and checked; then it is sealed under another name, read once more to its end,
and only then gets its name. Whatever a kill leaves behind is taken away by the next one.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.backups import Keep, kept
from storage import migrate
from storage.audit.verify import Verdict
from storage.backups import checking
from storage.backups.errors import (
    BackupError,
    Busy,
    Damaged,
    NoRoom,
    OlderSchema,
    Unreachable,
    on_disk,
)
from storage.backups.packing import ANCHORS, DATABASE, RULEBOOK, Head, Manifest, pack, read_head, unpack
from storage.backups.sealing import Keys
from storage.copying import Differs, NotCurrent, copy
from storage.engine import is_sqlite
from storage.locking import Lock, Taken

LOCK = "backup.lock"
WORK = "backup.work-"  # a folder beside the database while a backup is made
PART = ".part"
SUFFIX = ".backup"
NAME = re.compile(r"keguan-(\d{8}T\d{6})Z(?:-\d+)?\.backup", re.ASCII)
STAMP = "%Y%m%dT%H%M%S"
PATIENCE = 10.0  # seconds for somebody else's lock on the database file
SPARE = 1 << 24  # bytes that stay free on the disk


@dataclass(frozen=True, slots=True)
class Job:
    """What to make a backup of, and where to: the database, the folder of data, the folder of backups or one file,
    and what lies beside the database and belongs into it. `keys` are the company's as the settings have them."""

    url: str
    home: Path
    folder: Path
    now: datetime
    program: str
    rulebook: str
    keys: str = ""
    rulebook_file: Path | None = None
    anchors: Path | None = None
    to: Path | None = None
    keep: Keep | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, checked and read again."""

    file: Path
    size: int  # bytes
    seconds: float
    rows: int
    trail: str
    sealed: bool
    removed: int = 0  # older ones that need not be kept


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the folder of backups, by its name."""

    file: Path
    at: datetime
    size: int


def make(job: Job) -> Made:
    """Make one. Raises BackupError."""
    began, keys = monotonic(), Keys(job.keys)
    target = job.to or _free_name(job.folder, job.now)
    with on_disk(target.parent):
        job.home.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(job.home), _work(job.home) as work:
        sweep(target.parent)
        database = snapshot(job.url, work)
        head, manifest = look_at(database, job)
        with on_disk(target.parent):
            size = _seal(target, head, manifest, _parts(job, database), keys)
        removed = prune(job, head.installation) if job.keep is not None and job.to is None else 0
    seconds = round(monotonic() - began, 1)
    return Made(target, size, seconds, manifest.rows, manifest.trail, bool(keys), removed)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One at a time; who holds the lock may take away what others left."""
    try:
        with on_disk(home), Lock(home / LOCK):
            for left in home.glob(f"{WORK}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except Taken as error:
        raise Busy from error


@contextmanager
def _work(home: Path) -> Iterator[Path]:
    """A folder of our own beside the database: what is not sealed yet lies nowhere else."""
    with on_disk(home):
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=home))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _free_name(folder: Path, now: datetime) -> Path:
    stem = f"keguan-{now.astimezone(UTC):{STAMP}}Z"
    names = (folder / f"{stem}{more}{SUFFIX}" for more in ("", *(f"-{n}" for n in range(2, 100))))
    return next(name for name in names if not name.exists())


# The copy ---------------------------------------------------------------------------------------------------


def snapshot(url: str, work: Path) -> Path:
    """The database as it is at one instant, in a file of its own. Raises BackupError."""
    file = work / DATABASE
    if is_sqlite(url):
        _from_file(Path(url.removeprefix("sqlite:///")), file)
    else:
        _from_server(url, file)
    checking.fold(file)
    return file


def _from_file(source: Path, file: Path) -> None:
    """SQLite copies what is in use, and leaves out what was deleted: no page of a customer who was forgotten."""
    if not source.exists():
        raise Unreachable(detail=str(source))
    room(file.parent, source.stat().st_size)
    address = f"{source.absolute().as_uri()}?mode=rw"
    with on_disk(file.parent), closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as reading:
        reading.execute("VACUUM INTO ?", (str(file),))


def _from_server(url: str, file: Path) -> None:
    try:
        _, verdict = copy(url, checking.url_of(file))
    except (sa.exc.OperationalError, sa.exc.ArgumentError, ImportError) as error:
        raise Unreachable(detail=str(error).splitlines()[0]) from error
    except Differs as error:
        raise Damaged(what="counts", detail=str(error)) from error
    except NotCurrent as error:
        raise OlderSchema(schema=str(error)) from error
    whole(verdict)


def whole(verdict: Verdict) -> None:
    """Raises Damaged where the trail is not."""
    if verdict.fault is not None:
        raise Damaged(what="trail", detail=f"{verdict.fault} {verdict.seq}")


def look_at(database: Path, job: Job) -> tuple[Head, Manifest]:
    """What is in the copy. Raises Damaged: a copy of what is not whole is no backup."""
    checking.check_pages(database)
    schema = checking.schema_of(database)
    if not schema:
        raise Damaged(what="integrity", detail="no tables")
    tables = checking.count(database)
    trail = checking.check_trail(database) if schema == migrate.head() else ""
    checking.fold(database)
    head = Head(job.now, job.program, schema, checking.installation_of(database))
    return head, Manifest(job.rulebook, trail, tables, {})


def room(folder: Path, needed: int) -> None:
    """Raises NoRoom."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise NoRoom(folder=str(folder), needed=needed + SPARE, free=free)


# The file ---------------------------------------------------------------------------------------------------


def _parts(job: Job, database: Path) -> dict[str, Path]:
    beside = {RULEBOOK: job.rulebook_file, ANCHORS: job.anchors}
    return {DATABASE: database, **{name: file for name, file in beside.items() if file is not None and file.exists()}}


def _seal(target: Path, head: Head, manifest: Manifest, files: dict[str, Path], keys: Keys) -> int:
    """Write the backup under a name that is none, read it again, give it its name; its size in bytes. The lock is
    held all the while: nobody takes it for a leftover."""
    part = target.with_name(f".{target.name}{PART}")
    with Lock(part):
        try:
            with part.open("wb") as into:
                pack(into, head, manifest, files, keys)
                into.flush()
                os.fsync(into.fileno())
            unpack(part, keys)  # what can't be read again is no backup
            size = part.stat().st_size
            part.replace(target)
            flush(target.parent)
        finally:
            part.unlink(missing_ok=True)
    return size


def flush(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def sweep(folder: Path) -> None:
    """Take away what killed backups left in a folder of backups; one that is being written is held by its writer."""
    for left in folder.glob(f".keguan-*{SUFFIX}{PART}"):
        try:
            with Lock(left):
                left.unlink(missing_ok=True)
        except (Taken, OSError):
            continue


# The folder -------------------------------------------------------------------------------------------------


def stored(folder: Path) -> list[Stored]:
    """The backups in a folder, newest first."""
    named = ((file, NAME.fullmatch(file.name)) for file in (folder.iterdir() if folder.is_dir() else ()))
    found = [
        Stored(file, datetime.strptime(match[1], STAMP).replace(tzinfo=UTC), file.stat().st_size)
        for file, match in named
        if match
    ]
    return sorted(found, key=lambda one: (one.at, one.file.name), reverse=True)


def prune(job: Job, installation: str) -> int:
    """Remove what the rulebook need not have kept; how many. Files of another company's stay, and so does whatever
    is no backup."""
    ours = [one for one in stored(job.folder) if _is_of(one.file, installation)]
    if job.keep is None:
        return 0
    keep = kept([one.at for one in ours], job.keep, ZoneInfo(job.zone))
    over = [one.file for one in ours if one.at not in keep]
    for file in over:
        file.unlink(missing_ok=True)
    return len(over)


def _is_of(file: Path, installation: str) -> bool:
    try:
        return read_head(file).installation == installation
    except (BackupError, OSError):
        return False


__all__ = ["Job", "Made", "Stored", "make", "prune", "stored", "sweep"]
