"""Reading and searching the clauses in force (RULE-3)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress
from bot.commands import N_, Place, Said, command
from bot.screens import Say
from bot.views import rules as views
from bot.views.base import Viewer
from core.access import STAFF, Actor, authorise
from core.rules import read, search

RULES = command("rules", ("制度",), N_("Search the rules"), Place.BOTH, STAFF)


def router() -> Router:
    made = Router(name="rules")
    made.message.register(rules, Said(RULES))
    made.callback_query.register(clause, OnPress("rule"))
    return made


async def rules(_: Message, args: str, actor: Actor, v: Viewer, say: Say) -> None:
    authorise(search, actor)
    await say(views.found(v, args, search(v.rulebook, args)))


async def clause(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, say: Say) -> None:
    authorise(read, actor)
    await say.toast("")
    await say.new(views.clause(v, read(v.rulebook, parts[0] if parts else "")))
