"""Taking old lines out of the database: written to a file, sealed, and only then removed.

The seal is a row, and so a line of the trail itself. What is removed can be put under the eyes of `verify` again with
the file.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from core.access import SYSTEM
from core.audit import Doing
from storage.audit.rows import SealRow, TraceRow
from storage.audit.tables import written
from storage.audit.verify import AT_ONCE, DIGEST, PREVIOUS, SEQ, file_hash
from storage.base import table
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

SEALING = Doing(SYSTEM, "audit.seal")
SLICE = 5000  # lines removed in one unit of work
_T, _S = table(TraceRow), table(SealRow)
_OLD = (
    sa.select(*_T.columns)
    .where(_T.c.at < sa.bindparam("before"), _T.c.seq > sa.bindparam("sealed"))
    .order_by(_T.c.seq)
)
_SEALED = sa.select(sa.func.coalesce(sa.func.max(_S.c.upto), 0))
_SEAL = sa.insert(_S)
_REMOVE = sa.delete(_T).where(_T.c.seq <= sa.bindparam("upto"), _T.c.seq < sa.bindparam("next"))
_FIRST = sa.select(sa.func.min(_T.c.seq))


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of lines: how many, the first and the last, the last one's hash and the file's."""

    file: Path
    lines: int
    first: int
    upto: int
    digest: str
    file_hash: str


def export(engine: sa.Engine, before: datetime, file: Path) -> Exported | None:
    """Write the lines of before that instant that no seal covers; None where there are none.

    The file comes into being whole: it is written beside its name first. Raises FileExistsError.
    """
    if file.exists():
        raise FileExistsError(str(file))
    part = file.with_name(f"{file.name}.part")
    first, last, count = 0, None, 0
    with engine.connect() as connection, part.open("wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as target:
            for row in _rows(connection, before):
                target.write(orjson.dumps([*row[:PREVIOUS], row[PREVIOUS].hex(), row[DIGEST].hex()]) + b"\n")
                first, last, count = first or row[SEQ], row, count + 1
        raw.flush()
        os.fsync(raw.fileno())
    if last is None:
        part.unlink()
        return None
    part.rename(file)
    return Exported(file, count, first, last[SEQ], last[DIGEST].hex(), file_hash(file))


def _rows(connection: sa.Connection, before: datetime) -> Iterator[tuple[Any, ...]]:
    """Lines follow each other in time but for a clock that was set back; the first that is younger ends them."""
    sealed = connection.execute(_SEALED).scalar_one()
    found = connection.execution_options(yield_per=AT_ONCE).execute(
        _OLD, {"before": written(before), "sealed": sealed}
    )
    expected = None
    for row in found:
        if expected is not None and row.seq != expected:
            break
        expected = row.seq + 1
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


async def seal(store: Store, exported: Exported, at: datetime) -> None:
    """Enter the seal, then remove what it covers, a slice at a time."""

    def enter(uow: SqlUnitOfWork) -> None:
        uow.connection.execute(
            _SEAL,
            {
                "upto": exported.upto,
                "digest": exported.digest,
                "lines": exported.lines,
                "file": exported.file.name,
                "file_hash": exported.file_hash,
                "sealed_at": at,
            },
        )

    await store.unit(enter, SEALING)
    await remove_sealed(store)


async def remove_sealed(store: Store) -> int:
    """Remove what seals cover, also what a crash left of it; how many lines."""
    removed = 0
    while (gone := await store.unit(_remove_some)) > 0:
        removed += gone
    return removed


def _remove_some(uow: SqlUnitOfWork) -> int:
    first = uow.connection.execute(_FIRST).scalar()
    if first is None:
        return 0
    upto = uow.connection.execute(_SEALED).scalar_one()
    return int(uow.connection.execute(_REMOVE, {"upto": upto, "next": first + SLICE}).rowcount)


__all__ = ["Exported", "export", "remove_sealed", "seal"]
