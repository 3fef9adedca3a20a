"""Runs the sandbox with its page until it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.sandbox.server import Server, serve_app
from bot.sandbox.web.page import make_page
from bot.sandbox.web.room import Room

if TYPE_CHECKING:
    from bot.sandbox.web.live import Live

log = structlog.get_logger()
KEPT = "sandbox.zip"


def main(port: int = 8765, folder: Path | None = None, open_browser: bool = False) -> None:
    """Serve the sandbox on loopback until Ctrl-C. With a folder, the state is kept there and taken up the next time;
    without one, nothing stays."""
    with tempfile.TemporaryDirectory(prefix="keguan-sandbox-") as temporary:
        work = Path(temporary) if folder is None else folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(port, work, folder, open_browser=open_browser))
        if folder is not None:
            shutil.rmtree(work, ignore_errors=True)


async def _run(port: int, work: Path, folder: Path | None, *, open_browser: bool) -> None:
    room = Room()
    server = await _serve(room, port)
    print(f"客管 sandbox  →  {server.url}   (Ctrl-C 结束 / ends)", flush=True)  # noqa: T201 the address is its output
    if open_browser:
        await asyncio.to_thread(webbrowser.open, server.url)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopped.set)
    opening = asyncio.create_task(_open(room, server, work, folder))
    await stopped.wait()
    opening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await opening
    await _close(room, folder)
    await server.stop()


async def _serve(room: Room, port: int) -> Server:
    """The port asked for, or a free one where it is taken."""
    try:
        return await serve_app(make_page(room), port=port)
    except OSError:
        return await serve_app(make_page(room))


async def _open(room: Room, server: Server, work: Path, folder: Path | None) -> None:
    """Bring the bot. Its libraries take seconds to load; the page is there meanwhile."""
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")  # nobody changes its tables; a second copy is memory lost
    try:
        module = await asyncio.to_thread(importlib.import_module, "bot.sandbox.web.live")
        live: Live = module.Live(room, server, work)
        await live.open(_kept(folder))
    except Exception as problem:  # the page tells it; the process stays to be looked at
        log.exception("the sandbox did not open")
        room.at_stage("failed", repr(problem))


def _kept(folder: Path | None) -> bytes:
    file = folder / KEPT if folder else None
    return file.read_bytes() if file and file.is_file() else b""


async def _close(room: Room, folder: Path | None) -> None:
    live = room.running
    if live is None:
        return
    if folder is not None:
        (folder / KEPT).write_bytes(await live.save())
    await live.close()


if __name__ == "__main__":
    main(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8765)
