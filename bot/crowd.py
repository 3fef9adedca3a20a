"""The crowd: several processes on one database. Each shows life every second; the oldest one leads.

The leader polls, rings, sends and tidies; every process handles updates. Who is silent for longer than the lease is
struck out: another leads, and the others take what the dead one had in hand.
"""

from __future__ import annotations

import asyncio
import os
import socket
from time import monotonic

import structlog

from storage.processes import LEASE, Living
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
EVERY = 1.0  # seconds between two signs of life
SURE = LEASE - 1.5  # seconds after its last sign of life in which a process is surely not struck out


class NotAlone(RuntimeError):
    """Another process works on this database, and nothing is set up for several."""


class StruckOut(RuntimeError):
    """This process was silent for so long that others have taken over."""


class Crowd:
    """This process among the others."""

    def __init__(self, store: Store, *, several: bool) -> None:
        self._store = store
        self._several = several
        self._beat_at = 0.0
        self.leads = asyncio.Event()
        self.deaths = asyncio.Event()

    async def join(self) -> None:
        """Enter the register. Raises NotAlone where that is not allowed; one that was killed is waited for."""
        name = f"{socket.gethostname()}:{os.getpid()}"
        self._store.process = await self._store.unit(lambda uow: uow.processes.join(name))
        begun = monotonic()
        while not self._note(await self._beat()) and not self._several:
            if monotonic() - begun > LEASE + EVERY:
                await self.leave()
                raise NotAlone
            await asyncio.sleep(EVERY)

    async def leave(self) -> None:
        """An orderly end: others need not wait for the lease."""
        me, self._store.process = self._store.process, None
        if me is not None:
            await self._store.unit(lambda uow: uow.processes.leave(me))

    async def run(self) -> None:
        """Show life until cancelled. Raises StruckOut."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                living = await self._beat()
            except Exception:  # a database that is away hears nobody, and strikes nobody out
                log.exception("no sign of life")
                continue
            if self._store.process not in living.ids:
                raise StruckOut
            self._note(living)

    async def sure(self) -> None:
        """Wait until this process surely leads: one that slept may have been struck out without knowing it yet."""
        while monotonic() - self._beat_at > SURE:  # noqa: ASYNC110  # a sign of life, not an event, ends it
            await asyncio.sleep(EVERY / 4)

    async def _beat(self) -> Living:
        me = self._store.process or 0

        def beat(uow: SqlUnitOfWork) -> tuple[float, Living]:
            ran = monotonic()  # it may have waited for the database
            heard = ran - self._beat_at <= LEASE  # where nobody was heard for a while, nobody is held dead for it
            return ran, uow.processes.beat(me, bury=heard)

        ran, living = await self._store.unit(beat)
        if me in living.ids:
            self._beat_at = ran
        return living

    def _note(self, living: Living) -> bool:
        """Draw the conclusions; whether this process leads."""
        if self._store.turns is not None:
            self._store.turns.alone = len(living.ids) == 1
        if living.buried:
            log.warning("processes struck out", dead=living.buried)
            self.deaths.set()
        leads = living.ids[0] == self._store.process
        if leads and not self.leads.is_set():
            log.info("leads", process=self._store.process, of=len(living.ids))
            self.leads.set()
        return leads
