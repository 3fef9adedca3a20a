"""The company's calendar: looking at a month, changing days (RULE-4)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.dialogs import calendar as forms
from bot.dialogs.calendar import dialogs
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import calendar as views
from bot.views import calendar_words as reading
from bot.views.base import Screen, Viewer
from core import calendar, people
from core.access import STAFF, Actor, Role, authorise
from core.calendar import DayChange
from core.ids import DayChangeId

__all__ = ["dialogs", "router"]
CALENDAR = command("calendar", ("日历",), N_("The company's calendar"), Place.BOTH, STAFF)


def router() -> Router:
    made = Router(name="calendar")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(calendar_, Said(CALENDAR))
    made.callback_query.register(turn, OnPress(views.MONTH))
    made.callback_query.register(begin, OnPress(views.CHANGE, private=True))
    made.callback_query.register(undo, OnPress(views.UNDO))
    return made


async def calendar_(
    message: Message,
    args: str,
    actor: Actor,
    v: Viewer,
    ask: Ask,
    say: Say,
    dialog_manager: DialogManager | None = None,
) -> None:
    today = v.rulebook.working_time.local_date(v.now)
    if reading.is_month(args, today):
        await say(await _month(args, actor, v, ask))
        return
    authorise(calendar.change, actor)
    wanted = await ask(calendar.check, actor, reading.read_change(args, today))
    if dialog_manager is None:
        await say(views.go_private(v))
    else:
        await forms.go_on(dialog_manager, wanted)


async def opened(message: Message, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """The link from a group, where nothing is changed."""
    user = message.from_user
    await do(people.open_chat, actor, user.full_name if user else "", (user.username or "") if user else "")
    await say(await _month("", actor, v, ask))


async def turn(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    screen = await _month(parts[0] if parts else "", actor, v, ask)
    await say.toast("")
    await say(screen)


async def _month(text: str, actor: Actor, v: Viewer, ask: Ask) -> Screen:
    shown = await ask(calendar.month, actor, reading.month_of(text, v.rulebook.working_time.local_date(v.now)))
    return views.month(v, shown, changeable=v.private and actor.has(Role.ADMIN))


async def begin(query: CallbackQuery, actor: Actor, say: Say, dialog_manager: DialogManager) -> None:
    authorise(calendar.change, actor)
    await say.toast("")
    await forms.begin(dialog_manager)


async def undo(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    undone = await do(calendar.undo, actor, DayChangeId(number(parts)))
    await say.toast("")
    if isinstance(undone, DayChange):  # what needs approval has a card of its own
        await say(views.changed(v, undone))
