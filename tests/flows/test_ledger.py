"""Entries of the ledger from a manager's form to the reversal, counting and pauses (LGR-1, LED-7, LED-8, CMP-11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.access import Role
from core.groups import Purpose
from core.ledger import Effect, paused_until, sanction
from core.rulebook import Sanction, loads
from tests.flows.test_visits import knows
from tests.support.chat import SHANGHAI
from tests.support.ledger import Company, company_in, id_of

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"


@pytest.fixture
async def c(folder: Path) -> AsyncIterator[Company]:
    async with company_in(folder) as company:
        yield company


async def enters(c: Company, effect: str, amount: str = "", *, clause: str, person: str = "张三") -> None:
    """The form from the clause on, with a cause and no evidence."""
    await c.boss.says(clause)
    await c.boss.presses(clause)
    await c.boss.presses(effect)
    if amount:
        await c.boss.says(amount)
    await c.boss.says("客户投诉属实")
    await c.boss.presses("就这些")
    c.boss.skips()


# By hand -------------------------------------------------------------------------------------------------


async def test_lgr1_a_manager_enters_a_fine_with_evidence_within_what_the_clause_allows(c: Company) -> None:
    await c.boss.says("/sanction")
    c.boss.expects("处罚谁？")
    await c.boss.says("张三")
    c.boss.expects("销售部-张三", "依据哪一条？")
    await c.boss.says("泄露")
    c.boss.expects("第六章 第四条 档案遗失、损毁、泄露")
    await c.boss.presses("档案遗失")
    c.boss.expects("怎么处理？", "警告", "罚款 50–500")
    await c.boss.presses("罚款 50–500")
    c.boss.expects("罚款：多少？填 50 到 500 之间的数。")
    await c.boss.says("501")
    c.boss.expects("请填 50 到 500 之间的数。")
    await c.boss.says("80元")
    c.boss.expects("发生了什么？")
    await c.boss.says("把报价单落在客户那里")
    c.boss.expects("依据什么？", "最多 6 张")
    await c.boss.does(c.boss.phone.photo, PICTURE)
    c.boss.expects("照片、文件 1 个")
    await c.boss.says("前台捡到后交回")
    c.boss.expects("文字 1 条")
    await c.boss.presses("就这些")
    c.boss.expects("销售部-张三 — 罚款 80 元", "事由：把报价单落在客户那里", "证据：文字 1 条 · 照片、文件 1 个")
    await c.boss.presses("确认记录")
    c.boss.expects("✅ 已记录 #1：销售部-张三 — 罚款 80 元", "已告知 销售部-张三", "第六章 第四条")
    told = c.zhang.expects("记入你的台账：罚款 80 元", "记录人：销售部-王经理", "不服可在 9月17日 周四")
    assert told.labels[:2] == ["申诉", "依据"]

    entry = (await c.case(1)).head
    assert (entry.effect, entry.amount, entry.decided_by) == (Effect.FINE, 80, c.boss.person)
    assert entry.evidence["words"] == ["前台捡到后交回"]

    await c.zhang.presses("依据")
    c.zhang.expects("罚款 80 元", "销售部-王经理 决定", "把报价单落在客户那里", "“前台捡到后交回”", "已告知当事人")
    await c.zhang.presses("证据文件")
    assert c.zhang.messages[-1].wire["photo"]
    c.zhang.expects("证据")
    c.boss.skips()


async def test_lgr1_evidence_names_a_task_that_the_manager_may_see(c: Company) -> None:
    group = await c.bench.group("销售群", c.boss, c.zhang, c.li, department="销售部", purposes=[Purpose.REPAIR])
    await c.boss.says("/task 李四 把报价发给华强", group)
    c.skips()
    await c.boss.says("/处罚 李四")
    await c.boss.says("违反")
    await c.boss.presses("违反公司制度")
    await c.boss.presses("警告")
    await c.boss.says("顶撞客户")
    await c.boss.says("见任务 1 和任务 999")
    c.boss.expects("文字 1 条", "任务 1")
    await c.boss.presses("就这些")
    await c.boss.presses("确认记录")
    c.skips()
    assert (await c.case(1)).head.subject == "task:1"
    await c.li.presses("依据")
    why = c.li.expects("任务 1", "查看事项", "怎么算的")
    await c.li.presses("查看事项", message=why.message)
    c.li.expects("把报价发给华强")


async def test_lgr3_a_reward_is_told_and_not_to_be_appealed(c: Company) -> None:
    await c.boss.says("/reward 张三")
    c.boss.expects("表扬与节约")
    await enters(c, "奖励 200–500", "300", clause="表扬与节约")
    await c.boss.presses("确认记录")
    c.boss.expects("奖励 300 元")
    told = c.zhang.expects("🎉 记你一次：奖励 300 元")
    assert "申诉" not in told.labels
    await c.zhang.says("/appeal 1")
    c.zhang.expects("这是奖励，不需要申诉")
    await c.zhang.says("/appeal")
    c.zhang.expects("现在没有可申诉的记录")
    c.boss.skips()


async def test_the_form_refuses_what_is_not_the_managers(c: Company) -> None:
    other = await c.bench.staff("赵六", "客服部", Role.SERVICE, superior="陈总")
    await c.boss.says("/sanction 赵六")
    c.boss.expects("没有找到“赵六”")
    await c.boss.says("/sanction 王经理")
    c.boss.expects("不能给自己记")
    await c.boss.says("/sanction 谁")
    c.boss.expects("没有找到“谁”")
    await c.zhang.says("/sanction 李四")
    c.zhang.expects("仅限")
    await other.says("/reward 李四")
    other.expects("仅限")
    await c.boss.says("/sanction 张三")
    c.boss.skips()
    await c.boss.says("没有这样的条款")
    c.boss.expects("没有含“没有这样的条款”的可用条款")
    await c.boss.presses("取消")
    c.boss.skips()


async def test_a_case_is_recorded_once_however_often_it_is_confirmed(c: Company) -> None:
    await c.boss.says("/sanction 张三")
    await enters(c, "罚款 50–500", "60", clause="档案遗失")
    stale = c.boss.messages[-1]
    rows = stale.wire["reply_markup"]["inline_keyboard"]
    data = next(button["callback_data"] for row in rows for button in row if button["text"] == "确认记录")
    for _ in range(2):
        await c.boss.does(c.boss.phone.press_data, stale, data)
    c.skips()
    assert [entry.amount for entry in await c.entries(c.zhang)] == [60]


async def test_a_trial_clause_is_only_recorded(folder: Path) -> None:
    async with company_in(folder, rulebook=loads("checkin: {roles: [technician]}")) as c:
        await c.boss.says("/sanction 张三")
        await c.boss.says("违反")
        await c.boss.presses("违反公司制度")
        c.boss.expects("本条试行中：只记录，不告知当事人")
        await c.boss.presses("警告")
        await c.boss.says("顶撞客户")
        await c.boss.presses("就这些")
        await c.boss.presses("确认记录")
        c.boss.expects("试行中：不告知 销售部-张三")
        c.zhang.expects_silence()
        for question in ("/appeal 1", "/start why_entry_1"):  # it does not exist for the person (P41)
            await c.zhang.says(question)
            c.zhang.expects("没有第 1 号记录")
        c.boss.skips()
        assert await c.bench.look(lambda uow: paused_until(uow, id_of(c.zhang))) is None


# Taking back ---------------------------------------------------------------------------------------------


async def test_lgr1_a_reversal_is_an_entry_with_a_reason(c: Company) -> None:
    await c.fined(c.zhang, withhold_allocations=1)
    c.zhang.expects("记入你的台账：罚款 50 元、停分配 1 次")
    c.boss.expects("已记录：销售部-张三 — 罚款 50 元、停分配 1 次", "撤销")
    await c.boss.presses("撤销")
    c.boss.expects("#1 销售部-张三", "罚款 50 元、停分配 1 次", "为什么撤销？")
    await c.boss.says("系统误报")
    c.boss.expects("#1 销售部-张三：已撤销，记录保留。")
    c.zhang.expects("已撤销：销售部-张三 的一条记录", "理由：系统误报")
    assert await c.standing(1) == []
    kept = await c.entries(c.zhang)
    assert [entry.effect for entry in kept] == [Effect.REVERSAL, Effect.REVERSAL, Effect.WITHHOLD, Effect.FINE]
    assert await c.bench.look(lambda uow: uow.ledger.withheld(id_of(c.zhang))) == 0

    await c.boss.says("/reverse 1 再来一次")
    c.boss.expects("销售部-王经理 已于", "撤销")
    await c.zhang.says("/ledger")
    c.zhang.expects("#1", "罚款 50 元、停分配 1 次", "撤销")
    await c.zhang.says("/start why_entry_1")
    c.zhang.expects("由销售部-王经理撤销", "理由：系统误报")
    c.boss.skips()


async def test_only_those_above_take_back_and_not_without_a_reason(c: Company) -> None:
    await c.fined(c.zhang)
    c.skips()
    stranger = await c.bench.staff("钱经理", "客服部", Role.MANAGER)
    await stranger.says("/reverse 1 我说了算")
    stranger.expects("没有第 1 号记录")
    await c.zhang.says("/reverse 1 不公平")
    c.zhang.expects("仅限")
    await c.boss.says("/reverse")
    c.boss.expects("/reverse 12")
    await c.boss.says("/reverse 7 没有这条")
    c.boss.expects("没有第 7 号记录")
    await c.boss.says("/reverse 1")
    c.boss.expects("为什么撤销？")
    await c.boss.presses("取消")
    c.boss.skips()
    await c.gm.says("/撤销 1 核实无误报")
    c.gm.expects("已撤销，记录保留")
    c.zhang.expects("理由：核实无误报")
    c.boss.expects("理由：核实无误报")


# Counting and pauses -------------------------------------------------------------------------------------


async def breaks(c: Company, clause: str, nth: int) -> None:
    await c.bench.store.unit(lambda uow: sanction(uow, id_of(c.zhang), clause, Sanction(), "person:1", {}, f"v{nth}"))
    await c.bench.settle()


async def breaks_rule(c: Company, nth: int) -> None:
    await breaks(c, "conduct.violation", nth)


async def test_led8_pauses_grow_and_stop_leads_until_their_end(folder: Path) -> None:
    """P8: the pause ends at the company's clock."""
    async with company_in(folder) as c:
        group = await c.bench.group("销售群", c.boss, c.zhang, c.li, department="销售部", purposes=[Purpose.SALES])
        await breaks_rule(c, 1)
        c.zhang.expects("暂停分配 7 天", "暂停分配至 9月21日 周一 08:00", "12 个月内第 1 次")
        c.boss.expects("暂停分配 7 天")
        await c.boss.says("/lead 来电 宏图电子 高先生 13912345678 30万 要20台空压机 浦东")
        await c.boss.presses("发布")
        c.skips()
        refused = await c.zhang.presses("抢单", group)
        assert "你已暂停分配至 9月21日 周一 08:00" in refused
        await c.boss.says("/assign 1")
        shown = c.boss.expects("李四")
        assert not any("张三" in label for label in shown.labels)
        await c.boss.says("/assign 1 张三")
        c.boss.expects("销售部-张三 暂停分配至 9月21日")
        c.skips()

        await breaks_rule(c, 2)
        c.zhang.expects("暂停分配 15 天", "9月29日", "12 个月内第 2 次")
        await breaks_rule(c, 3)
        c.zhang.expects("暂停分配 30 天")
        c.skips()
        until = await c.bench.look(lambda uow: paused_until(uow, id_of(c.zhang)))
        assert f"{until.astimezone(SHANGHAI):%m-%d %H:%M}" == "10-14 08:00"
        await c.bench.forward(days=30, minutes=1)
        c.skips()
        assert await c.bench.look(lambda uow: paused_until(uow, id_of(c.zhang))) is None
        c.skips()


