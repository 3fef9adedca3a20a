"""Bad weather between a bot and the platform: what networks, gateways and busy servers do to calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import orjson
from aiohttp import web

from bot.sandbox.errors import ApiError, too_many_requests

GoOn = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Trouble(StrEnum):
    """What becomes of a call."""

    PAGE = "page"  # 502 with a gateway's page
    ERROR = "error"  # 500 in JSON
    REFUSED = "refused"  # 429
    SILENT = "silent"  # no answer until it clears up
    RESET = "reset"  # the connection is cut before the call arrives
    CUT = "cut"  # it is carried out, and the connection cut before the answer
    HALF = "half"  # it is carried out, and half of the answer comes
    WRONG = "wrong"  # it is carried out, and the answer is JSON of another kind


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """One trouble, for some methods (none named: all) and one chat (none: all)."""

    trouble: Trouble
    methods: frozenset[str]
    chat: int | None
    retry_after: int

    def meets(self, method: str, chat: int | None) -> bool:
        return (not self.methods or method.lower() in self.methods) and self.chat in (None, chat)


class Weather:
    """`make_app(telegram, weather=weather)`; fair until something comes."""

    def __init__(self) -> None:
        self._fronts: list[Front] = []
        self._fair = asyncio.Event()
        self.met = 0  # calls that had trouble

    def comes(
        self, trouble: Trouble, *, methods: Iterable[str] = (), chat: int | None = None, retry_after: int = 1
    ) -> Front:
        self._fair.clear()
        self._fronts.append(Front(trouble, frozenset(m.lower() for m in methods), chat, retry_after))
        return self._fronts[-1]

    def clears(self) -> None:
        """All is well again; whatever was kept without an answer is cut."""
        self._fronts.clear()
        self._fair.set()

    async def __call__(self, request: web.Request, go_on: GoOn) -> web.StreamResponse:
        if not self._fronts or not request.path.startswith("/bot"):
            return await go_on(request)
        method = request.path.rpartition("/")[2]
        chat = await _chat_of(request)
        front = next((front for front in self._fronts if front.meets(method, chat)), None)
        if front is None:
            return await go_on(request)
        self.met += 1
        return await self._trouble(front, request, go_on)

    async def _trouble(self, front: Front, request: web.Request, go_on: GoOn) -> web.StreamResponse:
        match front.trouble:
            case Trouble.PAGE:
                return web.Response(status=502, text=PAGE, content_type="text/html")
            case Trouble.ERROR:
                return _refusal(ApiError(500, "Internal Server Error"))
            case Trouble.REFUSED:
                return _refusal(too_many_requests(front.retry_after))
            case Trouble.SILENT:
                await self._fair.wait()
                return _cut(request)
            case Trouble.RESET:
                return _cut(request)
        answer = await go_on(request)
        if front.trouble is Trouble.CUT or not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
            return _cut(request)
        wrong = b'{"ok":true,"result":"yes"}'
        body = wrong if front.trouble is Trouble.WRONG else answer.body[: len(answer.body) // 2]
        return web.Response(status=answer.status, body=body, content_type="application/json")


async def _chat_of(request: web.Request) -> int | None:
    if "json" not in request.headers.get("Content-Type", ""):
        return None
    chat = orjson.loads(await request.read() or b"{}").get("chat_id")
    return chat if isinstance(chat, int) else None


def _refusal(error: ApiError) -> web.Response:
    return web.Response(status=error.code, body=orjson.dumps(error.wire()), content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
