"""Looking into the ledger: one's own entries, and a team member's (LGR-1)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from bot.commands import N_, Place, Said, command
from bot.handling import Ask
from bot.screens import Say
from bot.views import ledger as views
from bot.views.base import Viewer
from core import ledger
from core.access import STAFF, Actor

LEDGER = command("ledger", ("台账",), N_("My entries in the ledger; managers: /ledger NAME"), Place.PRIVATE, STAFF)


def router() -> Router:
    made = Router(name="ledger")
    made.message.register(entries, Said(LEDGER))
    return made


async def entries(message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await (ask(ledger.of_team_member, actor, args) if args else ask(ledger.mine, actor))
    await say(views.listing(v, *found))
