"""A sandbox platform in a process of its own, told what to do over its standard input.

    python -m bench.telegram

One JSON command a line in, one JSON answer a line out. People and groups are made by `people`; `load` lets everybody
write at once, `offer` lets them write at an even rate; `wait` tells when that many answers have come and how long
each took. Time is measured here, so that both bots are measured alike.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvloop
from aiohttp import web

from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from bot.sandbox.server import make_app, serve_app
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Chat

HANGS = 600.0  # seconds that a chat in trouble is not answered: longer than anybody waits


class Platform:
    """The platform and the stop-watch."""

    def __init__(self) -> None:
        self.telegram = Telegram(lambda: datetime.now(UTC))
        self.telegram.listen(self._hear)
        self.pairs: list[tuple[Person, Chat]] = []
        self.asked: dict[tuple[int, int], float] = {}
        self.latencies: list[float] = []
        self.begun = 0.0  # when the bot could begin: at its first request, or when it was given work
        self.last_answer = 0.0
        self.answers = 0
        self.presses: list[Any] = []
        self.sent: list[tuple[float, int, str]] = []
        self.troubles: dict[int, str] = {}
        self._call = self.telegram.call
        self.telegram.call = self._watched  # type: ignore[method-assign]  # to see when the bot first asks

    def _watched(self, method: str, params: Any = None, files: Any = None) -> Any:
        if not self.begun and method.lower() == "getupdates":
            self.begun = time.perf_counter()
        return self._call(method, params, files)

    def _hear(self, event: Any) -> None:
        message = event.message
        if event.kind != "message" or message is None or message.sender_id != self.telegram.bot.id:
            return
        self.answers += 1
        self.sent.append((time.perf_counter(), message.chat_id, message.text))
        self.last_answer = time.perf_counter()
        replied = message.wire.get("reply_to_message")
        if replied is not None:
            begun = self.asked.pop((message.chat_id, replied["message_id"]), None)
            if begun is not None:
                self.latencies.append(self.last_answer - begun)

    # Commands

    def people(self, groups: int, each: int = 1) -> dict[str, Any]:
        made = []
        for number in range(groups):
            members = [self.telegram.person(f"员工{number}-{k}") for k in range(each)]
            for member in members:
                member.private.started = True
            chat = members[0].create_group(f"群{number}", *members[1:])
            self.pairs += [(member, chat) for member in members]
            made.append({"chat": chat.id, "people": [member.id for member in members]})
        self.telegram.updates.clear()
        return {"groups": made, "token": self.telegram.token}

    def trouble(self, chat: int, what: str) -> dict[str, Any]:
        """From now on a chat is refused ("429") or gets no answer ("hang"); "" is none."""
        self.troubles = {chat: what} if what else {}
        return {}

    @web.middleware
    async def troubled(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Does to calls for a chat what `trouble` has said."""
        if self.troubles and request.method == "POST" and "/send" in request.path:
            body = await request.read()
            for chat, what in self.troubles.items():
                if str(chat).encode() in body:
                    if what == "hang":
                        await asyncio.sleep(HANGS)
                    answer = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 30"}
                    return web.json_response({**answer, "parameters": {"retry_after": 30}}, status=429)
        found: web.StreamResponse = await handler(request)
        return found

    async def alerts(self, number: int, seconds: float) -> dict[str, Any]:
        """What the bot sent, once there are so many: how long from the first to the last, and in which order."""
        until = time.perf_counter() + seconds
        while len(self.sent) < number and time.perf_counter() < until:  # noqa: ASYNC110  # an event would cost time
            await asyncio.sleep(0.02)
        times = [at for at, _, _ in self.sent[:number]]
        limits = self.telegram.limits
        return {
            "sent": len(self.sent),
            "seconds": times[-1] - times[0] if times else 0.0,
            "order": [f"{chat}:{text}" for _, chat, text in self.sent[:number]],
            "refused": limits.refused if limits else 0,
        }

    def limits(self) -> dict[str, Any]:
        self.telegram.limits = Limits()
        return {}

    def _say(self, number: int, text: str) -> None:
        person, chat = self.pairs[number % len(self.pairs)]
        message = person.say(text.replace("{n}", str(number)), chat)
        self.asked[(chat.id, message.id)] = time.perf_counter()

    def load(self, n: int, text: str, start: int = 0) -> dict[str, Any]:
        for number in range(start, start + n):
            self._say(number, text)
        if self.begun:
            self.begun = time.perf_counter()
        return {"queued": len(self.telegram.updates)}

    def spoil(self, every: int) -> dict[str, Any]:
        """One of so many updates that wait is made bad, in one way after another."""
        from bench.poison import spoil

        waiting = self.telegram.updates.take()
        self.telegram.updates.restore(
            {**self.telegram.updates.state(), "waiting": spoil([dict(one) for one in waiting], every)}
        )
        return {}

    async def offer(self, n: int, text: str, rate: float) -> dict[str, Any]:
        begun = time.perf_counter()
        for number in range(n):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            self._say(number, text)
        return {}

    async def wait(self, answers: int, seconds: float = 60) -> dict[str, Any]:
        until = time.perf_counter() + seconds
        while self.answers < answers and time.perf_counter() < until:  # noqa: ASYNC110  # an event would cost time
            await asyncio.sleep(0.02)
        took = sorted(self.latencies)

        def at(share: float) -> float:
            return took[min(len(took) - 1, int(len(took) * share))] * 1000 if took else 0.0

        return {
            "answers": self.answers,
            "seconds": self.last_answer - self.begun,
            "p50": at(0.5),
            "p99": at(0.99),
        }

    def forget(self) -> dict[str, Any]:
        """Begin the latencies anew."""
        self.latencies.clear()
        return {}

    def texts(self) -> dict[str, Any]:
        """Everything the bot has written that still stands."""
        bot = self.telegram.bot.id
        chats = {chat.id for _, chat in self.pairs}
        return {"texts": [m.text for c in chats for m in self.telegram.history(c) if m.sender_id == bot]}

    def queued(self) -> dict[str, Any]:
        return {"queued": len(self.telegram.updates)}


async def main(made: type[Platform] = Platform) -> None:
    platform = made()
    app = make_app(platform.telegram)
    app.middlewares.append(platform.troubled)
    server = await serve_app(app)
    print(json.dumps({"url": server.url}), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        answer = getattr(platform, command.pop("do"))(**command)
        print(json.dumps(await answer if asyncio.iscoroutine(answer) else answer), flush=True)
    await server.stop()


if __name__ == "__main__":
    uvloop.run(main())
