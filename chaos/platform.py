"""The platform: the sandbox's server, and a recorder of everything that was asked of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.errors import ApiError
from bot.sandbox.server import make_app, serve_app
from bot.sandbox.telegram import Telegram
from chaos.subject import NOTICE, PROCESS, UPDATE
from core.clock import Clock

GoOn = Callable[[web.Request], Awaitable[web.StreamResponse]]
Weather = Callable[[web.Request, GoOn], Awaitable[web.StreamResponse]]
SAYING = ("sendMessage", "sendPhoto", "sendDocument", "sendLocation")
EDITING = ("editMessageText", "editMessageReplyMarkup", "editMessageCaption")


@dataclass(frozen=True, slots=True)
class Sent:
    """A call of the bot that was carried out: for which notice or update (0: none), and by which process."""

    method: str
    chat: int
    message: int
    text: str
    notice: int
    update: int
    process: int
    at: float  # seconds of the machine's monotonic clock


@dataclass(frozen=True, slots=True)
class Given:
    """An update that the platform had for the bot."""

    id: int
    kind: str
    chat: int
    user: int
    at: datetime


@dataclass
class Platform:
    """A running platform. `weather`, where set, stands between the bot and the server: it may answer in its place."""

    telegram: Telegram
    url: str = ""
    weather: Weather | None = None
    sent: list[Sent] = field(default_factory=list)
    polls: list[tuple[float, int]] = field(default_factory=list)  # when a process asked for updates
    given: dict[int, Given] = field(default_factory=dict)
    offset: int = 0  # updates before it were told to have arrived

    def confirmed(self) -> list[int]:
        return [number for number in self.given if number < self.offset]


_origin: ContextVar[tuple[int, int, int]] = ContextVar("origin", default=(0, 0, 0))


@asynccontextmanager
async def platform(clock: Clock) -> AsyncIterator[Platform]:
    """A platform on a free loopback port; its messages are dated by `clock`."""
    telegram = Telegram(clock.now, strict=True, bot_name="客管", bot_username="keguan_bot")
    there = Platform(telegram)
    _record(there, clock)
    app = make_app(telegram)
    app.middlewares.append(_watch(there))
    server = await serve_app(app)
    there.url = server.url
    try:
        yield there
    finally:
        await server.stop()


def _watch(there: Platform) -> Any:
    @web.middleware
    async def watched(request: web.Request, handler: GoOn) -> web.StreamResponse:
        _origin.set(tuple(int(request.headers.get(name) or 0) for name in (NOTICE, UPDATE, PROCESS)))  # type: ignore[arg-type]
        return await (there.weather(request, handler) if there.weather is not None else handler(request))

    return watched


def _record(there: Platform, clock: Clock) -> None:
    call = there.telegram.call

    def recorded(method: str, params: Any = None, files: Any = None) -> Any:
        if method.lower() == "getupdates":
            there.polls.append((time.monotonic(), _origin.get()[2]))
            there.offset = max(there.offset, int((params or {}).get("offset") or 0))
            return call(method, params, files)
        try:
            result = call(method, params, files)
        except ApiError as refusal:
            if "not modified" in refusal.description:
                _note(there, method, params, {"message_id": params.get("message_id")})
            raise
        _note(there, method, params, result)
        return result

    there.telegram.call = recorded  # type: ignore[method-assign]
    there.telegram.updates.listen(lambda update: _give(there, update, clock.now()))


def _note(there: Platform, method: str, params: Any, result: Any) -> None:
    notice, update, process = _origin.get()
    number = result.get("message_id") if isinstance(result, dict) else None
    there.sent.append(
        Sent(
            method,
            int(params.get("chat_id") or 0),
            int(number or 0),
            str(params.get("text") or params.get("caption") or ""),
            notice,
            update,
            process,
            time.monotonic(),
        )
    )


def _give(there: Platform, update: dict[str, Any], at: datetime) -> None:
    kind = next(name for name in update if name != "update_id")
    body = update[kind]
    chat = (body.get("message") or body).get("chat") or {}
    given = Given(update["update_id"], kind, chat.get("id", 0), (body.get("from") or {}).get("id", 0), at)
    there.given[given.id] = given
