"""A group's command takes the short way to the same handlers, with the same answers to errors."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot, Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.types import Message, Update

from bot.commands import CATALOGUE, Said
from bot.handlers import checkins  # noqa: F401  # enters commands into the catalogue
from bot.routing import Desk, merged

BOT = Bot("42:TEST")
ENTRY = next(entry for entry in CATALOGUE.values() if entry.place.value in ("group", "both"))


class Steps:
    """Stands for what goes before every handler, and counts the ways taken."""

    def __init__(self) -> None:
        self.short: list[int] = []
        self.long: list[int] = []
        self.known = True

    async def __call__(self, handler: Any, event: Any, data: dict[str, Any]) -> Any:
        self.long.append(event.update_id)
        return await handler(event, {**data, "actor": None, "only_long": "long"})

    async def message(self, message: Message) -> None:
        self.short.append(message.message_id)

    async def know(self, _message: object, data: dict[str, Any]) -> bool:
        data["actor"] = None
        return self.known


def desk(steps: Steps, router: Router) -> Desk:
    made = Desk(disable_fsm=True)
    made.workflow_data["username"] = "keguan_bot"
    made.wire(steps, steps, merged([router]))  # type: ignore[arg-type]  # stands for both
    return made


def said(text: str, kind: str = "supergroup") -> Update:
    chat = {"id": -100 if kind != "private" else 7, "type": kind}
    sender = {"id": 7, "is_bot": False, "first_name": "张"}
    message = {"message_id": 3, "date": 1789000000, "chat": chat, "from": sender, "text": text}
    return Update.model_validate({"update_id": 1, "message": message}, context={"bot": BOT})


async def test_command_in_a_group_takes_the_short_way() -> None:
    steps, router, heard = Steps(), Router(), []

    async def handle(message: Message, args: str) -> str:
        heard.append((message.message_id, args))
        return "done"

    router.message.register(handle, Said(ENTRY))
    assert await desk(steps, router).feed_update(BOT, said(f"/{ENTRY.name} 华强")) == "done"
    assert heard == [(3, "华强")]
    assert (steps.short, steps.long) == ([3], [])


@pytest.mark.parametrize("text", ["你好", "/unknown 1"])
async def test_what_is_no_command_takes_the_long_way(text: str) -> None:
    steps, router = Steps(), Router()

    async def listens(_message: Message) -> str:
        return "heard"

    router.message.register(listens)
    assert await desk(steps, router).feed_update(BOT, said(text)) == "heard"
    assert (steps.short, steps.long) == ([], [1, 1]), "once as the one step, once as the other"


async def test_handler_that_needs_more_is_reached_the_long_way() -> None:
    steps, router = Steps(), Router()

    async def handle(_message: Message, only_long: str) -> str:
        return only_long

    router.message.register(handle, Said(ENTRY))
    assert await desk(steps, router).feed_update(BOT, said(f"/{ENTRY.name}")) == "long"


async def test_skipping_handler_leaves_it_to_the_next() -> None:
    steps, router = Steps(), Router()

    async def skips(_message: Message) -> None:
        raise SkipHandler

    async def handle(_message: Message) -> str:
        return "second"

    router.message.register(skips, Said(ENTRY))
    router.message.register(handle, Said(ENTRY))
    assert await desk(steps, router).feed_update(BOT, said(f"/{ENTRY.name}")) == "second"
    assert steps.long == []


async def test_error_reaches_the_error_handlers_once() -> None:
    steps, router, seen = Steps(), Router(), []

    async def handle(_message: Message) -> None:
        raise LookupError("no")

    async def on_error(event: Any) -> None:
        seen.append(repr(event.exception))

    router.message.register(handle, Said(ENTRY))
    router.error.register(on_error)
    assert await desk(steps, router).feed_update(BOT, said(f"/{ENTRY.name}")) is None
    assert seen == ["LookupError('no')"]
    assert steps.long == []


async def test_nobody_who_could_be_answered_is_not_answered() -> None:
    steps, router, heard = Steps(), Router(), []

    async def handle(_message: Message) -> None:
        heard.append(1)

    router.message.register(handle, Said(ENTRY))
    steps.known = False
    assert await desk(steps, router).feed_update(BOT, said(f"/{ENTRY.name}")) in (None, UNHANDLED)
    assert heard == []
    assert steps.long == []
