"""Running the bot as a process: signals, an orderly stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable

import sqlalchemy as sa
import structlog
import uvloop
from aiogram.exceptions import TelegramAPIError
from aiogram.utils.token import TokenValidationError

from bot.app import build
from bot.crowd import NotAlone, StruckOut
from bot.fsm import NoRedis
from bot.listener import AddressTaken
from bot.settings import Settings
from core.rulebook import Rulebook
from storage.away import Absence, is_away, pauses
from storage.locking import Taken

log = structlog.get_logger()


def when_there(work: Callable[[], object]) -> None:
    """Do something with the database, once it is there."""
    absence = Absence("start")
    for pause in pauses():
        try:
            work()
        except sa.exc.DBAPIError as error:
            if not is_away(error):
                raise
            absence.noted(error)
            time.sleep(pause)
        else:
            absence.over()
            return


def serve(settings: Settings, rulebook: Rulebook) -> int:
    """Run until a signal ends it; the process's exit code."""
    return uvloop.run(_serve(settings, rulebook))


async def _serve(settings: Settings, rulebook: Rulebook) -> int:
    try:
        app = build(settings, rulebook=rulebook)
    except TokenValidationError:
        return _not_let_in("KEGUAN_BOT_TOKEN is missing or malformed")
    running = asyncio.create_task(app.run())
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, running.cancel)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.rulebook_file.ask_reload)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except AddressTaken as error:
        log.error("can't listen", address=settings.listen, reason=error.strerror, advice="KEGUAN_LISTEN")
        return 1
    except Taken:
        log.error("the database is being restored", advice="start again when that is done")
        return 1
    except NotAlone:
        log.error("another process works on this database", advice="KEGUAN_REDIS_URL lets several work together")
        return 1
    except NoRedis as error:
        log.error("Redis does not answer", reason=str(error), advice="KEGUAN_REDIS_URL")
        return 1
    except StruckOut:
        log.error("silent for too long: other processes have taken over")
        os._exit(1)  # as if killed: nothing more may be sent or marked; whoever watches over it starts it anew
    except TelegramAPIError as error:
        return _not_let_in(type(error).__name__)
    finally:
        await app.stop()
        log.info("stopped")
    return 0


def _not_let_in(reason: str) -> int:
    log.error("the platform does not let the bot in", reason=reason, advice="keguan doctor")
    return 1
