"""Telegram's sending limits, kept by planning: every message waits for its turn before it is sent, so that none is
refused. Limiters that react to refusals get many of them first."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import SendChatAction
from aiogram.methods.base import Response, TelegramMethod, TelegramType

log = structlog.get_logger()

OVERALL, OVERALL_SPAN = 29, 1.0  # messages in seconds, over all chats
EVENLY = OVERALL_SPAN / OVERALL  # seconds between two alerts, over all chats: a kill finds few of them on their way
MOST_UNNOTED = 8  # alerts that are out and not yet noted as sent at which no further one begins: a kill repeats them
CHAT_SPAN = 1.03  # seconds between two messages of one chat
GROUP, GROUP_SPAN = 20, 60.1  # messages in seconds, within one group
KEPT = 5  # of a group's: routine messages leave these to what is more urgent, so that an alert finds room at any time
FLOOD_CHATS, FLOOD_SPAN = 3, 1.0  # as many chats refused within these seconds: it is the bot that is too fast
MOST_REFUSALS = 3  # times one call waits out a refusal
LONGEST_PAUSE = 60.0  # seconds; a call told to wait longer is handed back to whoever made it
NETWORK_TRIES = (0.3, 1.0)  # seconds before each new try of an answer that the network swallowed; then the last
PATIENCE = 300.0  # seconds that an answer to a person is tried

POLL = "getUpdates"
PACED = ("send", "forward", "copy", "edit")  # the methods that put something before people begin like this

ANSWER, ROUTINE = 0, 2  # `core.notices.Urgency`

urgency_of_call: ContextVar[int] = ContextVar("urgency_of_call", default=ANSWER)
"""How urgent the calls of this task are: `core.notices.Urgency`. Answers to people, the default, come first."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a person sees at once where the words must wait: a call that is no message, and who is told of it."""

    call: TelegramMethod[Any]
    given: Callable[[], None]


sign_of_call: ContextVar[Sign | None] = ContextVar("sign_of_call", default=None)
"""The sign that may precede the answers of this task where many wait; the words then come after what is urgent."""


class GaveWay(Exception):
    """A message was not sent: something more urgent waits for its chat."""


class Wait:
    """A message of this task that waits for its turn, if there is one; it can be called back until that has come."""

    def __init__(self) -> None:
        self.turn: asyncio.Future[None] | None = None

    def give_way(self) -> None:
        """The message is not sent; whoever waits with it gets GaveWay."""
        if self.turn is not None and not self.turn.done():
            self.turn.set_exception(GaveWay())


wait_of_call: ContextVar[Wait | None] = ContextVar("wait_of_call", default=None)
"""Where the messages of this task may be called back."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One message that waits for its turn, or is on its way."""

    chat: int | str
    urgency: int
    number: int
    messages: int = 1
    begin: Callable[[], None] = field(default=lambda: None)
    dropped: bool = False

    def __lt__(self, other: Ticket) -> bool:
        return (self.urgency, self.number) < (other.urgency, other.number)


@dataclass(slots=True)
class _Chat:
    """What is known of one chat's pace."""

    is_group: bool
    waiting: list[Ticket] = field(default_factory=list)  # a heap
    in_flight: bool = False
    free_at: float = 0.0
    sent: deque[float] = field(default_factory=deque)  # of a group: when each of the last minute was answered

    def ready_at(self, ticket: Ticket) -> float:
        """When it may be sent, as far as this chat alone is concerned."""
        at = self.free_at
        room = GROUP - KEPT if ticket.urgency >= ROUTINE else GROUP
        over = len(self.sent) + min(ticket.messages, room) - room
        if self.is_group and over > 0:
            at = max(at, self.sent[over - 1] + GROUP_SPAN)
        return at

    def forget(self, now: float) -> None:
        while self.sent and self.sent[0] + GROUP_SPAN <= now:
            self.sent.popleft()


