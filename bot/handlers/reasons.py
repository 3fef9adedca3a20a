"""为什么是我: explaining assignments and entries, by a button, a link or /whyme."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress
from bot.commands import N_, Payload, Place, Said, command
from bot.handlers.people import START
from bot.handling import Ask
from bot.screens import Say
from bot.views import reasons as views
from bot.views.base import Viewer
from core import reasons
from core.access import STAFF, Actor

WHYME = command("whyme", ("为什么是我",), N_("Why was this given to me, or held against me?"), Place.PRIVATE, STAFF)


def router() -> Router:
    made = Router(name="reasons")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(whyme, Said(WHYME))
    made.callback_query.register(why, OnPress("why", private=True))
    return made


async def whyme(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.choices(v, await ask(reasons.mine, actor)))


async def why(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(reasons.why, actor, ":".join(parts))
    await say.toast("")
    await say.new(views.explanation(v, found))


async def opened(message: Message, payload: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.explanation(v, await ask(reasons.why, actor, views.subject_of(payload))))
