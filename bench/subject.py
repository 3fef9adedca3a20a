"""A bot to be measured, in a process of its own.

    python -m bench.subject keguan URL FOLDER [--paced]
    python -m bench.subject echo URL
    python -m bench.subject nursery URL FOLDER

`keguan` is the real bot with one more command, /benchmark: it opens a deadline and leaves a notice for later in the
same commit, and answers in the group. It stands behind the areas' own commands, as the last area would.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import structlog
import uvloop
from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from bench.ahead import Ahead
from bot.commands import Place, Said, command
from bot.handling import Do
from bot.screens import Say
from bot.views.base import NOTICES, Screen, Viewer
from core.access import STAFF, Actor, permits
from core.deadlines import RINGS, DeadlineKind
from core.groups import here
from core.notices import Notice, ToGroup, kind
from core.ports import UnitOfWork

DUTY = command("benchmark", ("测速",), "Duty", Place.GROUP, STAFF)
DUE = DeadlineKind("bench.duty")
TOLD = kind("bench.duty")


@permits(*STAFF)
def take_duty(uow: UnitOfWork, actor: Actor, text: str) -> str:
    """What most commands write: a deadline and a notice."""
    group = here(uow, actor)
    due = uow.worktime.add_minutes(uow.now, 30)
    uow.deadlines.open(DUE, f"duty:{text}", due)
    uow.notices.tell(
        Notice(TOLD, ToGroup(group.id), {"text": text, "who": actor.name}, f"duty:{text}", not_before=due)
    )
    return text


async def duty(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(v.t("{name} is on duty: {text}", name=actor.name, text=await do(take_duty, actor, args)))


def router() -> Router:
    made = Router(name="duty")
    made.message.register(duty, Said(DUTY))
    return made


async def keguan(url: str, folder: Path, *, paced: bool, port: str = "") -> None:
    from bot import areas
    from bot.app import build
    from bot.settings import Settings

    areas.HANDLERS = (*areas.HANDLERS, sys.modules[__name__])
    NOTICES[TOLD] = lambda v, facts: Screen(str(facts["text"]))
    RINGS[DUE] = lambda uow, deadline: None
    settings = Settings(
        _env_file=None,
        bot_token=os.environ["BENCH_TOKEN"],
        api_base=url,
        data_dir=folder,
        paced=paced,
        database_url=os.environ.get("BENCH_DATABASE", ""),
        redis_url=os.environ.get("BENCH_REDIS", ""),
        listen=f"127.0.0.1:{port}" if port else "",
        webhook_url=os.environ.get("BENCH_WEBHOOK", ""),
        rulebook=os.environ.get("BENCH_RULEBOOK") or None,
    )
    app = build(settings, Ahead.given())
    running = asyncio.create_task(app.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await app.stop()


async def echo(url: str) -> None:
    """The barest aiogram bot."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(os.environ["BENCH_TOKEN"], session=session)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.reply(message.text or "")

    await dispatcher.start_polling(bot, handle_signals=True)


def main() -> None:
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(30),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _, which, url, *rest = sys.argv
    if which == "nursery":
        nursery(url, Path(rest[0]))
        return
    if profile := os.environ.get("BENCH_PROFILE"):
        import cProfile

        watch = cProfile.Profile()
        with contextlib.suppress(KeyboardInterrupt):
            watch.runcall(uvloop.run, _work(which, url, rest))
        watch.dump_stats(profile)
        return
    uvloop.run(_work(which, url, rest))


def nursery(url: str, folder: Path) -> None:
    """Has everything imported, and bears a bot for each line it reads, "start" or "start PORT"; tells its process
    id."""
    import bot.app  # noqa: F401  # the slow part of a start

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            os.setpgrp()
            uvloop.run(keguan(url, folder, paced=False, port=line.partition(" ")[2].strip()))
            os._exit(0)
        print(child, flush=True)


async def _work(which: str, url: str, rest: list[str]) -> None:
    if which == "echo":
        await echo(url)
    else:
        await keguan(url, Path(rest[0]), paced="--paced" in rest)


# Under -m this module is __main__; the registries must hold one of each.
if __name__ == "__main__":
    sys.modules["bench.subject"] = sys.modules["__main__"]
    main()
