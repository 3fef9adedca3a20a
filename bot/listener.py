"""The listener: the one web server of a process, for whoever watches over it and for the platform's webhook.

It stands behind a reverse proxy or on the loopback: it knows neither TLS nor users.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import structlog
from aiohttp import web

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024  # of a body; the platform's updates have some thousand
MOST_SECONDS = 10.0  # that a request may take, the reading of its body included
KEPT_OPEN = 75.0  # seconds that an idle connection stays open, longer than a proxy keeps it
LAST_REQUESTS = 2.0  # seconds that requests in hand may take at a stop

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stage(StrEnum):
    """How far this process is."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class AddressTaken(OSError):
    """The address can't be listened on."""


class Listener:
    """Answers under `routes`, which are added before `open`. `stage` tells handlers whether there is a bot behind."""

    def __init__(self, where: tuple[str, int] | None) -> None:
        self.routes: list[web.RouteDef] = [web.get("/livez", _lives)]
        self.stage = Stage.STARTING
        self._where = where
        self._runner: web.AppRunner | None = None

    @property
    def ready(self) -> bool:
        return self.stage is Stage.READY

    @property
    def address(self) -> str:
        """Where it listens, "http://127.0.0.1:8080"; empty where it does not."""
        if self._runner is None or not self._runner.addresses:
            return ""
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def open(self) -> None:
        """Begin to answer, where an address is set. Raises AddressTaken."""
        if self._where is None:
            return
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[_in_time])
        app.add_routes(self.routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_REQUESTS, keepalive_timeout=KEPT_OPEN)
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._where).start()
        except OSError as error:
            await runner.cleanup()
            raise AddressTaken(error.errno, error.strerror or str(error)) from error
        self._runner = runner
        log.info("listening", address=self.address)

    async def close(self) -> None:
        """Finish the requests in hand, then answer no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@web.middleware
async def _in_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nobody holds a request open for ever, whether by sending slowly or by what it asks for."""
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await handler(request)
    except TimeoutError:
        return web.Response(status=503, text="too slow\n")


async def _lives(_request: web.Request) -> web.Response:
    """The process and its event loop live; nothing else is said."""
    return web.Response(text="ok\n")
