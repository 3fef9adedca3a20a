"""The process is killed between any two steps of a day, and within them; the day ends as if nothing had happened.

A kill is no orderly stop: tasks are dropped where they stand, nothing more is marked or written back. What the
platform was not told it keeps; what is on disk stays (OPS-1, P16, P21).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiogram import Bot

from core import customers
from core.access import SYSTEM, Role
from core.groups import Purpose
from core.rulebook import Rulebook, loads
from storage.base import Base
from tests.support.chat import Bench, ChatView, Group, Someone, open_bench

IN_FORCE = """
clauses:
  lead.contact: {in_force: true}
  lead.record: {in_force: true}
  task.reply: {in_force: true}
  checkin.missed: {in_force: true}
"""
HERE = (31.2304, 121.4737)
STATE = (
    "leads",
    "lead_events",
    "tasks",
    "assignments",
    "checkins",
    "complaints",
    "complaint_counters",
    "complaint_intakes",
    "complaint_messages",
    "complaint_steps",
    "visits",
    "ledger",
    "deadlines",
)
PLACES = ("message", "card", "chat")  # columns that say where something stands in a chat
SILENT = ("getUpdates", "getMe")


class Wire:
    """The way to the platform. Armed, the `nth` call hangs for ever: before it arrives, or only its answer."""

    def __init__(self, bench: Bench, nth: int, *, arrives: bool) -> None:
        self.left, self.arrives = nth, arrives
        self.cut = asyncio.Event()
        bench.app.bot.session.middleware.register(self)

    async def __call__(self, make_request: Any, bot: Bot, method: Any) -> Any:
        if method.__api_method__ in SILENT:
            return await make_request(bot, method)
        self.left -= 1
        if self.left > 0:
            return await make_request(bot, method)
        if self.left == 0 and self.arrives:
            await make_request(bot, method)
        self.cut.set()
        return await asyncio.Event().wait()


@dataclass
class Day:
    """One day of a company on one folder, over any number of processes."""

    folder: Path
    rules: Rulebook
    bench: Bench
    stack: contextlib.AsyncExitStack
    people: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.people[name]

    async def kill(self) -> None:
        """Drop everything that is in hand, as SIGKILL does, and let go of the files."""
        app = self.bench.app
        tasks = [
            *app.intake.lanes.tasks,
            *app.intake._jobs.values(),
            *app.sender._tasks,
            *([app.intake.lanes._flushing] if app.intake.lanes._flushing else []),
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        app.intake.close()
        app.intake.lanes._handled.clear()
        app.intake.lanes._quiet.set()
        await self.stack.aclose()

    async def restart(self) -> None:
        """A new process on the same files and the same platform."""
        old = self.bench
        self.stack = contextlib.AsyncExitStack()
        kwargs: dict[str, Any] = {"telegram": old.telegram, "clock": old.clock, "strict": False}
        self.bench = await self.stack.enter_async_context(open_bench(self.folder, rulebook=self.rules, **kwargs))
        self.bench.views = old.views
        for view in old.views.values():
            view.bench = self.bench
        await self.bench.settle()

    async def snapshot(self) -> dict[str, list[Any]]:
        """What is stored, without the places of messages in chats."""

        def rows(uow: Any, name: str) -> list[Any]:
            table = Base.metadata.tables[name]
            columns = [c for c in table.c if not any(word in c.name for word in PLACES) and c.name != "generation"]
            found = uow.inbox._c.execute(sa.select(*columns).order_by(*table.primary_key)).all()
            return [tuple(row) for row in found]

        return {name: await self.bench.look(partial(rows, name=name)) for name in STATE}

    async def told(self) -> set[tuple[Any, ...]]:
        """What everybody was told, and whether it arrived. Cards are left out: they show their last picture."""
        table = Base.metadata.tables["notices"]
        columns = [table.c[name] for name in ("kind", "subject", "to_kind", "to_id", "state")]
        wanted = sa.select(*columns).where(table.c.card.is_(None))
        found = await self.bench.look(lambda uow: uow.inbox._c.execute(wanted).all())
        return {tuple(row) for row in found}


Act = Callable[[Day], Any]


@dataclass(frozen=True)
class Step:
    """Somebody's act on their phone, or the clock moved to HH:MM."""

    name: str
    act: Act | None = None
    clock: str = ""


def presses(who: str, label: str, where: str = "") -> Act:
    def act(day: Day) -> Any:
        someone: Someone = day.people[who]
        group: Group | None = day.people[where] if where else None
        chat = group.chat if group else someone.phone.private
        data = someone._find(label, chat, None)
        return someone.phone.press(data, None, chat)

    return act


def says(who: str, text: str, where: str = "") -> Act:
    return lambda day: day.people[who].phone.say(text, day.people[where].chat if where else None)