class Plan:
    """Who may send when. Pure: time comes in with every call (seconds, from any fixed point).

    A message counts from the moment it was answered, for then the platform has certainly counted it: so the spans
    hold at the platform whatever time the way there took.
    """

    def __init__(self) -> None:
        self._chats: dict[int | str, _Chat] = {}
        self._later: list[tuple[float, int, int | str]] = []  # heap of chats by the time they are free
        self._ready: list[tuple[Ticket, int | str]] = []  # heap of chats that are free, by their first message
        self._numbers = 0
        self._in_flight = 0
        self._answered: deque[float] = deque()
        self._paused_until = 0.0
        self._alert_at = 0.0
        self.unnoted = 0  # alerts that the platform has taken, and that are just being noted as sent
        self._refused: deque[tuple[float, int | str]] = deque()

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return sum(len(chat.waiting) for chat in self._chats.values())

    def enter(self, chat: int | str, urgency: int, now: float, messages: int = 1) -> Ticket:
        """A message wants to be sent."""
        self._numbers += 1
        ticket = Ticket(chat, urgency, self._numbers, messages)
        self._wait(ticket, now)
        return ticket

    def again(self, ticket: Ticket, now: float) -> None:
        """A refused message waits once more, at its old place."""
        self._wait(ticket, now)

    def _wait(self, ticket: Ticket, now: float) -> None:
        known = self._chats.get(ticket.chat)
        if known is None:
            known = self._chats[ticket.chat] = _Chat(isinstance(ticket.chat, str) or ticket.chat < 0)
        heapq.heappush(known.waiting, ticket)
        self._line_up(ticket.chat, known, now)

    def _line_up(self, name: int | str, chat: _Chat, now: float) -> None:
        if chat.in_flight or not chat.waiting:
            return
        chat.forget(now)
        self._numbers += 1
        at = chat.ready_at(chat.waiting[0])
        if at <= now:
            heapq.heappush(self._ready, (chat.waiting[0], name))
        else:
            heapq.heappush(self._later, (at, self._numbers, name))

    def take(self, now: float) -> list[Ticket]:
        """The messages whose turn is now; they count as on their way until `answered`."""
        while self._later and self._later[0][0] <= now:
            name = heapq.heappop(self._later)[2]
            if (chat := self._chats.get(name)) is not None:
                self._line_up(name, chat, now)
        begun: list[Ticket] = []
        while self._ready and self._first_at(now) <= now:
            ticket, name = heapq.heappop(self._ready)
            chat = self._chats.get(name)
            if chat is None or chat.in_flight or not chat.waiting or chat.waiting[0] is not ticket:
                continue  # lined up more than once, or something more urgent came before it
            if chat.ready_at(ticket) > now:
                continue  # likewise; it is lined up for later
            heapq.heappop(chat.waiting)
            if ticket.dropped:
                self._line_up(name, chat, now)
                continue
            chat.in_flight = True
            self._in_flight += 1
            begun.append(ticket)
            if ticket.urgency > 0:
                self._alert_at = max(self._alert_at, now - EVENLY) + EVENLY  # one that begins late holds up nothing
        return begun

    def _first_at(self, now: float) -> float:
        """When the first that is free may begin: an answer to a person as soon as the platform takes it, alerts one
        after the other."""
        overall = self._overall_at(now)
        if self._ready[0][0].urgency == 0:
            return overall
        return max(overall, self._alert_at) if self.unnoted < MOST_UNNOTED else float("inf")

    def _overall_at(self, now: float) -> float:
        while self._answered and self._answered[0] + OVERALL_SPAN <= now:
            self._answered.popleft()
        over = self._in_flight + len(self._answered) + 1 - OVERALL
        if over <= 0:
            return self._paused_until
        if over > len(self._answered):
            return float("inf")  # as many as may are on their way: whoever is answered first makes room
        return max(self._paused_until, self._answered[over - 1] + OVERALL_SPAN)

    def next_at(self, now: float) -> float | None:
        """When to `take` again, if something waits that only time holds back."""
        times = [self._later[0][0]] if self._later else []
        if self._ready:
            times.append(self._first_at(now))
        earliest = min(times, default=float("inf"))
        return None if earliest == float("inf") else max(earliest, now)

    def answered(self, ticket: Ticket, now: float, *, counted: bool = True) -> None:
        """The platform has answered, or can't be reached. `counted`: the message may have used up its place."""
        chat = self._chats[ticket.chat]
        chat.in_flight = False
        self._in_flight -= 1
        if counted:
            chat.free_at = max(chat.free_at, now + CHAT_SPAN)
            for _ in range(ticket.messages):
                self._answered.append(now)
                if chat.is_group:
                    chat.sent.append(now)
        self._line_up(ticket.chat, chat, now)
        self._tidy(now)

    def refused(self, ticket: Ticket, retry_after: float, now: float) -> None:
        """The platform asked for a pause: this chat's alone; everybody's where several chats were told so at once."""
        chat = self._chats[ticket.chat]
        chat.free_at = max(chat.free_at, now + retry_after)
        while self._refused and self._refused[0][0] + FLOOD_SPAN <= now:
            self._refused.popleft()
        self._refused.append((now, ticket.chat))
        if len({name for _, name in self._refused}) >= FLOOD_CHATS:
            self._paused_until = max(self._paused_until, now + retry_after)
            log.warning("flood control", seconds=retry_after)
        self.answered(ticket, now, counted=False)

    def _tidy(self, now: float) -> None:
        if len(self._chats) < 2 * len(self._later) + 500:
            return
        for name, chat in list(self._chats.items()):
            chat.forget(now)
            if not chat.waiting and not chat.in_flight and not chat.sent and chat.free_at <= now:
                del self._chats[name]


