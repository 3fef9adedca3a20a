"""Somebody decides in another's place for a while (代理, APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from core.approvals import Kind, State
from core.rulebook import loads
from tests.support.chat import open_bench
from tests.support.requests import RULES, Company, found


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads(RULES)) as bench:
        yield await found(bench)


async def test_apr1_what_waits_goes_to_the_delegate_and_the_decision_names_both(company: Company) -> None:
    c = company
    await c.asks()
    asked = c.boss.expects("#1 赔偿").message
    await c.bench.clock_to("09:00")
    await c.boss.says("/delegate 李四 3天")
    c.boss.expects("09:00 – 9月17日 周四 00:00：由 销售部-李四 代你审批", "1 件待审已转过去", "结束代理：李四")
    c.boss.expects("已转他人", edited=True)
    c.li.expects("由你代 销售部-王经理 审批", "已有 1 件待审")
    c.li.expects("#1 赔偿", "代 销售部-王经理 审批", "等 销售部-李四（代 销售部-王经理）", "✅ 批准")
    pressed = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert "现由 销售部-李四 审批" in pressed.text
    await c.li.presses("批准")
    c.zhang.expects("✅ 09:00 销售部-李四（代 销售部-王经理）", edited=True)
    done = await c.approval()
    assert (done.state, done.settled_by) == (State.APPROVED, c.li.person)
    c.hush()
    await c.asks(subject="case:2")
    c.li.expects("#2 赔偿", "代 销售部-王经理 审批")
    c.boss.expects_silence()
    c.hush()


async def test_apr1_never_to_the_requester_and_not_further_than_one(company: Company) -> None:
    c = company
    await c.boss.says("/delegate 张三 3天")
    await c.director.says("/delegate 李四 3天")
    c.hush()
    await c.asks()
    c.boss.expects("#1 赔偿", "✅ 批准")
    assert (await c.approval()).waiting[0].acting == c.boss.person
    await c.boss.says("/delegate 周总监 3天")
    c.director.expects("#1 赔偿", "代 销售部-王经理 审批", "✅ 批准")  # the director's own delegate has no part
    assert (await c.approval()).waiting[0].acting == c.director.person, (
        "the director's own delegate has no part in it"
    )
    c.hush()


async def test_apr1_it_comes_back_at_the_end_and_when_it_is_ended(company: Company) -> None:
    c = company
    await c.asks()
    await c.boss.says("/delegate 李四 1天")
    c.hush()
    await c.boss.presses("结束代理")
    c.boss.expects("销售部-李四 不再代你审批", edited=True)
    c.boss.expects("🔔 现在由你审批", "✅ 批准")
    c.li.expects("你不再代 销售部-王经理 审批")
    c.li.expects("已转他人", edited=True)
    assert (await c.approval()).waiting[0].acting == c.boss.person
    again = await c.boss.does(c.boss.phone.press_data, c.boss.messages[-1], "ap.undo:1")
    assert again.text
    c.hush()

    await c.boss.says("/delegate 李四 今天")
    await c.bench.clock_to("17:00")
    await c.asks(subject="case:2")
    c.hush()
    await c.bench.clock_to("00:00")
    c.li.expects("已转他人", edited=True)
    await c.bench.clock_to("08:00")
    c.li.expects("你不再代")  # P19: nobody is told at midnight
    assert (await c.approval(2)).waiting[0].acting == c.boss.person
    c.hush()


async def test_apr1_from_a_later_day_on(company: Company) -> None:
    c = company
    await c.boss.says("/delegate 李四 9月15日-9月16日")
    c.boss.expects("9月15日 周二 00:00 – 9月17日 周四 00:00：由 销售部-李四 代你审批")
    c.li.expects("由你代")
    await c.bench.clock_to("17:30")
    await c.asks()
    c.boss.expects("#1 赔偿", "✅ 批准")
    c.hush()
    await c.bench.clock_to("00:00")
    c.li.expects("#1 赔偿", "代 销售部-王经理 审批")
    c.hush()
    await c.boss.says("/delegate")
    c.boss.expects("由 销售部-李四 代你审批", "/delegate 张三 3天", "结束代理：李四")


async def test_apr1_a_delegate_who_is_away_gives_way_to_the_approver(company: Company) -> None:
    """P32"""
    c = company
    await c.boss.says("/delegate 李四 3天")
    await c.on_leave(c.li, date(2026, 9, 14), date(2026, 9, 15))
    c.hush()
    await c.asks()
    c.boss.expects("#1 赔偿", "✅ 批准")
    c.hush()


async def test_p26_who_decides_for_a_colleague_and_for_themselves_is_asked_once(company: Company) -> None:
    c = company
    await c.boss.says("/delegate 钱会计 3天")
    c.hush()
    await c.asks(Kind.GIFT, 50)
    assert [one.acting for one in (await c.approval()).waiting] == [c.finance.person]
    c.finance.expects("#1 礼品", "✅ 批准")
    c.finance.expects_silence()
    c.hush()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("张三", "/delegate 张三 3天"),
        ("3天", "/delegate 张三 3天"),
        ("张三 0天", "/delegate 张三 3天"),
        ("张三 9月18日-9月16日", "/delegate 张三 3天"),
        ("张三 40天", "最多 30 天"),
        ("张三 9月1日-9月2日", "这些日子已经过了"),
        ("王经理 3天", "不能请自己代理"),
        ("马六 3天", "没有找到“马六”"),
    ],
)
async def test_apr1_what_makes_no_sense_is_refused(company: Company, words: str, answer: str) -> None:
    c = company
    await c.boss.says(f"/delegate {words}")
    c.boss.expects(answer)
    assert await c.bench.look(lambda uow: uow.approvals.delegations_of(c.boss.person, uow.now)) == []
