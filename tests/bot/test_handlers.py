"""Every handler takes its event first: the dispatcher hands it on by position."""

from __future__ import annotations

import inspect

from aiogram import Router

from bot.areas import routers

EVENTS = {"Message", "CallbackQuery", "ChatMemberUpdated", "ErrorEvent", "InlineQuery", "TelegramObject", "Update"}


def _wrong(router: Router) -> list[str]:
    found = []
    for observer in router.observers.values():
        for handler in observer.handlers:
            if handler.callback.__module__.startswith("bot.handlers"):
                first = next(iter(inspect.signature(handler.callback).parameters.values()))
                if not set(str(first.annotation).replace(" ", "").split("|")) <= EVENTS:
                    found.append(f"{handler.callback.__module__}.{handler.callback.__name__}({first})")
    return found + [one for below in router.sub_routers for one in _wrong(below)]


def test_every_handler_takes_its_event_first() -> None:
    assert [one for router in routers() for one in _wrong(router)] == []
