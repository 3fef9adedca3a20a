"""The intake: raw updates go to the inbox first, then through the handlers, in order within a lane."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextvars import Context
from typing import Any

import structlog
from aiogram import Bot, Dispatcher

from bot.lanes import Lanes, lane_of
from bot.raw import read, written
from core.ids import UpdateId
from storage.away import Away
from storage.inbox import INBOX, Arrived, Waiting
from storage.store import Store
from storage.writer import WriterStopped

log = structlog.get_logger()
MOST_IN_HAND = 100  # what is stored beyond it waits in the inbox, not in memory
REFILL_BELOW = 75  # in hand: then what waits is taken, several at a time
MOST_ATTEMPTS = 3  # updates that were in hand at this many crashes are tried one by one
MOST_ALONE = 2  # one that was alone in hand at this many crashes is put aside
TAKE_AGAIN = 1.0  # seconds until taking what waits is tried again, where it failed
MOST_ID = 2**63
MOST_KEPT = 64 * 1024  # bytes of something that is no update


_Batch = dict[UpdateId, Any]


class Intake:
    """Stores updates, takes as many into hand as there is room for, and what waits in the inbox as room is made."""

    def __init__(self, store: Store, dispatcher: Dispatcher, bot: Bot) -> None:
        self._store = store
        self.lanes = Lanes(store, dispatcher, bot, self._freed)
        self._come: list[tuple[_Batch, asyncio.Future[None]]] = []
        self._door = asyncio.Lock()  # what is stored or taken enters the lanes before anything else is
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._waits = False  # something may be waiting in the inbox for this process
        self._sorting = False  # what was taken is not all in its lanes yet
        self._closed = False
        self._most, self._below = MOST_IN_HAND, REFILL_BELOW
        self._room = asyncio.Event()
        self._room.set()
        self.arrived: Callable[[Collection[UpdateId]], None] | None = None  # told what came
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if INBOX in touched:
            self.look_again()

    async def accept(self, updates: Sequence[Any], most: int = MOST_IN_HAND) -> None:
        """Put raw updates on disk, and begin handling those that are new while fewer than `most` are in hand. When
        this returns the platform may be told that they arrived."""
        self._most, self._below = most, min(REFILL_BELOW, most // 2)
        batch: _Batch = {}
        for update in updates:
            number = number_of(update)
            if number is None:
                await self.bury(written(update), "no update")
            else:
                batch[number] = update
        if self.arrived is not None:
            self.arrived(batch)
        if batch:
            stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._come.append((batch, stored))
            self._job("storing", self._store_all)
            await stored

    async def bury(self, raw: bytes, why: str) -> None:
        """Keep what came from the platform and is no update, once, however often it is given."""
        letter = Arrived(UpdateId(-int.from_bytes(hashlib.sha256(raw).digest()[:7]) - 1), raw[:MOST_KEPT])
        log.error("unparsable update", update=letter.id, error=why)
        await self._store.unit(lambda uow: uow.inbox.bury(letter, f"unparsable: {why}"))

    async def resume(self) -> None:
        """Take up what a stop or crash left unfinished; `idle` waits for it."""
        await self._store.unit(lambda uow: uow.inbox.release())
        self.look_again()

    @property
    def absent(self) -> bool:
        """Whether nothing can be stored at present."""
        return self._store.absence.seconds > 0

    @property
    def shared(self) -> bool:
        """Whether other processes live that may take what waits."""
        return self._store.turns is not None and not self._store.turns.alone

    def look_again(self) -> None:
        """Something may wait in the inbox: take it while there is room."""
        self._waits = True
        self._freed()

    def close(self) -> None:
        """Take nothing more into hand; what still comes is only stored, for the others or the next start."""
        self._closed = True

    async def room(self) -> None:
        """Wait until fewer than the most updates are in hand and none waits."""
        await self._room.wait()

    async def idle(self) -> None:
        """Wait until everything accepted is handled and marked, except for what another process has."""
        while True:
            while self._jobs:
                await asyncio.wait(self._jobs.values())
            await self.lanes.idle()
            if not self.busy():
                return

    def busy(self) -> bool:
        return bool(self._jobs) or self.lanes.busy()

    def _freed(self) -> None:
        """There may be room for more."""
        if self._waits and not self._closed and self.lanes.in_hand < self._below:
            self._job("taking", self._take_all)
        if self._waits or self.lanes.in_hand >= MOST_IN_HAND:
            self._room.clear()
        else:
            self._room.set()

    def _job(self, name: str, work: Any) -> None:
        if name not in self._jobs:
            # what is done for several updates is logged under none
            self._jobs[name] = asyncio.create_task(self._do(name, work()), context=Context())

    async def _do(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            del self._jobs[name]
            self._freed()

    async def _store_all(self) -> None:
        """Whatever came while the last was being stored is stored together."""
        while self._come:
            come, self._come = self._come, []
            try:
                async with self._door:
                    await self._put({number: update for batch, _ in come for number, update in batch.items()})
            except Exception as error:  # told to whoever brought them: the platform gives them again
                _settle([stored for _, stored in come], error)
            else:
                _settle([stored for _, stored in come], None)

    async def _put(self, updates: _Batch) -> None:
        arrived = [Arrived(number, written(update), lane_of(update)) for number, update in updates.items()]
        room = 0 if self._waits or self._sorting or self._closed else max(0, self._most - self.lanes.in_hand)
        taken = await self._store.unit(lambda uow: uow.inbox.put(arrived, room))
        for number in taken:
            self.lanes.enter(number, updates[number])
        self._freed()

    async def _take_all(self) -> None:
        """Take what waits while there is room."""
        while self._waits and not self._closed and self.lanes.in_hand < self._below:
            try:
                async with self._door:
                    found = await self._take()
                await self._enter_all(found)
            except (WriterStopped, Away):
                self._closed = True
            except Exception:  # what waits can wait
                log.exception("nothing taken")
                self._waits = True
                await asyncio.sleep(TAKE_AGAIN)

    async def _take(self) -> list[Waiting]:
        room = MOST_IN_HAND - self.lanes.in_hand
        self._waits = False
        found: list[Waiting] = await self._store.unit(lambda uow: uow.inbox.take(room))
        self._waits = self._waits or len(found) == room
        if again := [one.id for one in found if one.attempts]:
            log.warning("taken over", updates=len(again))
        return found

    async def _enter_all(self, found: list[Waiting]) -> None:
        """Each into its lane; what was in hand at several crashes is tried alone."""
        self._sorting = True
        try:
            for one in found:
                if one.attempts >= MOST_ATTEMPTS:
                    await self._try_alone(one)
                else:
                    self.lanes.enter(one.id, read(one.raw))
        finally:
            self._sorting = False

    async def _try_alone(self, one: Waiting) -> None:
        """Many are in hand when a process dies; the one that killed it is found by being alone."""
        await self.lanes.idle()
        if one.alone >= MOST_ALONE:
            self.lanes.finish(one.id, f"put aside: in hand at {one.attempts} crashes, alone at {one.alone}")
            return
        await self._store.unit(lambda uow: uow.inbox.try_alone(one.id))
        self.lanes.enter(one.id, read(one.raw))
        await self.lanes.idle()


def number_of(update: Any) -> UpdateId | None:
    """The number that the platform gave an update; None for what is none."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MOST_ID:
        return None
    return UpdateId(number)


def _settle(waiters: list[asyncio.Future[None]], error: Exception | None) -> None:
    for one in waiters:
        if one.done():  # nobody waits any more
            continue
        if error is None:
            one.set_result(None)
        else:
            one.set_exception(error)
