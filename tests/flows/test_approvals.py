"""Requests on their way from the first approver to the end (APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core import approvals
from core.access import Role
from core.approvals import Approval, Kind, State
from core.ids import ApprovalId
from core.rulebook import loads
from tests.support.chat import SHANGHAI, Bench, Someone, open_bench

QUIET = "checkin: {roles: [technician]}\n"  # nobody here is asked for a place
RULES = (
    QUIET
    + """
approvals:
  chains:
    compensation:
      - up_to: 500
        steps: [{who: superior, hours: 4, escalates: true}]
      - steps:
          - {who: superior, hours: 4, escalates: true}
          - {who: [role:director, role:finance], countersign: true, hours: 8}
    gift:
      - steps: [{who: [role:finance, superior], hours: 4}]
"""
)


@dataclass
class Company:
    bench: Bench
    gm: Someone
    director: Someone
    boss: Someone
    zhang: Someone
    li: Someone
    finance: Someone

    async def asks(self, kind: Kind = Kind.COMPENSATION, amount: int = 300, **more: Any) -> Approval:
        """Zhang asks for something."""

        def ask(uow: Any) -> Approval:
            subject = more.pop("subject", "case:1")
            reason = more.pop("reason", "客户投诉属实")
            return approvals.ask(uow, kind, self.zhang.person, subject, amount, reason, **more)  # type: ignore[arg-type]

        asked: Approval = await self.bench.store.unit(ask)
        await self.bench.settle()
        return asked

    async def approval(self, number: int = 1) -> Approval:
        found: Approval = await self.bench.look(lambda uow: uow.approvals.get(ApprovalId(number)))
        return found

    async def clock(self) -> dict[str, str]:
        """The open deadlines of request 1 with the clock they ring at."""
        open_ = await self.bench.look(lambda uow: uow.deadlines.open_of("approval:1"))
        return {str(d.kind).removeprefix("approval."): f"{d.due_at.astimezone(SHANGHAI):%d %H:%M}" for d in open_}

    def hush(self) -> None:
        for one in self.bench.views.values():
            one.skips()


async def found(bench: Bench) -> Company:
    gm = await bench.staff("李总", "总经办", Role.GM)
    director = await bench.staff("周总监", "总经办", Role.DIRECTOR, superior="李总")
    boss = await bench.staff("王经理", "销售部", Role.MANAGER, superior="周总监")
    zhang = await bench.staff("张三", "销售部")
    li = await bench.staff("李四", "销售部")
    finance = await bench.staff("钱会计", "财务部", Role.FINANCE)
    return Company(bench, gm, director, boss, zhang, li, finance)


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads(RULES)) as bench:
        yield await found(bench)


async def test_apr1_one_tap_approves_and_everybody_sees_it(company: Company) -> None:
    c = company
    await c.bench.clock_to("09:00")
    await c.asks()
    c.boss.expects(
        "#1 赔偿",
        "14:30 前",
        "销售部-张三：300元",
        "理由：客户投诉属实",
        "等 销售部-王经理",
        "✅ 批准",
        "❌ 驳回",
        "❓ 问一句",
    )
    c.zhang.expects("#1 赔偿", "14:30 前", "等 销售部-王经理", "撤回")
    toast = await c.boss.presses("批准")
    assert "已批准 #1" in toast
    c.boss.expects("✅ 09:00 已批准", edited=True)
    c.zhang.expects("✅ 09:00 已批准", "✅ 09:00 销售部-王经理", edited=True)
    c.zhang.expects("✅ 已批准：赔偿", "300元", "销售部-王经理", edited=False)
    done = await c.approval()
    assert (done.state, done.settled_by) == (State.APPROVED, c.boss.person)
    assert await c.clock() == {}
