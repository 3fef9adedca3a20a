"""Leads: registering, claiming in the group, assigning, reporting, giving back, closing (LED-1 to LED-6)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.callbacks import OnPress
from bot.commands import N_, Payload, Place, Said, command
from bot.dialogs.leads import GiveBackForm, ReportForm, dialogs, first_step
from bot.errors import plain
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import leads as views
from bot.views.base import Viewer
from core import leads
from core.access import MANAGERS, Actor, Role
from core.ids import LeadId, MessageId, PersonId
from core.leads import REGISTRANTS, LeadState

__all__ = ["dialogs", "listeners", "router"]

OWNERS = (Role.SALESPERSON, *MANAGERS)
ASSIGNERS = (Role.SERVICE, *MANAGERS)
LEAD = command("lead", ("线索",), N_("Register a lead"), Place.PRIVATE, REGISTRANTS)
LEADS = command("leads", ("线索列表",), N_("Open leads"), Place.PRIVATE, REGISTRANTS)
ASSIGN = command("assign", ("指派",), N_("Give a lead to somebody: /assign 7 name"), Place.PRIVATE, ASSIGNERS)
REPORT = command("report", ("汇报",), N_("Report progress of a lead: /report 7 text"), Place.BOTH, OWNERS)
GIVE_BACK = command("giveback", ("退回",), N_("Give a lead back: /giveback 7 reason"), Place.PRIVATE, OWNERS)
WON = command("won", ("成交",), N_("A lead became a deal: /won 7"), Place.PRIVATE, OWNERS)
LOST = command("lost", ("丢单",), N_("A lead came to nothing: /lost 7 reason"), Place.PRIVATE, OWNERS)


class RepliesToLead(Filter):
    """Passes a reply to one's private lead card; hands on `lead`."""

    async def __call__(self, message: Message, actor: Actor, ask: Ask) -> bool | dict[str, Any]:
        if message.reply_to_message is None or not actor.has(*OWNERS):
            return False
        lead = await ask(leads.replied_to, actor, MessageId(message.reply_to_message.message_id))
        return {"lead": lead} if lead is not None else False


def router() -> Router:
    made = Router(name="leads")
    made.message.register(assign_from_link, Said(START), Payload(views.ASSIGN_LINK))
    made.message.register(lead, Said(LEAD))
    made.message.register(listing, Said(LEADS))
    made.message.register(assign, Said(ASSIGN))
    made.message.register(report, Said(REPORT))
    made.message.register(give_back, Said(GIVE_BACK))
    made.message.register(won, Said(WON))
    made.message.register(lost, Said(LOST))
    made.callback_query.register(claim, OnPress("lclaim"))
    made.callback_query.register(pick, OnPress("lpick"))
    made.callback_query.register(give, OnPress("lgive"))
    made.callback_query.register(contacted, OnPress("lcont"))
    made.callback_query.register(open_report, OnPress("lrep", private=True))
    made.callback_query.register(open_give_back, OnPress("lback", private=True))
    made.callback_query.register(press_won, OnPress("lwon"))
    made.callback_query.register(press_lost, OnPress("llost"))
    return made


def listeners() -> Router:
    made = Router(name="leads.replies")
    made.message.register(reply, F.chat.type == ChatType.PRIVATE, RepliesToLead())
    return made


def _lead(parts: list[str]) -> LeadId:
    return views.read_numbered(parts[0] if parts else "", "")[0]


async def lead(_: Message, args: str, actor: Actor, v: Viewer, ask: Ask, dialog_manager: DialogManager) -> None:
    regions = await ask(leads.regions, actor)
    draft, bad_phone = leads.read_line(v.rulebook, regions, args)
    state, data = await first_step(actor, ask, draft, bad_phone)
    await dialog_manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def listing(_: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.board(v, await ask(leads.board, actor)))


async def claim(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    given = await do(leads.claim, actor, _lead(parts))
    await say.toast(plain(views.claimed(v, given)), alert=True)


async def assign(message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    lead_id, name = views.read_numbered(args, v.t("/assign 7 name"))
    if not name:
        await say(views.candidates(v, *await ask(leads.candidates, actor, lead_id)))
        return
    await say(views.assigned(v, await do(leads.assign_by_name, actor, lead_id, name)))


async def assign_from_link(message: Message, payload: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    lead_id, _ = views.read_numbered(payload, v.t("/assign 7 name"))
    await say(views.candidates(v, *await ask(leads.candidates, actor, lead_id)))


async def pick(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(leads.candidates, actor, _lead(parts))
    await say.toast("")
    await say.new(views.candidates(v, *found))


async def give(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    person = PersonId(_lead(parts[1:]))
    given = await do(leads.assign, actor, _lead(parts), person)
    await say.toast("")
    await say(views.assigned(v, given))


async def contacted(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(plain(views.contact_noted(v, await do(leads.contacted, actor, _lead(parts)))))


async def report(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    lead_id, text = views.read_numbered(args, v.t("/report 7 called, wants a quote by Friday"))
    await say(views.reported(v, await do(leads.report, actor, lead_id, text)))


async def reply(message: Message, lead: LeadId, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    text = message.text or message.caption
    if text is None:  # a voice note or picture says that there was contact, and is no record
        await say(views.contact_noted(v, await do(leads.contacted, actor, lead)))
        return
    await say(views.reported(v, await do(leads.report, actor, lead, text)))


async def give_back(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    lead_id, reason = views.read_numbered(args, v.t("/giveback 7 reason"))
    await say(views.returned(v, await do(leads.give_back, actor, lead_id, reason)))


async def won(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    lead_id, text = views.read_numbered(args, v.t("/won 7"))
    await say(views.closed(v, await do(leads.close, actor, lead_id, LeadState.WON, text)))


async def lost(_: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    lead_id, text = views.read_numbered(args, v.t("/lost 7 reason"))
    await say(views.closed(v, await do(leads.close, actor, lead_id, LeadState.LOST, text)))


async def press_won(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.closed(v, await do(leads.close, actor, _lead(parts), LeadState.WON)).text)


async def press_lost(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await say.toast(views.closed(v, await do(leads.close, actor, _lead(parts), LeadState.LOST)).text)


async def open_report(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    own = await ask(leads.own, actor, _lead(parts))
    await say.toast("")
    await _open(dialog_manager, ReportForm.result, own.id)


async def open_give_back(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    own = await ask(leads.own, actor, _lead(parts))
    await say.toast("")
    await _open(dialog_manager, GiveBackForm.reason, own.id)


async def _open(manager: DialogManager, state: Any, lead_id: LeadId) -> None:
    await manager.start(state, data={"lead": lead_id}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
