"""Two processes behind a proxy that takes turns, restarted one after the other while people write (OPS-1).

    python -m bench.rolling [--quick]

Updates are brought by webhook. Each process is ended and started anew, in an orderly way or by kill -9. Nothing may
be lost, done twice or overtaken in its chat. What is counted beside that is the answers that came more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from bench import table
from bench.machine import REDIS, no_postgresql, no_redis, postgresql
from bench.machine import folder as on_disk
from bench.pair import finished
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_most, limited, missing

GROUPS = 10
NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found afterwards; `again` is the answers that came more than once, `p99` their time in milliseconds,
    `refused` how often the proxy found nobody."""

    updates: int
    restarts: int
    stored: int
    done: int
    twice: int
    unfinished: int
    dead: int
    outages: int
    again: int
    overtaken: int
    refused: int
    p99: float


class Balancer:
    """Passes each request to the next server; where that one does not take it, to the one after it: what is brought
    twice has its effect once."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self._turn = 0
        self.refused = 0

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._pass)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as self._client:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        self._turn = turn = self._turn + 1
        body = await request.read()
        for offset in range(len(self.ports)):
            port = self.ports[(turn + offset) % len(self.ports)]
            url = f"http://127.0.0.1:{port}{request.path_qs}"
            with contextlib.suppress(aiohttp.ClientError):
                async with self._client.request(request.method, url, data=body, headers=request.headers) as answer:
                    if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                        return web.Response(status=answer.status, body=await answer.read())
        self.refused += 1
        return web.Response(status=502, headers={"Retry-After": "1"})


class Fleet:
    """The processes, each on a port of its own."""

    def __init__(self, nursery: Any, ports: list[int]) -> None:
        self._nursery, self._ports = nursery, ports
        self.ids: dict[int, int] = {}

    async def start(self, port: int) -> None:
        self._nursery.stdin.write(f"start {port}\n".encode())
        await self._nursery.stdin.drain()
        self.ids[port] = int(await self._nursery.stdout.readline())
        async with aiohttp.ClientSession() as client:
            await _until(lambda: _is_ready(client, port))

    async def end(self, port: int, how: int) -> None:
        process = self.ids.pop(port)
        os.kill(process, how)
        await _until(lambda: _has_ended(process))

    async def restart_all(self, restarts: int, how: int) -> None:
        for turn in range(restarts):
            port = self._ports[turn % len(self._ports)]
            await self.end(port, how)
            await self.start(port)


async def _until(happened: Any, seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110  # it happens in another process
            await asyncio.sleep(0.1)


async def _is_ready(client: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with client.get(f"http://127.0.0.1:{port}/healthz") as answer:
            return (await answer.json())["status"] not in ("starting", "stopping")
    except aiohttp.ClientError:
        return False


async def _has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def run(updates: int, rate: float, restarts: int, how: int, folder: Path, database: str, redis: str) -> Outcome:
    """Offer `updates` at `rate` a second, and meanwhile restart the processes in turn by the signal `how`."""
    engine = sa.create_engine(database)
    balancer = Balancer([_free_port(), _free_port()])
    async with platform() as there, balancer.serve() as public:
        made = await there.ask("people", groups=GROUPS)
        await company(folder, made["groups"], database)
        known = {"BENCH_TOKEN": made["token"], "BENCH_DATABASE": database, "BENCH_REDIS": redis}
        nursery = await spawn("bench.subject", "nursery", there.url, str(folder), BENCH_WEBHOOK=public, **known)
        fleet = Fleet(nursery, balancer.ports)
        for port in balancer.ports:
            await fleet.start(port)
        offering = asyncio.create_task(there.ask("offer", n=updates, text="/benchmark {n}", rate=rate))
        await fleet.restart_all(restarts, how)
        await offering
        found = await finished(engine, updates)
        watch = await there.ask("wait", answers=updates, seconds=30)
        told = await there.ask("texts")
        for port in list(fleet.ids):
            await fleet.end(port, signal.SIGKILL)
        await end(nursery)
    engine.dispose()
    order = [int(match[1]) for text in told["texts"] if (match := NUMBER.search(text))]
    return Outcome(
        updates,
        restarts,
        again=len(order) - len(set(order)),
        overtaken=_overtaken(order),
        refused=balancer.refused,
        p99=watch["p99"],
        **found,
    )


def _overtaken(order: list[int]) -> int:
    """How many first answers of a chat stand behind the answer to something that was said later there."""
    latest, seen, found = dict.fromkeys(range(GROUPS), -1), set[int](), 0
    for number in order:
        chat = number % GROUPS
        found += number < latest[chat] and number not in seen
        latest[chat] = max(latest[chat], number)
        seen.add(number)
    return found


def measure(runs: int, quick: bool) -> list[Line]:
    what = "two behind a proxy, restarted in turn"
    if reason := no_postgresql() or no_redis():
        return [missing(what, reason)]
    updates, restarts = (600, 2) if quick else (2400, 4)
    lines = []
    for name, how in (("SIGTERM", signal.SIGTERM), ("kill -9", signal.SIGKILL)):
        with on_disk() as folder, postgresql() as database:
            found = asyncio.run(run(updates, 30, restarts, how, folder, database, REDIS))
        wrong = updates - found.done + found.twice + found.unfinished + found.dead + found.outages + found.overtaken
        note = f"{found.updates} updates, {found.restarts} restarts, {found.refused} found nobody"
        lines += [
            limited(f"{what} ({name}): lost, done twice, overtaken", "", [wrong], at_most(0), note),
            limited("… answers that came twice", "", [found.again]),
            limited("… answer, p99", "ms", [found.p99]),
        ]
    return lines


if __name__ == "__main__":
    table.main(measure)
