"""The sender: takes notices from the outbox, words them for their receiver, sends or edits, and writes back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from structlog.contextvars import bind_contextvars

from bot.middlewares.identity import viewer
from bot.pace import GaveWay, Wait, urgency_of_call, wait_of_call
from bot.screens import edit, send
from bot.steady import pauses, steadily, wait_after
from bot.views.base import NOTICES, Screen, Viewer, together, with_clause
from core.access import SYSTEM
from core.audit import Doing
from core.clock import Clock
from core.groups import bot_removed, migrate
from core.ids import AccountId, ChatId, MessageId, NoticeId
from core.notices import NoticeState, ToAccount, ToGroup
from storage.away import Away
from storage.outbox import Outgoing
from storage.store import Store

log = structlog.get_logger()
SETTLE = 0.005  # seconds that commits are let pile up before the outbox is read
BACKLOG = 60  # chats for which something waits: two seconds' work at the platform's pace
SETTLE_BEHIND = 0.1  # seconds likewise, while there is a backlog: what is read then can't leave yet
UNREACHED = Doing(SYSTEM, "unreached")
MOST_TOGETHER = 3500  # characters of notices that are sent as one
PASSING = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, OSError)


class Sender:
    """Sends what is pending: one notice at a time in a chat, chats side by side.

    At least once: a crash between the platform's answer and the write-back sends that one notice again. For a
    card it is an edit to the same text.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bot: Bot,
        username: str,
        sure: Callable[[], Awaitable[None]] | None = None,
        noting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._sure = sure  # waits until no other process can be the one that sends
        self._noting = noting  # lasts while a notice that is out is noted as sent
        self._store = store
        self._clock = clock
        self._bot = bot
        self._username = username
        self._wake = asyncio.Event()
        self._lanes: dict[ChatId, deque[Outgoing]] = {}
        self._turns: dict[ChatId, tuple[Outgoing, Wait]] = {}  # what a chat's lane is sending
        self._taken: set[NoticeId] = set()
        self._settled: set[NoticeId] = set()  # since the last reading began, which may still show them as pending
        self._reading = asyncio.Lock()
        self._read = NoticeId(0)  # up to here every notice has been seen; what was written later stands behind it
        self._whole = True  # whether to begin at the first again: something seen before is to be taken now
        self._held_until: datetime | None = None  # when the next of what is held back may leave
        self._tasks: set[asyncio.Task[None]] = set()
        # told what became of a notice, and of one that was not held back, how many seconds after it was made
        self.settled: Callable[[NoticeState, float | None], None] | None = None
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if "notices" in touched:
            self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        await steadily("sender", self._turn)

    async def _turn(self) -> None:
        let_go = self._held_until is not None and self._held_until <= self._clock.now()
        await self.take(whole=self._whole or let_go)
        held_back = self._held_until = await self._store.look(lambda uow: uow.outbox.next_instant())
        delay = (held_back - self._clock.now()).total_seconds() if held_back else 15.0
        try:
            await asyncio.wait_for(self._wake.wait(), min(max(delay, 0.01), 15.0))
            await asyncio.sleep(SETTLE if len(self._lanes) < BACKLOG else SETTLE_BEHIND)
        except TimeoutError:
            self._whole = True
        self._wake.clear()

    async def take(self, *, whole: bool = True) -> int:
        """Put what is pending into the lanes of its chats; how many notices were new. Not `whole`: only what was
        written since the last reading, for there may be thousands that wait for their turn."""
        async with self._reading:
            self._taken -= self._settled  # settled before this reading began: no page can show them as pending
            self._settled = set()
            if whole:
                self._read, self._whole = NoticeId(0), False
            try:
                return await self._take()
            except BaseException:
                self._whole = True  # some was read and is in no lane
                raise

    async def _take(self) -> int:
        """All of it is read before any leaves: what is urgent may stand last."""
        fresh: list[Outgoing] = []
        while page := await self._store.look(lambda uow: uow.outbox.pending(self._read)):
            self._read = page[-1].id
            fresh += (notice for notice in page if notice.id not in self._taken)
        for notice in sorted(fresh, key=_order):
            await self._enter(notice)
        return len(fresh)

    def _take_again(self, notice: Outgoing) -> None:
        self._taken.discard(notice.id)
        self._whole = True
        self._wake.set()

    async def idle(self) -> None:
        """Send until nothing is pending that can be sent now; for tests and moved clocks."""
        while await self.take() or self._tasks:
            while self._tasks:
                await asyncio.wait(self._tasks)

    def busy(self) -> bool:
        return bool(self._tasks)

    async def _enter(self, notice: Outgoing) -> None:
        self._taken.add(notice.id)
        if notice.chat is None:
            await self._settle(notice, NoticeState.UNREACHABLE, error="no open chat")
            return
        lane = self._lanes.get(notice.chat)
        if lane is not None:
            lane.append(notice)
            sending, wait = self._turns.get(notice.chat, (notice, None))
            if wait is not None and notice.urgency < sending.urgency:
                wait.give_way()
            return
        self._lanes[notice.chat] = deque([notice])
        task = asyncio.create_task(self._run_lane(notice.chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, chat: ChatId) -> None:
        """Send what there is for a chat, in its order. What fails for a passing reason is tried again before anything
        behind it; only what is more urgent may come in between."""
        lane = self._lanes[chat]
        pause, waits = pauses(), False
        try:
            while lane:
                notice = min(lane, key=lambda one: (one.urgency, one.id))
                lane.remove(notice)
                if self._sure is not None:
                    await self._sure()
                if (error := await self._send(chat, notice, lane)) is None:
                    pause, waits = pauses(), False
                    continue
                if not waits:
                    log.info("chat waits", chat=chat, notice=notice.id, error=repr(error))
                waits = True
                lane.append(notice)
                await asyncio.sleep(wait_after(error, next(pause)))
        except Away:
            log.info("chat left", chat=chat)  # the process ends; the next one sends what is left
        finally:
            del self._lanes[chat]
            self._turns.pop(chat, None)

    async def _send(self, chat: ChatId, notice: Outgoing, lane: deque[Outgoing]) -> Exception | None:
        """One notice, until it is settled; a passing reason for which it is not."""
        wait = Wait()
        wait_of_call.set(wait)
        self._turns[chat] = notice, wait
        try:
            if self._superseded(notice, lane):
                await self._settle(notice, NoticeState.SUPERSEDED)
            elif not (notice.held and await self._deliver_together(chat, notice, lane)):
                await self._deliver(chat, notice)
        except PASSING as error:
            return error
        except GaveWay:
            lane.append(notice)
        except Away:
            raise
        except Exception:  # it stays pending for the next start: sent over and over would be worse
            log.exception("notice not settled", notice=notice.id, kind=notice.kind)
        return None

    @staticmethod
    def _superseded(notice: Outgoing, lane: deque[Outgoing]) -> bool:
        return notice.card is not None and any(n.card == notice.card and n.id > notice.id for n in lane)

    async def _deliver_together(self, chat: ChatId, first: Outgoing, lane: deque[Outgoing]) -> bool:
        """What was held back in the quiet hours and is text alone becomes one message (P19); False where there is
        nothing to put together, or it could not be sent: then each goes by itself."""
        found = [(first, await self._plain(first))]
        found += [(one, await self._plain(one)) for one in sorted(lane, key=lambda one: one.id) if one.held]
        fitting = list(_fitting(found))
        if len(fitting) <= 1 or fitting[0][0] is not first:
            return False
        try:
            message = MessageId((await send(self._bot, chat, together([screen for _, screen in fitting]))).message_id)
        except PASSING:
            raise
        except TelegramAPIError as error:
            log.info("notices go one by one", chat=chat, error=repr(error))
            return False
        for notice, _ in fitting:
            if notice is not first:
                lane.remove(notice)
            await self._settle(notice, NoticeState.SENT, message)
        return True

    async def _plain(self, notice: Outgoing) -> Screen | None:
        """The words of a notice that is nothing but words."""
        if notice.card is not None:
            return None
        try:
            screen = await self._worded(notice)
        except (ValueError, KeyError, TypeError):
            return None  # by itself it is refused, and that is noted
        alone = screen.buttons or screen.photo or screen.media or screen.location_button or screen.drop_keyboard
        return None if alone else screen

    async def _deliver(self, chat: ChatId, notice: Outgoing) -> None:
        urgency_of_call.set(int(notice.urgency))
        bind_contextvars(notice=notice.id, about=notice.subject)  # the task is this chat's alone
        try:
            message = await self._put(chat, notice, await self._screen(notice))
        except TelegramMigrateToChat as moved:
            await self._store.do(migrate, SYSTEM, chat, ChatId(moved.migrate_to_chat_id))
            self._take_again(notice)  # with the chat's new id
        except TelegramForbiddenError as error:
            await self._lost(chat, notice, error)
        except PASSING:
            raise
        except (TelegramAPIError, ValueError, KeyError, TypeError) as error:
            log.error("notice refused", notice=notice.id, kind=notice.kind, error=repr(error))
            state = NoticeState.UNREACHABLE if _chat_is_gone(error) else NoticeState.FAILED
            await self._settle(notice, state, error=repr(error))
        else:
            await self._settle(notice, NoticeState.SENT, message)

    async def _put(self, chat: ChatId, notice: Outgoing, screen: Screen) -> MessageId:
        """Edit the card's message where there is one, else send a new message."""
        shown = notice.card_message
        if shown is None and notice.card is not None:
            shown = await self._store.look(lambda uow: uow.outbox.shown_at(notice))
        if shown is not None and await edit(self._bot, chat, shown, screen):
            return shown
        return MessageId((await send(self._bot, chat, screen)).message_id)

    async def _screen(self, notice: Outgoing) -> Screen:
        """The notice in words, with a button for its clause."""
        v = await self._viewer(notice)
        return with_clause(v, self._words(v, notice), notice.clause)

    async def _worded(self, notice: Outgoing) -> Screen:
        return self._words(await self._viewer(notice), notice)

    @staticmethod
    def _words(v: Viewer, notice: Outgoing) -> Screen:
        screen = NOTICES[notice.kind](v, {**notice.facts, "clause": notice.clause})
        return replace(screen, inside=False) if isinstance(notice.to, ToAccount) else screen  # it is their own

    async def _viewer(self, notice: Outgoing) -> Viewer:
        """For whom it is worded, with the clauses as they were when it was written (RULE-3)."""
        company = self._store.rulebook.company.language
        private = not isinstance(notice.to, ToGroup)
        language = (notice.language or company) if private else company
        v = viewer(self._store, self._clock, language, self._username, private=private)
        v = replace(v, staff=not isinstance(notice.to, ToAccount))
        if notice.clause is not None:
            v = replace(v, rulebook=await self._store.edition(notice.version))
        return v

    async def _lost(self, chat: ChatId, notice: Outgoing, error: TelegramForbiddenError) -> None:
        """Blocked, or put out of the group: noted, so that nobody is sanctioned for it (P46)."""
        log.info("unreachable", notice=notice.id, error=error.message)
        if chat > 0:
            await self._store.unit(lambda uow: uow.people.set_reachable(AccountId(chat), False), UNREACHED)
        else:
            await self._store.do(bot_removed, SYSTEM, chat, "")
        await self._settle(notice, NoticeState.UNREACHABLE, error=error.message)

    async def _settle(
        self, notice: Outgoing, state: NoticeState, message: MessageId | None = None, error: str | None = None
    ) -> None:
        with self._noting() if state is NoticeState.SENT else nullcontext():
            await self._store.unit(lambda uow: uow.outbox.settle(notice, state, message, error))
        self._settled.add(notice.id)
        if self.settled is not None:
            sent = state is NoticeState.SENT and not notice.held
            self.settled(state, (self._clock.now() - notice.created_at).total_seconds() if sent else None)


def _order(notice: Outgoing) -> tuple[bool, int, int]:
    """The urgent first; those without a chat last, for they are only written off."""
    return notice.chat is None, notice.urgency, notice.id


def _fitting(found: Iterable[tuple[Outgoing, Screen | None]]) -> Iterator[tuple[Outgoing, Screen]]:
    """Those that are text alone, as many as one message holds."""
    room = MOST_TOGETHER
    for notice, screen in found:
        if screen is not None and len(screen.text) <= room:
            room -= len(screen.text)
            yield notice, screen


def _chat_is_gone(error: Exception) -> bool:
    return isinstance(error, TelegramBadRequest) and "chat not found" in error.message