STORY = (
    Step("the round begins", clock="08:50"),
    Step("zhang reports a place", lambda day: day.zhang.phone.send_location(*HERE)),
    Step("the round closes, zhao is missing", clock="09:12"),
    Step("a lead comes in", says("service", "/lead 来电 华强电子 13800001111 80万 要200台")),
    Step("it is published", presses("service", "发布")),
    Step("zhang claims it", presses("zhang", "抢单", "floor")),
    Step("some minutes pass", clock="09:18"),
    Step("zhang has called", presses("zhang", "已联系")),
    Step("zhang writes it up", says("zhang", "/report 1 已联系，周五报价")),
    Step("the boss gives a task", says("boss", "/task @zhang 把报价发给华强", "floor")),
    Step("zhang has got it", presses("zhang", "收到", "floor")),
    Step("a second task, for zhao, who is late", says("boss", "/task @zhao 交周报", "floor")),
    Step("half an hour and more", clock="09:55"),
    Step("zhao answers late", presses("zhao", "收到", "floor")),
    Step("zhang is done", presses("zhang", "已解决")),
    Step("zhang opens the visit form", says("zhang", "/visit 红星")),
    Step("by telephone", presses("zhang", "电话")),
    Step("what was said", says("zhang", "谈过了，要样机")),
    Step("the next step", presses("zhang", "不用")),
    Step("a customer complains", says("chen", "阀门漏水，已经第二次了")),
    Step("and says of what kind", presses("chen", "产品质量")),
    Step("the desk looks into it", presses("li", "成立")),
    Step("the note", says("li", "密封圈老化，属实")),
    Step("the desk answers", presses("li", "回复客户")),
    Step("with words", says("li", "明天上门更换密封圈")),
    Step("the customer writes again", says("chen", "谢谢，请快一点")),
    Step("the day ends", clock="19:00"),
)


async def begin(folder: Path) -> Day:
    rules = loads(IN_FORCE)
    stack = contextlib.AsyncExitStack()
    bench = await stack.enter_async_context(open_bench(folder, rulebook=rules, strict=False))
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, username="wang")
    zhang = await bench.staff("张三", "销售部", username="zhang")
    zhao = await bench.staff("赵六", "销售部", username="zhao")
    service = await bench.staff("孙七", "客服部", Role.SERVICE)
    head = await bench.staff("周主管", "投诉部", Role.MANAGER)
    li = await bench.staff("李四", "投诉部", Role.SERVICE)
    floor = await bench.group("销售群", boss, zhang, zhao, department="销售部", purposes=[Purpose.SALES])
    desk = await bench.group("投诉台", head, li, department="投诉部", purposes=[Purpose.COMPLAINT])
    chen = await bench.customer("陈先生")
    draft = customers.Draft("红星机械有限公司")
    await bench.store.unit(lambda uow: customers.open_record(uow, draft, zhang.person, SYSTEM, sure=True).id)  # type: ignore[arg-type]
    views: dict[str, ChatView] = {
        "boss": boss,
        "zhang": zhang,
        "zhao": zhao,
        "service": service,
        "head": head,
        "li": li,
        "floor": floor,
        "desk": desk,
        "chen": chen,
    }
    return Day(folder, rules, bench, stack, dict(views))


async def finish(day: Day, step: Step) -> None:
    """Take a step, or what is left of it, to its end."""
    if step.clock and day.bench.now.strftime("%H:%M") < step.clock:
        await day.bench.clock_to(step.clock)
    await day.bench.settle()


async def uninterrupted(day: Day, step: Step) -> None:
    if step.act:
        step.act(day)
    await finish(day, step)


async def killed_before_the_marks(day: Day, step: Step) -> None:
    """Between two steps: everything is done and answered, and nothing yet marked as handled."""
    intake = day.bench.app.intake
    intake.lanes._flush = asyncio.Event().wait  # type: ignore[method-assign, assignment]
    if step.act:
        step.act(day)
        while await day.bench.app.poller.poll(0):
            await asyncio.gather(*intake.lanes.tasks)
        await day.bench.app.sender.idle()
    else:
        await finish(day, step)
    await day.kill()
    await day.restart()
    await finish(day, step)


async def _killed_at_call(day: Day, step: Step, nth: int, *, arrives: bool) -> None:
    wire = Wire(day.bench, nth, arrives=arrives)
    if step.act:
        step.act(day)
    running = asyncio.ensure_future(finish(day, step))
    cut = asyncio.ensure_future(wire.cut.wait())
    await asyncio.wait({running, cut}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, cut):
        task.cancel()
    await asyncio.gather(running, cut, return_exceptions=True)
    await day.kill()
    await day.restart()
    await finish(day, step)


