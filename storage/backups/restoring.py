"""Putting a backup in the place of a database. Everything is verified, and brought to this version's tables, in a
folder beside the target; only then is the target replaced, at once, and what was there is kept aside.

A SQLite file is exchanged by one renaming, while its lock keeps everybody out. A database on a server is emptied and
filled in one transaction; what it held is kept as a backup.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from storage import migrate
from storage.audit import anchors
from storage.audit.triggers import LOCK as TURN
from storage.backups import checking
from storage.backups.errors import (
    Busy,
    Damaged,
    InUse,
    NewerSchema,
    NotEmpty,
    OlderSchema,
    Unreachable,
    on_disk,
)
from storage.backups.making import STAMP, Job, flush, make, room
from storage.backups.packing import ANCHORS, DATABASE, RULEBOOK, Head, Manifest, read_head, unpack
from storage.backups.sealing import Keys
from storage.copying import Differs, compare, first_filled, pour
from storage.engine import is_sqlite, make_engine
from storage.locking import Lock, Taken, beside
from storage.processes import LEASE

WORK = "restore.work-"  # a folder beside the target meanwhile
LOCK = "restore.lock"
PATIENCE = 2.0  # seconds for a lock on the file that is to be replaced
AT_ONCE = 1 << 20  # bytes
_ALIVE = sa.text(
    f"SELECT count(*) FROM processes WHERE seen_at >= clock_timestamp() - interval '{LEASE} seconds'"  # noqa: S608
)
_END = "SELECT seq, at FROM audit_trail ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that was verified and is ready to take the target's place: its database file as it will be, and what
    was beside it. `trail` is how many lines its trail has, `last_at` when the last was written; `before` and
    `before_at` are the target's, None where it has none that can be read."""

    head: Head
    manifest: Manifest
    work: Path
    schema: str
    trail: int
    last_at: str
    before: int | None
    before_at: str
    filled: bool

    @property
    def database(self) -> Path:
        return self.work / DATABASE


@contextmanager
def prepared(file: Path, target: str, home: Path, keys: Keys) -> Iterator[Prepared]:
    """Verify a backup and make it ready for the target, which is not touched. Raises BackupError."""
    place = _folder(target, home)
    with on_disk(place):
        place.mkdir(parents=True, exist_ok=True)
    with _alone(place), _work(place) as work:
        head, manifest = _verified(file, keys, work)
        database = work / DATABASE
        lift(database)
        lines, at = _end(checking.url_of(database))
        before, before_at = _end(target)
        filled = _is_filled(target)
        yield Prepared(head, manifest, work, migrate.head() or "", lines or 0, at, before, before_at, filled)


def verify(file: Path, keys: Keys, home: Path) -> tuple[Head, Manifest]:
    """All that restoring looks at, in a folder of its own. Raises BackupError."""
    with on_disk(home):
        home.mkdir(parents=True, exist_ok=True)
    with _alone(home), _work(home) as work:
        head, manifest = _verified(file, keys, work)
        lift(work / DATABASE)
        return head, manifest


def _verified(file: Path, keys: Keys, work: Path) -> tuple[Head, Manifest]:
    with on_disk(file.parent):
        head = read_head(file)
        if head.schema not in migrate.revisions():
            raise NewerSchema(schema=head.schema, program=head.program)
        room(work, file.stat().st_size)
    with on_disk(work):
        head, manifest = unpack(file, keys, work)
    database = work / DATABASE
    checking.check_pages(database)
    if checking.schema_of(database) != head.schema:
        raise Damaged(what="counts", detail="alembic_version")
    checking.compare(database, manifest.tables)
    return head, manifest


def lift(database: Path) -> None:
    """Bring an older database file to this version's tables, and walk its trail. Raises Damaged."""
    copy = migrate.upgrade(checking.url_of(database))
    if copy is not None:
        copy.unlink()  # the backup itself is the copy
    checking.check_trail(database, anchors.read(database.with_name(ANCHORS)))
    checking.fold(database)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    try:
        with on_disk(place), Lock(place / LOCK):
            for left in place.glob(f"{WORK}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except Taken as error:
        raise Busy from error


@contextmanager
def _work(place: Path) -> Iterator[Path]:
    with on_disk(place):
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=place))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _folder(target: str, home: Path) -> Path:
    """Where work is done: beside a file, so that renaming it is all."""
    return file_of(target).parent if is_sqlite(target) else home


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


# What is there now ------------------------------------------------------------------------------------------


def _end(url: str) -> tuple[int | None, str]:
    """How many lines a database's trail has, and when the last was written; None where that can't be told."""
    if is_sqlite(url) and not file_of(url).exists():
        return None, ""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(_END).first()
    except sa.exc.DBAPIError:
        return None, ""
    finally:
        engine.dispose()
    if found is None:
        return 0, ""
    at = found.at if isinstance(found.at, str) else found.at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return int(found.seq), at


def _is_filled(url: str) -> bool:
    if is_sqlite(url):
        return file_of(url).exists()
    with _server(url) as connection:
        return migrate.current_of(connection) is not None and first_filled(connection) is not None