async def test_led7_the_third_misjudgement_of_a_month_withholds_an_allocation(c: Company) -> None:
    for nth in (1, 2, 3):
        await c.boss.says("/sanction 张三")
        await enters(c, "只记一次", clause="误判")
        await c.boss.presses("确认记录")
        expected = "停分配 1 次" if nth == 3 else "记录一次"
        c.boss.expects(f"已记录 #{nth}", expected, f"本月第 {nth} 次")
        c.zhang.expects(expected, f"本月第 {nth} 次", f"3 个月内第 {nth} 次")
    assert await c.bench.look(lambda uow: uow.ledger.withheld(id_of(c.zhang))) == 1
    await c.zhang.presses("依据")
    c.zhang.expects("本月第 3 次；此前：")
    c.skips()


async def test_cmp11_complaints_of_a_month_cost_more_and_more(
    c: Company,
) -> None:
    for nth in range(1, 6):
        await breaks(c, "complaint.blame", nth)
    c.skips()
    await c.boss.says("/sanction 张三")
    await enters(c, "只记一次", clause="有责投诉")
    await c.boss.presses("情节严重")
    c.boss.expects("情节严重")
    await c.boss.presses("确认记录")
    c.boss.expects("建议辞退", "本月第 6 次")
    c.zhang.expects("建议辞退")
    c.gm.expects("已记录：销售部-张三 — 建议辞退")
    c.skips()
    found = {entry.id: (entry.effect, entry.amount) for entry in await c.entries(c.zhang)}
    assert [found[key] for key in sorted(found)] == [
        (Effect.NOTED, 0),
        (Effect.FINE, 100),
        (Effect.FINE, 200),
        (Effect.FINE, 300),
        (Effect.FINE, 300),
        (Effect.DISMISSAL, 0),
    ]


