"""The form of a backup: a line that names it, a head that anybody can read, and a sealed, compressed archive whose
first part, the manifest, tells what the others must be."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import orjson

from storage.backups.errors import Altered, NewerBackup, NotABackup, Truncated
from storage.backups.sealing import Keys, Opening, Sealing, seal_of

NAME, FORM = b"KEGUAN-BACKUP", b"1"
MOST_HEAD = 1 << 16  # bytes
DATABASE, RULEBOOK, ANCHORS, MANIFEST = "keguan.db", "rulebook.yaml", "audit.anchors", "manifest.json"
PARTS = (DATABASE, RULEBOOK, ANCHORS)
LEVEL = 3  # of compression: a third of the time of the usual 6, a tenth more bytes
AT_ONCE = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What anybody may know of a backup. `installation` tells one company's files from another's; `key` is the name
    of the key it is sealed with, empty where there is none."""

    made_at: datetime
    program: str
    schema: str
    installation: str
    key: str = ""
    wrapped: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is inside: rows and hash of each table, the trail's end, the rulebook in force; size and hash of each
    part."""

    rulebook: str
    trail: str
    tables: Mapping[str, tuple[int, str]]
    parts: Mapping[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.tables.values())


def pack(into: BinaryIO, head: Head, manifest: Manifest, files: Mapping[str, Path], keys: Keys) -> None:
    """Write a backup of these parts; its manifest is completed by what they are."""
    key = None
    if keys:
        name, wrapped, key = keys.wrap()
        head = Head(head.made_at, head.program, head.schema, head.installation, name, wrapped)
    first = b" ".join((NAME, FORM)) + b"\n" + orjson.dumps(asdict(head)) + b"\n"
    into.write(first)
    sealing = Sealing(into, seal_of(key, first))
    parts = {part: _facts(file) for part, file in files.items()}
    told = orjson.dumps({**asdict(manifest), "parts": parts})
    with (
        gzip.GzipFile(fileobj=sealing, mode="wb", compresslevel=LEVEL, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        _add(archive, MANIFEST, len(told), io.BytesIO(told))
        for part, file in files.items():
            with file.open("rb") as source:
                _add(archive, part, parts[part][0], source)
    sealing.finish()


def _add(archive: tarfile.TarFile, name: str, size: int, source: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, source)


def _facts(file: Path) -> tuple[int, str]:
    with file.open("rb") as source:
        return file.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest()


def read_head(file: Path) -> Head:
    """What anybody may know. Raises NotABackup, NewerBackup; it is not shown yet that the head was not altered."""
    with file.open("rb") as source:
        return _head(source)[0]


def _head(source: BinaryIO) -> tuple[Head, bytes]:
    first = source.readline(MOST_HEAD)
    name, _, form = first.rstrip(b"\n").partition(b" ")
    if name != NAME or not form:
        raise NotABackup
    if form != FORM:
        raise NewerBackup if form.isdigit() else NotABackup
    line = source.readline(MOST_HEAD)
    if not line.endswith(b"\n"):
        raise Truncated
    try:
        told = orjson.loads(line)
        head = Head(**{**told, "made_at": datetime.fromisoformat(told["made_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise Altered(part="head") from error
    return head, first + line


def unpack(file: Path, keys: Keys, into: Path | None = None) -> tuple[Head, Manifest]:
    """Read a backup to its end, and hold each part against the manifest; `into` is a folder that gets them.

    Raises what `errors` has about files and keys.
    """
    with file.open("rb") as source:
        head, first = _head(source)
        key = keys.unwrap(head.key, head.wrapped) if head.key else None
        with _forged_alike():
            opening = Opening(source, seal_of(key, first))
            with gzip.GzipFile(fileobj=io.BufferedReader(opening, AT_ONCE)) as packed:
                manifest = _unpack(cast("BinaryIO", packed), into)
                while packed.read(AT_ONCE):
                    pass  # to the end: only there it is known to be whole
            while opening.read(AT_ONCE):
                pass
    return head, manifest


@contextmanager
def _forged_alike() -> Iterator[None]:
    """Whoever forges a backup without a key can give the readers anything."""
    try:
        yield
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, ValueError, TypeError, KeyError) as error:
        raise Altered(part="archive") from error


def _unpack(packed: BinaryIO, into: Path | None) -> Manifest:
    with tarfile.open(fileobj=packed, mode="r|") as archive:
        entries = ((entry, archive.extractfile(entry)) for entry in archive)
        first, told = next(entries)
        if first.name != MANIFEST or told is None:
            raise Altered(part=MANIFEST)
        manifest = _manifest(orjson.loads(told.read()))
        found = set()
        for entry, source in entries:
            if entry.name not in PARTS or entry.name in found or source is None:
                raise Altered(part="archive")
            if _taken(source, None if into is None else into / entry.name) != manifest.parts.get(entry.name):
                raise Altered(part=entry.name)
            found.add(entry.name)
    if found != manifest.parts.keys() or DATABASE not in found:
        raise Altered(part=MANIFEST)
    return manifest


def _manifest(told: dict[str, Any]) -> Manifest:
    return Manifest(
        rulebook=told["rulebook"],
        trail=told["trail"],
        tables={name: (rows, digest) for name, (rows, digest) in told["tables"].items()},
        parts={name: (size, digest) for name, (size, digest) in told["parts"].items()},
    )


def _taken(source: IO[bytes], to: Path | None) -> tuple[int, str]:
    """Read one part, and write it where it is to go; its size and hash."""
    size, hashed = 0, hashlib.sha256()
    with open(os.devnull if to is None else to, "wb") as target:  # noqa: PTH123  # one of two
        while data := source.read(AT_ONCE):
            size += len(data)
            hashed.update(data)
            target.write(data)
    return size, hashed.hexdigest()


__all__ = ["ANCHORS", "DATABASE", "RULEBOOK", "Head", "Manifest", "pack", "read_head", "unpack"]
