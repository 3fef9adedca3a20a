"""Complaints: customers' messages, the desk's buttons, the owner's replies (CMP-1 to CMP-7)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from bot.callbacks import OnPress, number
from bot.commands import N_, Payload, Place, Said, command
from bot.contents import content_of
from bot.dialogs.complaints import begin_note, begin_product, begin_register, dialogs
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import complaints as views
from bot.views.base import Viewer
from core import complaints
from core.access import STAFF, Actor, Role
from core.complaints import Content, IntakeId
from core.ids import ComplaintId, MessageId, PersonId

__all__ = ["dialogs", "listeners", "router"]

CUSTOMERS = (Role.STRANGER, Role.CUSTOMER)
COMPLAIN = command("complain", ("投诉",), N_("Complain, ask, get help"), Place.PRIVATE, CUSTOMERS)
STATUS = command("status", ("进度",), N_("How far is my case"), Place.PRIVATE, CUSTOMERS)
REGISTER = command("complaint", ("登记投诉",), N_("Register a customer's complaint"), Place.PRIVATE, STAFF)
CASES = command("complaints", ("投诉列表",), N_("Open complaints"), Place.PRIVATE, STAFF)
OPENING_FORMS = ("ca", "cprod")
PROMISE = command("promise", ("承诺",), N_("Promise a customer a day"), Place.PRIVATE, STAFF)


class FromCustomer(Filter):
    """Passes whatever somebody outside the company sends in private, unless it is a command; hands on `content`."""

    async def __call__(self, message: Message, actor: Actor) -> bool | dict[str, Any]:
        content = content_of(message)
        if actor.is_staff or content.is_empty or (message.text or "").startswith("/"):
            return False
        return {"content": content}


class RepliesToCase(Filter):
    """Passes a staff member's reply to a message about a case, found by the message's id alone (P44)."""

    async def __call__(self, message: Message, actor: Actor, ask: Ask) -> bool | dict[str, Any]:
        if not actor.is_staff or message.reply_to_message is None:
            return False
        replied_to = MessageId(message.reply_to_message.message_id)
        case = await ask(complaints.of_message, actor, replied_to)
        return False if case is None else {"case": case, "content": content_of(message)}


def router() -> Router:
    made = Router(name="complaints")
    made.message.register(linked, Said(START), Payload(views.LINK))
    made.message.register(complain, Said(COMPLAIN))
    made.message.register(status, Said(STATUS))
    made.message.register(register, Said(REGISTER))
    made.message.register(cases, Said(CASES))
    made.message.register(promise, Said(PROMISE))
    for name, handler in (
        ("ck", choose_kind),
        ("cw", choose_case),
        ("cnew", something_else),
        ("cno", nothing),
        ("cj", judge),
        ("cu", urge),
        ("ct", take_over),
        ("ca", act),
        ("co", open_case),
        ("cprod", product),
        ("cskip", skip_product),
    ):
        made.callback_query.register(handler, OnPress(name, private=name in OPENING_FORMS))
    # Before the forms: a reply answers the case it replies to, also while another case's form is open.
    made.message.register(replied, F.chat.type == ChatType.PRIVATE, RepliesToCase())
    return made


def listeners() -> Router:
    made = Router(name="complaints.listeners")
    made.message.register(hear, F.chat.type == ChatType.PRIVATE, FromCustomer())
    return made


# The customer -------------------------------------------------------------------------------------------


def _username(message: Message) -> str:
    return (message.from_user.username or "") if message.from_user else ""


async def complain(message: Message, args: str, actor: Actor, do: Do) -> None:
    await do(complaints.complain, actor, content_of(message, args), _username(message))


async def hear(message: Message, content: Content, actor: Actor, do: Do) -> None:
    await do(complaints.hear, actor, content, _username(message))


async def status(_: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.status(v, await ask(complaints.status, actor)))


async def choose_kind(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    intake, kind = IntakeId(number(parts)), parts[-1]
    complaint = await do(complaints.sort, actor, intake, kind)
    await say.toast(complaint.number)
    await say(views.chosen(v, complaint))


async def choose_case(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    intake, case = IntakeId(number(parts)), ComplaintId(number(parts, 1))
    complaint = await do(complaints.attach, actor, intake, case)
    await say.toast(complaint.number)
    await say(views.chosen(v, complaint))


async def something_else(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    intake = await ask(complaints.unsettled, actor, IntakeId(number(parts)))
    await say.toast("")
    await say(views.kinds(v, intake.id, 0))


async def nothing(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await do(complaints.nothing, actor, IntakeId(number(parts)))
    await say.toast("")
    await say(views.left_alone(v))


async def judge(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    case, round_, accepted = ComplaintId(number(parts)), number(parts, 1), parts[-1] == "1"
    complaint = await do(complaints.judge, actor, case, round_, accepted)
    await say.toast("")
    await say.new(views.judged(v, complaint, accepted))


async def urge(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    complaint, owner = await do(complaints.urge, actor, ComplaintId(number(parts)))
    await say.toast(views.urge_sent(v, complaint, owner))


async def product(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    case = ComplaintId(number(parts))
    await ask(complaints.receipt, actor, case)
    await say.toast("")
    await begin_product(dialog_manager, case)


async def skip_product(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    facts = await ask(complaints.receipt, actor, ComplaintId(number(parts)))
    await say.toast("")
    await say(views.receipt(v, {**facts, "skipped": True, "clause": "complaint.first_asked"}))


# Staff --------------------------------------------------------------------------------------------------


async def linked(
    message: Message, payload: str, actor: Actor, do: Do, ask: Ask, dialog_manager: DialogManager
) -> None:
    """A link to a case: to open it, or (`7_r`) to reply to the customer."""
    written, _, act = payload.partition("_")
    case = views.as_id(written)
    if act == "r":
        complaint = await ask(complaints.for_act, actor, case)
        await begin_note(dialog_manager, "reply", complaint)
        return
    await do(complaints.open_case, actor, case)


async def open_case(_: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say) -> None:
    await do(complaints.open_case, actor, ComplaintId(number(parts)))
    await say.toast("")


async def register(message: Message, args: str, actor: Actor, ask: Ask, dialog_manager: DialogManager) -> None:
    await begin_register(dialog_manager, content_of(message, args))


async def cases(_: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    if args:
        complaint = await ask(complaints.numbered, actor, args)
        await do(complaints.open_case, actor, complaint.id)
        return
    await say(views.cases(v, await ask(complaints.cases, actor)))


async def promise(_: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    case, day, reason = views.read_promise(v, args)
    complaint = await ask(complaints.numbered, actor, case)
    await do(complaints.promise, actor, complaint.id, day, reason)
    await say(views.done(v, "promise", complaint.number))


async def take_over(_: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    expected = number(parts, 1)
    complaint = await do(
        complaints.take_over, actor, ComplaintId(number(parts)), PersonId(expected) if expected else None
    )
    await say.toast(views.taken(v, complaint))


async def act(
    _: CallbackQuery, parts: list[str], actor: Actor, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    complaint = await ask(complaints.for_named_act, actor, ComplaintId(number(parts)), parts[-1])
    await say.toast("")
    await begin_note(dialog_manager, parts[-1], complaint)


async def replied(
    message: Message, case: ComplaintId, content: Content, actor: Actor, v: Viewer, do: Do, say: Say
) -> None:
    complaint = await do(complaints.reply, actor, case, content)
    await say(views.done(v, "reply", complaint.number))
