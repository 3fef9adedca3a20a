"""Forms about appeals: giving what supports one, and deciding it (LGR-2). All in private."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select
from aiogram_dialog.widgets.text import Format

from bot.contents import content_of
from bot.dialogs.base import FromView, Plain, actor_of, ask_of, do_of, finish, viewer_of
from bot.views.ledger import appeals as views
from bot.views.ledger.entries import effect_words, read_amount
from core import ledger
from core.errors import NotFound
from core.ids import AppealId, EntryId
from core.ledger import LOWERABLE, Filing, Item, Judgement, NotAllowed, Verdict, WordsNeeded


class Appealing(StatesGroup):
    material = State()


class Judging(StatesGroup):
    verdict = State()
    which = State()
    amount = State()
    reason = State()


def _appeal(manager: DialogManager) -> AppealId:
    data = manager.start_data
    return AppealId(int(data["appeal"]) if isinstance(data, dict) else 0)


# Making one ----------------------------------------------------------------------------------------------


async def begin_appeal(manager: DialogManager, found: Filing) -> None:
    """Collect what supports an appeal that has frozen its entry already."""
    await manager.start(
        Appealing.material,
        data={"appeal": found.appeal.id},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND,
    )


def item_of(message: Message) -> Item | None:
    """What a message gives: a place, a file, words."""
    if message.location is not None:
        return Item("location", f"{message.location.latitude:.6f},{message.location.longitude:.6f}")
    content = content_of(message)
    if content.file:
        return Item(content.media, content.text, content.file)
    return Item("text", content.text) if content.text.strip() else None


async def _collecting(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    found = await ask_of(dialog_manager)(ledger.filing, actor_of(dialog_manager), _appeal(dialog_manager))
    return {"text": views.collecting(viewer_of(dialog_manager), found), "given": bool(found.items)}


async def _given(message: Message, _: MessageInput, manager: DialogManager) -> None:
    item = item_of(message)
    if item is None:
        raise WordsNeeded("appeal")
    await do_of(manager)(ledger.give, actor_of(manager), _appeal(manager), item)


async def _handed_in(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    done = await do_of(manager)(ledger.submit, actor_of(manager), _appeal(manager))
    await finish(manager, views.handed_in(viewer_of(manager), done))


async def _dropped(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    done = await do_of(manager)(ledger.withdraw, actor_of(manager), _appeal(manager))
    await finish(manager, views.withdrawn(viewer_of(manager), done))


def _appealing() -> Dialog:
    return Dialog(
        Window(
            FromView(),
            MessageInput(_given),
            Button(Plain("Hand in"), id="ap_in", on_click=_handed_in, when="given"),
            Button(Plain("Withdraw"), id="ap_drop", on_click=_dropped),
            state=Appealing.material,
            getter=_collecting,
        )
    )


# Deciding it ---------------------------------------------------------------------------------------------


async def begin_verdict(manager: DialogManager, appeal: AppealId) -> None:
    """Open the verdict's form. Raises what `ledger.judgement` raises."""
    await ask_of(manager)(ledger.judgement, actor_of(manager), appeal)
    await manager.start(Judging.verdict, data={"appeal": appeal}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _found(manager: DialogManager) -> Judgement:
    return await ask_of(manager)(ledger.judgement, actor_of(manager), _appeal(manager))


async def _deciding(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    return {"text": views.judging(viewer_of(dialog_manager), await _found(dialog_manager))}


async def _upheld(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _choose(manager, Verdict.UPHOLD)


async def _lifted(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await _choose(manager, Verdict.LIFT)


async def _choose(manager: DialogManager, verdict: Verdict) -> None:
    manager.dialog_data["verdict"] = verdict.value
    await manager.switch_to(Judging.reason)


async def _reduced(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    manager.dialog_data.update(verdict=Verdict.REDUCE.value, smaller={})
    await manager.switch_to(Judging.which)


def _smaller(manager: DialogManager) -> dict[str, int]:
    found: dict[str, int] = manager.dialog_data.get("smaller") or {}
    return found


async def _whiches(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, found, smaller = viewer_of(dialog_manager), await _found(dialog_manager), _smaller(dialog_manager)
    labels = []
    for entry in found.standing:
        label = str(effect_words(v, entry.effect, entry.amount))
        after = smaller.get(str(entry.id))
        labels.append((f"{label} → {after}" if after is not None else label, str(entry.id)))
    return {"text": views.ask_which(v), "entries": labels, "chosen": bool(smaller)}


async def _which_chosen(_: CallbackQuery, __: Any, manager: DialogManager, entry: str) -> None:
    manager.dialog_data["entry"] = int(entry)
    await manager.switch_to(Judging.amount)


async def _asking_amount(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, found = viewer_of(dialog_manager), await _found(dialog_manager)
    entry = next((one for one in found.standing if one.id == dialog_manager.dialog_data.get("entry")), None)
    if entry is None:
        raise NotFound("entry", "")
    most = entry.amount - 1 if entry.effect in LOWERABLE else 0
    dialog_manager.dialog_data["most"] = most
    return {"text": views.ask_smaller(v, entry.effect, entry.amount, most)}


async def _amount_typed(message: Message, _: MessageInput, manager: DialogManager) -> None:
    amount, most = read_amount(message.text or ""), int(manager.dialog_data.get("most", 0))
    if amount is None or not 0 <= amount <= most:
        raise NotAllowed("amount", "", 0, most)
    manager.dialog_data["smaller"] = {**_smaller(manager), str(manager.dialog_data["entry"]): amount}
    await manager.switch_to(Judging.which)


async def _enough(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await manager.switch_to(Judging.reason)


async def _asking_why(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    return {"text": views.ask_why(viewer_of(dialog_manager), Verdict(dialog_manager.dialog_data["verdict"]))}


async def _decided(message: Message, _: MessageInput, manager: DialogManager) -> None:
    found, verdict = await _found(manager), Verdict(manager.dialog_data["verdict"])
    smaller = {EntryId(int(entry)): amount for entry, amount in _smaller(manager).items()}
    done = await do_of(manager)(
        ledger.decide, actor_of(manager), _appeal(manager), verdict, message.text or "", smaller
    )
    await finish(manager, views.decided(viewer_of(manager), found.label, done))


def _key(item: tuple[str, str]) -> str:
    return item[1]


def _judging() -> Dialog:
    return Dialog(
        Window(
            FromView(),
            Row(
                Button(Plain("Uphold"), id="jd_up", on_click=_upheld),
                Button(Plain("Lift"), id="jd_lift", on_click=_lifted),
                Button(Plain("Reduce"), id="jd_less", on_click=_reduced),
            ),
            Cancel(Plain("Cancel"), id="jd_stop1"),
            state=Judging.verdict,
            getter=_deciding,
        ),
        Window(
            FromView(),
            Column(Select(Format("{item[0]}"), "jd_which", _key, "entries", on_click=_which_chosen)),
            Button(Plain("That is all"), id="jd_enough", on_click=_enough, when="chosen"),
            Cancel(Plain("Cancel"), id="jd_stop2"),
            state=Judging.which,
            getter=_whiches,
        ),
        Window(
            FromView(),
            MessageInput(_amount_typed, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="jd_stop3"),
            state=Judging.amount,
            getter=_asking_amount,
        ),
        Window(
            FromView(),
            MessageInput(_decided, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="jd_stop4"),
            state=Judging.reason,
            getter=_asking_why,
        ),
    )


def dialogs() -> list[Dialog]:
    return [_appealing(), _judging()]
