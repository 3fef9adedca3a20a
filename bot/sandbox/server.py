"""The sandbox over HTTP: `/bot{token}/{method}` and `/file/bot{token}/{path}` on loopback."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.raw import written
from bot.sandbox.errors import ApiError, not_found, too_large, unauthorized
from bot.sandbox.forms import Form, read_form
from bot.sandbox.limits import UPLOAD_BYTES
from bot.sandbox.polling import wait_for_updates
from bot.sandbox.telegram import Telegram
from bot.sandbox.weather import GoOn, Weather
from bot.sandbox.webhook import WebhookPusher

log = logging.getLogger(__name__)

_BODY_BYTES = UPLOAD_BYTES + 2_000_000
_OK = b'{"ok":true,"result":'
_JSON = "application/json"
TELEGRAM = web.AppKey("telegram", Telegram)


def make_app(
    telegram: Telegram, routes: Iterable[web.AbstractRouteDef] = (), weather: Weather | None = None
) -> web.Application:
    """The server's application; run it with `serve_app`, which takes loopback addresses only.

    `routes` are those of a web page served beside the Bot API; `weather` is what calls have to come through.
    """
    app = web.Application(client_max_size=_BODY_BYTES, middlewares=[_under(weather)] if weather else ())
    app[TELEGRAM] = telegram
    app.router.add_routes(routes)
    app.router.add_route("*", "/{tail:.*}", _answer)
    app.cleanup_ctx.append(_webhook)
    app.on_shutdown.append(_end_poll)
    return app


def _under(weather: Weather) -> Middleware:
    @web.middleware
    async def passes(request: web.Request, handler: GoOn) -> web.StreamResponse:
        return await weather(request, handler)

    return passes


async def _webhook(app: web.Application) -> AsyncIterator[None]:
    pusher = WebhookPusher(app[TELEGRAM])
    pusher.start()
    yield
    await pusher.stop()


async def _end_poll(app: web.Application) -> None:
    if poll := app[TELEGRAM].updates.poll:
        poll.end(ApiError(502, "Bad Gateway"))


async def _answer(request: web.Request) -> web.Response:
    telegram = request.app[TELEGRAM]
    try:
        if not is_loopback(request.remote or ""):
            raise ApiError(403, "Forbidden: the sandbox answers this computer only")
        if request.path.startswith("/file/"):
            return _file(telegram, request)
        result = await _call(telegram, request)
    except ApiError as refusal:
        return _refused(refusal)
    except Exception:  # whatever it is, a client is answered in JSON with the status it names
        log.exception("the sandbox failed at %s", request.path.rpartition("/")[2])
        return _refused(ApiError(500, "Internal Server Error"))
    return web.Response(body=_OK + written(result) + b"}", content_type=_JSON)


def _refused(refusal: ApiError) -> web.Response:
    return web.Response(status=refusal.code, body=orjson.dumps(refusal.wire()), content_type=_JSON)


async def _call(telegram: Telegram, request: web.Request) -> Any:
    token, _, method = request.path.removeprefix("/bot").partition("/")
    if not request.path.startswith("/bot") or not method or request.method not in ("GET", "POST"):
        raise not_found()
    if token != telegram.token:
        raise unauthorized()
    form = await _form(request)
    if method.lower() == "getupdates":
        return await wait_for_updates(telegram, form.values)
    return telegram.call(method, form.values, form.files)


async def _form(request: web.Request) -> Form:
    body = b""
    if request.body_exists:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge as problem:
            raise too_large() from problem
    return read_form(request.rel_url.raw_query_string, request.headers.get("Content-Type", ""), body)


def _file(telegram: Telegram, request: web.Request) -> web.Response:
    token, _, path = request.path.removeprefix("/file/bot").partition("/")
    if token != telegram.token:
        raise unauthorized()
    file = telegram.files.at(path)
    if file is None:
        raise not_found()
    return web.Response(body=file.content, content_type="application/octet-stream")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer itself."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` goes where clients want api.telegram.org."""

    url: str
    runner: web.AppRunner

    async def stop(self) -> None:
        await self.runner.cleanup()


async def serve(telegram: Telegram, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Listen on a loopback address (port 0: a free one); raises ValueError for any other address."""
    return await serve_app(make_app(telegram), host, port)


async def serve_app(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Listen with an application made by `make_app`."""
    if not is_loopback(host):
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    return Server(f"http://{shown}:{bound}", runner)
