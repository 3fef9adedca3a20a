"""Walks the trail from its beginning, or from its seal, and says what is the first thing wrong with it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from core.audit import GENESIS, Head, digest
from storage.audit.recorder import COLUMNS, content
from storage.audit.rows import PendingRow, SealRow, TraceRow
from storage.base import table

AT_ONCE = 5000  # lines fetched together
_T, _S = table(TraceRow), table(SealRow)
SEQ, PREVIOUS, DIGEST = COLUMNS.index("seq"), COLUMNS.index("previous"), COLUMNS.index("digest")
_ALL = sa.select(*_T.columns).where(_T.c.seq >= sa.bindparam("first")).order_by(_T.c.seq)
_BEFORE = sa.select(_T.c.seq, _T.c.digest).where(_T.c.seq < sa.bindparam("first")).order_by(_T.c.seq.desc()).limit(1)
_SEALS = sa.select(_S).order_by(_S.c.upto)
_SEALED = sa.select(_T.c.changes).where(_T.c.subject == sa.bindparam("about")).order_by(_T.c.seq).limit(1)
_WAITING = sa.select(sa.func.count()).select_from(table(PendingRow))


class Fault(StrEnum):
    """What can be wrong with a trail."""

    CHANGED = "changed"  # a line is not what it was when it was sealed by its hash
    MISSING = "missing"  # lines are gone from the midst, or from the beginning
    MOVED = "moved"  # a line does not follow the one before it
    CUT = "cut"  # the end is gone: a line that was known elsewhere
    REWRITTEN = "rewritten"  # whole in itself, but not the trail that was known elsewhere
    SEAL = "seal"  # lines are gone that no seal covers, or a seal that the trail knows nothing of


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines were looked at, the last one, and the first thing wrong: which line, and what. `waiting` are
    writes past the program that no line holds yet."""

    lines: int
    head: Head | None
    fault: Fault | None = None
    seq: int = 0
    waiting: int = 0


class Broken(Exception):
    """The first thing wrong."""

    def __init__(self, fault: Fault, seq: int) -> None:
        super().__init__(fault, seq)
        self.fault, self.seq = fault, seq


class Walk:
    """Goes along lines, each of which must follow the one before."""

    def __init__(self, after: Head, anchors: Iterable[Head]) -> None:
        self.head = after
        self.lines = 0
        self._anchors = {anchor.seq: anchor.digest for anchor in anchors}

    def on(self, rows: Iterable[Sequence[Any]]) -> None:
        """Go along these lines; raises Broken at the first that is wrong."""
        seq, previous = self.head.seq, self.head.digest
        anchors = self._anchors
        for row in rows:
            found = row[DIGEST]
            if digest(row[PREVIOUS], content(row[:PREVIOUS])) != found:
                raise Broken(Fault.CHANGED, row[SEQ])
            if row[SEQ] != seq + 1:
                raise Broken(Fault.MISSING, seq + 1)
            if row[PREVIOUS] != previous:
                raise Broken(Fault.MOVED, row[SEQ])
            seq, previous = row[SEQ], found
            self.lines += 1
            if seq in anchors and anchors[seq] != found:
                raise Broken(Fault.REWRITTEN, seq)
        self.head = Head(seq, bytes(previous))

    def end(self) -> None:
        """Nothing follows: every line that is known elsewhere must have been met."""
        beyond = [seq for seq in self._anchors if seq > self.head.seq]
        if beyond:
            raise Broken(Fault.CUT, self.head.seq + 1)


def verify(
    engine: sa.Engine, *, first: int = 0, anchors: Sequence[Head] = (), archives: Sequence[Path] = ()
) -> Verdict:
    """Walk the whole trail, or from line `first` on. `anchors` are lines known from elsewhere; `archives` the files
    of what was taken out, oldest first."""
    with engine.connect() as connection:
        waiting = connection.execute(_WAITING).scalar_one()
        walk = Walk(Head(0, GENESIS), anchors)
        try:
            walk.head = _start(connection, walk, first, archives)
            for rows in _fetched(connection, walk.head.seq + 1):
                walk.on(rows)
            walk.end()
        except Broken as broken:
            return Verdict(walk.lines, None, broken.fault, broken.seq, waiting)
    return Verdict(walk.lines, walk.head if walk.head.seq else None, waiting=waiting)


def _start(connection: sa.Connection, walk: Walk, first: int, archives: Sequence[Path]) -> Head:
    """The line after which the walk through the table begins."""
    seals = connection.execute(_SEALS).all()
    if first > 1:
        row = connection.execute(_BEFORE, {"first": first}).first()
        if row is not None:
            return Head(row.seq, bytes(row.digest))
    if not seals:
        return walk.head
    last = seals[-1]
    if not _is_known(connection, last):
        raise Broken(Fault.SEAL, last.upto)
    if archives:
        _walk_archives(walk, archives, {seal.upto: seal for seal in seals})
        if walk.head != _head(last):
            raise Broken(Fault.SEAL, walk.head.seq)
    return _head(last)


def _head(seal: Any) -> Head:
    return Head(seal.upto, bytes.fromhex(seal.digest))


def _is_known(connection: sa.Connection, seal: Any) -> bool:
    """Whether the trail itself tells of the seal, as of everything that is written."""
    changes = connection.execute(_SEALED, {"about": f"audit:{seal.id}"}).scalar()
    told = orjson.loads(changes)[0][3] if changes else {}
    return (told.get("upto"), told.get("digest"), told.get("file_hash")) == (seal.upto, seal.digest, seal.file_hash)


def _walk_archives(walk: Walk, archives: Sequence[Path], seals: dict[int, Any]) -> None:
    for file in archives:
        walk.on(read_archive(file))
        seal = seals.get(walk.head.seq)
        if seal is None or _head(seal) != walk.head or file_hash(file) != seal.file_hash:
            raise Broken(Fault.SEAL, walk.head.seq)


def _fetched(connection: sa.Connection, first: int) -> Iterator[list[tuple[Any, ...]]]:
    """The lines from `first` on, as the driver gives them, in portions."""
    found = connection.execution_options(yield_per=AT_ONCE).execute(_ALL, {"first": first})
    for part in found.partitions():
        yield [tuple(row) for row in part]


def read_archive(file: Path) -> Iterator[tuple[Any, ...]]:
    """The lines of an exported file."""
    with gzip.open(file, "rb") as source:
        for line in source:
            values = orjson.loads(line)
            yield (*values[:PREVIOUS], bytes.fromhex(values[PREVIOUS]), bytes.fromhex(values[DIGEST]))


def file_hash(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
