"""Handing over: beginning, giving, confirming, signing; all in private (ORG-8)."""

from __future__ import annotations

import asyncio

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot import sheets
from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.dialogs import handover as forms
from bot.dialogs.handover import dialogs
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import handover as views
from bot.views.base import Viewer
from core import handover
from core.access import Actor
from core.errors import NotFound
from core.handover import RUNNERS
from core.ids import HandoverId, HandoverItemId, PersonId

__all__ = ["dialogs", "router"]
HANDOVER = command("handover", ("交接", "离职交接"), N_("Handover of somebody who leaves"), Place.PRIVATE, RUNNERS)
OPENING_FORMS = ("hon", "hom", "hor")


def router() -> Router:
    made = Router(name="handover")
    made.message.register(begin_with, Said(HANDOVER))
    for name, handler in (
        ("hob", begin),
        ("hok", leave_it),
        ("hoo", overview),
        ("hol", areas),
        ("hoa", area),
        ("hoi", detail),
        ("hoc", choose),
        ("hon", name_one),
        ("hoe", candidates),
        ("hop", choose_all),
        ("hom", name_all),
        ("hos", send),
        ("hox", ask_cancel),
        ("hoxy", cancel),
        ("hoy", accept_all),
        ("hoyi", accept),
        ("hor", refuse),
        ("hot", offered),
        ("hod", offered_item),
        ("hog", sign_as_giver),
        ("hoz", sign),
        ("hoq", result),
        ("hoqx", spreadsheet),
    ):
        made.callback_query.register(handler, OnPress(name, private=name in OPENING_FORMS))
    return made


def _area(parts: list[str], at: int) -> str:
    name = parts[at] if at < len(parts) else ""
    if name not in handover.HOLDINGS:
        raise NotFound("button", name)
    return name


def _page(parts: list[str], at: int) -> int:
    return number(parts, at) if at < len(parts) else 0


# Whoever runs it ----------------------------------------------------------------------------------------


async def begin_with(message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    if args:
        await say(views.before(v, await ask(handover.before, actor, args)))
    else:
        await say(views.recent(v, await ask(handover.recent, actor)))


async def begin(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    begun = await do(handover.begin, actor, PersonId(number(parts)))
    await say.toast("")
    await say(views.overview(v, await ask(handover.overview, actor, begun.id)))


async def leave_it(_: CallbackQuery, v: Viewer, say: Say) -> None:
    await say.toast("")
    await say(views.left_alone(v))


async def overview(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    seen = await ask(handover.overview, actor, HandoverId(number(parts)))
    await say.toast("")
    await say(views.overview(v, seen))


async def areas(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    seen = await ask(handover.overview, actor, HandoverId(number(parts)))
    await say.toast("")
    await say.new(views.areas(v, seen))


async def area(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    of = _area(parts, 1)
    one, items = await ask(handover.of_area, actor, HandoverId(number(parts)), of)
    await say.toast("")
    await say(views.area(v, one, of, items, _page(parts, 2)))


async def detail(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    seen = await ask(handover.detail, actor, HandoverItemId(number(parts)))
    await say.toast("")
    await say(views.detail(v, seen))


async def choose(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    item = await do(handover.choose, actor, HandoverItemId(number(parts)), PersonId(number(parts, 1)))
    await say.toast(views.chosen(v, item))
    one, items = await ask(handover.of_area, actor, item.handover, item.area)
    await say(views.area(v, one, item.area, items, 0))


async def name_one(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    seen = await ask(handover.detail, actor, HandoverItemId(number(parts)))
    await say.toast("")
    await forms.begin_naming(dialog_manager, item=seen.item.id)


async def candidates(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    of = _area(parts, 1)
    one, found = await ask(handover.candidates, actor, HandoverId(number(parts)), of)
    await say.toast("")
    await say(views.candidates(v, one, of, found))


async def choose_all(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    of = _area(parts, 1)
    one, count = await do(handover.choose_all, actor, HandoverId(number(parts)), of, PersonId(number(parts, 2)))
    await say.toast(views.chosen_all(v, count))
    _one, items = await ask(handover.of_area, actor, one.id, of)
    await say(views.area(v, one, of, items, 0))


async def name_all(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    of = _area(parts, 1)
    seen = await ask(handover.overview, actor, HandoverId(number(parts)))
    await say.toast("")
    await forms.begin_naming(dialog_manager, handover=seen.handover.id, area=of)


async def send(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    one = await do(handover.send, actor, HandoverId(number(parts)))
    await say.toast(views.sent(v))
    await say(views.overview(v, await ask(handover.overview, actor, one.id)))


async def ask_cancel(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    seen = await ask(handover.overview, actor, HandoverId(number(parts)))
    await say.toast("")
    await say.new(views.sure_to_cancel(v, seen))


async def cancel(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    one = await do(handover.cancel, actor, HandoverId(number(parts)))
    await say.toast("")
    await say(views.overview(v, await ask(handover.overview, actor, one.id)))


async def sign(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    one = await do(handover.sign, actor, HandoverId(number(parts)))
    if one.is_open:
        await say.toast(views.still_theirs(v), alert=True)
        return
    await say.toast(views.signed(v, one))
    await say(views.signed_list(v, one))


# Receivers ----------------------------------------------------------------------------------------------


async def accept_all(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await do(handover.accept_all, actor, HandoverId(number(parts)))
    await say.toast(views.accepted(v))


async def accept(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    one = await do(handover.accept, actor, HandoverItemId(number(parts)))
    await say.toast(views.accepted(v))
    await say(views.offered(v, *await ask(handover.offered, actor, one.id), page=0))


async def refuse(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    one, item = HandoverId(number(parts)), number(parts, 1)
    chosen = HandoverItemId(item) if item else None
    await ask(handover.refusable, actor, one, chosen)
    await say.toast("")
    await forms.begin_refusing(dialog_manager, one, chosen)


async def offered(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    one, items = await ask(handover.offered, actor, HandoverId(number(parts)))
    await say.toast("")
    await say(views.offered(v, one, items, _page(parts, 1)))


async def offered_item(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    _one, item, history = await ask(handover.offered_item, actor, HandoverItemId(number(parts)))
    await say.toast("")
    await say(views.offered_item(v, item, history))


# The leaver, and the list -------------------------------------------------------------------------------


async def sign_as_giver(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await do(handover.sign_as_giver, actor, HandoverId(number(parts)))
    await say.toast(views.giver_signed(v))


async def result(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(handover.result, actor, HandoverId(number(parts)))
    await say.toast("")
    if len(parts) > 1:
        await say(views.result(v, found, _page(parts, 1)))
    else:
        await say.new(views.result(v, found))


async def spreadsheet(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(handover.result, actor, HandoverId(number(parts)))
    await say.toast("")
    name, heading, rows = views.sheet(v, found)
    await say.file(name, await asyncio.to_thread(sheets.workbook, heading, rows))
