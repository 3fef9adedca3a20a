"""Forms of departments: the tree, one department, its name, place and manager (ORG-1)."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs.base import FromView, Plain, Words, actor_of, ask_of, do_of, viewer_of
from bot.dialogs.people import department_choices
from bot.views import people as views
from core import people
from core.ids import DepartmentId
from core.people.departments import TOP


class Tree(StatesGroup):
    all = State()
    one = State()
    name = State()
    added = State()
    place = State()
    manager = State()
    removing = State()


class TreeForm:
    """The department the form is about; 0 for the top of the tree."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    @property
    def department(self) -> DepartmentId:
        return DepartmentId(self._data.get("department", 0))

    def keep(self, department: int) -> None:
        self._data["department"] = department


async def begin_tree(manager: DialogManager) -> None:
    await manager.start(Tree.all, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _tree(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"departments": await department_choices(dialog_manager)}


async def _picked(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    TreeForm(manager).keep(int(item))
    await manager.switch_to(Tree.one)


async def _new_at_top(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    TreeForm(manager).keep(0)
    await manager.switch_to(Tree.added)


async def _one(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form = TreeForm(dialog_manager)
    seen = await ask_of(dialog_manager)(people.department_card, actor_of(dialog_manager), form.department)
    return {"text": views.department_card(viewer_of(dialog_manager), seen)}


async def _named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form = TreeForm(manager)
    await do_of(manager)(people.rename_department, actor_of(manager), form.department, message.text or "")
    await manager.switch_to(Tree.one)


async def _added(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form = TreeForm(manager)
    under = form.department or None
    made = await do_of(manager)(people.add_department, actor_of(manager), message.text or "", under)
    form.keep(made.department.id)
    await manager.switch_to(Tree.one)


async def _places(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    own = str(TreeForm(dialog_manager).department)
    return {"departments": [one for one in await department_choices(dialog_manager) if one[1] != own]}


async def _placed(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    under = await ask_of(manager)(people.department_card, actor_of(manager), DepartmentId(int(item)))
    await _move(manager, under.path)


async def _to_top(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _move(manager, TOP)


async def _move(manager: DialogManager, under: str) -> None:
    await do_of(manager)(people.move_department, actor_of(manager), TreeForm(manager).department, under)
    await manager.switch_to(Tree.one)


async def _led(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await do_of(manager)(people.name_manager, actor_of(manager), TreeForm(manager).department, message.text or "")
    await manager.switch_to(Tree.one)


async def _unled(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await do_of(manager)(people.name_manager, actor_of(manager), TreeForm(manager).department, "")
    await manager.switch_to(Tree.one)


async def _removed(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await do_of(manager)(people.remove_department, actor_of(manager), TreeForm(manager).department)
    await manager.switch_to(Tree.all)


def _departments(name: str, on_click: Any) -> Column:
    return Column(Select(Format("{item[0]}"), name, lambda item: item[1], "departments", on_click=on_click))


def dialogs() -> list[Dialog]:
    return [
        Dialog(
            Window(
                Words("Departments, with people and managers. Choose one."),
                _departments("tr_pick", _picked),
                Row(
                    Button(Plain("Add at the top"), "tr_new", on_click=_new_at_top),
                    Cancel(Plain("Close the form"), "tr_stop1"),
                ),
                state=Tree.all,
                getter=_tree,
            ),
            Window(
                FromView(),
                Row(
                    SwitchTo(Plain("Rename"), "tr_name", Tree.name),
                    SwitchTo(Plain("Move…"), "tr_move", Tree.place),
                    SwitchTo(Plain("Manager…"), "tr_lead", Tree.manager),
                ),
                Row(
                    SwitchTo(Plain("Add below"), "tr_add", Tree.added),
                    SwitchTo(Plain("Remove"), "tr_drop", Tree.removing),
                    SwitchTo(Plain("Back"), "tr_b1", Tree.all),
                ),
                state=Tree.one,
                getter=_one,
            ),
            Window(
                Words("The new name?"),
                SwitchTo(Plain("Back"), "tr_b2", Tree.one),
                MessageInput(_named),
                state=Tree.name,
            ),
            Window(
                Words("Name of the new department?"),
                SwitchTo(Plain("Back"), "tr_b3", Tree.all),
                MessageInput(_added),
                state=Tree.added,
            ),
            Window(
                Words("Below which one?"),
                Column(
                    Select(Format("{item[0]}"), "tr_under", lambda item: item[1], "departments", on_click=_placed)
                ),
                Row(
                    Button(Plain("To the top"), "tr_top", on_click=_to_top),
                    SwitchTo(Plain("Back"), "tr_b4", Tree.one),
                ),
                state=Tree.place,
                getter=_places,
            ),
            Window(
                Words("Who manages it? Name or staff number."),
                Row(
                    Button(Plain("Nobody by name"), "tr_none", on_click=_unled),
                    SwitchTo(Plain("Back"), "tr_b5", Tree.one),
                ),
                MessageInput(_led),
                state=Tree.manager,
            ),
            Window(
                FromView(),
                Row(
                    Button(Plain("Remove it"), "tr_sure", on_click=_removed),
                    SwitchTo(Plain("Back"), "tr_b6", Tree.one),
                ),
                state=Tree.removing,
                getter=_one,
            ),
        )
    ]
