"""Forms of the duty roster: filling a day, swapping one."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Group, ScrollingGroup, Select
from aiogram_dialog.widgets.text import Format

from bot.dialogs.base import Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import duty as views
from bot.views import duty_words
from core import duty
from core.ids import PersonId

PAGE = 8
NO_EXCHANGE = "none"


class DutyFilling(StatesGroup):
    day = State()
    people = State()


class DutySwapping(StatesGroup):
    day = State()
    colleague = State()
    back = State()


class DutyForm:
    """A day and people, as far as they are chosen."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    @property
    def day(self) -> date:
        return date.fromisoformat(self._data["day"])

    @day.setter
    def day(self, day: date) -> None:
        self._data["day"] = day.isoformat()

    @property
    def people(self) -> set[PersonId]:
        return {PersonId(one) for one in self._data.get("people", [])}

    @people.setter
    def people(self, people: set[PersonId]) -> None:
        self._data["people"] = sorted(people)

    @property
    def colleague(self) -> PersonId:
        return PersonId(self._data["colleague"])

    @colleague.setter
    def colleague(self, person: PersonId) -> None:
        self._data["colleague"] = person


def _key(item: tuple[str, str]) -> str:
    return item[1]


# DutyFilling -----------------------------------------------------------------------------------------------------


async def begin_fill(manager: DialogManager) -> None:
    await manager.start(DutyFilling.day, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _days(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    found = await ask_of(dialog_manager)(duty.overview, actor_of(dialog_manager))
    counted = ((day, len(found.rosters.get(day, []))) for day in views.restdays(found))
    return {"days": [(f"{v.day(day)} ({n})" if n else v.day(day), day.isoformat()) for day, n in counted]}


async def _day_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = DutyForm(manager)
    form.day = date.fromisoformat(item)
    found = await ask_of(manager)(duty.overview, actor_of(manager))
    form.people = {one.person for one in found.rosters.get(form.day, [])}
    await manager.next()


async def _lines_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    v = viewer_of(manager)
    wanted = duty_words.read_lines(message.text or "", v.rulebook.working_time.local_date(v.now))
    await finish(manager, views.filled(v, await do_of(manager)(duty.fill_lines, actor_of(manager), wanted)))


async def _people(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, v = DutyForm(dialog_manager), viewer_of(dialog_manager)
    found = await ask_of(dialog_manager)(duty.choices, actor_of(dialog_manager))
    return {
        "day": v.day(form.day),
        "people": [(f"{'✓ ' if one.id in form.people else ''}{one.label}", str(one.id)) for one in found],
    }


async def _toggled(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = DutyForm(manager)
    form.people = form.people ^ {PersonId(int(item))}


async def _done(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    form, actor = DutyForm(manager), actor_of(manager)
    own = {one.id for one in await ask_of(manager)(duty.choices, actor)}
    duties = await do_of(manager)(duty.fill, actor, form.day, form.people & own)
    await finish(manager, views.filled(viewer_of(manager), {form.day: duties}))


def _filling() -> Dialog:
    return Dialog(
        Window(
            Words("Which day? Or write lines such as: 10月1日-10月3日 张三 李四"),
            Group(Select(Format("{item[0]}"), "duty_day", _key, "days", on_click=_day_chosen), width=3),
            Cancel(Plain("Cancel"), "duty_stop1"),
            MessageInput(_lines_heard),
            state=DutyFilling.day,
            getter=_days,
        ),
        Window(
            Words("<b>{day}</b>: who is on duty? Tick them, then Done."),
            ScrollingGroup(
                Select(Format("{item[0]}"), "duty_who", _key, "people", on_click=_toggled),
                id="duty_pages",
                width=2,
                height=PAGE,
                hide_on_single_page=True,
            ),
            Button(Plain("Done"), "duty_done", _done),
            Cancel(Plain("Cancel"), "duty_stop2"),
            state=DutyFilling.people,
            getter=_people,
        ),
    )


# DutySwapping ----------------------------------------------------------------------------------------------------


async def begin_swap(manager: DialogManager) -> None:
    await manager.start(DutySwapping.day, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _own_days(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, actor = viewer_of(dialog_manager), actor_of(dialog_manager)
    mine = await ask_of(dialog_manager)(duty.duties_of, actor, actor.staff_id)
    return {"days": [(v.day(one.day), one.day.isoformat()) for one in mine]}


async def _own_day_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    DutyForm(manager).day = date.fromisoformat(item)
    await manager.next()


async def _colleagues(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    actor = actor_of(dialog_manager)
    found = await ask_of(dialog_manager)(duty.choices, actor)
    return {"people": [(one.label, str(one.id)) for one in found if one.id != actor.person]}


async def _colleague_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = DutyForm(manager)
    form.colleague = PersonId(int(item))
    if await ask_of(manager)(duty.duties_of, actor_of(manager), form.colleague):
        await manager.next()
    else:
        await _ask(manager, None)


async def _their_days(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, v = DutyForm(dialog_manager), viewer_of(dialog_manager)
    theirs = await ask_of(dialog_manager)(duty.duties_of, actor_of(dialog_manager), form.colleague)
    return {"days": [*((v.day(one.day), one.day.isoformat()) for one in theirs), (v.t("Nothing"), NO_EXCHANGE)]}


async def _back_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    await _ask(manager, None if item == NO_EXCHANGE else date.fromisoformat(item))


async def _ask(manager: DialogManager, back: date | None) -> None:
    form = DutyForm(manager)
    await do_of(manager)(duty.ask_swap, actor_of(manager), form.day, form.colleague, back)
    await manager.done()  # the card of the swap tells the rest


def _swapping() -> Dialog:
    return Dialog(
        Window(
            Words("Which of your days?"),
            Group(Select(Format("{item[0]}"), "dsw_day", _key, "days", on_click=_own_day_chosen), width=3),
            Cancel(Plain("Cancel"), "dsw_stop1"),
            state=DutySwapping.day,
            getter=_own_days,
        ),
        Window(
            Words("Whom do you ask?"),
            ScrollingGroup(
                Select(Format("{item[0]}"), "dsw_who", _key, "people", on_click=_colleague_chosen),
                id="dsw_pages",
                width=2,
                height=PAGE,
                hide_on_single_page=True,
            ),
            Cancel(Plain("Cancel"), "dsw_stop2"),
            state=DutySwapping.colleague,
            getter=_colleagues,
        ),
        Window(
            Words("Which of their days do you take in exchange?"),
            Column(Select(Format("{item[0]}"), "dsw_back", _key, "days", on_click=_back_chosen)),
            Cancel(Plain("Cancel"), "dsw_stop3"),
            state=DutySwapping.back,
            getter=_their_days,
        ),
    )


def dialogs() -> list[Dialog]:
    return [_filling(), _swapping()]
