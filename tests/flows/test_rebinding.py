"""A lost phone: the person asks from the new account, somebody who knows them approves (ORG-1, APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.access import Role
from core.approvals import State
from core.ids import ApprovalId
from core.rulebook import loads
from tests.support.chat import Bench, Someone, open_bench


@dataclass
class Company:
    bench: Bench
    admin: Someone
    boss: Someone
    zhang: Someone
    new: Someone

    async def person_of(self, who: Someone) -> str | None:
        found = await self.bench.look(lambda uow: uow.people.by_account(who.phone.id))
        return found.label if found else None

    def hush(self) -> None:
        for view in self.bench.views.values():
            view.skips()


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads("checkin: {roles: [technician]}")) as bench:
        admin = await bench.staff("管管", "行政部", Role.SERVICE, admin=True)
        boss = await bench.staff("王经理", "销售部", Role.MANAGER)
        zhang = await bench.staff("张三", "销售部")
        yield Company(bench, admin, boss, zhang, bench.stranger("三哥", username="sange"))


async def test_org1_approved_the_new_account_works_and_the_old_one_is_told(company: Company) -> None:
    c = company
    await c.new.says("/rebind 张三 张三")
    c.new.expects("#1 换账号", "等 销售部-王经理", " 或 ", "等 行政部-管管", "撤回")
    for who in (c.boss, c.admin):
        who.expects("#1 换账号", "工号 张三，换到账号“三哥” @sange", "请当面或打电话核实", "✅ 批准")
    c.zhang.expects("⚠️ 账号“三哥” @sange申请代替这个账号", "不是我，撤销")
    assert await c.person_of(c.new) is None
    await c.boss.presses("批准")
    assert await c.person_of(c.new) == "销售部-张三"
    assert await c.person_of(c.zhang) is None
    c.zhang.expects("这个账号不再代表 销售部-张三")
    c.new.expects("已批准", edited=True)
    c.new.expects("✅ 已批准：换账号")
    c.new.expects("这个账号现在代表 销售部-张三")
    c.admin.expects("已批准", edited=True)
    c.hush()
    await c.zhang.says("/approvals")
    c.zhang.skips()
    await c.new.says("/me")
    c.new.expects("销售部-张三")


async def test_org1_the_old_account_stops_what_its_owner_did_not_ask_for(company: Company) -> None:
    c = company
    await c.new.says("/rebind 张三 张三")
    c.hush()
    assert "已撤回" in await c.zhang.presses("不是我")
    c.boss.expects("已撤回", edited=True)
    c.new.expects("已撤回", edited=True)
    pressed = await c.boss.does(c.boss.phone.press_data, c.boss.messages[-1], "ap.yes:1")
    assert "撤回" in pressed.text
    assert await c.person_of(c.zhang) == "销售部-张三"
    c.hush()


async def test_org1_a_question_goes_to_the_new_account_and_back(company: Company) -> None:
    """P44, P16: by the message's id, also in a chat that stands for nobody."""
    c = company
    await c.new.says("/rebind 张三 张三")
    c.hush()
    await c.boss.presses("问一句")
    await c.boss.says("你的座位在哪里？")
    question = c.new.expects("你的座位在哪里？", edited=False)
    c.hush()
    await c.new.says("三楼靠窗", reply_to=question.message)
    c.new.expects("已转给 #1 的审批人")
    c.boss.expects("💬 销售部-张三：“三楼靠窗”", edited=False)
    c.hush()
    assert (await c.bench.look(lambda uow: uow.approvals.get(ApprovalId(1)))).questions == []


@pytest.mark.parametrize("words", ["1001 张三", "张三 李四", "张三 王经理", "王经理 张三"])
async def test_ops2_whatever_does_not_fit_is_answered_alike(company: Company, words: str) -> None:
    c = company
    await c.new.says(f"/rebind {words}")
    c.new.expects("工号和姓名对不上")
    for who in (c.boss, c.admin, c.zhang):
        who.expects_silence()


async def test_org1_one_request_at_a_time_and_not_from_a_bound_account(company: Company) -> None:
    c = company
    await c.new.says("/rebind")
    c.new.expects("/rebind 1001 张三")
    await c.boss.says("/rebind 张三 张三")
    c.boss.expects("已代表 销售部-王经理")
    await c.new.says("/rebind 张三 张三")
    c.hush()
    await c.new.says("/rebind 王经理 王经理")
    c.new.expects("已经申请过")
    other = c.bench.stranger("别人")
    await other.says("/rebind 张三 张三")
    other.expects("已经申请过")


async def test_org1_an_account_bound_meanwhile_is_not_taken(company: Company) -> None:
    """The press is refused, and the request stays open."""
    c = company
    await c.new.says("/rebind 张三 张三")
    li = await c.bench.staff("李四", "销售部")
    await c.bench.store.unit(lambda uow: uow.people.unbind(li.person))
    await c.bench.store.unit(lambda uow: uow.people.bind(c.new.phone.id, li.person))
    assert "已代表 销售部-李四" in await c.boss.presses("批准")
    assert (await c.bench.look(lambda uow: uow.approvals.get(ApprovalId(1)))).state is State.OPEN
    c.hush()