async def killed_before_the_answer(day: Day, step: Step) -> None:
    """Committed, and not a word of it said."""
    await _killed_at_call(day, step, 1, arrives=False)


async def killed_amid_the_words(day: Day, step: Step) -> None:
    """The platform has the first message, or at every other step two; the last one's id was not written down."""
    await _killed_at_call(day, step, 1 + STORY.index(step) % 2, arrives=True)


Kill = Callable[[Day, Step], Awaitable[None]]


async def play(folder: Path, way: Kill) -> tuple[Day, dict[str, list[Any]], set[tuple[Any, ...]]]:
    day = await begin(folder)
    for step in STORY:
        try:
            await way(day, step)
        except BaseException as error:
            error.add_note(f"at the step: {step.name}")
            raise
    return day, await day.snapshot(), await day.told()


@pytest.fixture(scope="module")
def plain_day(tmp_path_factory: pytest.TempPathFactory, databases: Any) -> Any:
    """The day as it goes without a kill; played once."""
    from tests.support.chat import prepare

    folder = tmp_path_factory.mktemp("plain")
    prepare(folder, databases.make("sqlite", folder))

    async def once() -> Any:
        day, state, told = await play(folder, uninterrupted)
        shown = {m.text for view in (day.floor, day.desk) for m in view.messages}
        await day.stack.aclose()
        return state, told, shown

    return asyncio.run(once())


@pytest.mark.parametrize(
    "way",
    [
        killed_before_the_marks,
        killed_before_the_answer,
        killed_amid_the_words,
    ],
)
async def test_p16_killed_at_every_step_the_day_ends_the_same(folder: Path, plain_day: Any, way: Kill) -> None:
    """OPS-1, P16, P21: the same leads, tasks, cases, numbers and sanctions, and everybody was told."""
    state, told, shown = plain_day
    day, after, also_told = await play(folder, way)
    for name in STATE:
        assert after[name] == state[name], name
    assert told <= also_told
    assert shown <= {m.text for view in (day.floor, day.desk) for m in view.messages}
    assert await day.bench.look(lambda uow: uow.inbox.dead()) == []
    assert await day.bench.store.unit(lambda uow: uow.inbox.take()) == []
    await day.stack.aclose()


def test_the_day_has_what_it_is_meant_to_prove(plain_day: Any) -> None:
    """A comparison of two empty days would prove nothing."""
    state, told, _ = plain_day
    assert {name: len(rows) for name, rows in state.items() if not rows} == {}
    assert len(state["ledger"]) == 1, "zhao's late answer"
    assert len(told) > 10


# What is said of it -------------------------------------------------------------------------------------


async def play_until(folder: Path, name: str) -> Day:
    """The day up to a step, which is not taken any more."""
    day = await begin(folder)
    for step in STORY:
        if step.name == name:
            return day
        await uninterrupted(day, step)
    raise ValueError(name)


async def test_who_wrote_before_the_kill_learns_that_it_was_carried_out(folder: Path) -> None:
    """OPS-1: committed, killed before the answer."""
    day = await play_until(folder, "zhang writes it up")
    await killed_before_the_answer(day, next(step for step in STORY if step.name == "zhang writes it up"))
    day.zhang.shows("09:18", "在重启前已办好")
    events = (await day.snapshot())["lead_events"]
    assert sum("周五报价" in str(row) for row in events) == 1
    await day.stack.aclose()


async def test_who_pressed_before_the_kill_learns_it_too(folder: Path) -> None:
    day = await play_until(folder, "zhang claims it")
    wire = Wire(day.bench, 1, arrives=False)
    press = presses("zhang", "抢单", "floor")(day)
    running = asyncio.ensure_future(day.bench.settle())
    await wire.cut.wait()
    running.cancel()
    await day.kill()
    assert not press.answered
    await day.restart()
    assert press.answered
    assert "重启前已办好" in press.text
    day.zhang.shows("华强电子", "13800001111")
    await day.stack.aclose()


# The bot's own absence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ("zhang reports a place", lambda day: day.zhang.phone.send_location(*HERE)),
        ("zhang has called", presses("zhang", "已联系")),
        ("half an hour and more", presses("zhao", "收到", "floor")),
    ],
)
async def test_p21_half_an_hour_without_the_bot_sanctions_nobody(folder: Path, before: str, act: Act) -> None:
    """Killed before a deadline, back half an hour later, after it; what people do then still counts."""
    day = await play_until(folder, before)
    await day.kill()
    clock = day.bench.clock
    clock.set(clock.now() + timedelta(minutes=40))
    await day.restart()
    await day.bench.forward(minutes=1)
    assert (await day.snapshot())["ledger"] == []
    act(day)
    await day.bench.settle()
    await day.bench.forward(minutes=8)
    assert (await day.snapshot())["ledger"] == []
    await day.stack.aclose()
