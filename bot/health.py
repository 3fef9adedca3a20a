"""Health: whether this process is well, for load balancers and whoever is on call."""

from __future__ import annotations

from aiohttp import web

from bot.listener import Listener, Stage


class Health:
    """Answers `/healthz`."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        listener.routes.append(web.get("/healthz", self.answer))

    async def answer(self, _request: web.Request) -> web.Response:
        """200 when well; 503 when not, or not yet, or not any more."""
        stage = self._listener.stage
        return web.json_response({"status": stage}, status=200 if stage is Stage.READY else 503)
