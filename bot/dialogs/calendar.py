"""The form that sets days on or off: which days, on or off, why, and a last look before it is done."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Row

from bot.dialogs.base import FromView, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import calendar as views
from bot.views import calendar_words as reading
from core import calendar
from core.calendar import DayChange, NewDayChange


class DaySetting(StatesGroup):
    days = State()
    works = State()
    reason = State()
    confirm = State()


class DayForm:
    """A change as far as it is told."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    def keep(self, **values: str | bool) -> None:
        self._data.update(values)

    @property
    def change(self) -> NewDayChange:
        first, last = (date.fromisoformat(self._data[end]) for end in ("first", "last"))
        return NewDayChange(first, last, bool(self._data["works"]), str(self._data.get("reason", "")))


def kept(change: NewDayChange) -> dict[str, str | bool]:
    return {
        "first": change.first.isoformat(),
        "last": change.last.isoformat(),
        "works": change.works,
        "reason": change.reason,
    }


async def begin(manager: DialogManager) -> None:
    await manager.start(DaySetting.days, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def go_on(manager: DialogManager, change: NewDayChange) -> None:
    state = DaySetting.confirm if change.reason else DaySetting.reason
    await manager.start(state, data=kept(change), mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _started(data: Any, manager: DialogManager) -> None:
    if isinstance(data, dict):
        manager.dialog_data.update(data)


async def _days_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    v = viewer_of(manager)
    first, last = reading.read_days(message.text or "", v.rulebook.working_time.local_date(v.now))
    DayForm(manager).keep(first=first.isoformat(), last=last.isoformat())
    await manager.next()


async def _off(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await _keep_works(manager, works=False)


async def _on(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await _keep_works(manager, works=True)


async def _keep_works(manager: DialogManager, *, works: bool) -> None:
    form = DayForm(manager)
    form.keep(works=works)
    await ask_of(manager)(calendar.check, actor_of(manager), form.change)
    await manager.next()


async def _reason_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if message.text:
        DayForm(manager).keep(reason=message.text.strip())
        await manager.next()


async def _confirmed(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    made = await do_of(manager)(calendar.change, actor_of(manager), DayForm(manager).change)
    if isinstance(made, DayChange):
        await finish(manager, views.changed(viewer_of(manager), made))
    else:
        await manager.done()  # what needs approval has a card of its own


async def _asked(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, change = viewer_of(dialog_manager), DayForm(dialog_manager).change
    worktime = v.rulebook.working_time
    return {"text": views.asked(v, change, [(day, worktime.day_kind(day)) for day in change.days])}


def dialogs() -> list[Dialog]:
    return [
        Dialog(
            Window(
                Words("Which days? For example 9月30日, or 9月30日-10月2日"),
                Cancel(Plain("Cancel"), "cal_stop1"),
                MessageInput(_days_heard),
                state=DaySetting.days,
            ),
            Window(
                Words("Are these days off, or working days?"),
                Row(Button(Plain("Days off"), "cal_off", _off), Button(Plain("Working days"), "cal_on", _on)),
                Cancel(Plain("Cancel"), "cal_stop2"),
                state=DaySetting.works,
            ),
            Window(
                Words("Why? Everybody reads it in the announcement."),
                Cancel(Plain("Cancel"), "cal_stop3"),
                MessageInput(_reason_heard),
                state=DaySetting.reason,
            ),
            Window(
                FromView(),
                Button(Plain("Confirm"), "cal_yes", _confirmed),
                Cancel(Plain("Cancel"), "cal_stop4"),
                state=DaySetting.confirm,
                getter=_asked,
            ),
            on_start=_started,
        )
    ]
