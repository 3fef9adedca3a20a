"""A process that makes one backup: `python -m storage.backups`, with the job on its standard input.

It is a process of its own, at low priority, so that hashing, packing and sealing take nothing from who answers
people. It ends when the other end of its input is closed: with the process that started it.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from core.backups import Keep
from storage.backups.errors import BackupError
from storage.backups.making import Job, Made, make

NICENESS = 10
PATHS = frozenset({"home", "folder", "rulebook_file", "anchors", "to"})


def told(job: Job) -> bytes:
    """A job as one line."""
    return orjson.dumps(asdict(job), default=str) + b"\n"


def heard(line: bytes) -> Job:
    given: dict[str, Any] = orjson.loads(line)
    for name in PATHS:
        given[name] = None if given[name] is None else Path(given[name])
    given["now"] = datetime.fromisoformat(given["now"])
    given["keep"] = None if given["keep"] is None else Keep(**given["keep"])
    return Job(**given)


def answer(made: Made) -> bytes:
    return orjson.dumps({"made": asdict(made)}, default=str)


def made_in(text: bytes) -> Made:
    """What the process said. Raises KeyError, or ValueError, where that is not that a backup was made."""
    given = orjson.loads(text)["made"]
    return Made(**{**{field.name: given[field.name] for field in fields(Made)}, "file": Path(given["file"])})


def main() -> None:
    job = heard(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    os.nice(NICENESS)
    try:
        said = answer(make(job))
    except BackupError as error:
        said = orjson.dumps({"reason": error.reason, "facts": error.facts})
    sys.stdout.buffer.write(said)


def _end_with_the_other() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # nothing whole is left behind: a backup gets its name as the very last thing


if __name__ == "__main__":
    main()