@contextmanager
def _server(url: str) -> Iterator[sa.Connection]:
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        raise Unreachable(detail=str(error).splitlines()[0]) from error
    finally:
        engine.dispose()


# In a file's place ------------------------------------------------------------------------------------------


def replace_file(new: Path, target: Path, now: datetime) -> Path | None:
    """Put a file in the place of another; where that one is kept. The name always leads to a whole database: to the
    old one until the renaming, to the new one from then on. Raises InUse, NotWritable, NoRoom."""
    aside = _aside(target, now) if target.exists() else None
    try:
        with on_disk(target.parent), beside(target):
            _same_owner(new, target if target.exists() else target.parent)
            _to_disk(new)
            if aside is None:
                new.replace(target)
            else:
                with _shut(target, aside):
                    _keep(target, aside)
                    new.replace(target)
            flush(target.parent)
    except Taken as error:
        raise InUse from error
    return aside


def _aside(target: Path, now: datetime) -> Path:
    stem = f"{target.stem}.before-{now.astimezone(UTC):{STAMP}}Z"
    names = (target.with_name(f"{stem}{more}{target.suffix}") for more in ("", *(f"-{n}" for n in range(2, 100))))
    return next(name for name in names if not name.exists())


@contextmanager
def _shut(target: Path, aside: Path) -> Iterator[None]:
    """Keep everybody out of the old database, with all of it in the one file: what SQLite has in files beside it
    would be taken for the new one's. Of a damaged database these files are put aside with it."""
    with closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as held:
        try:
            held.execute("PRAGMA locking_mode=EXCLUSIVE")
            held.execute("PRAGMA journal_mode=DELETE")
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise InUse from error
            _move_sides(target, aside)
        yield


def _move_sides(target: Path, aside: Path) -> None:
    for end in ("-wal", "-shm", "-journal"):
        side = target.with_name(target.name + end)
        if side.exists():
            side.replace(aside.with_name(aside.name + end))


def _keep(target: Path, aside: Path) -> None:
    try:
        aside.hardlink_to(target)
    except OSError:  # a file system without links
        shutil.copy2(target, aside)
    flush(target.parent)


def _same_owner(new: Path, like: Path) -> None:
    """Restored by root, it is the bot's all the same."""
    found = like.stat()
    new.chmod(found.st_mode & 0o666 if like.is_file() else 0o600)
    if os.geteuid() == 0:
        os.chown(new, found.st_uid, found.st_gid)


def _to_disk(file: Path) -> None:
    with file.open("rb") as source:
        os.fsync(source.fileno())


# On a server ------------------------------------------------------------------------------------------------


def replace_on_server(new: Path, target: str, *, exchange: bool, job: Job) -> Path | None:
    """Have the database on the server hold what the file holds, in one transaction; the backup of what it held.
    Raises NotEmpty unless what is there may be exchanged, InUse, OlderSchema, Damaged."""
    with _server(target) as connection:
        schema = migrate.current_of(connection)
    if schema is None:
        migrate.upgrade(target)
    elif schema != migrate.head():
        raise OlderSchema(schema=schema)
    with _server(target) as connection:
        _refuse_used(connection)
        filled = first_filled(connection)
    if filled and not exchange:
        raise NotEmpty(table=filled)
    aside = make(replace(job, to=_aside(job.folder / "keguan.backup", job.now))).file if filled else None
    _exchange(new, target, expected=filled is not None)
    return aside


def _refuse_used(connection: sa.Connection) -> None:
    if connection.execute(_ALIVE).scalar_one():
        raise InUse


def _exchange(new: Path, target: str, *, expected: bool) -> None:
    source = make_engine(checking.url_of(new), read_only=True)
    try:
        with source.connect() as reading, _server(target) as writing:
            writing.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
            _refuse_used(writing)
            if not expected and first_filled(writing):
                raise InUse  # somebody began to work here a moment ago
            pour(reading, writing)
            compare(reading, writing)
    except Differs as error:
        raise Damaged(what="counts", detail=str(error)) from error
    finally:
        source.dispose()


# What lies beside ------------------------------------------------------------------------------------------


def replace_beside(prepared: Prepared, home: Path, now: datetime) -> list[Path]:
    """Anchors are those of the backup: later ones name lines that are gone. Forms that are half filled in speak of
    what is gone. Both are kept aside; where."""
    kept = []
    with on_disk(home):
        for name in (anchors.FILE, "forms.db"):
            if (home / name).exists():
                _move_sides(home / name, aside := _aside(home / name, now))
                (home / name).replace(aside)
                kept.append(aside)
        found = prepared.work / ANCHORS
        if found.exists():
            shutil.copyfile(found, home / anchors.FILE)
            _same_owner(home / anchors.FILE, home)
        flush(home)
    return kept


def rulebook_in(prepared: Prepared) -> Path | None:
    """The company's rulebook file as it was, if the backup has one."""
    file = prepared.work / RULEBOOK
    return file if file.exists() else None


__all__ = ["Prepared", "prepared", "replace_beside", "replace_file", "replace_on_server", "rulebook_in", "verify"]