async def test_what_was_taken_back_does_not_count_for_the_next(c: Company) -> None:
    await breaks_rule(c, 1)
    await c.gm.says("/reverse 1 查无此事")
    c.skips()
    await breaks_rule(c, 2)
    c.zhang.expects("暂停分配 7 天", "12 个月内第 1 次")
    c.skips()


async def test_the_sanctioned_person_always_sees_their_own_entries(c: Company) -> None:
    await c.fined(c.zhang)
    c.skips()
    await c.zhang.says("奖惩")
    c.zhang.expects("销售部-张三", "生效罚款共 50 元", "#1", "接单后联系时限")
    await c.zhang.says("/whyme")
    c.zhang.expects("要说明哪一项？", "#1 罚款 50 元 · 接单后联系时限")
    await c.li.says("/ledger 张三")
    c.li.expects("仅限")
    await c.li.says("/start why_entry_1")
    c.li.expects("没有第 1 号记录")
    customer = await c.bench.customer("路人")
    await customer.says("/start why_entry_1")
    assert not any("罚款" in heard.text for heard in customer.skips())


# What a clause costs that mostly informs -----------------------------------------------------------------

PRICED = """
clauses:
  checkin.late: {in_force: true, sanction: {fine_yuan: 20}}
  task.due: {in_force: true, sanction: {warning: true}}
"""


