"""Deciding on requests, lists of them, delegations (APR-1). All in private."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.contents import evidence_of
from bot.dialogs import approvals as forms
from bot.dialogs.approvals import dialogs
from bot.handlers.people import START, name_of
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import approvals as views
from bot.views.base import Viewer
from core import approvals, people
from core.access import STAFF, Actor
from core.approvals import Approval, Tab
from core.errors import NotFound
from core.ids import ApprovalId, DeciderId, DelegationId, MessageId

__all__ = ["dialogs", "listeners", "router"]
APPROVALS = command("approvals", ("审批",), N_("Requests: for me to decide, and my own"), Place.PRIVATE, STAFF)
DELEGATE = command("delegate", ("代理",), N_("Let a colleague approve in my place"), Place.PRIVATE, STAFF)
TABS = {"": Tab.WAITING, "mine": Tab.MINE, "我的": Tab.MINE, "decided": Tab.DECIDED, "已审": Tab.DECIDED}


def router() -> Router:
    made = Router(name="approvals")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(show_list, Said(APPROVALS))
    made.message.register(delegate, Said(DELEGATE))
    for data, handler in (
        ("ap.yes", approve),
        ("ap.no", reject),
        ("ap.ask", ask_back),
        ("ap.say", answer),
    ):
        made.callback_query.register(handler, OnPress(data, private=True))
    made.callback_query.register(withdraw, OnPress("ap.back"))
    made.callback_query.register(show, OnPress("ap.show"))
    made.callback_query.register(turn, OnPress("ap.list"))
    made.callback_query.register(undelegate, OnPress("ap.undo"))
    return made


def listeners() -> Router:
    made = Router(name="approvals.replies")
    made.message.register(replied, F.chat.type == ChatType.PRIVATE, F.reply_to_message, answers_request)
    return made


# Deciding -------------------------------------------------------------------------------------------------


async def approve(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    done = await do(approvals.approve, actor, DeciderId(number(parts)))
    await say.toast(views.decided(v, done))


async def reject(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    """Only who could decide now is asked for words."""
    decider = DeciderId(number(parts))
    approval = await ask(approvals.to_decide, actor, decider)
    await say.toast("")
    await forms.begin(dialog_manager, forms.Saying.no, decider, views.headline(v, approval))


async def ask_back(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    decider = DeciderId(number(parts))
    approval = await ask(approvals.to_ask_back, actor, decider)
    await say.toast("")
    await forms.begin(dialog_manager, forms.Saying.question, decider, views.headline(v, approval))


async def answer(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    approval = await ask(approvals.to_answer, actor, ApprovalId(number(parts)))
    await say.toast("")
    await forms.begin(dialog_manager, forms.Saying.answer, approval.id, views.headline(v, approval))


async def withdraw(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    done = await do(approvals.withdraw, actor, ApprovalId(number(parts)))
    await say.toast(views.decided(v, done))


# Replies --------------------------------------------------------------------------------------------------


async def answers_request(message: Message, actor: Actor, ask: Ask) -> bool | dict[str, Any]:
    """A reply to a message about a request, known by the message's id alone (P44)."""
    if message.reply_to_message is None:
        return False
    found = await ask(approvals.replied_to, actor, MessageId(message.reply_to_message.message_id))
    return {"approval": found} if found is not None else False


async def replied(message: Message, approval: Approval, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    """An approver's words decide or ask; the requester's answer or add."""
    text, file = evidence_of(message)
    mine = approval.waits_for(actor.person)
    if mine is None:
        await say(views.added(v, await do(approvals.answer, actor, approval.id, text, file)))
        return
    reply = views.read_reply(text)
    if reply.meant is views.Meant.YES:
        await say(views.decided(v, await do(approvals.approve, actor, mine.id, reply.words)))
    elif reply.meant is views.Meant.NO:
        await say(views.decided(v, await do(approvals.reject, actor, mine.id, reply.words)))
    else:
        await say(views.asked_back(v, await do(approvals.ask_back, actor, mine.id, reply.words)))


# Lists ----------------------------------------------------------------------------------------------------


async def show_list(message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    if args.lstrip("#").isdecimal():
        for screen in views.detail(v, await ask(approvals.detail, actor, ApprovalId(number([args.lstrip("#")])))):
            await say(screen)
        return
    await say(views.listing(v, await ask(approvals.listed, actor, TABS.get(args.strip().lower(), Tab.WAITING))))


async def turn(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    tab = parts[0] if parts else ""
    if tab not in tuple(Tab):
        raise NotFound("button", tab)
    page = await ask(approvals.listed, actor, Tab(tab), number(parts, 1))
    await say.toast("")
    await say(views.listing(v, page))


async def show(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    screens = views.detail(v, await ask(approvals.detail, actor, ApprovalId(number(parts))))
    await say.toast("")
    for screen in screens:
        await say.new(screen)


async def opened(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """A link to a request: with its trace and files."""
    await do(people.open_chat, actor, *name_of(message))
    for screen in views.detail(v, await ask(approvals.detail, actor, ApprovalId(number([payload])))):
        await say(screen)


# Delegations ----------------------------------------------------------------------------------------------


async def delegate(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    if not args:
        await say(views.delegations(v, await ask(approvals.my_delegations, actor)))
        return
    name, first, last = views.read_delegation(args, v.rulebook.working_time.local_date(v.now))
    await say(views.delegated(v, await do(approvals.delegate, actor, name, first, last)))


async def undelegate(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    made = await do(approvals.end_delegation, actor, DelegationId(number(parts)))
    await say.toast("")
    await say(views.delegation_ended(v, made))
