"""Opening the private chat, invite links, the staff register (ORG-1)."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import KICKED, MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated, Message

from bot.commands import N_, Place, Said, command
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import people as views
from bot.views.base import Viewer
from core import people
from core.access import ANYONE, MANAGERS, STAFF, Actor, Role

START = command("start", ("开始",), N_("Begin"), Place.PRIVATE, ANYONE)
ME = command("me", ("我是谁",), N_("My staff record"), Place.PRIVATE, STAFF)
LANGUAGE = command("language", ("语言",), N_("中文 / English"), Place.PRIVATE, ANYONE)
INVITE = command("invite", ("邀请",), N_("Invite link for a colleague"), Place.PRIVATE, (Role.ADMIN,))
REVOKE = command("revoke", ("解绑",), N_("Take a colleague's account off"), Place.PRIVATE, (Role.ADMIN,))
STAFF_LIST = command("staff", ("人员",), N_("Staff register"), Place.PRIVATE, (Role.ADMIN, *MANAGERS))


def router() -> Router:
    made = Router(name="people")
    private = F.chat.type == ChatType.PRIVATE
    made.message.register(start, Said(START))
    made.message.register(me, Said(ME))
    made.message.register(language, Said(LANGUAGE))
    made.message.register(invite, Said(INVITE))
    made.message.register(revoke, Said(REVOKE))
    made.message.register(staff, Said(STAFF_LIST))
    made.my_chat_member.register(blocked, private, ChatMemberUpdatedFilter(KICKED))
    made.my_chat_member.register(unblocked, private, ChatMemberUpdatedFilter(MEMBER))
    return made


async def start(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    user = message.from_user
    name, username = (user.full_name, user.username or "") if user else ("", "")
    if args.startswith(views.INVITE_PREFIX):
        person = await do(people.redeem, actor, args.removeprefix(views.INVITE_PREFIX), name, username)
        await say(views.welcome_staff(v, person))
        return
    await do(people.open_chat, actor, name, username)
    await say(views.welcome(v, actor))


async def me(_: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.record(v, await ask(people.me, actor)))


async def language(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    chosen = await do(people.choose_language, actor, "en" if v.language == "zh_CN" else "zh_CN")
    await say(views.language_chosen(v, chosen))


async def invite(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    if not args:
        await say(views.invites(v, await do(people.invite_unbound, actor)))
        return
    person, link = await do(people.invite, actor, args)
    await say(views.invites(v, [(person, link)]))


async def revoke(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.revoked(v, await do(people.revoke, actor, args)))


async def staff(_: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.register(v, await ask(people.staff, actor)))


async def blocked(event: ChatMemberUpdated, actor: Actor, do: Do) -> None:
    await do(people.mark_reachable, actor, False)


async def unblocked(event: ChatMemberUpdated, actor: Actor, do: Do) -> None:
    await do(people.mark_reachable, actor, True)
