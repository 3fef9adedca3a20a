"""Backups: made while others write, read to their end, put back whole or not at all (OPS-1, OPS-4)."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import sqlalchemy as sa

from core.backups import Keep, kept
from storage import copying, migrate
from storage.backups import checking, making, packing, restoring, sealing
from storage.backups.errors import (
    Altered,
    BackupError,
    Damaged,
    InUse,
    KeyMissing,
    KeyUnusable,
    NewerBackup,
    NewerSchema,
    NoRoom,
    NotABackup,
    NotEmpty,
    NotWritable,
    Truncated,
)
from storage.backups.making import make, stored
from storage.backups.packing import unpack
from storage.backups.restoring import prepared, replace_file, replace_on_server, verify
from storage.backups.sealing import Keys, Opening, Sealing, new_key, seal_of
from storage.locking import beside
from tests.support.backups import column, hire, is_whole, job, names, stamp
from tests.support.databases import KINDS, NOON, Databases, postgresql

LATER = NOON + timedelta(hours=1)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> str:
    """An empty database of this version; each test runs on both kinds."""
    made = databases.make(request.param, tmp_path)
    stamp(made)
    return made


@pytest.fixture
def file(tmp_path: Path, databases: Databases) -> str:
    """An empty database in a file."""
    made = databases.make("sqlite", tmp_path)
    stamp(made)
    return made


def put_back(backup: Path, target: Path, keys: str = "") -> Path | None:
    """Restore onto a file; where what was there is kept."""
    with prepared(backup, checking.url_of(target), target.parent, Keys(keys)) as ready:
        return replace_file(ready.database, target, LATER)


# Made and put back ------------------------------------------------------------------------------------------


async def test_a_database_comes_back_as_it_was(url: str, tmp_path: Path) -> None:
    """From either database, sealed, onto a file; work goes on there with the next number."""
    key = new_key()
    await hire(url, "张三", "李四")
    made = make(job(url, tmp_path, keys=key))
    await hire(url, "王五")
    target = tmp_path / "elsewhere" / "keguan.db"
    assert put_back(made.file, target, key) is None, "nothing was there"
    assert names(checking.url_of(target)) == ["张三", "李四"]
    assert is_whole(target)
    assert checking.check_trail(target) == made.trail != ""
    await hire(checking.url_of(target), "赵六")
    assert column(checking.url_of(target), "SELECT id FROM people ORDER BY id") == ["1", "2", "3"]
    assert made.sealed
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in made.file.read_bytes()
    assert made.file.stat().st_mode & 0o077 == 0, "for nobody else to read"


async def test_a_file_moves_onto_a_server_and_what_was_there_is_kept(file: str, tmp_path: Path) -> None:
    await hire(file, "张三")
    made = make(job(file, tmp_path))
    with postgresql() as server:
        at = job(server, tmp_path, now=LATER)
        with prepared(made.file, server, tmp_path, Keys()) as ready:
            assert replace_on_server(ready.database, server, exchange=False, job=at) is None
        await hire(server, "李四")
        assert column(server, "SELECT id FROM people ORDER BY id") == ["1", "2"], "numbers go on"
        with prepared(made.file, server, tmp_path, Keys()) as ready:
            with pytest.raises(NotEmpty):
                replace_on_server(ready.database, server, exchange=False, job=at)
            assert names(server) == ["张三", "李四"]
            aside = replace_on_server(ready.database, server, exchange=True, job=at)
        assert names(server) == ["张三"]
        assert aside is not None
        put_back(aside, tmp_path / "aside.db")
        assert names(checking.url_of(tmp_path / "aside.db")) == ["张三", "李四"]


async def test_a_server_that_can_not_be_filled_stays_as_it_was(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: what fails in its midst has changed nothing."""
    await hire(file, "张三")
    made = make(job(file, tmp_path))

    def pulled_out(*_: object) -> None:
        raise KeyboardInterrupt

    with postgresql() as server:
        migrate.upgrade(server)
        await hire(server, "李四")
        with prepared(made.file, server, tmp_path, Keys()) as ready:
            monkeypatch.setattr(copying, "_finished", pulled_out)
            with pytest.raises(KeyboardInterrupt):
                replace_on_server(ready.database, server, exchange=True, job=job(server, tmp_path, now=LATER))
        assert names(server) == ["李四"]


