"""Forms of a handover: a reason for a refusal, a receiver by name (ORG-8)."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel

from bot.dialogs.base import FromView, InsideWindow, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import handover as views
from bot.views.base import inside
from core import handover
from core.ids import HandoverId, HandoverItemId


class Refusing(StatesGroup):
    reason = State()


class Naming(StatesGroup):
    name = State()


class RefuseForm:
    """Which thing is refused; None for everything that was offered."""

    def __init__(self, manager: DialogManager) -> None:
        data = manager.start_data
        kept = data if isinstance(data, dict) else {}
        self.handover = HandoverId(kept.get("handover", 0))
        self.item = HandoverItemId(kept["item"]) if kept.get("item") else None


async def begin_refusing(manager: DialogManager, number: HandoverId, item: HandoverItemId | None) -> None:
    data = {"handover": number, "item": item}
    await manager.start(Refusing.reason, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _question(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form = RefuseForm(dialog_manager)
    items = await ask_of(dialog_manager)(handover.refusable, actor_of(dialog_manager), form.handover, form.item)
    return {"text": views.why_not(viewer_of(dialog_manager), items)}


async def _refused(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form = RefuseForm(manager)
    await do_of(manager)(handover.refuse, actor_of(manager), form.handover, form.item, message.text or "")
    await finish(manager, views.was_refused(viewer_of(manager)))


class NameForm:
    """What a receiver is named for: one thing, or all of an area."""

    def __init__(self, manager: DialogManager) -> None:
        data = manager.start_data
        kept = data if isinstance(data, dict) else {}
        self.item = HandoverItemId(kept.get("item", 0))
        self.handover = HandoverId(kept.get("handover", 0))
        self.area: str = kept.get("area", "")


async def begin_naming(
    manager: DialogManager, *, item: HandoverItemId | None = None, handover: HandoverId | None = None, area: str = ""
) -> None:
    data = {"item": item or 0, "handover": handover or 0, "area": area}
    await manager.start(Naming.name, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form, actor, v, do = NameForm(manager), actor_of(manager), viewer_of(manager), do_of(manager)
    text = message.text or ""
    if form.area:
        _one, count = await do(handover.choose_all_by_name, actor, form.handover, form.area, text)
        await finish(manager, inside(views.chosen_all(v, count)))
    else:
        item = await do(handover.choose_by_name, actor, form.item, text)
        await finish(manager, inside(views.chosen(v, item)))


def dialogs() -> list[Dialog]:
    refusing = Dialog(
        InsideWindow(
            FromView(),
            MessageInput(_refused),
            Cancel(Plain("Cancel"), "ho_stop1"),
            state=Refusing.reason,
            getter=_question,
        )
    )
    naming = Dialog(
        InsideWindow(
            Words("Who? Name or staff number."),
            MessageInput(_named),
            Cancel(Plain("Cancel"), "ho_stop2"),
            state=Naming.name,
        )
    )
    return [refusing, naming]


__all__ = ["begin_naming", "begin_refusing", "dialogs"]
