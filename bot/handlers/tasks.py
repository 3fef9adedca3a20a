"""Tasks in groups and in private (TSK-1 to TSK-5)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.callbacks import OnPress
from bot.commands import N_, Payload, Place, Said, command
from bot.contents import evidence_of
from bot.handlers.people import START
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views import tasks as views
from bot.views.base import Viewer
from core import people, tasks
from core.access import MANAGERS, STAFF, Actor
from core.ids import AccountId, ExcuseId, MessageId, TaskId
from core.tasks import Answer, AnswerState, TaskState

TASK = command("task", ("任务",), N_("Give a task: /task @zhangsan what to do"), Place.BOTH, MANAGERS)
TASKS = command("tasks", ("任务列表",), N_("Open tasks"), Place.BOTH, STAFF)
ANSWER = command("answer", ("回复任务",), N_("Answer a task by its number"), Place.PRIVATE, STAFF)
WHY = command("why", ("说明",), N_("Explain a late answer"), Place.PRIVATE, STAFF)
MEDIA = ("photo", "voice", "video", "document")


class SaidUrgently(Said):
    """Passes the command with a mark of urgency straight behind it: `/task! …`."""

    async def __call__(
        self, message: Message, username: str, aiogd_context: object | None = None, actor: Actor | None = None
    ) -> bool | dict[str, Any]:
        text = message.text or message.caption or ""
        head, *rest = text.split(maxsplit=1) or [""]
        if not head.endswith(("!", "！")):
            return False
        plain = message.model_copy(update={"text": " ".join((head.rstrip("!！"), *rest)), "caption": None})
        return await super().__call__(plain, username, aiogd_context, actor)


class RepliesToCard(Filter):
    """Passes a reply to a card of a task the sender has a part in; hands on `card` and `task`. The card is known by
    the message's id in this chat (P44)."""

    async def __call__(self, message: Message, actor: Actor, ask: Ask, bot: Any) -> bool | dict[str, Any]:
        replied = message.reply_to_message
        if replied is None or replied.from_user is None or replied.from_user.id != bot.id:
            return False
        found = await ask(tasks.card_at, actor, MessageId(replied.message_id))
        if found is None:
            return False
        card, task = found
        part = task.of(actor.person)
        is_over = not task.is_open or part is None or part.is_solved
        if actor.group is not None and is_over:
            return False  # a group talks on under a closed card
        return {"card": card, "task": task.id}


def router() -> Router:
    made = Router(name="tasks")
    made.message.register(opened, Said(START), Payload(views.TASK_PREFIX))
    made.message.register(give, SaidUrgently(TASK))
    made.message.register(give, Said(TASK))
    made.message.register(list_here, Said(TASKS), ~(F.chat.type == "private"))
    made.message.register(list_mine, Said(TASKS))
    made.message.register(answer_numbered, Said(ANSWER))
    made.message.register(explain_numbered, Said(WHY))
    for data, handler in (
        ("t.got", received),
        ("t.done", solved),
        ("t.plan", plan),
        ("t.why", explain),
        ("t.show", show),
        ("t.end", confirm),
        ("t.drop", withdraw),
        ("t.lift", lift),
        ("t.keep", keep),
    ):
        made.callback_query.register(handler, OnPress(data))
    return made


def listeners() -> Router:
    made = Router(name="tasks.replies")
    made.message.register(replied, F.reply_to_message, RepliesToCard())
    return made


async def give(message: Message, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    order = views.read_order(
        message.text or message.caption or "", _mentions(message), _text_of(message.reply_to_message)
    )
    made = await do(tasks.give, actor, order)
    if v.private:
        await say(views.given(v, made))


def _text_of(message: Message | None) -> str:
    return "" if message is None else message.text or message.caption or ""


def _mentions(message: Message) -> list[views.Mention]:
    entities = message.entities or message.caption_entities or []
    return [views.Mention(e.offset, e.length, AccountId(e.user.id)) for e in entities if e.user is not None]


async def replied(message: Message, card: str, task: TaskId, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    text = _text_of(message)
    if card == "late":
        _, file = evidence_of(message)
        await say(views.excuse_filed(v, await do(tasks.file_excuse, actor, task, text, file)))
        return
    given = views.read_answer(v, text, _medium(message))
    await say(views.recorded(v, await do(tasks.answer, actor, task, given)))


def _medium(message: Message) -> str:
    if message.text:
        return ""
    return next((medium for medium in MEDIA if getattr(message, medium)), "other")


async def answer_numbered(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    task, words = views.read_numbered(args)
    await say(views.recorded(v, await do(tasks.answer, actor, task, views.read_answer(v, words))))


async def explain_numbered(message: Message, args: str, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    task, words = views.read_numbered(args)
    await say(views.excuse_filed(v, await do(tasks.file_excuse, actor, task, words)))


async def received(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await _answer(parts, AnswerState.RECEIVED, actor, v, do, say)


async def solved(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    await _answer(parts, AnswerState.SOLVED, actor, v, do, say)


async def _answer(parts: list[str], state: AnswerState, actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    done = await do(tasks.answer, actor, TaskId(views.read_number(parts)), Answer(state))
    await say.toast(views.toast(views.recorded(v, done)))


async def plan(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    task = await ask(tasks.plan_hint, actor, TaskId(views.read_number(parts)))
    await say.toast(views.toast(views.how_to_plan(v, task)), alert=True)


async def explain(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    task = await ask(tasks.excuse_hint, actor, TaskId(views.read_number(parts)))
    await say.toast(views.toast(views.how_to_excuse(v, task)), alert=True)


async def lift(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    excuse = await do(tasks.decide, actor, ExcuseId(views.read_number(parts)), True)
    await say.toast(views.toast(views.decided(v, excuse)))


async def keep(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    excuse = await do(tasks.decide, actor, ExcuseId(views.read_number(parts)), False)
    await say.toast(views.toast(views.decided(v, excuse)))


async def confirm(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    task = await do(tasks.close, actor, TaskId(views.read_number(parts)), TaskState.SOLVED)
    await say.toast(views.toast(views.was_closed(v, task)))


async def withdraw(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    task = await do(tasks.close, actor, TaskId(views.read_number(parts)), TaskState.WITHDRAWN)
    await say.toast(views.toast(views.was_closed(v, task)))


async def list_here(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(views.group_list(v, await ask(tasks.of_group, actor)))


async def list_mine(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    mine = await ask(tasks.mine, actor)
    team = await ask(tasks.of_team, actor) if actor.has(*MANAGERS) else None
    await say(views.my_list(v, mine, team, actor.person))


async def show(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    task, excuses, manages = await ask(tasks.detail, actor, TaskId(views.read_number(parts)))
    await say.toast("")
    for screen in views.detail(v, task, excuses, manages, actor.person):
        await say.new(screen)


async def opened(message: Message, payload: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say) -> None:
    user = message.from_user
    await do(people.open_chat, actor, user.full_name if user else "", (user.username or "") if user else "")
    task, excuses, manages = await ask(tasks.detail, actor, TaskId(views.read_number([payload])))
    for screen in views.detail(v, task, excuses, manages, actor.person):
        await say(screen)
