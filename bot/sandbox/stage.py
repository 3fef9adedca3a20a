"""The stage: the local Bot API server with the production bot connected to it over HTTP, on a clock moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.app import App, default_properties
from bot.sandbox.conductor import Conductor
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from core.clock import ManualClock
from core.rulebook import Rulebook, load
from storage.fsm import FormStore
from storage.store import Store

DEMO = Path(__file__).parent / "demo"


@dataclass(slots=True)
class Stage:
    """A running sandbox."""

    telegram: Telegram
    server: Server
    clock: ManualClock
    app: App
    conductor: Conductor
    folder: Path

    async def settle(self) -> None:
        """Let the bot fetch what waits, handle it, and send what it has to say."""
        while await self.app.poller.poll(0):
            pass
        await self.app.idle()


def demo_rulebook() -> Rulebook:
    return load(DEMO / "rulebook.yaml")


def connect(telegram: Telegram, server: Server, clock: ManualClock, folder: Path, rulebook: Rulebook) -> App:
    """The production bot on this server, with its data in `folder`; not yet started."""
    store = Store(f"sqlite:///{folder / 'keguan.db'}", clock, rulebook)
    store.create_tables()
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    bot = Bot(telegram.token, session=session, default=default_properties())
    return App(store, FormStore(f"sqlite+aiosqlite:///{folder / 'forms.db'}"), clock, bot)


@asynccontextmanager
async def open_stage(folder: Path, at: datetime, rulebook: Rulebook | None = None) -> AsyncIterator[Stage]:
    """Start server and bot with their data in `folder`; the clock stands at `at`."""
    clock = ManualClock(at)
    telegram = Telegram(clock.now, strict=True, bot_name="客管", bot_username="keguan_bot")
    server = await serve(telegram)
    app = connect(telegram, server, clock, folder, rulebook or demo_rulebook())
    await app.start()
    try:
        yield Stage(telegram, server, clock, app, Conductor(app, clock), folder)
    finally:
        await app.stop()
        await server.stop()
