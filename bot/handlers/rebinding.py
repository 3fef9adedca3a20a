"""A new phone: asking for one's record from another account (ORG-1)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from bot.commands import N_, Place, Said, command
from bot.contents import evidence_of
from bot.handlers.people import name_of
from bot.handling import Do
from bot.views import rebinding as views
from core.access import ANYONE, Actor
from core.people import rebinding

REBIND = command("rebind", ("换账号",), N_("Staff with a new phone or account"), Place.PRIVATE, ANYONE)


def router() -> Router:
    made = Router(name="rebinding")
    made.message.register(rebind, Said(REBIND))
    return made


async def rebind(message: Message, args: str, actor: Actor, do: Do) -> None:
    """The request's own card is the answer."""
    _, file = evidence_of(message)
    await do(rebinding.ask_rebind, actor, *views.read_claim(args), *name_of(message), file)
