"""Excuses for late answers go the way of every request (TSK-3, APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.access import Role
from core.groups import Purpose
from core.ids import TaskId
from core.ledger import Effect
from core.rulebook import loads
from tests.flows.test_tasks import Company
from tests.support.chat import open_bench

RULES = "checkin: {roles: [technician]}\nclauses:\n  task.reply: {in_force: true}\n"


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads(RULES)) as bench:
        gm = await bench.staff("李总", "总经办", Role.GM, username="gm")
        boss = await bench.staff("王经理", "销售部", Role.MANAGER, username="wang")
        zhang = await bench.staff("张三", "销售部", username="zhang")
        li = await bench.staff("李四", "销售部", username="li")
        group = await bench.group("销售群", boss, zhang, li, department="销售部", purposes=[Purpose.REPAIR])
        made = Company(bench, gm, boss, zhang, li, group)
        await bench.clock_to("10:00")
        await boss.says("/task @zhang 把报价发给华强", group)
        await bench.clock_to("10:30")
        made.skips()
        yield made
        made.skips()


async def test_tsk3_an_approved_excuse_takes_the_entry_back(company: Company) -> None:
    c = company
    alert = next(m for m in c.zhang.messages if "你在 10:30 前没有回复" in m.wire["text"])
    await c.zhang.says("在山里，没有网络", reply_to=alert)
    c.zhang.expects("已转交 销售部-王经理 认定")
    c.zhang.expects("待上级认定", edited=True)
    c.boss.expects(
        "#1 补假、免责", "销售部-张三：任务 1，10:30 前未回复", "把报价发给华强", "理由：在山里", "✅ 批准"
    )
    await c.boss.presses("批准")
    c.zhang.expects("✅ 已批准", "任务 1", edited=False)
    c.zhang.expects("已认可，记录撤销 · 销售部-王经理", edited=True)
    assert [e.effect for e in await c.entries(c.zhang)] == [Effect.REVERSAL, Effect.WARNING]
    [excuse] = await c.bench.look(lambda uow: uow.tasks.excuses_of(TaskId(1)))
    assert (excuse.lifted, excuse.decided_by) == (True, "销售部-王经理")


async def test_tsk3_a_rejected_one_leaves_it_and_a_withdrawn_one_can_be_filed_again(company: Company) -> None:
    c = company
    await c.zhang.says("/why 1 忘了")
    await c.zhang.presses("撤回", message=next(m for m in reversed(c.zhang.messages) if "#1" in m.wire["text"]))
    assert await c.bench.look(lambda uow: uow.tasks.excuses_of(TaskId(1))) == []
    await c.zhang.says("/why 1 没有网络")
    c.skips()
    await c.boss.presses("驳回")
    await c.boss.says("当时在公司")
    c.zhang.expects("❌ 已驳回", "当时在公司", edited=False)
    c.zhang.expects("未予认可", edited=True)
    assert [e.effect for e in await c.entries(c.zhang)] == [Effect.WARNING]


async def test_tsk3_p17_the_old_button_decides_nothing_that_is_on_its_way(company: Company) -> None:
    c = company
    await c.zhang.says("/why 1 没有网络")
    c.skips()
    pressed = await c.boss.does(c.boss.phone.press_data, c.boss.messages[-1], "t.lift:1")
    assert "没有" in pressed.text
    assert (await c.bench.look(lambda uow: uow.tasks.excuses_of(TaskId(1))))[0].lifted is None


async def test_tsk3_undecided_it_goes_to_the_next_superior(company: Company) -> None:
    c = company
    await c.zhang.says("/why 1 没有网络")
    c.skips()
    await c.bench.forward(days=1, hours=2)
    c.gm.expects("#1 补假、免责", "✅ 批准")
    await c.gm.presses("批准")
    assert (await c.entries(c.zhang))[0].effect is Effect.REVERSAL
