"""How a deadline was computed: by number, by the link in a message, by a button (P12)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import deadlines as views
from bot.views.base import Screen, Viewer
from core import calendar, people
from core.access import STAFF, Actor
from core.errors import NotFound

HOW = command("how", ("怎么算", "怎么算的"), N_("How a deadline was computed: /how 7"), Place.BOTH, STAFF)


def router() -> Router:
    made = Router(name="deadlines")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(how, Said(HOW))
    made.callback_query.register(chosen, OnPress(views.HOW))
    return made


async def how(message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    if not args:
        await say(views.usage(v))
        return
    found = await ask(calendar.find, actor, args)
    if not found:
        raise NotFound("deadline", args)
    if len(found) > 1:
        await say(views.which(v, found))
    else:
        await say(await _explained(actor, v, ask, found[0].name, found[0].id))


async def opened(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """The link in a message."""
    user = message.from_user
    await do(people.open_chat, actor, user.full_name if user else "", (user.username or "") if user else "")
    name, _, id_ = payload.partition("_")
    await say(await _explained(actor, v, ask, name, number([id_])))


async def chosen(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    screen = await _explained(actor, v, ask, parts[0] if parts else "", number(parts, 1))
    await say.toast("")
    await say.new(screen)


async def _explained(actor: Actor, v: Viewer, ask: Ask, name: str, id_: int) -> Screen:
    return views.how(v, *await ask(calendar.explain, actor, name, id_))
