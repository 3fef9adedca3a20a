"""The intake: raw updates go to the inbox first, then through the handlers, in order within a chat."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.handling import Handling, current
from core.ids import UpdateId
from storage.inbox import Waiting
from storage.store import Store
from storage.writer import WriterStopped

log = structlog.get_logger()
MOST_IN_HAND = 100
MOST_ATTEMPTS = 3  # updates that were in hand at this many crashes are tried one by one
MOST_ALONE = 2  # one that was alone in hand at this many crashes is put aside
MARK_AGAIN = 1.0  # seconds until marks that could not be written are tried again
FLUSH_AFTER = 0.02  # seconds that handled updates wait to be marked together


class Intake:
    """Stores updates, handles each once, and marks it handled.

    Lanes: messages of one chat are handled in order, presses in order within (chat, user); lanes run side by side.
    """

    def __init__(self, store: Store, dispatcher: Dispatcher, bot: Bot) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._bot = bot
        self._lanes: dict[object, deque[tuple[UpdateId, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand = 0
        self._handled: list[tuple[UpdateId, str | None]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._awaited = asyncio.Event()  # somebody waits for the marks

    async def accept(self, updates: Sequence[dict[str, Any]]) -> None:
        """Put raw updates on disk, then begin handling those that are new. When this returns the platform may be
        told that they arrived."""
        if not updates:
            return
        raw = [(UpdateId(update["update_id"]), orjson.dumps(update)) for update in updates]
        fresh = set(await self._store.unit(lambda uow: uow.inbox.put(raw)))
        for update in updates:
            if update["update_id"] in fresh:
                self._enter(UpdateId(update["update_id"]), update)

    async def resume(self) -> int:
        """Take up what a stop or crash left unfinished; how many updates that is."""
        waiting: list[Waiting] = await self._store.unit(lambda uow: uow.inbox.waiting())
        for one in [w for w in waiting if w.attempts >= MOST_ATTEMPTS]:
            await self._try_alone(one)
        for one in waiting:
            if one.attempts < MOST_ATTEMPTS:
                self._enter(one.id, orjson.loads(one.raw))
        return len(waiting)

    async def _try_alone(self, one: Waiting) -> None:
        """Many are in hand when a process dies; the one that killed it is found by being alone."""
        if one.alone >= MOST_ALONE:
            self._finish(one.id, f"put aside: in hand at {one.attempts} crashes, alone at {one.alone}")
            return
        await self._store.unit(lambda uow: uow.inbox.try_alone(one.id))
        self._enter(one.id, orjson.loads(one.raw))
        await self.idle()

    async def room(self) -> None:
        """Wait until fewer than the most updates are in hand."""
        await self._room.wait()

    async def idle(self) -> None:
        """Wait until everything accepted is handled and marked."""
        self._awaited.set()
        await self._quiet.wait()
        self._awaited.clear()

    def busy(self) -> bool:
        return not self._quiet.is_set()

    def _enter(self, update_id: UpdateId, update: Any) -> None:
        self._quiet.clear()
        self._in_hand += 1
        if self._in_hand >= MOST_IN_HAND:
            self._room.clear()
        lane = _lane(update)
        if lane in self._lanes:
            self._lanes[lane].append((update_id, update))
            return
        self._lanes[lane] = deque([(update_id, update)])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: object) -> None:
        queue = self._lanes[lane]
        while queue:
            update_id, update = queue[0]
            self._finish(update_id, await self._handle(update_id, update))
            queue.popleft()
            self._in_hand -= 1
            if self._in_hand < MOST_IN_HAND:
                self._room.set()
        del self._lanes[lane]

    async def _handle(self, update_id: UpdateId, update: Any) -> str | None:
        """Run one update; the text of what went wrong, if anything did."""
        try:
            parsed = Update.model_validate(update, context={"bot": self._bot})
        except ValidationError as error:
            log.error("unparsable update", update=update_id, error=str(error))
            return f"unparsable: {error}"
        token = current.set(Handling(update_id))
        structlog.contextvars.bind_contextvars(update=update_id)
        try:
            await self._dispatcher.feed_update(self._bot, parsed)
        except Exception as error:  # logged where it happened; kept in the inbox as a dead letter
            log.warning("not handled", update=update_id, error=repr(error))
            return repr(error)
        finally:
            current.reset(token)
        return None

    def _finish(self, update_id: UpdateId, error: str | None) -> None:
        self._quiet.clear()
        self._handled.append((update_id, error))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awaited.wait(), FLUSH_AFTER)
        while self._handled:
            batch, self._handled = self._handled, []
            try:
                await self._store.unit(lambda uow, batch=batch: uow.inbox.finish(batch))  # type: ignore[misc]  # bound now
            except WriterStopped:
                break  # they run again at the next start, and have their effect once
            except Exception:  # a full disk may be emptied; until then nobody may believe them finished
                log.exception("marks wait", updates=len(batch))
                self._handled = batch + self._handled
                await asyncio.sleep(MARK_AGAIN)
        self._flushing = None
        if self._in_hand == 0:
            self._quiet.set()


def _lane(update: Any) -> object:
    """What keeps an update in order with others."""
    if not isinstance(update, dict):
        return None
    for kind, body in update.items():
        if kind == "callback_query":
            chat = (body.get("message") or {}).get("chat") or {}
            return chat.get("id"), (body.get("from") or {}).get("id")
        if isinstance(body, dict) and isinstance(body.get("chat"), dict):
            return body["chat"].get("id")
    return None
