"""The webhook: the platform brings updates to this process's own web server.

Every process answers at the same address to the same secret, both made from the bot's token; the one that leads tells
the platform where that is. An update is answered with 200 only after the inbox holds it. Whatever else is answered
makes the platform bring it again, perhaps to another process.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from urllib.parse import urlsplit

import orjson
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import WebhookInfo
from aiohttp import web

from bot.hearing import Hearing
from bot.intake import Intake
from bot.listener import MOST_BYTES
from bot.steady import until_answered

log = structlog.get_logger()
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # its name, not the secret
CONNECTIONS = 40  # that the platform may have open at a time, over all processes
STORED_WITHIN = 8.0  # seconds; a database that takes longer counts as away
AGAIN = {"Retry-After": "1"}  # seconds; without it the platform's pauses grow to two minutes
LOOK_EVERY = 15.0  # seconds between two looks at what the platform says of the webhook
COMING = 0.2  # seconds between two looks while what waits at the platform is coming
PATIENCE = 10.0  # seconds in which something of it must come, or it is not waited for
LONGEST = 300.0  # seconds until it is not waited for in any case


def secret_of(token: str) -> str:
    """The secret that all processes of one bot agree on."""
    return _made_from(token, "secret")


def address_of(base: str, token: str, secret: str) -> str:
    """Where the platform is told to bring updates. Another secret is another address, so that a change shows."""
    return f"{base.rstrip('/')}/telegram/{_made_from(token, f'path {secret}')[:32]}"


def _made_from(token: str, purpose: str) -> str:
    return hmac.new(token.encode(), f"keguan webhook {purpose}".encode(), hashlib.sha256).hexdigest()


class Unbrought(RuntimeError):
    """The platform can't bring its updates here."""


class Hook:
    """Takes updates from the platform. Not `opened` yet, or while the database is away, it asks to come again."""

    def __init__(
        self, bot: Bot, intake: Intake, allowed: list[str], hearing: Hearing, base: str, secret: str = ""
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._allowed = allowed
        self._hearing = hearing
        self._secret = secret or secret_of(bot.token)
        self._address = address_of(base, bot.token, self._secret)
        self._came = 0
        self._told_of = 0.0  # when the last failure was that has been logged
        self.opened = False
        self.first: Callable[[], Awaitable[object]] | None = None  # what comes before anything is handled

    def route(self) -> web.RouteDef:
        return web.post(urlsplit(self._address).path, self.take)

    async def take(self, request: web.Request) -> web.Response:
        """One update. Who does not know the secret learns nothing, and nothing of what they send is read."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret.encode()):
            log.warning("webhook: wrong secret")
            return web.Response(status=401)
        if not self.opened or self._intake.absent:
            return web.Response(status=503, headers=AGAIN)
        raw = await _read(request)
        try:
            async with asyncio.timeout(STORED_WITHIN):
                await self._store(raw)
        except Exception as error:  # the platform brings it again, also to another process
            log.warning("webhook: not stored", error=repr(error))
            return web.Response(status=503, headers=AGAIN)
        return web.Response()

    async def _store(self, raw: bytes) -> None:
        """What is no update is kept as a dead letter: brought again it would be none either."""
        self._came += 1
        if len(raw) > MOST_BYTES:
            await self._intake.bury(raw, f"more than {MOST_BYTES} bytes")
            return
        try:
            update = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            await self._intake.bury(raw, f"no JSON: {error}")
            return
        if self.first is not None:
            await self.first()
        await self._intake.accept([update])

    async def catch_up(self) -> None:
        """Have the platform bring updates here; hear what waits before anything is judged by the clock (P21). Waits
        for a platform that does not answer; raises where it does not let the bot in."""
        info = await until_answered("setWebhook", partial(self._set, anew=True))
        begun = moved = monotonic()
        came, least = self._came, info.pending_update_count
        while info.pending_update_count and monotonic() - begun < LONGEST:
            if self._came != came or info.pending_update_count < least:
                moved = monotonic()
            came, least = self._came, min(least, info.pending_update_count)
            if monotonic() - moved > PATIENCE:
                self._tell(info)
                log.warning("webhook: what waits does not come", waiting=info.pending_update_count)
                break
            await asyncio.sleep(COMING)
            info = await until_answered("getWebhookInfo", self._bot.get_webhook_info)
        self._hearing.heard()

    async def run(self) -> None:
        """Look now and then whether the platform still brings updates here, until cancelled. Where it can't, people
        are not heard."""
        while True:
            came = self._came
            await asyncio.sleep(LOOK_EVERY)
            try:
                info = await self._set()
            except (TelegramAPIError, OSError) as error:
                self._hearing.missed(error)
                continue
            failed = self._tell(info)
            if info.pending_update_count and failed and self._came == came:
                self._hearing.missed(Unbrought(info.last_error_message))
            elif self._hearing.lost and info.pending_update_count:
                await self.catch_up()
            elif not info.pending_update_count:
                self._hearing.heard()

    async def _set(self, *, anew: bool = False) -> WebhookInfo:
        """Tell the platform where to bring updates, if it does not know; and `anew` where bringing them has failed,
        for then it would wait before it tries again."""
        info = await self._bot.get_webhook_info()
        failed = anew and info.pending_update_count and info.last_error_date
        if self._is_known_to(info) and not failed:
            return info
        try:
            await self._bot.set_webhook(
                self._address,
                secret_token=self._secret,
                max_connections=CONNECTIONS,
                allowed_updates=self._allowed,
                drop_pending_updates=False,
            )
        except TelegramBadRequest as error:
            log.error("webhook refused", reason=error.message, advice="KEGUAN_WEBHOOK_URL, keguan doctor")
            raise
        log.info("webhook set", waiting=info.pending_update_count)
        return info

    def _is_known_to(self, info: WebhookInfo) -> bool:
        allowed = sorted(info.allowed_updates or ())
        return (info.url, info.max_connections, allowed) == (self._address, CONNECTIONS, sorted(self._allowed))

    def _tell(self, info: WebhookInfo) -> bool:
        """Log what the platform says has failed since it was asked last; whether something has."""
        failed_at = info.last_error_date.timestamp() if info.last_error_date else 0.0
        fails = failed_at > self._told_of
        if fails:
            self._told_of = failed_at
            log.warning("webhook fails", reason=info.last_error_message, waiting=info.pending_update_count)
        return fails


async def _read(request: web.Request) -> bytes:
    """The body; of one that is too large the beginning and more than the most bytes."""
    read = bytearray()
    async for part in request.content.iter_any():
        read += part
        if len(read) > MOST_BYTES:
            break
    return bytes(read)
