"""为什么是我: what an assignment rests on, told to each as far as they may know (LED-3, TSK-1, CMP-3, P41)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.access import Role
from core.away import Excuse, NewAbsence
from core.groups import Purpose
from core.rulebook import loads
from tests.flows.test_visits import knows
from tests.support.chat import Group
from tests.support.ledger import Company, company_in, id_of

QUIET = loads("checkin: {roles: [technician]}")


async def floor(c: Company) -> Group:
    return await c.bench.group("销售群", c.boss, c.zhang, c.li, department="销售部", purposes=[Purpose.SALES])


async def lead(c: Company) -> None:
    await c.boss.says("/lead 来电 宏图电子 高先生 13912345678 30万 要20台空压机 浦东")
    await c.boss.presses("发布")
    c.skips()


async def test_led4_a_claimed_lead_tells_offer_and_claim(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        group = await floor(c)
        await lead(c)
        await c.bench.clock_to("09:30")
        await c.zhang.presses("抢单", group)
        card = c.zhang.expects("高先生", "怎么算的 · 为什么是我")
        assert len(card.labels) == 3
        await c.zhang.says("/whyme")
        c.zhang.expects("要说明哪一项？", "线索 #1 · C · 宏图电子 高先生")
        await c.zhang.presses("线索 #1")
        c.zhang.expects(
            "08:00 销售部-王经理 登记，C 类",
            "08:00 在销售群发布",
            "09:30 销售部-张三 抢单成功：第一位符合条件的",
            "级别 高级，类别 C",
            "09:40 前联系客户并汇报进展",
            "怎么算的",
        )
        c.skips()
        await c.li.says("/start why_lead_1")  # not theirs
        c.li.expects("没有找到")


async def test_led3_an_assigned_lead_tells_who_was_considered_by_name_to_the_manager_alone(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        await c.bench.staff("孙新", "销售部", level="初级")
        busy = await c.bench.staff("周忙", "销售部")
        away = await c.bench.staff("吴假", "销售部")
        await floor(c)
        today = NewAbsence(date(2026, 9, 14), date(2026, 9, 14), Excuse.LEAVE, "发烧")
        await c.bench.store.unit(lambda uow: uow.absences.add(id_of(away), today, uow.now))
        await c.boss.says("/lead 来电 天成 李先生 13912340001 90万 要一套 浦东")
        await c.boss.presses("发布")
        await c.boss.says("/assign 1 周忙")
        await c.boss.says("/lead 来电 大华 王先生 13912340002 90万 要两套 浦东")
        await c.boss.presses("发布")
        c.skips()
        busy.skips()
        away.skips()
        await c.boss.says("/assign 2 张三")
        c.skips()
        await c.zhang.says("/start why_lead_2")
        told = c.zhang.expects("销售部-王经理 指派给 销售部-张三", "当时可选 3 人", "当时在手 0 条，最少的 0 条")
        assert "级别不符 1 人" in told.text
        assert "请假 1 人" in told.text
        assert "周忙" not in told.text
        await c.boss.says("/start why_lead_2")
        c.boss.expects("销售部-周忙 在手 1", "销售部-孙新 在手 0 · 级别不符")
        away.skips()
        busy.skips()


async def test_tsk1_a_task_tells_giver_limits_and_how_many_others(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        group = await c.bench.group("群", c.boss, c.zhang, c.li, department="销售部", purposes=[Purpose.REPAIR])
        await c.bench.clock_to("09:00")
        await c.boss.says("/task 销售部 交周报", group)
        c.zhang.expects("交周报", "怎么算的 · 为什么是我")
        c.skips()
        await c.zhang.says("/为什么是我")
        await c.zhang.presses("任务 1")
        told = c.zhang.expects(
            "09:00 销售部-王经理 下达给 销售部", "“交周报”", "另有 1 人同任务", "09:30 前回复，18:00 前完成"
        )
        assert "李四" not in told.text
        await c.boss.says("/start why_task_1")
        c.boss.expects("销售部-李四")
        stranger = await c.bench.staff("赵六", "客服部", Role.SERVICE, superior="陈总")
        await stranger.says("/start why_task_1")
        stranger.expects("没有找到")
        c.skips()


async def test_cmp3_a_complaint_tells_why_it_is_its_owners(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        chief = await c.bench.staff("高经理", "客服部", Role.MANAGER)
        gao = await c.bench.staff("高客服", "客服部", Role.SERVICE)
        ma = await c.bench.staff("马客服", "客服部", Role.SERVICE)
        await c.bench.group("投诉台", chief, gao, ma, department="客服部", purposes=[Purpose.COMPLAINT])
        customer = await c.bench.customer("陈先生")
        await customer.says("阀门漏水")
        await customer.presses("产品质量")
        await c.bench.forward(minutes=1)
        for view in c.bench.views.values():
            view.skips()
        owner, other = (
            (gao, ma) if any(m.wire.get("text", "").find("260901") >= 0 for m in gao.messages) else (ma, gao)
        )
        await owner.says("/whyme")
        await owner.presses("2609")
        told = owner.expects("责任人", "在岗 2 人中在办最少：0 件", "首次答复", "首问责任")
        assert other.name not in told.text
        await chief.says("/start why_complaint_1")
        chief.expects("客服部-马客服", "客服部-高客服")
        await c.zhang.says("/start why_complaint_1")
        c.zhang.expects("没有找到")
        await customer.says("/start why_complaint_1")
        assert not any("在岗" in heard.text for heard in customer.skips())
        for view in c.bench.views.values():
            view.skips()


async def test_vis2_a_planned_visit_tells_whose_it_is(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        await knows(c.zhang)
        await c.zhang.says("/plan 明天 华强 谈年度合同")
        c.skips()
        await c.bench.forward(days=1, hours=1)
        reminded = c.zhang.expects("今天计划拜访", "依据")
        await c.zhang.presses("依据", message=reminded.message)
        c.zhang.expects(
            "销售部-张三 计划：9月15日 周二 深圳华强电子有限公司", "谈年度合同", "客户由 销售部-张三 负责"
        )
        await c.li.says("/start why_plan_1")
        c.li.expects("没有")
        c.skips()


async def test_whyme_with_nothing_and_odd_links(folder: Path) -> None:
    async with company_in(folder, rulebook=QUIET) as c:
        await c.zhang.says("/whyme")
        c.zhang.expects("没有要说明的")
        for odd in ("why_", "why_lead_99", "why_lead_x", "why_nothing_1", "why_entry_-1", "why_lead_" + "9" * 30):
            await c.zhang.says(f"/start {odd}")
            c.zhang.expects("没有")
