"""Complaints from the customer's first message to the closed case (CMP-1 to CMP-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.access import Role
from core.complaints import Step, Verdict
from core.groups import Purpose
from tests.support.chat import MONDAY, Bench, Group, Someone

VALVE = "阀门漏水，已经第二次了"


@dataclass
class Desk:
    """A complaint desk: its group, a customer-service person, the manager, and a customer."""

    bench: Bench
    group: Group
    li: Someone
    wang: Someone
    chen: Someone

    async def case(self, number: str) -> Any:
        return await self.bench.look(lambda uow: uow.complaints.by_number(number))

    async def trail(self, number: str) -> list[tuple[str, str, str]]:
        case = await self.case(number)
        found = await self.bench.look(lambda uow: uow.complaints.trail(case.id))
        return [(trace.step, trace.by, trace.note) for trace in found]

    async def messages(self, number: str) -> list[Any]:
        case = await self.case(number)
        found: list[Any] = await self.bench.look(lambda uow: uow.complaints.messages(case.id))
        return found

    async def registers(self, text: str = VALVE, kind: str = "服务质量") -> None:
        """The customer writes and chooses a kind; nobody's screens are looked at."""
        await self.chen.says(text)
        await self.chen.presses(kind)
        self.hush()

    async def answers(self, text: str = "马上处理") -> None:
        """The owner replies from the card."""
        await self.li.presses("回复客户")
        await self.li.says(text)
        self.hush()

    async def notes(self, button: str, text: str = "") -> None:
        """The owner presses a step and writes the note."""
        await self.li.presses(button)
        if text:
            await self.li.says(text)
        else:
            await self.li.presses("不写备注")

    def hush(self) -> None:
        for view in self.bench.views.values():
            view.skips()


async def make_desk(bench: Bench) -> Desk:
    wang = await bench.staff("王经理", "客服部", Role.MANAGER)
    li = await bench.staff("李四", "客服部", Role.SERVICE)
    group = await bench.group("投诉台", wang, li, department="客服部", purposes=[Purpose.COMPLAINT])
    chen = await bench.customer("陈先生")
    return Desk(bench, group, li, wang, chen)


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    return await make_desk(bench)


# --- the whole story


async def test_from_first_message_to_closed_case(desk: Desk) -> None:
    """CMP-1, CMP-2, CMP-3, CMP-5, CMP-6, P17, P23, P25, P43."""
    chen, li, group = desk.chen, desk.li, desk.group
    await chen.says(VALVE)
    chen.expects("已收到您的消息（1 条）", "产品质量", "服务质量", "咨询", "求助")
    assert await desk.case("260901") is None

    toast = await chen.presses("产品质量")
    assert toast == "260901"
    chen.expects("260901 · 产品质量", edited=True)
    chen.expects(
        "非常抱歉",
        "260901 产品质量",
        "负责人：客服部-李四",
        "9月15日 周二 08:00 前给您答复",
        "9月17日 周四 18:00 前处理完",
        "订单号、批号、数量",
        "第五章 第一条",
    )
    group.expects("260901", "产品质量 · 一般", "陈**", "客服部-李四", VALVE, "首次答复：9月15日 周二 08:00 前")
    li.expects("260901", "陈先生", "已登记 → 核实", "成立", "不成立", "回复客户")
    li.expects("260901 陈先生：", VALVE)

    await li.presses("成立")
    li.expects("260901 成立", "内部备注")
    await li.says("密封圈老化，属实")
    li.expects("260901：已记录")
    li.expects("核实成立 → 定方案", edited=True)
    group.expects("核实成立 → 定方案", edited=True)
    chen.expects("260901", "投诉成立")
    case = await desk.case("260901")
    assert (case.step, case.verdict, case.first_reply_at) == (Step.VERIFIED, Verdict.VALID, None)

    await desk.bench.forward(hours=1)
    await li.presses("回复客户")
    li.expects("请写回复内容")
    await li.says("明天上门更换密封圈")
    chen.expects("260901 客服部-李四：", "明天上门更换密封圈")
    li.expects("已告知客户")
    li.expects("首次答复：9月14日 周一 09:00 已完成", edited=True)
    group.expects("首次答复：9月14日 周一 09:00 已完成", edited=True)
    case = await desk.case("260901")
    assert case.first_reply_at == MONDAY + timedelta(hours=1)

    await desk.notes("定方案", "换密封圈，小赵周二上门")
    li.expects("请")
    li.skips()
    group.expects("已定方案 → 开始处理")
    chen.expects("解决方案已定")
    assert "小赵" not in chen.shows("解决方案已定")

    await desk.notes("开始处理")
    li.skips()
    group.expects("处理中 → 告知结果")
    chen.expects("已开始处理，最迟 9月17日 周四 18:00")

    await desk.notes("告知结果", "密封圈已更换，延保一年")
    li.skips()
    group.expects("已告知结果 → 回访")
    chen.expects("260901 处理结果（客服部-李四）", "密封圈已更换", "您是否接受", "满意，接受", "不接受")
    await chen.presses("满意，接受")
    chen.expects("您已接受处理结果")
    li.expects("客户接受处理结果")
    li.skips()
    group.skips()

    await desk.notes("回访", "客户很满意")
    li.skips()
    group.skips()
    chen.expects("已回访")
    await desk.notes("结案")
    li.expects("260901：已记录")
    li.skips()
    chen.expects("已结案")
    closed = group.expects("已结案", "结案：9月14日 周一 09:00 已完成")
    assert closed.labels == []

    case = await desk.case("260901")
    assert (case.step, case.accepted, case.closed_at) == (Step.CLOSED, True, MONDAY + timedelta(hours=1))
    assert [step for step, _, _ in await desk.trail("260901")] == [
        "registered",
        "valid",
        "plan",
        "solving",
        "told",
        "accepted",
        "revisit",
        "closed",
    ]
    assert ("plan", "客服部-李四", "换密封圈，小赵周二上门") in await desk.trail("260901")
    assert await desk.bench.look(lambda uow: uow.deadlines.open_of(case.subject)) == [] or [
        d.kind for d in await desk.bench.look(lambda uow: uow.deadlines.open_of(case.subject))
    ] == ["complaint.delivery"]
    await desk.bench.forward(days=30)
    desk.group.expects_silence()
