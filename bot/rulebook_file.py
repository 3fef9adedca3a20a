"""The company's rulebook file: taken up at a start, by a command, by a signal; and what other processes took up."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import structlog

from core.access import SYSTEM
from core.errors import KeguanError
from core.rulebook import Rulebook, RulebookError, Words, load
from core.rules import adopt, refuse
from storage.store import Store

log = structlog.get_logger()
LOOK_EVERY = 10.0  # seconds between two looks at what other processes have recorded
MOST_PROBLEMS = 10  # told in one message


class NoFile(KeguanError):
    """The settings name no rulebook file: the default one is in force."""


class RulebookFile:
    """Reads the file, and keeps the store's rulebook the one that is recorded as in force."""

    def __init__(self, store: Store, path: Path | None) -> None:
        self._store = store
        self._path = path
        self._asked = asyncio.Event()
        self._known: object = None

    async def read(self) -> Rulebook:
        """The file as it is now. Raises NoFile or RulebookError."""
        if self._path is None:
            raise NoFile
        return await asyncio.to_thread(load, self._path)

    async def take_up(self) -> None:
        """At a start: what the store was opened with, and what was decided in the chat over it."""
        await self._store.do(adopt, SYSTEM, self._store.shelf.base)
        await self._store.reread()

    async def reload(self) -> None:
        """After a signal. A bad file leaves the running rulebook in force (RULE-1)."""
        try:
            book = await self.read()
        except NoFile:
            log.warning("no rulebook file to reload", advice="KEGUAN_RULEBOOK")
        except RulebookError as error:
            log.error("rulebook refused", problems=str(error).splitlines())
            await self._store.do(refuse, SYSTEM, *told(error))
        else:
            adopted = await self._store.do(adopt, SYSTEM, book)
            log.info("rulebook taken up", version=adopted.edition.version)

    def ask_reload(self) -> None:
        """Have the file reloaded soon; for a signal."""
        self._asked.set()

    async def follow(self) -> None:
        """Until cancelled, reload when asked to, and take what another process has recorded."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY)
            try:
                await self.look()
            except Exception:  # a database that is away for a while must not end the process
                log.exception("rulebook not looked at")

    async def look(self) -> None:
        """One turn of `follow`."""
        if self._asked.is_set():
            self._asked.clear()
            await self.reload()
        mark = await self._store.look(lambda uow: uow.rules.latest_mark())
        if mark != self._known:
            self._known = mark
            await self._store.reread()


def told(error: RulebookError) -> tuple[list[Words], int]:
    """The first mistakes of a bad file, each with file, line and column, and how many more there are."""
    shown = [Words(zh=problem.chinese(), en=str(problem)) for problem in error.problems[:MOST_PROBLEMS]]
    return shown, len(error.problems) - len(shown)
