"""A request's time: reminders, escalation, questions that stop the clock, approvers who go away (APR-1, P16, P32)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from core.approvals import Kind, State
from core.ids import ApprovalId
from core.rulebook import loads
from tests.flows.test_kills import Day
from tests.support.chat import open_bench
from tests.support.requests import RULES, Company, found


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads(RULES)) as bench:
        yield await found(bench)


# Reminders and escalation ---------------------------------------------------------------------------------


async def test_apr1_reminded_then_on_to_the_next_superior(company: Company) -> None:
    """P17: whoever it was taken from is told where it is now."""
    c = company
    await c.bench.clock_to("09:00")
    await c.asks()
    asked = c.boss.expects("14:30 前").message
    c.zhang.expects("14:30 前")
    assert await c.clock() == {"remind": "14 13:30", "due": "14 14:30"}
    await c.bench.clock_to("13:30")
    c.boss.expects("⏰ 快到时限，请审批 · 14:30 前", "#1 赔偿", "✅ 批准")
    await c.bench.clock_to("14:30")
    c.boss.expects("已转他人，你不用处理了", edited=True)
    c.director.expects("#1 赔偿", "9月15日 周二 09:30 前", "等 总经办-周总监，14:30 起", "✅ 批准")
    c.zhang.expects("等 总经办-周总监", edited=True)
    pressed = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert "已于 14:30 转出，现由 总经办-周总监 审批" in pressed.text
    assert (await c.approval()).is_open
    await c.director.presses("批准")
    assert (await c.approval()).settled_by == c.director.person
    c.hush()


async def test_apr1_at_the_top_it_stays_and_is_asked_for_again(company: Company) -> None:
    """Nobody above the GM: the time begins anew, and no request is forgotten."""
    c = company
    await c.asks(subject="case:9")
    for clock in ("14:30", "09:30", "15:00"):
        c.hush()
        await c.bench.clock_to(clock)
    c.gm.expects("⏰ 已过时限，请尽快审批")
    assert (await c.approval()).waiting[0].acting == c.gm.person
    assert "due" in await c.clock()
    c.hush()
    await c.gm.presses("批准")
    assert await c.clock() == {}
    c.hush()


async def test_p19_nobody_is_reminded_at_night(company: Company) -> None:
    c = company
    await c.bench.clock_to("17:30")
    await c.asks()
    assert await c.clock() == {"remind": "15 11:30", "due": "15 14:00"}
    c.hush()
    await c.bench.clock_to("09:00")
    c.boss.expects_silence()
    c.hush()


# Asking back (P16) ----------------------------------------------------------------------------------------


async def test_p16_a_question_stops_the_clock_and_the_answer_starts_it_again(company: Company) -> None:
    c = company
    await c.bench.clock_to("09:00")
    await c.asks()
    c.hush()
    await c.bench.clock_to("10:00")
    await c.boss.presses("问一句")
    c.boss.expects("#1 赔偿 · 销售部-张三", "想问什么？")
    await c.boss.says("有没有收据？")
    c.boss.expects("已转问申请人。#1 的时限暂停")
    c.boss.expects("⏸ 等申请人回答", edited=True)
    c.boss.expects("想问什么？", edited=True)  # the form is over
    question = c.zhang.expects("❓ 销售部-王经理 问：“有没有收据？”", "💬 回答", edited=False)
    c.zhang.expects("❓ 请回答", edited=True)
    assert await c.clock() == {"answer": "15 10:30"}
    assert "你的问题还没有回答" in await c.ask_again()
    await c.bench.clock_to("15:00")
    c.boss.expects_silence()

    await c.zhang.says("有，下午补上", reply_to=question.message)
    c.zhang.expects("已转给 #1 的审批人")
    c.zhang.expects("18:00 前", edited=True)
    c.boss.expects("💬 销售部-张三：“有，下午补上”", "你问的：“有没有收据？”", "18:00 前", "✅ 批准")
    c.boss.expects("18:00 前", edited=True)
    assert await c.clock() == {"remind": "14 17:00", "due": "14 18:00"}, "one hour was used before the question"
    await c.bench.clock_to("17:00")
    c.boss.expects("⏰ 快到时限")
    await c.boss.presses("批准")
    assert (await c.approval()).state is State.APPROVED
    trace = await c.bench.look(lambda uow: uow.approvals.events(ApprovalId(1)))
    assert [str(e.what) for e in trace] == ["asked", "question", "answer", "reminded", "approved"]
    c.hush()


async def test_p16_a_question_without_an_answer_does_not_hold_the_request_for_ever(company: Company) -> None:
    c = company
    await c.bench.clock_to("09:00")
    await c.asks()
    await c.asks_back()
    c.hush()
    await c.bench.forward(days=1, hours=1)
    c.zhang.expects("还没有回答，审批时限继续计算", "有没有收据？")
    c.boss.expects("⏰ 你问的问题到时没有回答，请直接审批", "✅ 批准")
    assert set(await c.clock()) == {"remind", "due"}
    assert (await c.approval()).questions == []
    c.hush()
    await c.zhang.says("/approvals mine")
    c.zhang.expects("我的申请 1")
    await c.zhang.presses("#1")
    c.zhang.expects("销售部-王经理 的问题没有回答")
    await c.boss.presses("批准")
    c.hush()


async def test_apr1_whoever_asked_may_decide_without_the_answer(company: Company) -> None:
    c = company
    await c.asks(amount=800)
    await c.boss.presses("批准")
    await c.asks_back(c.director, 2)
    assert "answer" in await c.clock()
    c.hush()
    await c.director.does(c.director.phone.press_data, c.director.messages[-1], "ap.yes:2")
    assert set(await c.clock()) == {"due", "remind"}, "the other signer's time runs again"
    await c.finance.presses("批准")
    assert (await c.approval()).state is State.APPROVED
    c.hush()


# Away (P32) -----------------------------------------------------------------------------------------------


async def test_p32_an_approver_on_leave_is_not_asked_and_one_who_goes_is_not_waited_for(company: Company) -> None:
    c = company
    await c.asks(subject="case:1")
    c.boss.expects("#1 赔偿")
    await c.on_leave(c.boss, date(2026, 9, 14), date(2026, 9, 16))
    c.boss.expects("已转他人", edited=True)
    c.director.expects("#1 赔偿", "✅ 批准")
    await c.asks(subject="case:2")
    c.director.expects("#2 赔偿", "✅ 批准")
    c.hush()
    await c.zhang.says("/approvals 1")
    c.zhang.expects("销售部-王经理 不在，转 总经办-周总监")
    assert (await c.approval(2)).waiting[0].person == c.director.person


async def test_p32_leave_that_begins_tomorrow_moves_it_in_the_morning(company: Company) -> None:
    c = company
    await c.bench.clock_to("17:00")
    await c.asks()
    await c.on_leave(c.boss, date(2026, 9, 15), date(2026, 9, 16))
    assert (await c.approval()).waiting[0].acting == c.boss.person
    c.hush()
    await c.bench.clock_to("09:00")
    c.director.expects("#1 赔偿", "14:30 前", "✅ 批准")
    assert (await c.approval()).waiting[0].acting == c.director.person
    c.hush()


async def test_p32_p46_an_approver_who_blocked_the_bot_is_passed_over(company: Company) -> None:
    c = company
    await c.boss.does(c.boss.phone.block)
    await c.asks()
    c.director.expects("#1 赔偿", "✅ 批准")
    c.hush()


async def test_apr1_the_rulebook_may_let_it_wait_for_the_absent(folder: Path) -> None:
    book = loads(RULES + "  if_absent: wait\n")
    async with open_bench(folder, rulebook=book) as bench:
        c = await found(bench)
        await c.on_leave(c.boss, date(2026, 9, 14), date(2026, 9, 16))
        c.hush()
        await c.asks()
        c.boss.expects("#1 赔偿", "✅ 批准")
        c.hush()


# Killed in every state (P16) ------------------------------------------------------------------------------

State_ = Callable[[Company], Awaitable[None]]


async def waiting(c: Company) -> None:
    pass


async def reminded(c: Company) -> None:
    await c.bench.clock_to("13:30")


async def paused(c: Company) -> None:
    await c.asks_back()


async def resumed(c: Company) -> None:
    await c.asks_back()
    await c.bench.clock_to("10:00")
    await c.zhang.presses("回答")
    await c.zhang.says("有收据")


async def unanswered(c: Company) -> None:
    await c.asks_back()
    await c.bench.forward(days=1, hours=1)


async def escalated(c: Company) -> None:
    await c.bench.clock_to("14:30")


async def delegated(c: Company) -> None:
    await c.boss.says("/delegate 李四 3天")


async def second_step(c: Company) -> None:
    await c.boss.presses("批准")


@pytest.mark.parametrize(
    "state",
    [waiting, reminded, paused, resumed, unanswered, escalated, delegated, second_step],
    ids=lambda s: s.__name__,
)
async def test_p16_killed_in_any_state_it_goes_on_as_if_nothing_had_happened(folder: Path, state: State_) -> None:
    """The timers that stood stand again, the next one rings at its instant, and the end is the same."""
    rules, stack = loads(RULES), contextlib.AsyncExitStack()
    bench = await stack.enter_async_context(open_bench(folder, rulebook=rules, strict=False))
    c = await found(bench)
    day = Day(folder, rules, bench, stack)
    await bench.clock_to("09:00")
    await c.asks(Kind.COMPENSATION, 800)
    await state(c)
    before, clock = await c.approval(), await c.clock()
    assert clock, "a request that waits has a timer"

    await day.kill()
    await day.restart()
    c.bench = day.bench
    assert await c.approval() == before
    assert await c.clock() == clock
    c.hush()
    if "answer" in clock:
        await c.bench.forward(days=1, hours=1)
        assert "due" in await c.clock()
        await c.boss.does(c.boss.phone.press_data, c.boss.messages[-1], "ap.yes:1")
    for _ in range(12):
        now = await c.approval()
        if not now.is_open:
            break
        await c.bench.forward(hours=8)
        for one in now.waiting:
            who = next(p for p in (c.boss, c.director, c.finance, c.li, c.gm) if p.person == one.acting)
            await who.does(who.phone.press_data, who.messages[-1], f"ap.yes:{one.id}")
    assert (await c.approval()).state is State.APPROVED
    assert await c.clock() == {}
    c.zhang.expects("✅ 已批准：赔偿")
    c.hush()
    await day.stack.aclose()


async def test_p16_killed_between_the_decision_and_the_answer_it_is_decided_once(folder: Path) -> None:
    """OPS-1: the press comes again after the restart."""
    rules, stack = loads(RULES), contextlib.AsyncExitStack()
    bench = await stack.enter_async_context(open_bench(folder, rulebook=rules, strict=False))
    c = await found(bench)
    day = Day(folder, rules, bench, stack)
    await c.asks()
    c.boss.phone.press_data(c.boss.messages[-1], "ap.yes:1")
    while await bench.app.poller.poll(0):
        pass
    await day.kill()
    await day.restart()
    c.bench = day.bench
    await c.bench.settle()
    assert (await c.approval()).state is State.APPROVED
    events = await c.bench.look(lambda uow: uow.approvals.events(ApprovalId(1)))
    assert [str(e.what) for e in events] == ["asked", "approved"]
    assert "已批准" in c.zhang.shows("#1 赔偿")
    await day.stack.aclose()
