"""Reporting a place in private, the day's list, leave and excuses (CHK-1 to CHK-4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.contents import answers_bot, evidence_of, source_of_place
from bot.dialogs import leave as forms
from bot.dialogs.leave import dialogs
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import checkin_words
from bot.views import checkins as views
from bot.views import leave as leave_views
from bot.views.base import Viewer
from core import checkins, people
from core.access import MANAGERS, STAFF, Actor, Role
from core.approvals import Approval
from core.checkins import Absence, Excuse, NewAbsence, Report, Reported
from core.errors import NotFound
from core.geo import Point
from core.ids import AbsenceId, GroupId, MessageId, PersonId

__all__ = ["dialogs", "listeners", "router"]
CHECKIN = command("checkin", ("报到",), N_("Check-in: report my place, or the day's list"), Place.BOTH, STAFF)
LEAVE = command("leave", ("请假",), N_("Leave or business trip"), Place.PRIVATE, STAFF)
EXCUSE = command("excuse", ("准假",), N_("Excuse a missed check-in"), Place.BOTH, MANAGERS)
SAYS_WHERE = ("我在", "位置", "I'm at", "I am at")
LONGEST_PLACE = 200


def router() -> Router:
    made = Router(name="checkins")
    made.message.register(opened, Said(START), Payload(views.LINK))
    made.message.register(checkin, Said(CHECKIN))
    made.message.register(leave, Said(LEAVE))
    made.message.register(excuse, Said(EXCUSE))
    made.callback_query.register(leave_one_day, OnPress("leave"))
    made.callback_query.register(cancel_leave, OnPress("leave_x"))
    made.callback_query.register(page, OnPress("chk_page"))
    made.callback_query.register(settle, OnPress("chk_fix"))
    made.callback_query.register(settle_more, OnPress("chk_more"))
    made.callback_query.register(settle_one, OnPress("chk_one"))
    made.callback_query.register(settled, OnPress("chk_ok"))
    made.callback_query.register(why, OnPress("chk_why", private=True))
    return made


def listeners() -> Router:
    made = Router(name="checkins.places")
    private = F.chat.type == ChatType.PRIVATE
    made.message.register(located, private, F.location, from_staff)
    made.message.register(written, private, F.text, from_staff, is_a_place)
    made.edited_message.register(moved, private, F.location, from_staff)
    return made


async def from_staff(message: Message, actor: Actor) -> bool:
    return actor.is_staff


async def is_a_place(message: Message, actor: Actor, ask: Ask) -> bool:
    """A text counts when it says so, or answers the bot, and only while a place is asked for."""
    text = message.text or ""
    if text.startswith("/") or not (text.startswith(SAYS_WHERE) or answers_bot(message)):
        return False
    return await ask(checkins.awaits_place, actor)


# Reporting -----------------------------------------------------------------------------------------------


def report_of(message: Message, text: str = "") -> Report:
    """A message's place as plain values (P50)."""
    at, venue = message.location, message.venue
    return Report(
        source_of_place(message),
        Point(at.latitude, at.longitude) if at else None,
        at.horizontal_accuracy if at else None,
        message.date,
        MessageId(message.message_id),
        (venue.title if venue else text).strip()[:LONGEST_PLACE],
    )