async def test_lateness_costs_what_the_rulebook_says(folder: Path) -> None:
    """CHK-2, P46: late costs, in time does not; who is excused afterwards has it taken back."""
    async with company_in(folder, rulebook=loads(PRICED)) as c:
        await c.bench.clock_to("08:55")
        await c.zhang.locates(31.2, 121.5)
        await c.bench.clock_to("09:05")
        await c.li.locates(31.3, 121.6)
        c.skips()
        await c.bench.clock_to("09:11")
        c.li.expects("记入你的台账：罚款 20 元", "迟报到")
        c.zhang.expects_silence()
        assert await c.standing(1) == [(Effect.FINE, 20)]
        await c.li.presses("依据")
        c.li.expects("日期：9月14日 周一", "报到 2026-09-14", "09:05 发出")
        await c.boss.says("/excuse 李四 早上送样")
        c.li.expects("已撤销：销售部-李四 的一条记录")
        c.skips()
        assert await c.standing(1) == []


async def test_lateness_costs_nothing_unless_the_rulebook_says_so(folder: Path) -> None:
    async with company_in(folder, rulebook=loads("clauses: {checkin.late: {in_force: true}}")) as c:
        await c.bench.clock_to("09:05")
        await c.li.locates(31.3, 121.6)
        await c.bench.clock_to("09:11")
        c.skips()
        assert await c.entries(c.li) == []


