"""The duty roster: seeing it, filling it, swapping a day (ORG-9)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.dialogs import duty as forms
from bot.dialogs.duty import dialogs
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import duty as views
from bot.views import duty_words
from bot.views.base import Screen, Viewer
from core import duty, people
from core.access import MANAGERS, STAFF, Actor, Role, authorise
from core.ids import SwapId

__all__ = ["dialogs", "router"]
DUTY = command("duty", ("值班",), N_("Who is on duty on holidays; fill and swap"), Place.BOTH, STAFF)


def router() -> Router:
    made = Router(name="duty")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(duty_, Said(DUTY))
    made.callback_query.register(fill, OnPress(views.FILL, private=True))
    made.callback_query.register(swap, OnPress(views.SWAP, private=True))
    made.callback_query.register(accept, OnPress(views.ACCEPT))
    made.callback_query.register(decline, OnPress(views.DECLINE))
    made.callback_query.register(withdraw, OnPress(views.WITHDRAW))
    return made


async def duty_(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    if not args:
        await say(await _overview(actor, v, ask))
        return
    authorise(duty.fill_lines, actor)
    wanted = duty_words.read_lines(args, v.rulebook.working_time.local_date(v.now))
    await say(views.filled(v, await do(duty.fill_lines, actor, wanted)))


async def opened(message: Message, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    user = message.from_user
    await do(people.open_chat, actor, user.full_name if user else "", (user.username or "") if user else "")
    await say(await _overview(actor, v, ask))


async def _overview(actor: Actor, v: Viewer, ask: Ask) -> Screen:
    found = await ask(duty.overview, actor)
    return views.overview(v, found, fillable=actor.has(Role.ADMIN, *MANAGERS))


async def fill(query: CallbackQuery, actor: Actor, say: Say, dialog_manager: DialogManager) -> None:
    authorise(duty.fill, actor)
    await say.toast("")
    await forms.begin_fill(dialog_manager)


async def swap(
    query: CallbackQuery, actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    mine = await ask(duty.duties_of, actor, actor.staff_id)
    await say.toast("")
    if mine:
        await forms.begin_swap(dialog_manager)
    else:
        await say.new(views.no_duties(v))


async def accept(query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(duty.accept, actor, SwapId(number(parts)))  # the card tells what came of it
    await say.toast("")


async def decline(query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(duty.decline, actor, SwapId(number(parts)))
    await say.toast("")


async def withdraw(query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(duty.withdraw_swap, actor, SwapId(number(parts)))
    await say.toast("")
