"""The web server of a process: there early, gone last, and not to be held up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from pydantic import ValidationError

from bot import listener as listening
from bot.listener import AddressTaken, Listener, Stage
from bot.settings import Settings
from tests.support.chat import open_bench

FREE = ("127.0.0.1", 0)


@asynccontextmanager
async def opened(*routes: web.RouteDef) -> AsyncIterator[tuple[Listener, ClientSession]]:
    made = Listener(FREE)
    made.routes += routes
    await made.open()
    async with ClientSession(made.address) as client:
        yield made, client
    await made.close()


async def test_a_process_is_starting_then_ready_then_stopping(folder: Path) -> None:
    seen: list[tuple[int, str]] = []

    async def look(client: ClientSession) -> None:
        async with client.get("/healthz") as answer:
            seen.append((answer.status, (await answer.json())["status"]))

    async with open_bench(folder, listen=FREE) as bench:
        app = bench.app
        async with ClientSession(app.listener.address) as client:
            app.listener.stage = Stage.STARTING
            await look(client)
            app.listener.stage = Stage.READY
            await look(client)
            leaving = asyncio.create_task(app.stop())
            await asyncio.sleep(0)
            assert app.listener.stage is Stage.STOPPING
            await leaving
            assert app.listener.address == ""
    assert seen == [(503, "starting"), (200, "well")]


async def test_it_answers_before_the_database_does(folder: Path) -> None:
    """A probe hears "starting" while the store is still being opened."""
    async with open_bench(folder) as bench:
        app, where = bench.app, Listener(FREE)
        app.listener = where
        heard: list[int] = []

        async def prepare() -> None:
            async with ClientSession(where.address) as client, client.get("/livez") as answer:
                heard.append(answer.status)
            raise RuntimeError("no database")

        app.prepare = prepare  # type: ignore[method-assign]
        with pytest.raises(RuntimeError, match="no database"):
            await app.start()
        await where.close()
        assert (heard, where.stage) == ([200], Stage.STARTING)


async def test_no_address_no_server() -> None:
    made = Listener(None)
    await made.open()
    assert made.address == ""
    await made.close()


async def test_a_taken_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(AddressTaken) as told:
        await Listener(other.getsockname()[:2]).open()
    assert told.value.strerror and "in use" in told.value.strerror


async def test_a_body_that_is_too_big_is_refused() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async with opened(web.post("/read", read)) as (_, client):
        async with client.post("/read", data=b"x" * 1000) as answer:
            assert await answer.text() == "1000"
        async with client.post("/read", data=BytesIO(b"x" * (listening.MOST_BYTES + 1))) as answer:
            assert answer.status == 413


async def test_a_slow_sender_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_SECONDS", 0.05)

    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async with opened(web.post("/read", read)) as (made, _):
        port = int(made.address.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this")
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        await writer.wait_closed()
        assert b"503" in status


@pytest.mark.parametrize(
    ("given", "read"),
    [("127.0.0.1:8080", ("127.0.0.1", 8080)), ("[::1]:0", ("::1", 0)), ("bot-1:9", ("bot-1", 9)), ("", None)],
)
def test_addresses(given: str, read: tuple[str, int] | None) -> None:
    assert Settings(_env_file=None, listen=given).listen_at == read


@pytest.mark.parametrize("given", ["8080", ":8080", "127.0.0.1", "127.0.0.1:", "::1:80", "a:70000", "http://a:80"])
def test_no_addresses(given: str) -> None:
    with pytest.raises(ValidationError, match="host:port"):
        Settings(_env_file=None, listen=given)
