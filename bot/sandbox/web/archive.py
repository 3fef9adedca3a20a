"""A whole sandbox as one zip file: the chats, the two databases, the clock."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

VERSION = 1
DATABASES = ("keguan.db", "forms.db")
_FACTS = "sandbox.json"
MOST_BYTES = 300_000_000  # unpacked


class ArchiveError(ValueError):
    """The file is not a saved sandbox."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What is saved: facts as JSON, databases as SQLite files."""

    facts: dict[str, Any]
    databases: dict[str, bytes]

    def pack(self) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.writestr(_FACTS, orjson.dumps({"version": VERSION, **self.facts}, option=orjson.OPT_NON_STR_KEYS))
            for name, content in self.databases.items():
                file.writestr(name, content)
        return made.getvalue()

    @staticmethod
    def unpack(content: bytes) -> Archive:
        """Raises ArchiveError unless it is one of ours."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                if sum(info.file_size for info in file.infolist()) > MOST_BYTES:
                    raise ArchiveError("the file is too large")
                facts = orjson.loads(file.read(_FACTS))
                databases = {name: file.read(name) for name in DATABASES}
        except (zipfile.BadZipFile, KeyError, orjson.JSONDecodeError) as problem:
            raise ArchiveError("this is not a saved sandbox") from problem
        if not isinstance(facts, dict) or facts.get("version") != VERSION:
            raise ArchiveError("this was saved by another version")
        return Archive(facts, databases)

    def write_databases(self, folder: Path) -> None:
        for name, content in self.databases.items():
            (folder / name).write_bytes(content)


def copy_databases(folder: Path) -> dict[str, bytes]:
    """The databases as they are now, while others work on them."""
    return {name: _copy(folder / name) for name in DATABASES}


def _copy(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(":memory:")) as target:
        source.backup(target)
        return target.serialize()
