"""What the one who asks can do here."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from bot.commands import CATALOGUE, N_, Place, Said, command
from bot.screens import Say
from bot.views import help as views
from bot.views.base import Viewer
from core.access import ANYONE, Actor

HELP = command("help", ("帮助",), N_("What you can do"), Place.BOTH, ANYONE)


def router() -> Router:
    made = Router(name="help")
    made.message.register(help_, Said(HELP))
    return made


async def help_(_: Message, actor: Actor, v: Viewer, say: Say) -> None:
    entries = [entry for entry in CATALOGUE.values() if entry.is_for(actor.roles, private=v.private)]
    await say(views.commands(v, [(entry.name, entry.words[0], entry.does) for entry in entries]))
