"""Anchors: the trail's end as it was at some instants, in a small file outside the database.

Who cuts the trail's end off, or makes it anew, must forge the file as well, and the message that the administrators
get each month.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from core.audit import Head

FILE = "audit.anchors"
HASH = 64  # hexadecimal digits


def parse(text: str) -> Head | None:
    """A head as it is told, "1234:9f2c…"; None where it is none."""
    seq, _, found = text.strip().partition(":")
    if not seq.isascii() or not seq.isdigit() or len(found) != HASH:
        return None
    try:
        return Head(int(seq), bytes.fromhex(found))
    except ValueError:
        return None


def read(file: Path) -> list[Head]:
    """The anchors of a file; a line that was half written at a crash is passed over."""
    if not file.exists():
        return []
    found = (parse(line.split(" ")[-1]) for line in file.read_text("ascii", errors="replace").splitlines())
    return [head for head in found if head is not None]


def drop(file: Path, head: Head, at: datetime) -> None:
    """Add an anchor, unless the last one is the same."""
    known = read(file)
    if known and known[-1] == head:
        return
    with file.open("a", encoding="ascii") as target:
        target.write(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n")
        target.flush()
        os.fsync(target.fileno())
