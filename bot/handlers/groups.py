"""Binding a group chat from inside it, and the bot's coming into one (ORG-2, ORG-3).

What happens to groups whoever causes it (moves, titles, members) is followed by `bot.middlewares.chats`.
"""

from __future__ import annotations

import contextlib

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.filters import JOIN_TRANSITION, ChatMemberUpdatedFilter
from aiogram.types import CallbackQuery, ChatMemberAdministrator, ChatMemberUpdated, Message, ResultChatMemberUnion

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.handlers.people import START, name_of
from bot.handling import Ask, Do
from bot.middlewares.chats import GROUPS
from bot.screens import Say, send
from bot.views import groups as views
from bot.views.base import Viewer
from core import groups
from core.access import Actor, Role
from core.errors import NotFound
from core.groups import Group
from core.ids import AccountId, DepartmentId, GroupId

BIND = command("bind", ("绑定",), N_("Make this chat a work group"), Place.GROUP, (Role.ADMIN,))
UNBIND = command("unbind", ("取消绑定",), N_("Make this chat an ordinary group again"), Place.GROUP, (Role.ADMIN,))


def router() -> Router:
    made = Router(name="groups")
    made.message.register(asks_binding, Said(START), Payload(views.JOIN_PREFIX))
    made.message.register(bind, Said(BIND))
    made.message.register(unbind, Said(UNBIND))
    made.callback_query.register(bind_to, OnPress("bindto"))
    made.my_chat_member.register(added, F.chat.type.in_(GROUPS), ChatMemberUpdatedFilter(JOIN_TRANSITION))
    return made


async def bind(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say, bot: Bot) -> None:
    department, purposes = views.read_binding(args)
    if department is None or not purposes:
        await say(views.offer(v, await ask(groups.offer, actor, department, purposes)))
        return
    group = await do(groups.bind, actor, message.chat.title or "", department or None, purposes)
    await _welcome(message.chat.id, group, actor, v, do, say, bot)


async def bind_to(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say, bot: Bot
) -> None:
    department, purposes = _department(parts), views.purposes_in(parts[1])
    if not purposes:
        await say(views.offer(v, await ask(groups.offer_purposes, actor, department)))
    else:
        title = (query.message.chat.title if query.message else None) or ""
        group = await do(groups.bind_chosen, actor, title, department, purposes)
        await _welcome(group.chat, group, actor, v, do, say, bot)
    await say.toast("")


async def _welcome(chat: int, group: Group, actor: Actor, v: Viewer, do: Do, say: Say, bot: Bot) -> None:
    """Show the binding, and ask those for their names who are known to be in the chat: its administrators."""
    administrators: list[ResultChatMemberUnion] = []
    with contextlib.suppress(TelegramForbiddenError, TelegramBadRequest):
        administrators = await bot.get_chat_administrators(chat)
    own = next((one for one in administrators if one.user.id == bot.id), None)
    await say(views.bound(v, group, hears=isinstance(own, ChatMemberAdministrator) and own.can_delete_messages))
    people = [(AccountId(one.user.id), one.user.full_name) for one in administrators if not one.user.is_bot]
    await do(groups.meet_present, actor, people)


def _department(parts: list[str]) -> DepartmentId | None:
    """The department in a button's data, None for the whole company. Raises NotFound."""
    if len(parts) != 2:  # noqa: PLR2004  # department and purposes
        raise NotFound("department", ":".join(parts))
    return DepartmentId(number(parts)) or None


async def unbind(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.unbound(v, await do(groups.unbind, actor)))


async def added(event: ChatMemberUpdated, actor: Actor, v: Viewer, bot: Bot) -> None:
    """A group that is bound already has only moved; one in which the bot may not write is not greeted."""
    if actor.group is None:
        with contextlib.suppress(TelegramForbiddenError, TelegramBadRequest):
            await send(bot, event.chat.id, views.greeting(v))


async def asks_binding(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    group = GroupId(number([payload]))
    await say(views.binding_asked(v, await do(groups.ask_binding, actor, group, *name_of(message))))
