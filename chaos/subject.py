"""The nursery: has the bot imported, and bears one for each order it reads; tells its process id.

    python -m chaos.subject RULEBOOK

An order is one line of JSON: `url`, `token`, `folder`, `database`, `redis`, and `end`: [place, nth, signal] or null.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import inspect
import json
import os
import signal
import sys
import traceback
import types
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

NOTICE, UPDATE, PROCESS = "X-Chaos-Notice", "X-Chaos-Update", "X-Chaos-Process"
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_notice: ContextVar[int] = ContextVar("notice", default=0)


def main() -> None:
    from core.rulebook import load

    rulebook = load(Path(sys.argv[1]))
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            _live(json.loads(line), rulebook)
        print(child, flush=True)


def warm_up() -> None:
    """What every start would do anew is done once: a start costs a tenth of a second instead of one."""
    from aiogram.dispatcher.event import handler

    from bot.areas import routers
    from bot.i18n import LANGUAGES, catalogue

    for language in LANGUAGES:
        catalogue(language)
    known = types.SimpleNamespace(**vars(inspect))
    known.signature = functools.cache(inspect.signature)
    handler.inspect = known  # type: ignore[assignment]
    routers()
    gc.collect()
    gc.freeze()


def _live(order: dict[str, Any], rulebook: Any) -> None:
    """Be the bot until a signal or a place ends it."""
    code = 1
    try:
        code = _serve(order, rulebook)
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def _serve(order: dict[str, Any], rulebook: Any) -> int:
    from bot.logs import write_logs
    from bot.running import _serve as serve
    from bot.settings import Settings
    from chaos.hurry import hurry
    from chaos.places import arm

    os.setpgrp()
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)  # nobody is left where the run itself is ended
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = Path(order["folder"])
    log = os.open(folder / f"{os.getpid()}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    write_logs("INFO")
    hurry(folder / "clock")
    say_who_sends()
    for mischief in order.get("mischief", ()):
        importlib_call(mischief)
    if order.get("end"):
        arm(*order["end"])
    settings = Settings(
        _env_file=None,
        bot_token=order["token"],
        api_base=order["url"],
        data_dir=folder,
        paced=True,
        database_url=order["database"],
        redis_url=order["redis"],
    )
    return int(uvloop.run(serve(settings, rulebook)))


def importlib_call(name: str) -> None:
    """Call `module:function`: what a scenario wants changed in the bot's process."""
    import importlib

    module, _, function = name.partition(":")
    getattr(importlib.import_module(module), function)()


def say_who_sends() -> None:
    """Every call tells the platform's recorder for which notice or update it is made, and by which process."""
    from bot.handling import current
    from bot.sender import Sender

    put, request = Sender._put, aiohttp.ClientSession._request

    async def noted(self: Any, chat: Any, notice: Any, screen: Any) -> Any:
        _notice.set(notice.id)
        try:
            return await put(self, chat, notice, screen)
        finally:
            _notice.set(0)

    async def told(self: Any, method: str, url: Any, **kwargs: Any) -> Any:
        handling = current.get()
        kwargs["headers"] = {
            **(kwargs.get("headers") or {}),
            NOTICE: str(_notice.get()),
            UPDATE: str(handling.update if handling else 0),
            PROCESS: str(os.getpid()),
        }
        return await request(self, method, url, **kwargs)

    Sender._put = noted  # type: ignore[method-assign]
    aiohttp.ClientSession._request = told  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    sys.modules["chaos.subject"] = sys.modules["__main__"]
    main()