async def test_p46_who_was_not_asked_is_not_charged_for_coming_late(folder: Path) -> None:
    async with company_in(folder, rulebook=loads(PRICED)) as c:
        c.li.phone.block()
        await c.bench.clock_to("09:01")
        c.li.phone.unblock()
        await c.li.locates(31.3, 121.6)
        await c.bench.clock_to("09:11")
        c.skips()
        assert await c.entries(c.li) == []


async def test_tsk2_an_unsolved_task_costs_once_for_each_time_promised(folder: Path) -> None:
    async with company_in(folder, rulebook=loads("checkin: {roles: [technician]}\n" + PRICED)) as c:
        group = await c.bench.group("群", c.boss, c.zhang, department="销售部", purposes=[Purpose.REPAIR])
        await c.bench.clock_to("10:00")
        await c.boss.says("/task 张三 把报价发给华强", group)
        await c.zhang.presses("收到")
        c.skips()
        await c.bench.clock_to("18:01")
        c.zhang.expects("记入你的台账：警告", "任务完成时限")
        c.skips()
        assert await c.standing(1) == [(Effect.WARNING, 0)]


async def test_a_visit_that_was_planned_and_not_made_costs_what_the_clause_says(folder: Path) -> None:
    """VIS-2, CUS-3: clauses that mostly remind cost something where the company sets a price."""
    priced = "clauses: {visit.plan: {in_force: true, sanction: {warning: true}}}"
    async with company_in(folder, rulebook=loads("checkin: {roles: [technician]}\n" + priced)) as c:
        await knows(c.zhang)
        await c.zhang.says("/plan 今天 华强 谈年度合同")
        c.skips()
        await c.bench.clock_to("18:01")
        heard = [one.text for one in c.zhang.skips()]
        assert any("记入你的台账：警告" in text and "拜访计划" in text for text in heard)
        c.skips()


async def test_p41_why_leads_only_to_what_the_reader_may_see(c: Company) -> None:
    """A lead that went on is no more its former owner's; the manager still gets there."""
    group = await c.bench.group("销售群", c.boss, c.zhang, c.li, department="销售部", purposes=[Purpose.SALES])
    await c.boss.says("/lead 来电 宏图电子 高先生 13912345678 30万 要20台空压机 浦东")
    await c.boss.presses("发布")
    await c.bench.clock_to("09:30")
    await c.zhang.presses("抢单", group)
    c.skips()
    await c.bench.clock_to("09:41")
    told = c.zhang.expects("记入你的台账：罚款 50 元、停分配 1 次", "申诉", "依据")
    await c.zhang.presses("依据", message=told.message)
    why = c.zhang.expects("按制度自动记录", "线索 #1", "09:30 接单", "时限 09:40", "已告知当事人")
    assert "查看事项" not in why.labels
    shown = c.boss.expects("已记录：销售部-张三", "撤销", "依据")
    await c.boss.presses("依据", message=shown.message)
    why = c.boss.expects("线索 #1", "查看事项", "怎么算的")
    await c.boss.presses("查看事项", message=why.message)
    c.boss.expects("在销售群发布（第 2 次）", "销售部-张三 未按时联系")
    c.skips()
    group.skips()
