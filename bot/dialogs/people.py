"""Forms of the register: find somebody, change one field at a time, add somebody (ORG-1)."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Group, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs.base import FromView, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import handover as handover_views
from bot.views import people as views
from bot.views.base import role_name
from core import handover, people
from core.access import STAFF, Role
from core.ids import PersonId
from core.people import EDITABLE

CHOICES = ("department", "role", "level", "admin")
CLEARABLE = ("level", "superior", "regions", "industry", "phone")


class Staff(StatesGroup):
    find = State()
    found = State()
    card = State()
    field = State()
    text = State()
    choice = State()
    sure = State()


class Adding(StatesGroup):
    number = State()
    name = State()
    department = State()
    role = State()


class StaffForm:
    """Whom the form is about, and the change that is being made."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    @property
    def person(self) -> PersonId:
        return PersonId(self._data.get("person", 0))

    @property
    def field(self) -> str:
        return str(self._data.get("field", "name"))

    @property
    def value(self) -> str:
        return str(self._data.get("value", ""))

    @property
    def sought(self) -> str:
        return str(self._data.get("sought", ""))

    def keep(self, **values: object) -> None:
        self._data.update(values)


async def begin_finding(manager: DialogManager) -> None:
    await manager.start(Staff.find, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def begin_card(manager: DialogManager, person: PersonId) -> None:
    data = {"person": person}
    await manager.start(Staff.card, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _started(data: Any, manager: DialogManager) -> None:
    if isinstance(data, dict):
        manager.dialog_data.update(data)


# Finding ------------------------------------------------------------------------------------------------


async def _sought(message: Message, _: MessageInput, manager: DialogManager) -> None:
    text = message.text or ""
    found = await ask_of(manager)(people.find_people, actor_of(manager), text)
    StaffForm(manager).keep(sought=text)
    if len(found) == 1:
        StaffForm(manager).keep(person=found[0].id)
        await manager.switch_to(Staff.card)
    else:
        await manager.switch_to(Staff.found)


async def _found(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, sought = viewer_of(dialog_manager), StaffForm(dialog_manager).sought
    found = await ask_of(dialog_manager)(people.find_people, actor_of(dialog_manager), sought)
    return {"people": [(views.found_label(v, one), str(one.id)) for one in found], "n": len(found)}


async def _picked(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    StaffForm(manager).keep(person=int(item))
    await manager.switch_to(Staff.card)


async def _new(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await manager.start(Adding.number, mode=StartMode.RESET_STACK)


# The card -----------------------------------------------------------------------------------------------


async def _card(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    seen = await ask_of(dialog_manager)(people.card, actor_of(dialog_manager), StaffForm(dialog_manager).person)
    return {
        "text": views.person_card(viewer_of(dialog_manager), seen),
        "here": seen.person.is_staff,
        "gone": not seen.person.is_staff,
    }


async def _leaves(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    asked = await ask_of(manager)(handover.before_of, actor_of(manager), StaffForm(manager).person)
    await finish(manager, handover_views.before(viewer_of(manager), asked))


async def _back_again(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await do_of(manager)(people.bring_back, actor_of(manager), StaffForm(manager).person)


async def _fields(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"fields": [(views.field_name(v, field), field) for field in EDITABLE]}


async def _field_picked(_: CallbackQuery, __: Any, manager: DialogManager, field: str) -> None:
    if field in EDITABLE:
        StaffForm(manager).keep(field=field)
        await manager.switch_to(Staff.choice if field in CHOICES else Staff.text)


# A new value --------------------------------------------------------------------------------------------


async def _asked(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, v = StaffForm(dialog_manager), viewer_of(dialog_manager)
    seen = await ask_of(dialog_manager)(people.card, actor_of(dialog_manager), form.person)
    return {
        "text": views.ask_value(v, seen, form.field),
        "choices": await _choices(dialog_manager, form.field),
        "clearable": form.field in CLEARABLE,
    }


async def _choices(manager: DialogManager, field: str) -> list[tuple[str, str]]:
    v = viewer_of(manager)
    if field == "role":
        return [(str(role_name(v, role)), role.value) for role in STAFF]
    if field == "level":
        return [(level, level) for level in v.rulebook.leads.levels]
    if field == "admin":
        return [(str(views.value_name(v, "admin", "yes")), "yes"), (str(views.value_name(v, "admin", "")), "no")]
    return await department_choices(manager) if field == "department" else []


async def department_choices(manager: DialogManager) -> list[tuple[str, str]]:
    branches = await ask_of(manager)(people.tree, actor_of(manager))
    return [(views.branch_label(viewer_of(manager), one), str(one.department.id)) for one in branches]


async def _typed(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _weigh(manager, message.text or "")


async def _cleared(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _weigh(manager, "")


async def _chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = StaffForm(manager)
    await _weigh(manager, await _path(manager, item) if form.field == "department" else item)


async def _path(manager: DialogManager, item: str) -> str:
    branches = await ask_of(manager)(people.tree, actor_of(manager))
    names: list[str] = []
    for one in branches:
        names[one.depth :] = [one.department.name]
        if str(one.department.id) == item:
            return "/".join(names)
    return ""


async def _weigh(manager: DialogManager, text: str) -> None:
    form = StaffForm(manager)
    await ask_of(manager)(people.weigh, actor_of(manager), form.person, form.field, text)
    form.keep(value=text)
    await manager.switch_to(Staff.sure)


async def _weighed(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, actor = StaffForm(dialog_manager), actor_of(dialog_manager)
    change = await ask_of(dialog_manager)(people.weigh, actor, form.person, form.field, form.value)
    return {"text": views.ask_sure(viewer_of(dialog_manager), change)}


async def _sure(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    form = StaffForm(manager)
    await do_of(manager)(people.edit, actor_of(manager), form.person, form.field, form.value)
    await manager.switch_to(Staff.card)


def _staff() -> Dialog:
    return Dialog(
        Window(
            Words("Whom? Part of the name, the staff number, or department-name."),
            Row(Button(Plain("Add somebody"), "st_new", on_click=_new), Cancel(Plain("Cancel"), "st_stop1")),
            MessageInput(_sought),
            state=Staff.find,
        ),
        Window(
            Words("{n} found. Choose, or write more of the name."),
            Column(Select(Format("{item[0]}"), "st_pick", lambda item: item[1], "people", on_click=_picked)),
            Row(Button(Plain("Add somebody"), "st_new2", on_click=_new), Cancel(Plain("Cancel"), "st_stop2")),
            MessageInput(_sought),
            state=Staff.found,
            getter=_found,
        ),
        Window(
            FromView(),
            Row(
                SwitchTo(Plain("Change…"), "st_change", Staff.field, when="here"),
                Button(Plain("Leaves…"), "st_leave", on_click=_leaves, when="here"),
                Button(Plain("Works here again"), "st_back", on_click=_back_again, when="gone"),
                Cancel(Plain("Close the form"), "st_stop3"),
            ),
            MessageInput(_sought),
            state=Staff.card,
            getter=_card,
        ),
        Window(
            Words("What shall change?"),
            Group(
                Select(Format("{item[0]}"), "st_field", lambda item: item[1], "fields", on_click=_field_picked),
                width=2,
            ),
            SwitchTo(Plain("Back"), "st_b1", Staff.card),
            state=Staff.field,
            getter=_fields,
        ),
        Window(
            FromView(),
            Row(
                Button(Plain("Leave empty"), "st_clear", on_click=_cleared, when="clearable"),
                SwitchTo(Plain("Back"), "st_b2", Staff.field),
            ),
            MessageInput(_typed),
            state=Staff.text,
            getter=_asked,
        ),
        Window(
            FromView(),
            Column(Select(Format("{item[0]}"), "st_choice", lambda item: item[1], "choices", on_click=_chosen)),
            Row(
                Button(Plain("Leave empty"), "st_clear2", on_click=_cleared, when="clearable"),
                SwitchTo(Plain("Back"), "st_b3", Staff.field),
            ),
            state=Staff.choice,
            getter=_asked,
        ),
        Window(
            FromView(),
            Row(Button(Plain("Change it"), "st_sure", on_click=_sure), SwitchTo(Plain("Back"), "st_b4", Staff.card)),
            state=Staff.sure,
            getter=_weighed,
        ),
        on_start=_started,
    )


# Adding somebody ----------------------------------------------------------------------------------------


async def _numbered(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _kept(manager, "number", message.text or "")
    await manager.switch_to(Adding.name)


async def _named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _kept(manager, "name", message.text or "")
    await manager.switch_to(Adding.department)


async def _kept(manager: DialogManager, field: str, text: str) -> None:
    manager.dialog_data[field] = await ask_of(manager)(people.check_new, actor_of(manager), field, text)


async def _placed(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    manager.dialog_data["department"] = await _path(manager, item)
    await manager.switch_to(Adding.role)


async def _employed(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    data = manager.dialog_data
    role = next((role for role in STAFF if role.value == item), Role.SALESPERSON)
    made = await do_of(manager)(
        people.add_person, actor_of(manager), data["number"], data["name"], data["department"], role
    )
    await begin_card(manager, made.person.id)


async def _departments(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"choices": await department_choices(dialog_manager)}


async def _roles(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"choices": await _choices(dialog_manager, "role")}


def _adding() -> Dialog:
    return Dialog(
        Window(
            Words("Staff number of the new colleague?"),
            Cancel(Plain("Cancel"), "sa_stop1"),
            MessageInput(_numbered),
            state=Adding.number,
        ),
        Window(
            Words("Their name?"),
            Cancel(Plain("Cancel"), "sa_stop2"),
            MessageInput(_named),
            state=Adding.name,
        ),
        Window(
            Words("Which department?"),
            Column(Select(Format("{item[0]}"), "sa_dep", lambda item: item[1], "choices", on_click=_placed)),
            Cancel(Plain("Cancel"), "sa_stop3"),
            state=Adding.department,
            getter=_departments,
        ),
        Window(
            Words("Which role?"),
            Group(
                Select(Format("{item[0]}"), "sa_role", lambda item: item[1], "choices", on_click=_employed), width=2
            ),
            Cancel(Plain("Cancel"), "sa_stop4"),
            state=Adding.role,
            getter=_roles,
        ),
    )


def dialogs() -> list[Dialog]:
    return [_staff(), _adding()]
