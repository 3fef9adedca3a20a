"""Lanes: the updates in this process's hand. In order within a lane, lanes side by side; marked when handled."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from contextvars import Context
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Update
from pydantic import ValidationError

from bot.handling import Handling, current
from bot.raw import kept
from core.ids import UpdateId
from storage.away import Away
from storage.store import Store

log = structlog.get_logger()
MARK_AGAIN = 1.0  # seconds until marks that could not be written are tried again
MOST_NAMED = 5  # places of an update that can't be read
FLUSH_AFTER = 0.02  # seconds that handled updates wait to be marked together


class Lanes:
    """Handles each update once and marks it handled. `freed` is called whenever one has left the hand."""

    def __init__(self, store: Store, dispatcher: Dispatcher, bot: Bot, freed: Callable[[], None]) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._bot = bot
        self._freed = freed
        self._lanes: dict[str | None, deque[tuple[UpdateId, Any, datetime]]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.in_hand = 0
        self._resting: set[UpdateId] = set()  # not in hand, though what is left of them waits for its turn
        self.handled: Callable[[UpdateId, str], None] | None = None  # told with what outcome
        self._handled: list[tuple[UpdateId, str | None]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._awaited = asyncio.Event()  # somebody waits for the marks

    async def idle(self) -> None:
        """Wait until everything in hand is handled and marked."""
        self._awaited.set()
        await self._quiet.wait()
        self._awaited.clear()

    def busy(self) -> bool:
        return not self._quiet.is_set()

    def enter(self, update_id: UpdateId, update: Any) -> None:
        """Take one into hand, behind what its lane has already."""
        self._quiet.clear()
        self.in_hand += 1
        lane = lane_of(update)
        if lane in self._lanes:
            self._lanes[lane].append((update_id, update, self._store.now()))
            return
        self._lanes[lane] = deque([(update_id, update, self._store.now())])
        task = asyncio.create_task(self._run(lane))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _run(self, lane: str | None) -> None:
        queue = self._lanes[lane]
        while queue:
            update_id, update, at = queue[0]
            try:
                self.finish(update_id, await self._handle(update_id, update, at))
            except Away:  # the process ends: it runs again at the next start
                log.warning("left unfinished", update=update_id)
            queue.popleft()
            self._rest(update_id)
            self._resting.discard(update_id)
        del self._lanes[lane]

    def _rest(self, update_id: UpdateId) -> None:
        """It takes up no hand from here on."""
        if update_id not in self._resting:
            self._resting.add(update_id)
            self.in_hand -= 1
            self._freed()

    async def _handle(self, update_id: UpdateId, update: Any, at: datetime) -> str | None:
        """Run one update; the text of what went wrong, if anything did."""
        try:
            parsed = Update.model_validate(update, context={"bot": self._bot})
        except Exception as error:  # whatever it is, the others go on
            found = error if isinstance(error, ValidationError) else None
            log.error("unparsable update", update=update_id, at=_places(found) if found else type(error).__name__)
            return kept(f"unparsable: {found or repr(error)}")
        handling = Handling(update_id, at, rest=partial(self._rest, update_id))
        token = current.set(handling)
        structlog.contextvars.bind_contextvars(update=update_id)
        begun = monotonic()
        try:
            response = await self._dispatcher.feed_update(self._bot, parsed)
            if response is UNHANDLED and handling.outcome == "done":
                handling.outcome = "unhandled"
        except Away:
            handling.outcome = "left"
            raise
        except Exception as error:  # logged where it happened; kept in the inbox as a dead letter
            handling.outcome = "fault"
            why = kept(repr(error))
            log.warning("not handled", update=update_id, error=why)
            return why
        finally:
            current.reset(token)
            ms = round((monotonic() - begun) * 1000, 1)
            if self.handled is not None:
                self.handled(update_id, handling.outcome)
            log.info("update", kind=_kind(update), handler=handling.handler, ms=ms, outcome=handling.outcome)
        return None

    def finish(self, update_id: UpdateId, error: str | None) -> None:
        """Have an update marked as handled, or with an error as a dead letter."""
        self._quiet.clear()
        self._handled.append((update_id, error))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush(), context=Context())  # not this update's alone

    async def _flush(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awaited.wait(), FLUSH_AFTER)
        while self._handled:
            batch, self._handled = self._handled, []
            try:
                await self._store.unit(lambda uow, batch=batch: uow.inbox.finish(batch))  # type: ignore[misc]  # bound now
            except Away:
                break  # they run again at the next start, and have their effect once
            except Exception:  # a full disk may be emptied; until then nobody may believe them finished
                log.exception("marks wait", updates=len(batch))
                self._handled = batch + self._handled
                await asyncio.sleep(MARK_AGAIN)
        self._flushing = None
        if self.in_hand == 0 and not self._resting:
            self._quiet.set()


def _kind(update: Any) -> str:
    return next((key for key in update if key != "update_id"), "")


def _places(error: ValidationError) -> list[str]:
    """Where an update is not as it should be; what is written there is nobody's business."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in found[:MOST_NAMED]]


def lane_of(update: Any) -> str | None:
    """What keeps an update in order with others: its chat, for a press its chat and person (decision 4)."""
    if not isinstance(update, dict):
        return None
    for kind, body in update.items():
        if not isinstance(body, dict):
            continue
        if kind == "callback_query":
            message = body.get("message")
            chat = _id(message.get("chat")) if isinstance(message, dict) else ""
            return f"{chat}:{_id(body.get('from'))}"
        if chat := _id(body.get("chat")):
            return chat
    return None


def _id(body: Any) -> str:
    found = body.get("id") if isinstance(body, dict) else None
    return str(found) if isinstance(found, int) else ""
