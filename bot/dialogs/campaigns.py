"""The form that opens a sharing campaign: where, what, until when (ORG-7)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel, Column, Select
from aiogram_dialog.widgets.text import Format

from bot.dialogs.base import Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import campaigns as views
from bot.views.base import Viewer
from bot.views.tasks.reading import read_time
from core import campaigns
from core.campaigns import NotAhead
from core.errors import NotFound, NotUnderstood
from core.ids import GroupId


class Opening(StatesGroup):
    group = State()
    content = State()
    until = State()


async def begin(manager: DialogManager) -> None:
    """Open the form; where the actor answers for one group only, it is that."""
    groups = await ask_of(manager)(campaigns.places, actor_of(manager))
    if not groups:
        raise NotFound("group", "")
    await manager.start(
        Opening.group if len(groups) > 1 else Opening.content,
        data={"group": groups[0].id},
        mode=StartMode.RESET_STACK,
    )


async def _started(data: Any, manager: DialogManager) -> None:
    if isinstance(data, dict):
        manager.dialog_data.update(data)


async def _groups(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    groups = await ask_of(dialog_manager)(campaigns.places, actor_of(dialog_manager))
    return {"groups": [(group.title, str(group.id)) for group in groups]}


async def _group_chosen(_: CallbackQuery, __: Any, manager: DialogManager, chosen: str) -> None:
    manager.dialog_data["group"] = int(chosen)
    await manager.next()


async def _content_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    photo = message.photo[-1].file_id if message.photo else ""
    text = message.text or message.caption or ""
    if not (text or photo):
        raise NotUnderstood("campaign", "…", "https://…")
    manager.dialog_data.update(text=text, photo=photo)
    await manager.next()


def ends(v: Viewer) -> dict[str, datetime]:
    """The ends that are offered, by their key: this evening, tomorrow evening, Friday evening."""
    worktime = v.rulebook.working_time
    today = worktime.local_date(v.now)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    days = {"today": today, "tomorrow": today + timedelta(days=1), "friday": friday}
    found = {name: worktime.end_of_day(worktime.instant(day, time(0))) for name, day in days.items()}
    return {name: at for name, at in found.items() if at > v.now}


async def _ends(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    offered = {v.when(at): key for key, at in reversed(ends(v).items())}
    return {"ends": sorted(offered.items(), key=lambda one: list(ends(v)).index(one[1]))}


async def _end_chosen(_: CallbackQuery, __: Any, manager: DialogManager, chosen: str) -> None:
    await _start(manager, ends(viewer_of(manager)).get(chosen), chosen)


async def _end_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _start(manager, read_time(viewer_of(manager), message.text or ""), message.text or "")


async def _start(manager: DialogManager, until: datetime | None, said: str) -> None:
    if until is None:
        raise NotAhead(said)
    data = manager.dialog_data
    group = GroupId(int(data["group"]))
    made = await do_of(manager)(campaigns.start, actor_of(manager), group, data["text"], data["photo"], until)
    await finish(manager, views.started(viewer_of(manager), made))


def dialogs() -> list[Dialog]:
    return [
        Dialog(
            Window(
                Words("In which group?"),
                Column(Select(Format("{item[0]}"), "cp_group", lambda one: one[1], "groups", on_click=_group_chosen)),
                Cancel(Plain("Cancel"), "cp_stop1"),
                state=Opening.group,
                getter=_groups,
            ),
            Window(
                Words("What is to be shared? Send the text with the link, or a photo with it."),
                Cancel(Plain("Cancel"), "cp_stop2"),
                MessageInput(_content_heard),
                state=Opening.content,
            ),
            Window(
                Words("Until when? Choose, or write it: Friday 18:00"),
                Column(Select(Format("{item[0]}"), "cp_until", lambda one: one[1], "ends", on_click=_end_chosen)),
                Cancel(Plain("Cancel"), "cp_stop3"),
                MessageInput(_end_heard),
                state=Opening.until,
                getter=_ends,
            ),
            on_start=_started,
        )
    ]
