"""A page with the demo company behind it: for tests and measurements."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.server import Server, serve_app
from bot.sandbox.web.live import Live
from bot.sandbox.web.page import make_page
from bot.sandbox.web.room import Room
from bot.sandbox.web.stories import Step
from bot.sandbox.world import Chat


@dataclass
class Opened:
    """A page that answers."""

    room: Room
    server: Server
    live: Live

    def phone(self, name: str) -> int:
        return self.live.company[name].id

    def crowd(self, size: int) -> Chat:
        """A group of that many people, with the bot in it."""
        people = [self.room.telegram.person(f"员工{number:03}") for number in range(size - 1)]
        return self.live.company["王建国"].create_group("全体员工", *people)


@asynccontextmanager
async def open_page(folder: Path, story: tuple[Step, ...] | None = None) -> AsyncIterator[Opened]:
    """The whole sandbox as `keguan sandbox` runs it, in this process; with a story of its own where one is given."""
    room = Room()
    server = await serve_app(make_page(room))
    live = Live(room, server, folder)
    if story is not None:
        live.story.steps = story
    try:
        await live.open()
        yield Opened(room, server, live)
    finally:
        await live.close()
        await server.stop()
