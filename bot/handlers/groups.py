"""Binding a group chat from inside it, and following its migration (ORG-2, P45)."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import Message

from bot.commands import N_, Place, Said, command
from bot.handling import Do
from bot.screens import Say
from bot.views import groups as views
from bot.views.base import Viewer
from core import groups
from core.access import Actor, Role
from core.ids import ChatId

BIND = command("bind", ("绑定",), N_("Make this chat a work group"), Place.GROUP, (Role.ADMIN,))
UNBIND = command("unbind", ("取消绑定",), N_("Make this chat an ordinary group again"), Place.GROUP, (Role.ADMIN,))


def router() -> Router:
    made = Router(name="groups")
    made.message.register(bind, Said(BIND))
    made.message.register(unbind, Said(UNBIND))
    made.message.register(migrated, F.migrate_to_chat_id)
    return made


async def bind(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    department, purposes = views.read_binding(v, args)
    await say(views.bound(v, await do(groups.bind, actor, message.chat.title or "", department, purposes)))


async def unbind(_: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.unbound(v, await do(groups.unbind, actor)))


async def migrated(message: Message, actor: Actor, do: Do) -> None:
    await do(groups.migrate, actor, ChatId(message.chat.id), ChatId(message.migrate_to_chat_id or 0))
