"""Forms about customers: finding one, registering one, filling in a part (CUS-1 to CUS-3)."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select
from aiogram_dialog.widgets.text import Format

from bot.dialogs.base import FromView, InsideWindow, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import customers as views
from bot.views.base import lines
from core import customers
from core.access import Actor
from core.customers import Customer, Document, Draft, NearNames
from core.geo import Point
from core.ids import CustomerId

CHOICES = ("type", "source")  # parts that are chosen from the rulebook's lists


class Finding(StatesGroup):
    text = State()


class Registering(StatesGroup):
    name = State()
    phone = State()
    type = State()
    near = State()


class Filling(StatesGroup):
    text = State()
    choice = State()


# Finding ---------------------------------------------------------------------------------------------------


async def begin_finding(manager: DialogManager, actor: Actor) -> None:
    await manager.start(Finding.text, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _recent(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    actor, v = actor_of(dialog_manager), viewer_of(dialog_manager)
    hits = await ask_of(dialog_manager)(customers.recent, actor)
    return {"hits": [(views.hit_label(v, hit, actor.name), str(hit.customer)) for hit in hits]}


async def _sought(message: Message, _: MessageInput, manager: DialogManager) -> None:
    actor, v, ask = actor_of(manager), viewer_of(manager), ask_of(manager)
    if message.location is not None:
        point = Point(message.location.latitude, message.location.longitude)
        await finish(manager, views.near_list(v, await ask(customers.nearest, actor, point), actor.name))
    elif message.text:
        await finish(manager, views.found(v, await ask(customers.search, actor, message.text), actor.name))


async def _picked(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    record = await ask_of(manager)(customers.view, actor_of(manager), CustomerId(int(item)))
    await finish(manager, views.card(viewer_of(manager), record))


async def _new(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await manager.start(Registering.name, mode=StartMode.RESET_STACK)


def _finding() -> Dialog:
    return Dialog(
        InsideWindow(
            Words(
                "Send part of the name, initials, the end of a phone, a credit code, or a place 📎 for the nearest."
            ),
            Column(Select(Format("{item[0]}"), "cu_pick", lambda item: item[1], "hits", on_click=_picked)),
            Row(Button(Plain("New customer"), "cu_new", on_click=_new), Cancel(Plain("Cancel"), "cu_cancel")),
            MessageInput(_sought),
            state=Finding.text,
            getter=_recent,
        )
    )


# Registering -----------------------------------------------------------------------------------------------


class RegisterForm:
    """What was entered so far."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    @property
    def draft(self) -> Draft:
        data = self._data
        return Draft(data.get("name", ""), data.get("phone", ""), data.get("type", ""))

    def keep(self, **values: str) -> None:
        self._data.update(values)

    @property
    def near(self) -> list[dict[str, str]]:
        kept: list[dict[str, str]] = self._data.get("near", [])
        return kept

    @near.setter
    def near(self, hits: list[dict[str, str]]) -> None:
        self._data["near"] = hits