async def located(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await _reported(v, say, await do(checkins.report, actor, report_of(message)))


async def written(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await _reported(v, say, await do(checkins.report, actor, report_of(message, message.text or "")))


async def _reported(v: Viewer, say: Say, answer: Reported) -> None:
    await say.after_sign(views.sign(answer), views.reported(v, answer))


async def moved(message: Message, actor: Actor, do: Do) -> None:
    if message.location is not None:
        point = Point(message.location.latitude, message.location.longitude)
        await do(checkins.move_live, actor, MessageId(message.message_id), point)


async def opened(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """A link from the group: one's own check-in, or the places of a list."""
    user = message.from_user
    await do(people.open_chat, actor, user.full_name if user else "", (user.username or "") if user else "")
    _, _, rest = payload.partition("_")
    if not rest:
        await say(views.mine(v, await ask(checkins.mine, actor)))
        return
    day, _, group = rest.partition("_")
    await say(await _roster(actor, v, ask, day, group, "0"))


async def checkin(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    reports = actor.has(*(Role(role) for role in v.rulebook.checkin.roles))
    if v.private and reports:
        if args:
            await _reported(v, say, await do(checkins.report, actor, report_of(message, args)))
        else:
            await say(views.mine(v, await ask(checkins.mine, actor)))
    elif actor.has(Role.ADMIN, *MANAGERS):
        await say(views.day_list(v, await ask(checkins.overview, actor)))
    elif v.private:
        await ask(checkins.mine, actor)  # refuses, and the refusal says why
    else:
        await say(views.go_private(v))


async def page(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    day, group, at = (*parts, "", "", "")[:3]
    screen = await _roster(actor, v, ask, day, group, at)
    await say.toast("")
    await say(screen)


async def _roster(actor: Actor, v: Viewer, ask: Ask, day: str, group: str, page_: str) -> Any:
    on, of = _day(day), GroupId(number([group]))
    return views.roster(v, on, of, await ask(checkins.roster, actor, on, of, number([page_])))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound("day", text) from error


# Leave ---------------------------------------------------------------------------------------------------


async def leave(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    """One's own; a manager may name somebody of theirs first."""
    today = v.rulebook.working_time.local_date(v.now)
    if not args:
        known, asked = await ask(checkins.my_absences, actor), await ask(checkins.my_requests, actor)
        await say(leave_views.form(v, today, known, asked))
        return
    name, text = checkin_words.split_name(args) if actor.has(*MANAGERS) else ("", args)
    if name and not text:
        await say(leave_views.of_somebody(v, *await ask(checkins.absences_of, actor, name)))
    elif name:
        entered = await do(checkins.enter_for, actor, name, checkin_words.read_leave(text, today))
        await say(leave_views.entered(v, *entered))
    else:
        _, file = evidence_of(message)
        absence = checkin_words.read_leave(text, today)
        await _answer(v, say, await do(checkins.ask_leave, actor, absence, [file] if file else []))


async def leave_one_day(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    day = _day(parts[0] if parts else "")
    asked = await do(checkins.ask_leave, actor, NewAbsence(day, day, Excuse.LEAVE, ""))
    await say.toast("")
    await _answer(v, say, asked)


async def _answer(v: Viewer, say: Say, asked: Absence | Approval) -> None:
    """What needs approval has a card of its own."""
    if isinstance(asked, Absence):
        await say(views.announced(v, asked))


async def why(
    query: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    """Ask to be excused: the reason in a form."""
    found = await ask(checkins.excusable, actor, _day(parts[0] if parts else ""))
    await say.toast("")
    await forms.begin(dialog_manager, found.day)


async def cancel_leave(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    absence = await do(checkins.cancel, actor, AbsenceId(number(parts)))
    await say.toast("")
    await say(views.cancelled(v, absence))


# Excusing ------------------------------------------------------------------------------------------------


async def excuse(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    today = v.rulebook.working_time.local_date(v.now)
    name, day, reason = checkin_words.read_excuse(args, today)
    await say(views.excused(v, await do(checkins.excuse_by_name, actor, name, day, reason)))


async def settle(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    day = _day(parts[0] if parts else "")
    found = await ask(checkins.to_settle, actor, day)
    await say.toast("")
    await say.new(views.to_settle(v, day, found))


async def settle_more(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    day = _day(parts[0] if parts else "")
    found = await ask(checkins.to_settle, actor, day)
    await say.toast("")
    await say(views.to_settle(v, day, found))


async def settle_one(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    day = parts[0] if parts else ""
    found = await ask(checkins.one_to_settle, actor, PersonId(number(parts, 1)), _day(day))
    await say.toast("")
    await say.new(views.one_to_settle(v, found))


async def settled(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    day, _, key = (*parts, "", "", "")[:3]
    reason = views.reasons(v).get(key)
    if reason is None:
        raise NotFound("reason", key)
    done = await do(checkins.excuse_on, actor, PersonId(number(parts, 1)), _day(day), reason)
    await say.toast("")
    await say(views.excused(v, done))
