"""Short forms about a request: why it is rejected, what the approver wants to know, what the requester says."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel, Column, Select
from aiogram_dialog.widgets.text import Format

from bot.contents import evidence_of
from bot.dialogs.base import FromView, Plain, actor_of, do_of, finish, viewer_of
from bot.views import approvals as views
from bot.views.base import Screen, Viewer, lines
from core import approvals
from core.approvals import Approval
from core.ids import ApprovalId, DeciderId


class Saying(StatesGroup):
    no = State()
    question = State()
    answer = State()


def usual_reasons(v: Viewer) -> dict[str, str]:
    """What is said most when something is rejected, by the key its button carries."""
    return {
        "time": str(v.t("not at this time")),
        "evidence": str(v.t("evidence is missing")),
        "grounds": str(v.t("not enough of a reason")),
    }


async def begin(manager: DialogManager, state: State, number: int, text: str = "") -> None:
    """Open one of the forms; `number` is the decider's, for an answer the request's."""
    data = {"number": number, "text": text}
    await manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def _number(manager: DialogManager) -> int:
    data = manager.start_data
    return int(data["number"]) if isinstance(data, dict) else 0


async def _shown(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, data = viewer_of(dialog_manager), dialog_manager.start_data
    about = str(data["text"]) if isinstance(data, dict) else ""
    heads = {
        Saying.no.state: v.t("Why is it rejected? Press, or write it in a few words."),
        Saying.question.state: v.t("What do you want to know? One message; it goes to the requester."),
        Saying.answer.state: v.t("Write it in one message, with a photo or file if there is one."),
    }
    return {
        "text": lines(about or None, heads[dialog_manager.current_context().state.state]),
        "reasons": [(text, key) for key, text in usual_reasons(v).items()],
    }


async def _reject(manager: DialogManager, words: str) -> None:
    done = await do_of(manager)(approvals.reject, actor_of(manager), DeciderId(_number(manager)), words)
    await finish(manager, _said(manager, done))


def _said(manager: DialogManager, approval: Approval) -> Screen:
    return Screen(views.decided(viewer_of(manager), approval))


async def _reason_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    await _reject(manager, usual_reasons(viewer_of(manager))[item])


async def _reason_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if message.text:
        await _reject(manager, message.text)


async def _question_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if message.text:
        number = DeciderId(_number(manager))
        asked = await do_of(manager)(approvals.ask_back, actor_of(manager), number, message.text)
        await finish(manager, views.asked_back(viewer_of(manager), asked))


async def _answer_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    number, (text, file) = ApprovalId(_number(manager)), evidence_of(message)
    if text or file:
        said = await do_of(manager)(approvals.answer, actor_of(manager), number, text, file)
        await finish(manager, views.added(viewer_of(manager), said))


def _key(item: tuple[str, str]) -> str:
    return item[1]


def dialogs() -> list[Dialog]:
    return [
        Dialog(
            Window(
                FromView(),
                Column(Select(Format("{item[0]}"), "ap_why", _key, "reasons", on_click=_reason_chosen)),
                Cancel(Plain("Cancel"), "ap_stop1"),
                MessageInput(_reason_heard),
                state=Saying.no,
                getter=_shown,
            ),
            Window(
                FromView(),
                Cancel(Plain("Cancel"), "ap_stop2"),
                MessageInput(_question_heard),
                state=Saying.question,
                getter=_shown,
            ),
            Window(
                FromView(),
                Cancel(Plain("Cancel"), "ap_stop3"),
                MessageInput(_answer_heard),
                state=Saying.answer,
                getter=_shown,
            ),
        )
    ]
