"""Running the bot as a process: logs, signals, an orderly stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys

import structlog
import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError

from bot.app import App, default_properties
from bot.clock import SystemClock
from bot.settings import Settings
from core.rulebook import Rulebook
from storage.fsm import FormStore
from storage.store import Store

log = structlog.get_logger()


def compose(settings: Settings, rulebook: Rulebook) -> App:
    """The bot as the settings describe it."""
    clock = SystemClock()
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_base))
    bot = Bot(settings.bot_token.get_secret_value(), session=session, default=default_properties())
    return App(Store(settings.store_url, clock, rulebook), FormStore(settings.forms_url), clock, bot)


def write_logs(level: str) -> None:
    """One JSON object a line, on standard error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def serve(settings: Settings, rulebook: Rulebook) -> int:
    """Run until a signal ends it; the process's exit code."""
    write_logs(settings.log_level)
    return uvloop.run(_serve(settings, rulebook))


async def _serve(settings: Settings, rulebook: Rulebook) -> int:
    app = compose(settings, rulebook)
    running = asyncio.create_task(app.run())
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, running.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except TelegramAPIError as error:
        log.error("the platform does not let the bot in", error=type(error).__name__, advice="keguan doctor")
        return 1
    finally:
        await app.stop()
        log.info("stopped")
    return 0