async def begin_registering(manager: DialogManager, draft: Draft) -> Customer | None:
    """Register a draft with name and phone at once; ask for what it lacks otherwise."""
    actor = actor_of(manager)
    if not draft.name:
        await manager.start(Registering.name, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
        return None
    kept = {"name": draft.name, "phone": draft.phone}
    if not draft.phone:
        await ask_of(manager)(customers.check, actor, draft)
        await manager.start(Registering.phone, data=kept, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
        return None
    try:
        return await do_of(manager)(customers.register, actor, draft)
    except NearNames as error:
        near = {**kept, "near": views.hit_facts(error.hits)}
        await manager.start(Registering.near, data=near, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
        return None


async def _started(data: Any, manager: DialogManager) -> None:
    if isinstance(data, dict):
        manager.dialog_data.update(data)


async def _named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    name = message.text or ""
    await ask_of(manager)(customers.check, actor_of(manager), Draft(name))
    RegisterForm(manager).keep(name=name)
    await manager.switch_to(Registering.phone)


async def _phoned(message: Message, _: MessageInput, manager: DialogManager) -> None:
    phone = message.contact.phone_number if message.contact else message.text or ""
    form = RegisterForm(manager)
    await ask_of(manager)(customers.check, actor_of(manager), Draft(form.draft.name, phone))
    form.keep(phone=phone)
    await manager.switch_to(Registering.type)


async def _no_phone(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await manager.switch_to(Registering.type)


async def _typed(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    RegisterForm(manager).keep(type=item)
    await _register(manager, sure=False)


async def _sure(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _register(manager, sure=True)


async def _register(manager: DialogManager, *, sure: bool) -> None:
    form = RegisterForm(manager)
    try:
        made = await do_of(manager)(customers.register, actor_of(manager), form.draft, sure=sure)
    except NearNames as error:
        form.near = views.hit_facts(error.hits)
        await manager.switch_to(Registering.near)
        return
    await finish(manager, views.registered(viewer_of(manager), made))


async def _types(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"types": [(v.title(one.title), one.key) for one in v.rulebook.customers.types]}


async def _near(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form = RegisterForm(dialog_manager)
    return {"text": views.near_question(viewer_of(dialog_manager), form.draft.name, form.near)}


def _registering() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("The customer's full name?"),
            Cancel(Plain("Cancel"), "cun_stop1"),
            MessageInput(_named),
            state=Registering.name,
        ),
        InsideWindow(
            Words("Their phone?"),
            Row(Button(Plain("Later"), "cun_later", on_click=_no_phone), Cancel(Plain("Cancel"), "cun_stop2")),
            MessageInput(_phoned),
            state=Registering.phone,
        ),
        InsideWindow(
            Words("What are they?"),
            Column(Select(Format("{item[0]}"), "cun_type", lambda item: item[1], "types", on_click=_typed)),
            Cancel(Plain("Cancel"), "cun_stop3"),
            state=Registering.type,
            getter=_types,
        ),
        InsideWindow(
            FromView(),
            Row(
                Button(Plain("Register all the same"), "cun_sure", on_click=_sure),
                Cancel(Plain("Cancel"), "cun_stop4"),
            ),
            state=Registering.near,
            getter=_near,
        ),
        on_start=_started,
    )


# Filling in a part -----------------------------------------------------------------------------------------


class FillForm:
    """Which part of which record is filled in."""

    def __init__(self, manager: DialogManager) -> None:
        data = manager.start_data
        self.customer = CustomerId(data["customer"]) if isinstance(data, dict) else CustomerId(0)
        self.field: str = data["field"] if isinstance(data, dict) else ""


async def begin_filling(manager: DialogManager, record: Customer, field: str) -> None:
    state = Filling.choice if field in CHOICES else Filling.text
    data = {"customer": record.id, "field": field}
    await manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _sent(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form, actor, do = FillForm(manager), actor_of(manager), do_of(manager)
    if form.field == "place":
        if message.location is not None:
            point = Point(message.location.latitude, message.location.longitude)
            await _filled(manager, await do(customers.put_place, actor, form.customer, point))
    elif form.field == "licences":
        if (document := _document(message)) is not None:
            record = await do(customers.attach, actor, form.customer, document)
            manager.dialog_data["documents"] = len(record.documents)
    elif message.text:
        await _filled(manager, await do(customers.fill_in, actor, form.customer, form.field, message.text))


def _document(message: Message) -> Document | None:
    if message.photo:
        return Document(message.photo[-1].file_id, "photo", message.caption or "")
    if message.document:
        return Document(message.document.file_id, "document", message.document.file_name or "")
    return None


async def _chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = FillForm(manager)
    await _filled(
        manager, await do_of(manager)(customers.fill_in, actor_of(manager), form.customer, form.field, item)
    )


async def _filled(manager: DialogManager, record: Customer) -> None:
    await finish(manager, views.saved(viewer_of(manager), record))


async def _done(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    record = await ask_of(manager)(customers.view, actor_of(manager), FillForm(manager).customer)
    await _filled(manager, record)


async def _wanted(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, v = FillForm(dialog_manager), viewer_of(dialog_manager)
    count = dialog_manager.dialog_data.get("documents", 0)
    rules = v.rulebook
    choices = rules.customers.types if form.field == "type" else rules.leads.sources
    received = v.n("{n} document", "{n} documents", count) if count else None
    return {
        "text": lines(views.hint(v, form.field), received),
        "choices": [(v.title(one.title), one.key) for one in choices],
        "has_documents": bool(count),
    }


def _filling() -> Dialog:
    return Dialog(
        InsideWindow(
            FromView(),
            Row(
                Button(Plain("Done"), "cuf_done", on_click=_done, when="has_documents"),
                Cancel(Plain("Cancel"), "cuf_stop1"),
            ),
            MessageInput(_sent),
            state=Filling.text,
            getter=_wanted,
        ),
        InsideWindow(
            FromView(),
            Column(Select(Format("{item[0]}"), "cuf_pick", lambda item: item[1], "choices", on_click=_chosen)),
            Cancel(Plain("Cancel"), "cuf_stop2"),
            state=Filling.choice,
            getter=_wanted,
        ),
    )


def dialogs() -> list[Dialog]:
    return [_finding(), _registering(), _filling()]
