"""Forms about complaints: a note or reply, order details, a case registered for a customer. All in private."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Select
from aiogram_dialog.widgets.text import Format

from bot.contents import content_of
from bot.dialogs.base import FromView, InsideWindow, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import complaints as views
from bot.views.customers import hit_label
from core import complaints
from core.complaints import Complaint, Content, Draft, Step, Verdict
from core.customers import Hit
from core.errors import NotUnderstood
from core.ids import ComplaintId, CustomerId


class NoteForm(StatesGroup):
    note = State()


class ProductForm(StatesGroup):
    field = State()


class RegisterForm(StatesGroup):
    text = State()
    kind = State()
    customer = State()
    record = State()


async def _begin(manager: DialogManager, state: State, data: dict[str, Any]) -> None:
    await manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


# A note or a reply --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """What the note is for."""

    name: str
    case: int
    number: str

    @staticmethod
    def of(manager: DialogManager) -> Act:
        return Act(**manager.start_data)  # type: ignore[arg-type]  # a dict, as begin_note gave it

    @property
    def id(self) -> ComplaintId:
        return ComplaintId(self.case)


async def begin_note(manager: DialogManager, act: str, complaint: Complaint) -> None:
    """Ask for the words that an act needs."""
    await _begin(manager, NoteForm.note, asdict(Act(act, complaint.id, complaint.number)))


async def _note_getter(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    act = Act.of(dialog_manager)
    text = views.prompt(viewer_of(dialog_manager), act.name, act.number)
    return {"text": text, "optional": act.name in views.OPTIONAL_NOTE}


async def _noted(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _carry_out(manager, content_of(message))


async def _skipped(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _carry_out(manager, Content())


async def _carry_out(manager: DialogManager, content: Content) -> None:
    act, do, actor, v = Act.of(manager), do_of(manager), actor_of(manager), viewer_of(manager)
    if content.file and act.name != "reply":
        raise NotUnderstood("note", content.media, v.t("a few words"))
    match act.name:
        case "reply":
            await do(complaints.reply, actor, act.id, content)
        case "phoned":
            await do(complaints.phoned, actor, act.id, content.text)
        case "refused":
            await do(complaints.refuse, actor, act.id, content.text)
        case "why":
            await do(complaints.explain_late, actor, act.id, content.text)
        case "promise":
            await do(complaints.promise, actor, act.id, *views.read_day(v, content.text))
        case "valid" | "invalid" as verdict:
            await do(complaints.advance, actor, act.id, Step.VERIFIED, content.text, Verdict(verdict))
        case step:
            await do(complaints.advance, actor, act.id, Step(step), content.text)
    await finish(manager, views.done(v, act.name, act.number))


# Order details ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Details:
    """What was filled in so far."""

    case: int
    given: dict[str, str] = field(default_factory=dict)
    at: int = 0

    @staticmethod
    def of(manager: DialogManager) -> Details:
        return Details(**(manager.dialog_data.get("details") or manager.start_data))  # type: ignore[arg-type]

    def keep(self, manager: DialogManager) -> None:
        manager.dialog_data["details"] = asdict(self)


async def begin_product(manager: DialogManager, case: ComplaintId) -> None:
    """Ask for order, batch, quantity …, each of which may be skipped."""
    await _begin(manager, ProductForm.field, asdict(Details(case)))


def _fields(manager: DialogManager) -> tuple[str, ...]:
    return viewer_of(manager).rulebook.complaints.product_fields


async def _field_getter(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    fields, at = _fields(dialog_manager), Details.of(dialog_manager).at
    shown = min(at, len(fields) - 1)
    return {"text": views.product_prompt(viewer_of(dialog_manager), fields[shown], shown + 1, len(fields))}


async def _filled(message: Message, _: MessageInput, manager: DialogManager) -> None:
    """A text fills the field; a photo or voice belongs to the case like any other message."""
    if message.text is None:
        await do_of(manager)(complaints.hear, actor_of(manager), content_of(message))
        return
    await _next_field(manager, message.text)


async def _left_out(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _next_field(manager, "")


async def _next_field(manager: DialogManager, value: str) -> None:
    details, fields = Details.of(manager), _fields(manager)
    details.given[fields[details.at]] = value
    details.at += 1
    if details.at == len(fields):
        await _save_details(manager, details)
        return
    details.keep(manager)


async def _enough(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _save_details(manager, Details.of(manager))


async def _save_details(manager: DialogManager, details: Details) -> None:
    case = ComplaintId(details.case)
    complaint = await do_of(manager)(complaints.add_product, actor_of(manager), case, details.given)
    await finish(manager, views.product_saved(viewer_of(manager), complaint))


# Registering for a customer -----------------------------------------------------------------------------


@dataclass(slots=True)
class Started:
    """A case being registered."""

    contents: list[dict[str, str]] = field(default_factory=list)
    kind: str = ""
    name: str = ""
    phone: str = ""

    @staticmethod
    def of(manager: DialogManager) -> Started:
        return Started(**(manager.dialog_data.get("started") or manager.start_data))  # type: ignore[arg-type]

    def keep(self, manager: DialogManager) -> None:
        manager.dialog_data["started"] = asdict(self)


async def begin_register(manager: DialogManager, content: Content) -> None:
    """Register for a customer; what was written with the command is taken as the text."""
    state = RegisterForm.text if content.is_empty else RegisterForm.kind
    contents = [] if content.is_empty else [asdict(content)]
    await _begin(manager, state, asdict(Started(contents)))


async def _told(message: Message, _: MessageInput, manager: DialogManager) -> None:
    started = Started.of(manager)
    started.contents.append(asdict(content_of(message)))
    started.keep(manager)
    await manager.switch_to(RegisterForm.kind)


async def _kinds_getter(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"kinds": [(v.title(kind.title), kind.key) for kind in v.rulebook.complaints.kinds]}


async def _kind_chosen(_: CallbackQuery, __: Any, manager: DialogManager, key: str) -> None:
    started = Started.of(manager)
    started.kind = key
    started.keep(manager)
    await manager.switch_to(RegisterForm.customer)


async def _customer_named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    """Who it is; where the archive may know them, the form asks."""
    started = Started.of(manager)
    started.name, started.phone = views.read_customer(message.text or "")
    if await _records(manager, started):
        started.keep(manager)
        await manager.switch_to(RegisterForm.record)
    else:
        await _register_case(manager, started)


async def _records(manager: DialogManager, started: Started) -> tuple[Hit, ...]:
    return await ask_of(manager)(complaints.records_like, actor_of(manager), started.name, started.phone)


async def _records_getter(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, actor = viewer_of(dialog_manager), actor_of(dialog_manager)
    hits = await _records(dialog_manager, Started.of(dialog_manager))
    return {"records": [(hit_label(v, hit, actor.name), str(hit.customer)) for hit in hits]}


async def _record_chosen(_: CallbackQuery, __: Any, manager: DialogManager, record: str) -> None:
    await _register_case(manager, Started.of(manager), CustomerId(int(record)))


async def _no_record(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _register_case(manager, Started.of(manager))


async def _register_case(manager: DialogManager, started: Started, record: CustomerId | None = None) -> None:
    contents = tuple(Content(**content) for content in started.contents)
    draft = Draft(started.kind, started.name, started.phone, contents, record)
    complaint = await do_of(manager)(complaints.register_for, actor_of(manager), draft)
    await finish(manager, views.registered(viewer_of(manager), complaint))


def dialogs() -> list[Dialog]:
    note = Dialog(
        InsideWindow(
            FromView(),
            MessageInput(_noted),
            Button(Plain("Without a note"), id="skip", on_click=_skipped, when="optional"),
            Cancel(Plain("Cancel"), id="note_cancel"),
            state=NoteForm.note,
            getter=_note_getter,
        )
    )
    product = Dialog(
        InsideWindow(
            FromView(),
            MessageInput(_filled),
            Button(Plain("Skip"), id="left_out", on_click=_left_out),
            Button(Plain("That is all"), id="enough", on_click=_enough),
            Cancel(Plain("Cancel"), id="product_cancel"),
            state=ProductForm.field,
            getter=_field_getter,
        )
    )
    return [note, product, _register()]


def _register() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("What does the customer complain about? One message, a photo or voice will do."),
            MessageInput(_told),
            Cancel(Plain("Cancel"), id="text_cancel"),
            state=RegisterForm.text,
        ),
        InsideWindow(
            Words("What is it about?"),
            Column(
                Select(
                    Format("{item[0]}"),
                    id="kind",
                    item_id_getter=lambda item: item[1],
                    items="kinds",
                    on_click=_kind_chosen,
                )
            ),
            Cancel(Plain("Cancel"), id="kind_cancel"),
            state=RegisterForm.kind,
            getter=_kinds_getter,
        ),
        InsideWindow(
            Words("Who is the customer? Name and phone number."),
            MessageInput(_customer_named, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="customer_cancel"),
            state=RegisterForm.customer,
        ),
        InsideWindow(
            Words("Is it one of these customers?"),
            Column(
                Select(
                    Format("{item[0]}"),
                    id="record",
                    item_id_getter=lambda item: item[1],
                    items="records",
                    on_click=_record_chosen,
                )
            ),
            Button(Plain("None of them"), id="no_record", on_click=_no_record),
            Cancel(Plain("Cancel"), id="record_cancel"),
            state=RegisterForm.record,
            getter=_records_getter,
        ),
    )


__all__ = ["begin_note", "begin_product", "begin_register", "dialogs"]