async def test_who_works_on_the_target_is_not_disturbed(url: str, tmp_path: Path) -> None:
    """A file whose lock somebody shares, or holds open; a server on which a process lives."""
    await hire(url, "张三")
    made = make(job(url, tmp_path))
    if url.startswith("sqlite"):
        target = tmp_path / "keguan.db"
        lock = beside(target)
        lock.take(shared=True)
        with pytest.raises(InUse):
            put_back(made.file, target)
        lock.let_go()
        other = sqlite3.connect(target)  # a program that knows nothing of our lock
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT count(*) FROM people").fetchone()
        with pytest.raises(InUse):
            put_back(made.file, target)
        other.close()
        assert put_back(made.file, target) is not None
    else:
        column(url, "SELECT 1")
        _lives(url)
        with prepared(made.file, url, tmp_path, Keys()) as ready, pytest.raises(InUse):
            replace_on_server(ready.database, url, exchange=True, job=job(url, tmp_path, now=LATER))
    assert names(url) == ["张三"]


def _lives(server: str) -> None:
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO processes (name, seen_at) VALUES ('other:1', clock_timestamp())")
    engine.dispose()


async def test_an_older_backup_is_lifted_to_this_version(tmp_path: Path) -> None:
    """And so is one made by this program of tables that were not lifted yet: before an upgrade."""
    url = f"sqlite:///{tmp_path / 'keguan.db'}"
    migrate.upgrade(url, "0002")
    made = make(job(url, tmp_path))
    assert packing.read_head(made.file).schema == "0002"
    put_back(made.file, tmp_path / "new.db")
    assert migrate.current(checking.url_of(tmp_path / "new.db")) == migrate.head()


async def test_a_damaged_target_is_replaced_and_kept(file: str, tmp_path: Path) -> None:
    await hire(file, "张三")
    made = make(job(file, tmp_path))
    target = tmp_path / "keguan.db"
    target.write_bytes(b"not a database at all" * 999)
    (tmp_path / "keguan.db-wal").write_bytes(b"nor is this")
    aside = put_back(made.file, target)
    assert names(file) == ["张三"]
    assert aside is not None
    assert aside.read_bytes().startswith(b"not a database")
    assert not (tmp_path / "keguan.db-wal").exists() or not (tmp_path / "keguan.db-wal").read_bytes()


async def test_of_a_damaged_database_no_backup_is_made(file: str, tmp_path: Path) -> None:
    """Nor does it push a good one out."""
    await hire(file, *(f"员工{n}" for n in range(50)))
    good = make(replace(job(file, tmp_path), keep=Keep(1, 0, 0, 0)))
    connection = sqlite3.connect(tmp_path / "keguan.db")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("UPDATE people SET department_id = 999")
    connection.commit()
    connection.close()
    with pytest.raises(Damaged):
        make(replace(job(file, tmp_path, now=LATER), keep=Keep(1, 0, 0, 0)))
    assert [one.file for one in stored(tmp_path / "backups")] == [good.file]


# Bad input --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, str]]:
    """One backup with a key, one without, and the key."""
    folder = tmp_path_factory.mktemp("sealed")
    url = f"sqlite:///{folder / 'keguan.db'}"
    migrate.upgrade(url)
    key = new_key()
    closed = make(job(url, folder, keys=key)).file
    yield closed, make(job(url, folder, now=LATER)).file, key
    shutil.rmtree(folder)


