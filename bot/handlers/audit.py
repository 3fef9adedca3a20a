"""Looking into the trail of what was done: of a matter, or of a person (OPS-4)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.handling import Ask
from bot.screens import Say
from bot.views import audit as views
from bot.views.base import Viewer
from core import audit
from core.access import Actor

AUDIT = command("audit", ("留痕", "历史"), N_("History of a matter or a person"), Place.PRIVATE, audit.READERS)


def router() -> Router:
    made = Router(name="audit")
    made.message.register(history, Said(AUDIT))
    made.callback_query.register(page, OnPress("audit", private=True))
    return made


async def history(_: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    subject = views.read_subject(args)
    if subject is not None:
        await say(views.history(v, await ask(audit.history, actor, subject)))
    elif args:
        await say(views.history(v, await ask(audit.deeds, actor, args)))
    else:
        await say(views.help_text(v))


async def page(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    before, subject = number(parts), ":".join(parts[1:])
    await say(views.history(v, await ask(audit.history, actor, subject, before or None)))
    await say.toast("")
