"""The form that asks to be excused from a missed check-in (CHK-4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel

from bot.contents import evidence_of
from bot.dialogs.base import Plain, Words, actor_of, do_of, finish, viewer_of
from bot.views import leave as views
from core import checkins


class Excusing(StatesGroup):
    reason = State()


async def begin(manager: DialogManager, day: date) -> None:
    await manager.start(
        Excusing.reason, data={"day": day.isoformat()}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND
    )


def _day(manager: DialogManager) -> date:
    data = manager.start_data
    return date.fromisoformat(data["day"]) if isinstance(data, dict) else date.min


async def _shown(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"day": viewer_of(dialog_manager).day(_day(dialog_manager))}


async def _heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    text, file = evidence_of(message)
    if text:
        files = [file] if file else []
        asked = await do_of(manager)(checkins.ask_excuse, actor_of(manager), _day(manager), text, files)
        await finish(manager, views.excuse_asked(viewer_of(manager), asked))


def dialogs() -> list[Dialog]:
    return [
        Dialog(
            Window(
                Words("{day}: why was there no check-in in time? One message, with a photo if there is one."),
                Cancel(Plain("Cancel"), "lv_stop"),
                MessageInput(_heard),
                state=Excusing.reason,
                getter=_shown,
            )
        )
    ]