def test_every_cut_is_seen(sealed: tuple[Path, Path, str], tmp_path: Path) -> None:
    for whole in sealed[:2]:
        data = whole.read_bytes()
        for length in {*range(0, len(data), len(data) // 60), len(data) - 1}:
            cut = tmp_path / "cut"
            cut.write_bytes(data[:length])
            with pytest.raises((Truncated, NotABackup, Altered)):
                unpack(cut, Keys(sealed[2]))


def test_every_changed_byte_is_seen(sealed: tuple[Path, Path, str], tmp_path: Path) -> None:
    """In the head, in a length, in what is sealed, in its seal."""
    for whole in sealed[:2]:
        data = whole.read_bytes()
        for at in {*range(0, 600, 7), *range(0, len(data), len(data) // 60), len(data) - 1}:
            changed = bytearray(data)
            changed[at] ^= 1
            (tmp_path / "changed").write_bytes(changed)
            with pytest.raises(BackupError):
                unpack(tmp_path / "changed", Keys(sealed[2]))


def test_bytes_after_the_end_are_seen(sealed: tuple[Path, Path, str], tmp_path: Path) -> None:
    for whole in sealed[:2]:
        (tmp_path / "longer").write_bytes(whole.read_bytes() + b"x")
        with pytest.raises(Altered):
            unpack(tmp_path / "longer", Keys(sealed[2]))


@pytest.mark.parametrize("key", [None, b"k" * 32])
def test_chunks_can_not_be_moved_doubled_or_left_out(key: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 10)
    target = io.BytesIO()
    writing = Sealing(target, seal_of(key, b"head"))
    for n in range(5):
        writing.write(bytes([65 + n]) * 10)
    writing.finish()
    chunks = _chunks(target.getvalue())
    assert _read(b"".join(chunks), key, b"head") == b"".join(bytes([65 + n]) * 10 for n in range(5))
    a, b, c, d, e = chunks
    for wrong in ([b, a, c, d, e], [a, a, b, c, d, e], [a, c, d, e], [a, b, c, d], [a, b, c, d, e, e], []):
        with pytest.raises((Altered, Truncated)):
            _read(b"".join(wrong), key, b"head")
    with pytest.raises(Altered):
        _read(b"".join(chunks), key, b"another head")


def _chunks(data: bytes) -> list[bytes]:
    found = []
    while data:
        length = 4 + (int.from_bytes(data[:4]) & ~sealing.LAST)
        found.append(data[:length])
        data = data[length:]
    return found


def _read(data: bytes, key: bytes | None, head: bytes) -> bytes:
    return io.BufferedReader(Opening(io.BytesIO(data), seal_of(key, head))).read()


def test_a_key_that_does_not_fit_is_told_by_its_name(sealed: tuple[Path, Path, str]) -> None:
    other = new_key()
    for keys, known in ((other, sealing.name_of(other)), ("", "")):
        with pytest.raises(KeyMissing) as error:
            unpack(sealed[0], Keys(keys))
        assert error.value.facts == {"key": sealing.name_of(sealed[2]), "known": known}
    with pytest.raises(KeyUnusable):
        Keys(f"{other}, no-key")


def test_an_earlier_key_still_opens_what_it_sealed(sealed: tuple[Path, Path, str], tmp_path: Path) -> None:
    """The key is changed by putting a new one before it."""
    both = f"{new_key()},{sealed[2]}"
    assert unpack(sealed[0], Keys(both))[1].rows > 0
    assert Keys(both).wrap()[0] == Keys(both).names[0]


def test_what_is_no_backup_or_of_a_newer_program_is_told(
    sealed: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "odd"
    for data, error in (
        (b"", NotABackup),
        (b"\x00" * 5000, NotABackup),
        (b"SQLite format 3\x00" + b"x" * 999, NotABackup),
        (b"KEGUAN-BACKUP 2\n{}", NewerBackup),
        (b"KEGUAN-BACKUP 1\n", Truncated),
        (b"KEGUAN-BACKUP 1\n{}\n", Altered),
    ):
        odd.write_bytes(data)
        with pytest.raises(error):
            verify(odd, Keys(), tmp_path)
    monkeypatch.setattr(migrate, "revisions", lambda: {"0001"})
    with pytest.raises(NewerSchema):
        verify(sealed[1], Keys(), tmp_path)


def test_a_manifest_that_does_not_fit_what_is_inside_is_seen(file: str, tmp_path: Path) -> None:
    """Whoever forges a backup without a key is still held to what it says of itself."""
    made = make(job(file, tmp_path)).file
    head, manifest = unpack(made, Keys(), tmp_path)
    tables = {**manifest.tables, "people": (7, "0" * 64)}
    forged = tmp_path / "forged"
    with forged.open("wb") as target:
        packing.pack(
            target, head, replace(manifest, tables=tables), {packing.DATABASE: tmp_path / "keguan.db"}, Keys()
        )
    with pytest.raises(Damaged) as error:
        verify(forged, Keys(), tmp_path / "elsewhere")
    assert error.value.facts == {"what": "counts", "detail": "people"}


def test_a_disk_that_is_too_small_is_told(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(job(file, tmp_path)).file
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(NoRoom):
            make(job(file, tmp_path, now=LATER))
        with pytest.raises(NoRoom):
            put_back(made, tmp_path / "keguan.db")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        make(job(file, tmp_path, now=LATER))
    assert [one.file for one in stored(tmp_path / "backups")] == [made], "no half one is left"
    assert not list(tmp_path.glob("*.work-*"))
    with pytest.raises(NotWritable):
        make(replace(job(file, tmp_path), folder=Path("/proc/none")))


# Which are kept ---------------------------------------------------------------------------------------------


def test_forty_days_leave_the_last_ones_and_one_a_day_a_week_a_month() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    keep = Keep(last=3, daily=7, weekly=5, monthly=12)
    files: set[datetime] = set()
    for day in range(40):
        files.add(datetime(2026, 8, 1, 19, 30, tzinfo=UTC) + timedelta(days=day))
        files = kept(files, keep, zone)
    days = sorted(f"{at.astimezone(zone):%m-%d}" for at in files)
    august, september = ["08-16", "08-23", "08-30", "08-31"], [f"09-{day:02d}" for day in range(4, 11)]
    assert days == [*august, *september], "Sundays and the end of August; the last seven days"


def test_the_newest_is_kept_whatever_the_rulebook_says() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    assert kept([at, at - timedelta(days=1)], Keep(0, 0, 0, 0), UTC) == {at}


def test_what_is_another_companys_or_no_backup_is_never_removed(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    stranger = folder / "keguan-20200101T000000Z.backup"
    stranger.write_bytes(b"a diary")
    other = folder / "keguan-20200102T000000Z.backup"
    head = orjson.dumps({"made_at": NOON, "program": "", "schema": "0001", "installation": "another's"})
    other.write_bytes(b"KEGUAN-BACKUP 1\n" + head + b"\n")
    for day in range(3):
        now = NOON + timedelta(days=day)
        made = make(replace(job(file, tmp_path, now=now), keep=Keep(1, 0, 0, 0)))
    assert {one.file for one in stored(folder)} == {stranger, other, made.file}
    assert made.removed == 1


# Killed in the midst ----------------------------------------------------------------------------------------

OURS = tuple(f"{Path(module.__file__ or '')}" for module in (making, packing, restoring, checking, sealing))


def in_a_fork(work: Callable[[], Any], kill_at: int = 0) -> int:
    """Do something in a process of its own, and kill that as it enters or leaves the nth function of ours, or one
    that ours call; how many there were, 0 where it was killed."""
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        steps = [0]

        def count(frame: FrameType, event: str, _: Any) -> None:
            if frame.f_code.co_filename in OURS:
                steps[0] += 1
                if steps[0] == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.setprofile(count)
            work()
        finally:
            sys.setprofile(None)
            os.write(tells, str(steps[0]).encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(tells)
    with os.fdopen(told) as answer:
        return int(answer.read() or 0)


def killed_everywhere(work: Callable[[], Any], look: Callable[[], None], last: int) -> None:
    """Kill the work at some steps all over it, and at more of the last ones; look at what is left each time."""
    steps = in_a_fork(work)
    look()
    assert steps > 2 * last
    for step in sorted({*range(1, steps, steps // 8), *range(steps - last, steps, last // 16)}):
        assert in_a_fork(work, step) == 0, "it was killed"
        look()


def test_a_backup_killed_at_any_step_leaves_nothing_that_looks_whole(file: str, tmp_path: Path) -> None:
    asyncio.run(hire(file, "张三"))
    found = []

    def look() -> None:
        for one in stored(tmp_path / "backups"):
            verify(one.file, Keys(), tmp_path)
            found.append(one)
            one.file.unlink()

    killed_everywhere(lambda: make(job(file, tmp_path)), look, last=112)
    assert 1 < len(found) < 20, "some were killed before, some after it was done"
    assert make(job(file, tmp_path, now=LATER)).file.exists()
    left = {one.name for one in (*tmp_path.iterdir(), *(tmp_path / "backups").iterdir())}
    assert not [name for name in left if "work-" in name or name.endswith(".part")], "leftovers are swept"


def test_restoring_killed_at_any_step_leaves_the_old_or_the_new(file: str, tmp_path: Path) -> None:
    asyncio.run(hire(file, "张三"))
    backup = make(job(file, tmp_path)).file
    asyncio.run(hire(file, "李四"))
    target, old = tmp_path / "keguan.db", tmp_path / "old"
    shutil.copy(target, old)
    seen: list[list[str]] = []

    def look() -> None:
        assert is_whole(target)
        seen.append(names(file))
        asides = list(tmp_path.glob("keguan.before-*.db"))
        assert seen[-1] == ["张三", "李四"] or [names(checking.url_of(aside)) for aside in asides] == [
            ["张三", "李四"]
        ]
        for aside in asides:
            aside.unlink()
        shutil.copy(old, target)

    killed_everywhere(lambda: put_back(backup, target), look, last=64)
    assert seen.count(["张三", "李四"]) > 8
    assert seen.count(["张三"]) > 2
