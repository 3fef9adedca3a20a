"""Logging visits and planning them, in private (VIS-2, VIS-3)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.dialogs import visits as forms
from bot.dialogs.visits import dialogs
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import visits as views
from bot.views.base import Viewer
from core import visits
from core.access import STAFF, Actor
from core.errors import NotFound
from core.ids import CustomerId, MessageId, PlanId, VisitId

__all__ = ["dialogs", "listeners", "router"]
VISIT = command("visit", ("拜访",), N_("Log a visit"), Place.PRIVATE, STAFF)
PLAN = command("plan", ("拜访计划",), N_("Plan a visit"), Place.PRIVATE, STAFF)
VISITS = command("visits", ("拜访记录",), N_("My visits and plans"), Place.PRIVATE, STAFF)


def router() -> Router:
    made = Router(name="visits")
    made.message.register(visit, Said(VISIT))
    made.message.register(plan, Said(PLAN))
    made.message.register(history, Said(VISITS))
    made.callback_query.register(visit_at, OnPress("vs", private=True))
    made.callback_query.register(plan_new, OnPress("vpn", private=True))
    made.callback_query.register(other_day, OnPress("vnd"))
    made.callback_query.register(move, OnPress("vn"))
    made.callback_query.register(drop, OnPress("vpx"))
    made.callback_query.register(agree, OnPress("vpo"))
    made.callback_query.register(comment, OnPress("vpc", private=True))
    return made


def listeners() -> Router:
    made = Router(name="visits.replies")
    private = F.chat.type == ChatType.PRIVATE
    made.message.register(replied, private, F.text, F.reply_to_message, answers_plan)
    return made


async def visit(message: Message, args: str, v: Viewer, say: Say, dialog_manager: DialogManager) -> None:
    if not await forms.begin_visit(dialog_manager, args):
        await say(views.no_customers(v))


async def visit_at(
    query: CallbackQuery, parts: list[str], v: Viewer, say: Say, dialog_manager: DialogManager
) -> None:
    customer = CustomerId(number(parts)) if parts else None
    begun = await forms.begin_visit(dialog_manager, customer=customer)
    await say.toast("")
    if not begun:
        await say.new(views.no_customers(v))


async def plan(
    message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say, dialog_manager: DialogManager
) -> None:
    if args:
        await say(views.planned(v, await do(visits.plan_line, actor, args)))
    elif not await forms.begin_plan(dialog_manager):
        await say(views.no_customers(v))


async def plan_new(query: CallbackQuery, v: Viewer, say: Say, dialog_manager: DialogManager) -> None:
    await say.toast("")
    if not await forms.begin_plan(dialog_manager):
        await say.new(views.no_customers(v))


async def history(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    plans, coming = await ask(visits.coming, actor)
    await say(views.history(v, await ask(visits.mine, actor), plans, coming))


async def other_day(query: CallbackQuery, parts: list[str], v: Viewer, say: Say) -> None:
    await say.toast("")
    await say.new(views.other_days(v, number(parts)))


async def move(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    moved = await do(visits.move_next, actor, VisitId(number(parts)), number(parts, 1))
    await say.toast("")
    await say(views.moved(v, moved))


async def drop(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    dropped = await do(visits.drop, actor, PlanId(number(parts)))
    await say.toast("")
    await say(views.dropped(v, dropped))


async def agree(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.comment_sent(v, await do(visits.remark, actor, PlanId(number(parts)))).text)


async def comment(
    query: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    found = await ask(visits.read_plan, actor, PlanId(number(parts)))
    if found.person == actor.person:
        raise NotFound("plan", str(found.id))
    await say.toast("")
    await forms.begin_comment(dialog_manager, found)


async def answers_plan(message: Message, actor: Actor, ask: Ask) -> bool | dict[str, Any]:
    """A reply to a plan's card, known by the card's id alone (P44)."""
    if not actor.is_staff or message.reply_to_message is None:
        return False
    found = await ask(visits.plan_replied_to, actor, MessageId(message.reply_to_message.message_id))
    return {"plan_id": found} if found is not None else False


async def replied(message: Message, plan_id: PlanId, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say(views.comment_sent(v, await do(visits.remark, actor, plan_id, message.text or "")))
