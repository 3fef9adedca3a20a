"""The keeper makes the backups that rounds ask for, one at a time, in a process beside the bot's."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable

import orjson
import structlog

from bot.backups.by_hand import outcome
from bot.views import backups as _views  # noqa: F401  # the words of what administrators are told
from core.access import SYSTEM
from core.backups import BACKUPS, Asked, fail, note
from storage.backups.__main__ import made_in, told
from storage.backups.errors import KINDS, BackupError, Died
from storage.backups.making import Job, Made
from storage.store import Store

log = structlog.get_logger()
EVERY = 15.0  # seconds between two looks at what is to be tried again
MOST_TOLD = 2000  # characters of what a process that failed has said

Make = Callable[[Job], Awaitable[Made]]


class Keeper:
    """Whoever leads keeps the backups. What is asked for is a row: killed in the midst, it is made anew."""

    def __init__(self, store: Store, job: Callable[[], Job], make: Make | None = None) -> None:
        self._store = store
        self._job = job
        self._make = make or in_a_process
        self._asked = asyncio.Event()
        self._busy = False
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if BACKUPS in touched:
            self._asked.set()

    async def run(self) -> None:
        """Make what is asked for until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # a database that is away for a while: looked at again
                log.exception("no backup looked at")
            try:
                await asyncio.wait_for(self._asked.wait(), EVERY)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Make what is to be made now. Never raises for what is wrong with a backup: that is told."""
        self._asked.clear()
        asked = await self._store.look(lambda uow: uow.backups.due())
        if asked is not None:
            await self._one(asked)

    async def _one(self, asked: Asked) -> None:
        try:
            made = await self._make(self._job())
        except BackupError as error:
            log.error("no backup", reason=error.reason, **error.facts)
            await self._store.do(fail, SYSTEM, asked.id, error.reason, error.facts)
        else:
            log.info("backup", file=made.file.name, size=made.size, seconds=made.seconds, rows=made.rows)
            await self._store.do(note, SYSTEM, outcome(made), asked.id)


async def in_a_process(job: Job) -> Made:
    """Make one in a process of its own, which ends with this one. Raises BackupError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "storage.backups", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        said, complained = await _talk(process, told(job))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _understood(said, complained)


async def _talk(process: Process, job: bytes) -> tuple[bytes, bytes]:
    """Its input stays open: that it closes is how the process learns that this one has ended."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise Died
    process.stdin.write(job)
    said, complained = await asyncio.gather(process.stdout.read(), process.stderr.read())
    process.stdin.close()
    await process.wait()
    return said, complained


def _understood(said: bytes, complained: bytes) -> Made:
    try:
        answer = orjson.loads(said)
    except orjson.JSONDecodeError as error:
        log.error("backup died", said=complained.decode(errors="replace")[-MOST_TOLD:])
        raise Died from error
    if "reason" in answer:
        raise KINDS.get(answer["reason"], Died)(**answer["facts"])
    return made_in(said)
