"""Finding, registering and completing customer records, in private (CUS-1 to CUS-3)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.dialogs import customers as forms
from bot.dialogs.customers import dialogs
from bot.handling import Ask
from bot.screens import Say
from bot.views import customers as views
from bot.views.base import Viewer
from core import customers
from core.access import STAFF, Actor
from core.errors import NotFound
from core.ids import CustomerId

__all__ = ["dialogs", "router"]
CUSTOMER = command("customer", ("客户",), N_("Find or register a customer"), Place.PRIVATE, STAFF)


def router() -> Router:
    made = Router(name="customers")
    made.message.register(customer, Said(CUSTOMER))
    made.callback_query.register(card, OnPress("cust"))
    made.callback_query.register(parts_of, OnPress("cue"))
    made.callback_query.register(fill_in, OnPress("cuf", private=True))
    made.callback_query.register(register, OnPress("cun", private=True))
    return made


async def customer(
    message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    if not args:
        await forms.begin_finding(dialog_manager, actor)
    elif (draft := views.read_new(args)) is not None:
        made = await forms.begin_registering(dialog_manager, draft)
        if made is not None:
            await say(views.registered(v, made))
    else:
        await say(views.found(v, await ask(customers.search, actor, args), actor.name))


async def card(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    record = await ask(customers.view, actor, CustomerId(number(parts)))
    await say.toast("")
    await say.new(views.card(v, record))


async def parts_of(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    record = await ask(customers.view, actor, CustomerId(number(parts)))
    await say.toast("")
    await say.new(views.parts(v, record))


async def fill_in(
    query: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    field = parts[1] if len(parts) > 1 else ""
    if field not in views.EDITABLE:
        raise NotFound("button", field)
    record = await ask(customers.view, actor, CustomerId(number(parts)))
    await say.toast("")
    await forms.begin_filling(dialog_manager, record, field)


async def register(query: CallbackQuery, say: Say, dialog_manager: DialogManager) -> None:
    await say.toast("")
    await forms.begin_registering(dialog_manager, customers.Draft(""))
