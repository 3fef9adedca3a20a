"""The machine that is measured on, and what stands on it."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/9")
LIBRARIES = ("aiogram", "sqlalchemy", "psycopg", "uvloop")
IN_MEMORY = {"tmpfs", "ramfs"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for databases, on a disk: where the usual place is in memory, beside the program. `BENCH_DIR` names
    another place."""
    place = os.environ.get("BENCH_DIR") or tempfile.gettempdir()
    if _filesystem(Path(place)) in IN_MEMORY:
        place = str(Path(__file__).parent.parent)
    with tempfile.TemporaryDirectory(prefix="keguan-bench-", dir=place) as name:
        yield Path(name)


def _filesystem(place: Path) -> str:
    """The kind of file system a folder lies on, as the kernel calls it."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    over = [(point, kind) for point, kind in mounts if place.resolve().is_relative_to(point)]
    return max(over, key=lambda mount: len(mount[0]))[1] if over else "?"


@contextmanager
def _server() -> Iterator[sa.Connection]:
    engine = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def no_postgresql() -> str:
    """Why there is no PostgreSQL to measure on; empty where there is one."""
    try:
        with _server():
            return ""
    except (sa.exc.OperationalError, ImportError) as error:
        return f"no PostgreSQL (BENCH_POSTGRES): {str(error).splitlines()[0]}"


def no_redis() -> str:
    """Why there is no Redis to measure with; empty where there is one."""
    try:
        from redis import Redis, RedisError
    except ImportError as error:
        return f"no Redis: {error}"
    try:
        with Redis.from_url(REDIS, socket_connect_timeout=2) as server:
            server.ping()
    except RedisError as error:
        return f"no Redis (BENCH_REDIS): {error}"
    return ""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database of its own, in which a commit waits for the disk."""
    name = f"keguan_bench_{uuid4().hex[:12]}"
    with _server() as server:
        server.exec_driver_sql(f'CREATE DATABASE "{name}"')
        server.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
        try:
            yield server.engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def described() -> str:
    """One paragraph about the machine: cores, load, Python, versions, disk."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    place = Path(os.environ.get("BENCH_DIR") or tempfile.gettempdir())
    return (
        f"{cores} cores ({_processor()}), {_memory():.0f} GB, load {load:.1f} at the end; Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version} on {_filesystem(place)}, {_postgresql()}"
        f"{', '.join(f'{name} {_version(name)}' for name in LIBRARIES)}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _postgresql() -> str:
    try:
        with _server() as server:
            return f"PostgreSQL {server.exec_driver_sql('SHOW server_version').scalar_one().split()[0]}, "
    except (sa.exc.OperationalError, ImportError):
        return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"
