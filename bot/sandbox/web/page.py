"""The page over HTTP: its files, its event stream, and the one address through which it acts. For this computer only.

A browser can be made to knock here by any site it visits, so every request must name a loopback host (against names
that are pointed at 127.0.0.1), and whatever changes something must come from the page itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import ApiError, PersonError
from bot.sandbox.server import is_loopback, make_app
from bot.sandbox.web.acts import ActError
from bot.sandbox.web.archive import ArchiveError
from bot.sandbox.web.room import Room, Running

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
OWN_PATHS = frozenset(("/act", "/control", "/load"))
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def make_page(room: Room) -> web.Application:
    """The page beside the Bot API."""
    page = Page(room)
    app = make_app(room.telegram, page.routes())
    app.middlewares.append(_guard)
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(page.end)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not is_loopback(request.remote or "") or not _names_this_computer(request.host):
        raise web.HTTPForbidden(text="the sandbox answers this computer only")
    origin = request.headers.get("Origin")
    if origin is None and request.path in OWN_PATHS:
        raise web.HTTPForbidden(text="only the sandbox's own page may do this")
    if origin is not None and origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="only the sandbox's own page may do this")
    return await handler(request)


def _names_this_computer(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


class Page:
    """The handlers of one room."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self.index),
            web.get("/static/{name}", self.static),
            web.get("/events", self.events),
            web.get("/media/{file}", self.media),
            web.get("/download/{file}", self.download),
            web.post("/act", self.act),
            web.post("/control", self.control),
            web.get("/save", self.save),
            web.post("/load", self.load),
            web.get("/transcript.md", self.transcript),
        ]

    # Files of the page

    async def index(self, _request: web.Request) -> web.Response:
        return _file("index.html")

    async def static(self, request: web.Request) -> web.Response:
        return _file(request.match_info["name"])

    # Events

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        feed = self.room.feed
        queue = feed.join()
        try:
            with contextlib.suppress(ConnectionError):  # the page was closed
                await response.write(b"retry: 1000\n\n")
                while (event := await _next(queue)) is not None:
                    await response.write(event)
        finally:
            feed.leave(queue)
        return response

    async def end(self, _app: web.Application) -> None:
        self.room.feed.end()

    # Pictures and files from the chats

    async def media(self, request: web.Request) -> web.Response:
        """A picture, shown; anything else is only given as a download."""
        file = _stored(self.room, request)
        if file.mime not in PICTURES and file.kind != "photo":
            raise web.HTTPNotFound
        kind = file.mime if file.mime in PICTURES else "image/jpeg"
        return web.Response(body=file.content, content_type=kind, headers={"Cache-Control": "max-age=3600"})

    async def download(self, request: web.Request) -> web.Response:
        file = _stored(self.room, request)
        return _attachment(file.content, file.name)

    # Acts

    async def act(self, request: web.Request) -> web.Response:
        """What a person does."""
        self._running()
        body = await _json(request)
        return await _answered(lambda: _now(self.room.people.act(body)))

    async def control(self, request: web.Request) -> web.Response:
        """What is done to the sandbox: clock, speed, story, restart."""
        running, body = self._running(), await _json(request)
        return await _answered(lambda: running.control(body))

    async def save(self, _request: web.Request) -> web.Response:
        content = await self._running().save()
        return _attachment(content, f"keguan-{self._stamp()}.zip")

    async def load(self, request: web.Request) -> web.Response:
        running, content = self._running(), await request.read()
        return await _answered(lambda: _nothing(running.load(content)))

    async def transcript(self, _request: web.Request) -> web.Response:
        day = self.room.rulebook.working_time.local_date(self.room.clock.now())
        text = self.room.transcript.markdown(f"客管 · {day:%Y-%m-%d}")
        return _attachment(text.encode(), f"keguan-{self._stamp()}.md")

    def _running(self) -> Running:
        if self.room.running is None or self.room.stage != "ready":
            raise web.HTTPServiceUnavailable(text="the company is still being founded")
        return self.room.running

    def _stamp(self) -> str:
        return f"{self.room.rulebook.working_time.local(self.room.clock.now()):%Y%m%d-%H%M}"


def _file(name: str) -> web.Response:
    """One of the page's own files; nothing else of the folder is reachable."""
    file = STATIC / name
    if file.parent != STATIC or file.suffix not in TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=TYPES[file.suffix], charset="utf-8")


async def _next(queue: asyncio.Queue[bytes | None]) -> bytes | None:
    """The next event, or a sign of life."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await queue.get()
    except TimeoutError:
        return b": here\n\n"


def _stored(room: Room, request: web.Request) -> Any:
    try:
        return room.telegram.files.get(request.match_info["file"])
    except ApiError as problem:
        raise web.HTTPNotFound from problem


def _attachment(content: bytes, name: str) -> web.Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition}
    return web.Response(body=content, content_type="application/octet-stream", headers=headers)


async def _json(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as problem:
        raise web.HTTPBadRequest from problem
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


async def _answered(act: Any) -> web.Response:
    """The act's answer; what people can't do is said in words."""
    try:
        result = await act()
    except (ActError, PersonError, ArchiveError, ApiError, LookupError) as refusal:
        return web.json_response({"problem": str(refusal)}, status=400)
    return web.Response(body=orjson.dumps(result or {}), content_type="application/json")


async def _now(result: dict[str, Any]) -> dict[str, Any]:
    return result


async def _nothing(work: Any) -> dict[str, Any]:
    await work
    return {}