class Pace(BaseRequestMiddleware):
    """Makes each message wait for its turn; waits out refusals; tries answers again that the network swallowed.

    Answers to presses and calls that show nothing to people are not held up.
    """

    def __init__(
        self,
        *,
        paced: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        shared: Callable[[int | str, int], Awaitable[None]] | None = None,
    ) -> None:
        self._paced = paced
        self._shared = shared  # waits for the turn among several processes
        self._now = monotonic
        self._plan = Plan()
        self._timer: asyncio.TimerHandle | None = None
        self._answers = 0  # to people, that wait for their turn
        self._signs_from = 0.0  # when the platform takes signs again

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return self._plan.waiting

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        chat = chat_of(method) if self._paced else None
        tries = Tries(method, self._now)
        if chat is None:
            while True:
                try:
                    return await make_request(bot, method)
                except TelegramRetryAfter as error:
                    tries.refused(error)
                    await asyncio.sleep(error.retry_after)
                except (TelegramNetworkError, TelegramServerError) as error:
                    await tries.wait(error)
        urgency = ROUTINE if await self._signed(make_request, bot) else urgency_of_call.get()
        ticket = self._plan.enter(chat, urgency, self._now(), _messages(method))
        while True:
            await self._turn(ticket)
            try:
                if self._shared is not None:
                    await self._shared(chat, ticket.messages)
                response = await make_request(bot, method)
            except TelegramRetryAfter as error:
                log.info("refused for a while", chat=chat, seconds=error.retry_after)
                self._plan.refused(ticket, error.retry_after, self._now())
                self._pump()
                tries.refused(error)
            except (TelegramNetworkError, TelegramServerError) as error:
                self._answered(ticket)
                await tries.wait(error)
            except BaseException:
                self._answered(ticket)
                raise
            else:
                self._answered(ticket)
                return response
            self._plan.again(ticket, self._now())

    @contextmanager
    def noting(self) -> Iterator[None]:
        """While an alert that is out is noted as sent. Where the database is slow or away, the next ones wait."""
        self._plan.unnoted += 1
        try:
            yield
        finally:
            self._plan.unnoted -= 1
            self._pump()

    async def _turn(self, ticket: Ticket) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def begin() -> None:
            if not turn.done():
                turn.set_result(None)

        ticket.begin = begin
        if (wait := wait_of_call.get()) is not None:
            wait.turn = turn
        answers = int(ticket.urgency == ANSWER)
        self._answers += answers
        self._pump()
        try:
            await turn
        except GaveWay:
            ticket.dropped = True
            raise
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._answered(ticket)  # its turn had come just then
            else:
                ticket.dropped = True
            raise
        finally:
            self._answers -= answers

    async def _signed(self, make_request: NextRequestMiddlewareType[Any], bot: Bot) -> bool:
        """Where more answers wait than leave within a second: whether the sign for this one was given. It is tried
        once; the platform publishes no limit for signs, and where it refuses one the words come as ever."""
        sign = sign_of_call.get()
        if sign is None or self._answers < OVERALL or self._now() < self._signs_from:
            return False
        try:
            await make_request(bot, sign.call)
        except TelegramRetryAfter as error:
            self._signs_from = self._now() + error.retry_after
            return False
        except TelegramAPIError as error:
            log.info("no sign", error=repr(error))
            return False
        sign.given()
        return True

    def _answered(self, ticket: Ticket) -> None:
        self._plan.answered(ticket, self._now())
        self._pump()

    def _pump(self) -> None:
        """Begin what may begin, and look again when the next may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for ticket in self._plan.take(self._now()):
            ticket.begin()
        now = self._now()
        at = self._plan.next_at(now)
        if at is not None:
            self._timer = asyncio.get_running_loop().call_later(max(at - now, 0.001), self._pump)


def chat_of(method: TelegramMethod[Any]) -> int | str | None:
    """The chat in which a call puts something before people; None where it does not."""
    if not method.__api_method__.startswith(PACED) or isinstance(method, SendChatAction):
        return None
    chat: int | str | None = getattr(method, "chat_id", None)
    return chat


def _messages(method: TelegramMethod[Any]) -> int:
    many = getattr(method, "media", None) or getattr(method, "message_ids", None)
    return len(many) if isinstance(many, list) and many else 1


class Tries:
    """How often one call is made. An answer to a person is tried for minutes where the network or the server fails
    it; whatever else is sent has somebody who looks after it."""

    def __init__(self, method: TelegramMethod[Any], now: Callable[[], float]) -> None:
        self._method = method.__api_method__
        self._answers = urgency_of_call.get() == 0 and self._method != POLL
        self._now = now
        self._begun = now()
        self._refusals = 0
        self._failures = 0

    def _left(self) -> float:
        return self._begun + PATIENCE - self._now() if self._answers else 0.0

    def refused(self, error: TelegramRetryAfter) -> None:
        """The platform asked for a pause. Raises where that is too long for whoever called. A poll is never waited
        with: who polls must know at once that nobody is heard (P21)."""
        if self._method == POLL:
            raise error
        self._refusals += 1
        too_much = self._refusals > MOST_REFUSALS or error.retry_after > LONGEST_PAUSE
        if too_much and self._left() <= error.retry_after:
            raise error

    async def wait(self, error: TelegramNetworkError | TelegramServerError) -> None:
        """Until the next try. Raises where there is none."""
        pause = NETWORK_TRIES[min(self._failures, len(NETWORK_TRIES) - 1)]
        if self._left() <= pause:
            raise error
        if not self._failures:
            log.warning("tried again", method=self._method, error=repr(error))
        self._failures += 1
        await asyncio.sleep(pause)
