"""Opening the private chat, invite links, the staff register and its file (ORG-1)."""

from __future__ import annotations

import asyncio
from io import BytesIO

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import KICKED, MEMBER, ChatMemberUpdatedFilter, Filter
from aiogram.types import CallbackQuery, ChatMemberUpdated, Document, Message
from aiogram_dialog import Dialog, DialogManager

from bot import sheets, stafffile
from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.dialogs import departments as trees
from bot.dialogs import people as forms
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import people as views
from bot.views.base import Viewer
from core import people
from core.access import ANYONE, MANAGERS, STAFF, Actor, Role, authorise
from core.ids import StaffImportId
from core.people import DepartmentFile, DepartmentPlan, Proposal, StaffFile

START = command("start", ("开始",), N_("Begin"), Place.PRIVATE, ANYONE)
ME = command("me", ("我是谁",), N_("My staff record"), Place.PRIVATE, STAFF)
LANGUAGE = command("language", ("语言",), N_("中文 / English"), Place.PRIVATE, ANYONE)
INVITE = command("invite", ("邀请",), N_("Invite link for a colleague"), Place.PRIVATE, (Role.ADMIN,))
REVOKE = command("revoke", ("解绑",), N_("Take a colleague's account off"), Place.PRIVATE, (Role.ADMIN,))
STAFF_LIST = command("staff", ("人员",), N_("Staff register"), Place.PRIVATE, (Role.ADMIN, *MANAGERS))
OPENING_FORMS = ("sff", "sft")
PRIVATE = F.chat.type == ChatType.PRIVATE


class IsAdmin(Filter):
    """Passes what an administrator sends; from others a document is not meant as a staff file."""

    async def __call__(self, message: Message, actor: Actor) -> bool:
        return actor.has(Role.ADMIN)


def router() -> Router:
    made = Router(name="people")
    made.message.register(redeem, Said(START), Payload(views.INVITE_PREFIX))
    made.message.register(start, Said(START))
    made.message.register(me, Said(ME))
    made.message.register(language, Said(LANGUAGE))
    made.message.register(invite, Said(INVITE))
    made.message.register(revoke, Said(REVOKE))
    made.message.register(staff, Said(STAFF_LIST))
    made.callback_query.register(invite_all, OnPress("inviteall"))
    for name, handler in (
        ("sff", find),
        ("sft", departments),
        ("sfm", more),
        ("sfx", export),
        ("sfy", take_over),
        ("sfn", leave_it),
        ("sfd", make_departments),
    ):
        made.callback_query.register(handler, OnPress(name, private=name in OPENING_FORMS))
    made.my_chat_member.register(blocked, PRIVATE, ChatMemberUpdatedFilter(KICKED))
    made.my_chat_member.register(unblocked, PRIVATE, ChatMemberUpdatedFilter(MEMBER))
    return made


def dialogs() -> list[Dialog]:
    return [*forms.dialogs(), *trees.dialogs()]


def listeners() -> Router:
    made = Router(name="people.listeners")
    made.message.register(staff_file, PRIVATE, F.document.as_("document"), IsAdmin())
    return made


def name_of(message: Message) -> tuple[str, str]:
    """The account's own name and username, where the platform tells them."""
    user = message.from_user
    return (user.full_name, user.username or "") if user else ("", "")


async def redeem(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.welcome_staff(v, await do(people.redeem, actor, payload, *name_of(message))))


async def start(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await do(people.open_chat, actor, *name_of(message))
    await say(views.welcome(v, actor))


async def me(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.record(v, *await ask(people.me, actor)))


async def language(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    other = "en" if v.language == "zh_CN" else "zh_CN"
    await say(views.language_chosen(await do(people.choose_language, actor, other, *name_of(message))))


async def invite(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    if not args:
        await say(views.invitations(v, await do(people.invite_unbound, actor)))
        return
    await say(views.invited(v, *await do(people.invite, actor, args)))


async def invite_all(query: CallbackQuery, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    given = await do(people.invite_unbound, actor)
    await say.toast("")
    await say.new(views.invitations(v, given))


async def revoke(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.revoked(v, await do(people.revoke, actor, args)))


async def staff(
    message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    if args and actor.has(Role.ADMIN):
        await forms.begin_card(dialog_manager, (await ask(people.one_to_manage, actor, args)).id)
        return
    await say(views.register(v, await ask(people.staff, actor), admin=actor.has(Role.ADMIN)))


async def staff_file(
    message: Message, document: Document, actor: Actor, v: Viewer, do: Do, say: Say, bot: Bot
) -> None:
    authorise(people.propose, actor)
    read = await _read(bot, document)
    if isinstance(read, StaffFile):
        await say(views.proposed(v, await do(people.propose, actor, read)))
    else:
        await say(views.proposed(v, await do(people.propose_tree, actor, read)))


async def take_over(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    outcome = await do(people.apply_file, actor, StaffImportId(number(parts)))
    await say.toast("")
    if isinstance(outcome, Proposal):
        await say(views.proposed(v, outcome))
    elif isinstance(outcome, DepartmentPlan):
        await say(views.tree_built(v, outcome))
    else:
        await say(views.imported(v, outcome, ()))


async def make_departments(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    found = await do(people.make_departments, actor, StaffImportId(number(parts)))
    await say.toast("")
    await say(views.proposed(v, found))


async def leave_it(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await do(people.drop_file, actor, StaffImportId(number(parts)))
    await say.toast("")
    await say(views.file_dropped(v))


async def find(query: CallbackQuery, actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager) -> None:
    await ask(people.may_manage, actor)
    await say.toast("")
    await forms.begin_finding(dialog_manager)


async def departments(query: CallbackQuery, actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager) -> None:
    await ask(people.may_manage, actor)
    await say.toast("")
    await trees.begin_tree(dialog_manager)


async def more(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await ask(people.may_manage, actor)
    await say.toast("")
    await say.new(views.more(v))


async def export(query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    name, heading, rows = views.register_sheet(v, await ask(people.whole_register, actor))
    await say.toast("")
    await say.file(name, await asyncio.to_thread(sheets.workbook, heading, rows))


async def _read(bot: Bot, document: Document) -> StaffFile | DepartmentFile:
    """The staff file in a document; one that is too large is not even fetched."""
    name = document.file_name or ""
    if (document.file_size or 0) > stafffile.MOST_BYTES:
        return stafffile.too_large(name)
    content = BytesIO()
    await bot.download(document, content)
    return await asyncio.to_thread(stafffile.read_any, content.getvalue(), name)


async def blocked(event: ChatMemberUpdated, actor: Actor, do: Do) -> None:
    await do(people.mark_reachable, actor, False)


async def unblocked(event: ChatMemberUpdated, actor: Actor, do: Do) -> None:
    await do(people.mark_reachable, actor, True)
