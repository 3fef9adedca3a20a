"""Leads from registration to the end, as people see it (LED-1, LED-2, LED-4, LED-5, LED-6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import checkins, customers
from core.access import Actor, Role
from core.groups import Purpose
from core.ids import AccountId, LeadId
from core.leads import EventKind, LeadState
from core.ledger import Effect
from core.people import PersonStatus
from core.rulebook import Rulebook, loads
from tests.support.chat import Bench, Group, Someone, open_bench

LINE = "/lead 来电 华强电子 13800001111 80万 要200台"
IN_FORCE = "clauses:\n  lead.contact: {in_force: true}\n  lead.record: {in_force: true}\n"


@dataclass
class Office:
    bench: Bench
    service: Someone
    boss: Someone
    zhang: Someone
    zhao: Someone
    sales: Group

    async def lead(self, number: int = 1) -> Any:
        return await self.bench.look(lambda uow: uow.leads.get(LeadId(number)))

    async def events(self, number: int = 1) -> list[EventKind]:
        return [e.kind for e in await self.bench.look(lambda uow: uow.leads.events(LeadId(number)))]

    async def entries(self, person: Someone) -> list[tuple[str, Effect, int, bool]]:
        found = await self.bench.look(lambda uow: uow.ledger.of_person(person.person))
        return sorted((e.clause, e.effect, e.amount, e.in_force) for e in found if e.clause.startswith("lead."))

    async def passes(self, **span: float) -> None:
        """Time goes by; what other areas say meanwhile is asserted in their own tests."""
        await self.bench.forward(**span)
        for view in self.bench.views.values():
            view.unread = [heard for heard in view.unread if "线索" in heard.text]

    async def publishes(self, line: str = LINE, *, number: int = 1, button: str = "发布") -> None:
        """Customer service registers a lead in one line."""
        await self.service.says(line)
        self.service.expects("要200台" if line is LINE else "", "发布", "加急")
        await self.service.presses(button)
        self.service.expects(f"已登记：线索 #{number}")
        self.sales.expects(f"线索 #{number}", "抢单")
        self.service.skips()

    async def claims(self, who: Someone, number: int = 1) -> str:
        toast = await who.presses("抢单", self.sales)
        who.expects(f"线索 #{number}", "前联系客户并汇报进展", "已联系")
        self.sales.expects(f"线索 #{number}", f"{who.name} 抢到", edited=True)
        return toast


async def make(bench: Bench) -> Office:
    boss = await bench.staff("王经理", "销售部", Role.MANAGER)
    service = await bench.staff("李四", "客服部", Role.SERVICE)
    zhang = await bench.staff("张三", "销售部", level="高级")
    zhao = await bench.staff("赵六", "销售部", level="高级")
    sales = await bench.group("销售群", boss, zhang, zhao, department="销售部", purposes=[Purpose.SALES])
    await bench.clock_to("10:00")
    for one in (boss, zhang, zhao, sales):
        one.skips()  # the morning's location round
    return Office(bench, service, boss, zhang, zhao, sales)


@pytest.fixture
async def office(bench: Bench) -> Office:
    return await make(bench)


@asynccontextmanager
async def office_under(folder: Path, rules: Rulebook, **kwargs: Any) -> AsyncIterator[Office]:
    async with open_bench(folder, rulebook=rules, **kwargs) as bench:
        yield await make(bench)


# Registering (LED-1, LED-2) -----------------------------------------------------------------------------


async def test_a_lead_is_registered_in_a_few_taps(office: Office) -> None:
    """LED-1, LED-2: source, one message, class, publish; the card masks the phone and names the class."""
    service, sales = office.service, office.sales
    await service.says("/lead")
    service.expects("来源", "来电", "上门")
    await service.presses("来电")
    service.expects("一条消息发来")
    await service.says("华强电子 王先生 13800001111 想要200台空压机")
    service.expects("预计成交额", "A类 · 80万元起", "D类 · 更低")
    await service.presses("B类")
    service.expects("B类 · 40万元 · 来电", "华强电子 王先生", "13800001111", "想要200台空压机")
    await service.presses("加急")
    service.expects("⚡加急", edited=True)
    await service.presses("发布")
    service.expects("线索 #1 · B类", "已发到销售群")
    service.skips()
    card = sales.expects(
        "线索 #1", "B类", "40万元", "⚡加急", "138****1111", "来电", "10:00 客服部-李四 登记", "抢单"
    )
    assert "华强" not in card.text
    assert "0000" not in card.text
    lead = await office.lead()
    assert (lead.klass, lead.phone, lead.urgent, lead.state) == ("B", "+8613800001111", True, LeadState.OFFERED)
    assert await office.events() == [EventKind.REGISTERED, EventKind.OFFERED]


async def test_only_what_is_missing_is_asked_and_nothing_is_lost(office: Office) -> None:
    """LED-1: a wrong phone and a wrong amount are answered, and what was given stays."""
    service = office.service
    await service.says("/lead 展会 华强电子 1380000111 要200台")
    service.expects("华强电子", "要200台", "“1380000111” 不是有效号码", "请发电话号码")
    await service.says("13800001111")
    service.expects("预计成交额")
    await service.says("挺多的")
    service.expects("“挺多的”", "80万")
    await service.says("35万")
    service.expects("C类 · 35万元 · 展会", "华强电子", "13800001111")
    await service.presses("发布")
    service.expects("线索 #1 · C类")
    office.sales.expects("C类", "35万元", "展会")
    service.skips()


async def test_regions_are_offered_where_salespeople_have_them(office: Office) -> None:
    await office.bench.staff("孙七", "销售部", regions=("华南", "华东"))
    service = office.service
    await service.says("/lead 来电 华强电子 13800001111 要200台")
    service.expects("哪个区域", "华南", "华东", "跳过")
    await service.presses("华南")
    service.expects("预计成交额")
    await service.says("80万")
    service.expects("A类 · 80万元 · 华南 · 来电")
    await service.presses("取消")
    service.skips()
    office.sales.expects_silence()


async def test_a_number_with_an_open_lead_is_not_registered_twice(office: Office) -> None:
    """LED-6, P39, P40: since when is said to all, by whom only to managers and the registrant."""
    await office.publishes()
    await office.zhang.says("/lead 来电 别的公司 13800001111 80万 要200台")
    warned = office.zhang.expects("该号码已有未结线索，登记于 10:00")
    assert "李四" not in warned.text
    toast = await office.zhang.presses("发布")
    assert "已有未结线索" in toast
    assert "李四" not in toast
    await office.boss.says("/lead 来电 别的公司 13800001111 80万 要200台")
    office.boss.expects("该号码已有未结线索", "登记人：客服部-李四")
    assert len(await office.bench.look(lambda uow: uow.leads.open())) == 1


async def test_a_company_with_an_open_lead_is_warned_of_but_may_have_a_second(office: Office) -> None:
    await office.publishes()
    await office.service.says("/lead 来电 华强电子有限公司 13900002222 80万 要200台")
    office.service.expects("该公司已有未结线索，登记于 10:00")
    await office.service.presses("发布")
    office.service.expects("线索 #2")
    office.sales.expects("线索 #2")
    office.service.skips()


async def test_a_customer_on_record_is_warned_of(office: Office) -> None:
    """LED-6, P40: the manager also learns who looks after the customer."""
    draft = customers.Draft("华强电子有限公司", phone="13800001111")
    zhao = Actor(
        AccountId(office.zhao.phone.id), frozenset({Role.SALESPERSON}), "赵六", "zh_CN", person=office.zhao.person
    )
    await office.bench.store.do(customers.register, zhao, draft)
    await office.service.says(LINE)
    warned = office.service.expects("客户档案里已有此客户，登记于 10:00")
    assert "赵六" not in warned.text
    await office.boss.says(LINE)
    office.boss.expects("客户档案里已有此客户", "负责人：销售部-赵六")
    await office.service.presses("发布")
    office.service.expects("线索 #1")
    office.sales.expects("线索 #1")
    office.service.skips()


async def test_strangers_customers_and_technicians_register_nothing(office: Office) -> None:
    customer = await office.bench.customer("老客户")
    await customer.says(LINE)
    customer.expects("/help")
    technician = await office.bench.staff("修工", "售后部", Role.TECHNICIAN)
    await technician.says(LINE)
    technician.expects("/help")
    assert await office.bench.look(lambda uow: uow.leads.open()) == []


# Claiming (LED-4) ---------------------------------------------------------------------------------------


async def test_the_first_press_wins_and_the_number_goes_to_the_winner_alone(office: Office) -> None:
    await office.publishes()
    await office.bench.clock_to("10:02")
    toast = await office.zhang.presses("抢单", office.sales)
    assert "归你了" in toast
    assert "10:12" in toast
    office.zhang.expects("华强电子", "13800001111", "要200台", "10:12 前联系客户并汇报进展", "第三章 第五条")
    card = office.sales.expects("10:02 销售部-张三 抢到，10:12 前汇报", "第三章 第五条", edited=True)
    assert card.labels == ["📖 条文"]
    card_message = office.sales.messages[-1]
    late = await office.zhao.does(office.zhao.phone.press_data, card_message, "lclaim:1", office.sales.chat)
    assert late.text == "10:02 销售部-张三 已领取"
    again = await office.zhang.does(office.zhang.phone.press_data, card_message, "lclaim:1", office.sales.chat)
    assert again.text == "10:02 你已领取。"
    lead = await office.lead()
    assert (lead.owner, lead.state) == (office.zhang.person, LeadState.HELD)
    await office.zhang.presses("已联系")
    office.zhang.skips(), office.sales.skips(), office.boss.skips()


async def test_two_hundred_presses_at_once_have_one_winner(office: Office) -> None:
    """LED-4, P27: everybody is answered, one owner, one claim counted, no error."""
    await office.publishes()
    crowd = [await office.bench.staff(f"业务{n}", "销售部") for n in range(40)]
    for one in crowd:
        office.boss.phone.add(one.phone, office.sales.chat)
    card = office.sales.messages[-1]
    while not card.wire.get("reply_markup"):
        card = office.sales.messages[office.sales.messages.index(card) - 1]
    presses = [one.phone.press_data(card, "lclaim:1", office.sales.chat) for _ in range(5) for one in crowd]
    await office.bench.settle()
    winner = (await office.lead()).owner
    assert winner in {one.person for one in crowd}
    assert [bool(press.text) for press in presses] == [True] * 200
    won = [press for press in presses if "归你了" in press.text]
    assert len(won) == 1
    by_winner = sum("你已领取" in press.text for press in presses)
    others = sum("10:00 销售部-业务" in press.text and "已领取" in press.text for press in presses)
    assert (by_winner, others) == (4, 195)
    assert (await office.events()).count(EventKind.CLAIMED) == 1
    for one in crowd:
        assert len(one.skips()) == (1 if one.person == winner else 0)
    office.sales.expects("抢到", edited=True)
    office.sales.expects_silence()


async def test_a_claim_racing_with_an_assignment_has_one_winner(office: Office) -> None:
    """P27: both at once; the other one is told."""
    await office.publishes()
    await office.boss.says("/assign 1")
    office.boss.expects("指派给谁", "销售部-赵六")
    pick, card = office.boss.messages[-1], office.sales.messages[-1]
    claimed = office.zhang.phone.press_data(card, "lclaim:1", office.sales.chat)
    given = office.boss.phone.press_data(pick, f"lgive:1:{office.zhao.person}")
    await office.bench.settle()
    owner = (await office.lead()).owner
    assert owner in (office.zhang.person, office.zhao.person)
    kinds = await office.events()
    assert kinds.count(EventKind.CLAIMED) + kinds.count(EventKind.ASSIGNED) == 1
    if owner == office.zhang.person:
        assert "张三 已领取" in given.text
        office.zhang.expects("13800001111")
    else:
        assert "赵六 已领取" in claimed.text
        office.zhao.expects("13800001111")
        office.boss.expects("已指派给 销售部-赵六")
    office.sales.skips(), office.boss.skips()


async def test_why_not_is_said_to_each(office: Office) -> None:
    """LED-2, LED-4: level, role, customers, and a chat that doesn't show the card (P41)."""
    bench = office.bench
    junior = await bench.staff("小白", "销售部", level="初级")
    customer = await bench.customer("老客户")
    for one in (junior, customer, office.service):
        office.boss.phone.add(one.phone, office.sales.chat)
    await bench.settle()
    office.sales.skips()
    await office.publishes()
    assert "A类" in await junior.presses("抢单", office.sales)
    assert "业务员" in await office.service.presses("抢单", office.sales)
    assert "业务员" in await office.boss.presses("抢单", office.sales)
    assert "/help" in await customer.presses("抢单", office.sales)
    elsewhere = await bench.group("闲聊群", junior)
    forged = await office.zhang.does(office.zhang.phone.press_data, office.sales.messages[-1], "lclaim:99", None)
    assert "99" in forged.text
    for data in (
        "lclaim:abc",
        "lclaim",
        "lclaim:" + "9" * 30,
        "lgive:1:1",
        "lcont:1",
        "lrep:1",
        "lback:1",
        "lpick:1",
    ):
        press = await office.zhang.does(office.zhang.phone.press_data, office.sales.messages[-1], data, None)
        assert press.text
        assert "reference" not in press.text and "故障" not in press.text, data
    elsewhere.expects_silence()
    await office.zhang.says("/leads")
    office.zhang.expects("没有未结的线索")
    private = await office.zhang.does(office.zhang.phone.press_data, office.zhang.messages[-1], "lclaim:1")
    assert "“1”" in private.text
    other = await bench.group("管理群", office.zhang, purposes=[Purpose.MANAGEMENT])
    await office.zhang.says("/help", other)
    other.expects("/report")
    foreign = await office.zhang.does(office.zhang.phone.press_data, other.messages[-1], "lclaim:1", other.chat)
    assert "“1”" in foreign.text
    assert (await office.lead()).owner is None


async def test_who_is_on_leave_neither_claims_nor_is_assigned(office: Office) -> None:
    """LED-4, P32"""
    today = office.bench.now.date()
    zhang = Actor(
        AccountId(office.zhang.phone.id), frozenset({Role.SALESPERSON}), "张三", "zh_CN", person=office.zhang.person
    )
    leave = checkins.NewAbsence(today, today, checkins.Excuse.LEAVE, "看病")
    await office.bench.store.do(checkins.announce, zhang, leave)
    await office.publishes()
    office.boss.skips(), office.zhang.skips(), office.sales.skips()
    assert "请假" in await office.zhang.presses("抢单", office.sales)
    await office.boss.says("/assign 1 张三")
    office.boss.expects("销售部-张三 请假")
    await office.boss.says("/assign 1")
    offered = office.boss.expects("指派给谁")
    assert offered.labels == ["销售部-赵六 · 高级 · 在手 0"]
    assert (await office.lead()).owner is None


async def test_a_press_on_yesterdays_card_and_by_somebody_who_left(office: Office) -> None:
    """P17, P32: nothing moves, everybody is answered."""
    await office.publishes()
    card = office.sales.messages[-1]
    await office.bench.store.unit(lambda uow: _leave(uow, office.zhang))
    assert "/help" in await office.zhang.presses("抢单", office.sales)
    await office.claims(office.zhao)
    await office.zhao.says("/report 1 已约好，明天上门")
    office.zhao.expects("已汇报主管")
    office.boss.expects("赵六", "已约好，明天上门")
    await office.zhao.says("/won 1")
    office.zhao.expects("成交")
    office.zhao.skips(), office.sales.skips()
    await office.passes(days=1)
    late = await office.zhao.does(office.zhao.phone.press_data, card, "lclaim:1", office.sales.chat)
    assert "赵六" in late.text
    assert (await office.lead()).state is LeadState.WON


def _leave(uow: Any, who: Someone) -> None:
    from sqlalchemy import text

    uow._c.execute(text("UPDATE people SET status = :s WHERE id = :i"), {"s": PersonStatus.LEFT, "i": who.person})


# Ten minutes (LED-5) ------------------------------------------------------------------------------------


async def test_a_report_in_time_stops_the_clock_and_tells_the_manager(office: Office) -> None:
    """LED-5: result, day and words by buttons; then silence at 10:12 and at the end of the day."""
    await office.publishes()
    await office.bench.clock_to("10:02")
    await office.claims(office.zhang)
    await office.bench.clock_to("10:07")
    await office.zhang.presses("报进展")
    office.zhang.expects("客户怎么说", "已预约")
    await office.zhang.presses("已预约")
    office.zhang.expects("约在哪天", "9月18日 周五")
    await office.zhang.presses("9月18日")
    office.zhang.expects("说明进展")
    await office.zhang.says("带样品去，打 13900002222")
    office.zhang.expects("线索 #1：已汇报主管")
    office.boss.expects("10:07 线索 #1 销售部-张三：已预约 · 9月18日 周五 · “带样品去，打 13900002222”")
    office.sales.expects("10:07 销售部-张三：已预约 · 9月18日 周五 · “带样品去，打 139****2222”", edited=True)
    office.zhang.expects("追加进展", "成交", "丢单", edited=True)
    office.zhang.skips()
    await office.passes(days=1)
    assert await office.entries(office.zhang) == []
    assert await office.bench.look(lambda uow: uow.deadlines.open_of("lead:1")) == []


async def test_without_a_report_the_lead_is_taken_back_after_ten_minutes(office: Office) -> None:
    """LED-5, P22: alert in the group and to the manager, ledger in shadow, offered again without the first."""
    await office.publishes()
    await office.bench.clock_to("10:02")
    await office.claims(office.zhang)
    await office.bench.clock_to("10:11")
    office.sales.expects_silence()
    await office.bench.clock_to("10:12")
    office.sales.expects("⏰ 10:12 线索 #1：销售部-张三 到时未汇报进展", "张三 除外", "第三章 第五条", "抢单")
    office.sales.expects("10:12 销售部-张三 超时未汇报", "10:12 重新抢单（销售部-张三 除外）", edited=True)
    office.boss.expects("⏰ 10:12 线索 #1", "张三", "指派")
    office.boss.expects("试行", "50")
    office.boss.expects_silence()
    gone = office.zhang.expects("线索 #1 已收回", edited=True)
    assert "1111" not in gone.text
    assert await office.entries(office.zhang) == [
        ("lead.contact", Effect.FINE, 50, False),
        ("lead.contact", Effect.WITHHOLD, 1, False),
    ]
    assert "你接手过" in await office.zhang.presses("抢单", office.sales)
    await office.bench.clock_to("10:13")
    await office.claims(office.zhao)
    stale = await office.zhang.does(office.zhang.phone.press_data, office.zhang.messages[-1], "lcont:1")
    assert "现由 销售部-赵六 跟进" in stale.text
    assert (await office.lead()).owner == office.zhao.person


async def test_after_three_reoffers_the_manager_assigns(office: Office) -> None:
    """LED-5: reoffer_limit. The managers get a pick list instead of another alert."""
    more = [await office.bench.staff(f"业务{n}", "销售部") for n in range(2)]
    for one in more:
        office.boss.phone.add(one.phone, office.sales.chat)
    await office.publishes()
    for one in (office.zhang, office.zhao, *more):
        await office.claims(one)
        office.boss.skips(), office.sales.skips()
        await office.bench.forward(minutes=10)
        one.expects("已收回")
    office.sales.expects("⏰", "转主管指派")
    office.sales.expects("转主管指派", "指派", edited=True)
    office.boss.expects("线索 #1 等你指派")
    assert [h for h in office.boss.skips() if "⏰" in h.text] == []
    assert (await office.lead()).state is LeadState.WAITING
    stale = await office.zhang.does(
        office.zhang.phone.press_data, office.sales.messages[-1], "lclaim:1", office.sales.chat
    )
    assert stale.text == "线索 #1 由主管指派。"
    await office.boss.presses("指派")
    office.boss.expects("指派给谁", "销售部-张三", "曾接手")
    await office.boss.presses("张三")
    office.boss.expects("已指派给 销售部-张三，10:50 前汇报", edited=True)
    office.zhang.expects("13800001111", "10:50 前联系客户")
    office.sales.expects("10:40 指派给 销售部-张三", edited=True)


async def test_quick_button_stops_the_contact_clock_and_the_record_stays_due(office: Office) -> None:
    """LED-5: 20 yuan (shadow) when nothing is entered by the end of the day, once."""
    await office.publishes()
    await office.claims(office.zhang)
    toast = await office.zhang.presses("已联系")
    assert "10:00 已联系" in toast
    office.zhang.expects("18:00 前录入跟进结果", "录入结果", edited=True)
    office.sales.expects("10:00 销售部-张三 已联系客户", edited=True)
    office.boss.expects("10:00 线索 #1 销售部-张三：已联系客户")
    await office.zhang.says("/report 1 好")
    office.zhang.expects("内容太短")
    office.zhang.skips(), office.sales.skips(), office.boss.skips()
    await office.bench.clock_to("17:59")
    office.zhang.expects_silence()
    await office.bench.clock_to("18:00")
    office.zhang.expects("18:00 线索 #1：跟进结果还没录入", "第三章 第六条", "录入结果")
    office.sales.expects("18:00 销售部-张三 未按时录入", edited=True)
    office.boss.expects("试行", "20")
    office.zhang.skips()
    assert await office.entries(office.zhang) == [("lead.record", Effect.FINE, 20, False)]
    await office.passes(days=2)
    assert len(await office.entries(office.zhang)) == 1
    assert (await office.lead()).owner == office.zhang.person


async def test_a_reply_to_the_private_card_is_a_report(office: Office) -> None:
    """P44: found by the message's id; the same words elsewhere are nothing."""
    await office.publishes()
    await office.claims(office.zhang)
    card = office.zhang.messages[-1]
    await office.zhang.says("客户要三家报价，周五前给", reply_to=card)
    office.zhang.expects("已汇报主管")
    office.boss.expects("客户要三家报价")
    office.sales.expects("客户要三家报价", edited=True)
    office.zhang.expects("追加进展", edited=True)
    assert (await office.lead()).recorded_at is not None
    await office.zhao.says("关于线索 #1：已联系")
    office.zhao.expects("/help")


async def test_a_withheld_allocation_refuses_one_claim_and_is_used_up(folder: Path) -> None:
    """LED-5, LGR-1: only where the clause is in force."""
    async with office_under(folder, loads(IN_FORCE)) as office:
        await office.publishes()
        await office.claims(office.zhang)
        await office.bench.forward(minutes=10)
        assert (await office.entries(office.zhang))[1] == ("lead.contact", Effect.WITHHOLD, 1, True)
        for one in (office.zhang, office.boss, office.sales):
            one.skips()
        await office.publishes("/lead 来电 新力 13900002222 80万 要100台", number=2)
        refused = await office.zhang.presses("抢单", office.sales)
        assert "第三章 第五条" in refused
        assert "暂停一次" in refused
        assert (await office.lead(2)).owner is None
        office.zhang.expects_silence()
        assert "归你了" in await office.claims(office.zhang, 2)
        await office.zhang.says("/report 2 已报价，等回复")
        for one in (office.zhang, office.boss, office.sales):
            one.skips()


async def test_shadow_mode_withholds_nothing(office: Office) -> None:
    await office.publishes()
    await office.claims(office.zhang)
    await office.bench.forward(minutes=10)
    for one in (office.zhang, office.boss, office.sales):
        one.skips()
    await office.publishes("/lead 来电 新力 13900002222 80万 要100台", number=2)
    assert "归你了" in await office.claims(office.zhang, 2)


async def test_who_blocked_the_bot_is_not_sanctioned(office: Office) -> None:
    """P46: the number never arrived, so nothing is held against them; the lead goes on."""
    await office.publishes()
    card = office.sales.messages[-1]
    office.zhang.phone.press_data(card, "lclaim:1", office.sales.chat)
    office.zhang.phone.private.blocked = True
    await office.bench.settle()
    office.sales.expects("张三 抢到", edited=True)
    await office.bench.forward(minutes=10)
    assert await office.entries(office.zhang) == []
    office.sales.expects("⏰", "消息未送达 销售部-张三，不计违规", "抢单")
    office.sales.expects("消息未送达 销售部-张三", "重新抢单", edited=True)
    office.boss.expects("不计违规")
    assert "打开与我的私聊" in await office.zhang.presses("抢单", office.sales)


async def test_a_report_in_the_group_counts_and_a_voice_note_is_contact(office: Office) -> None:
    """P24, P25: whatever reaches the bot stops the clock; a voice note is no record."""
    await office.publishes()
    await office.claims(office.zhang)
    card = office.zhang.messages[-1]
    await office.zhang.does(office.zhang.phone.voice)
    office.zhang.expects("/help")
    voice = {"voice": {"file_id": "x", "file_unique_id": "y", "duration": 3}}
    await office.zhang.does(office.zhang.phone._send, office.zhang.phone.private, voice, card)
    office.zhang.expects("10:00 已联系")
    office.boss.expects("已联系客户")
    office.sales.expects("已联系客户", edited=True)
    office.zhang.expects("录入结果", edited=True)
    assert (await office.lead()).recorded_at is None
    await office.zhang.says("/report 1 客户周四来厂里看设备", office.sales)
    office.sales.expects("线索 #1：已汇报主管")
    office.sales.expects("客户周四来厂里看设备", edited=True)
    office.boss.expects("客户周四来厂里看设备")
    office.zhang.expects("追加进展", edited=True)
    assert (await office.lead()).recorded_at is not None
    await office.zhao.says("/report 1 我也想说两句话", office.sales)
    office.sales.expects("1")
    assert EventKind.REPORTED in await office.events()


async def test_publishing_twice_registers_once(office: Office) -> None:
    """P47: the second press of a double press finds the form closed."""
    await office.service.says(LINE)
    form = office.service.messages[-1]
    data = form.wire["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    office.service.phone.press_data(form, data)
    second = office.service.phone.press_data(form, data)
    await office.bench.settle()
    assert "关闭" in second.text
    office.service.skips()
    office.sales.expects("线索 #1")
    office.sales.expects_silence()
    assert len(await office.bench.look(lambda uow: uow.leads.open())) == 1


async def test_a_lost_press_costs_the_writer_one_read(office: Office) -> None:
    """LED-4: in a rush nearly every press is a lost one."""
    await office.publishes()
    card = office.sales.messages[-1]
    await office.claims(office.zhang)
    said: list[str] = []
    engine = office.bench.store._engine
    sa.event.listen(engine, "before_cursor_execute", lambda c, cur, statement, *rest: said.append(statement))
    await office.zhao.does(office.zhao.phone.press_data, card, "lclaim:1", office.sales.chat)
    ours = [s for s in said if "inbox" not in s and "pg_advisory" not in s]
    work = [s for s in ours if s.split()[0] in ("SELECT", "UPDATE", "INSERT")]
    assert [s.split()[0] for s in work] == ["SELECT"]
    await office.zhang.presses("已联系")
    for one in (office.zhang, office.boss, office.sales):
        one.skips()


# Assigning ----------------------------------------------------------------------------------------------


async def test_the_manager_assigns_by_command_and_the_clock_runs(office: Office) -> None:
    await office.publishes()
    await office.boss.says("/assign 1 张三")
    office.boss.expects("线索 #1 已指派给 销售部-张三，10:10 前汇报")
    office.zhang.expects("13800001111", "10:10 前联系客户")
    office.sales.expects("指派给 销售部-张三，10:10 前汇报", edited=True)
    await office.boss.says("/assign 1 赵六")
    office.boss.expects("张三 已领取")
    await office.boss.says("/assign 张三")
    office.boss.expects("/assign 7 张三")
    await office.bench.forward(minutes=10)
    assert len(await office.entries(office.zhang)) == 2
    for one in (office.zhang, office.boss, office.sales):
        one.skips()


async def test_the_card_leads_managers_to_a_pick_list(office: Office) -> None:
    await office.publishes()
    link = next(
        button["url"]
        for row in office.sales.messages[-1].wire["reply_markup"]["inline_keyboard"]
        for button in row
        if "url" in button
    )
    await office.boss.does(office.boss.phone.open_link, link)
    office.boss.expects("指派给谁", "销售部-张三 · 高级 · 在手 0")
    await office.boss.presses("赵六")
    office.boss.expects("已指派给 销售部-赵六", edited=True)
    office.zhao.expects("13800001111")
    office.sales.expects("指派给 销售部-赵六", edited=True)
    await office.zhang.does(office.zhang.phone.open_link, link)
    office.zhang.expects("/help")


async def test_customer_service_assigns_from_the_form(office: Office) -> None:
    await office.service.says(LINE)
    office.service.expects("A类 · 80万元", "指派")
    await office.service.presses("指派")
    office.service.expects("指派给谁", "张三")
    await office.service.presses("张三")
    office.service.expects("已登记：线索 #1", "已指派给 销售部-张三，10:10 前汇报")
    office.zhang.expects("13800001111")
    office.sales.expects("指派给 销售部-张三")
    office.service.skips()


async def test_a_salesperson_keeps_what_they_collected_within_their_level(office: Office) -> None:
    """LED-2, LED-3."""
    junior = await office.bench.staff("小白", "销售部", level="初级")
    await junior.says(LINE)
    junior.expects("归我跟进")
    assert "不能接" in await junior.presses("归我跟进")
    assert await office.bench.look(lambda uow: uow.leads.open()) == []
    await junior.presses("取消")
    junior.skips()
    await office.zhang.says(LINE)
    office.zhang.expects("归我跟进")
    await office.zhang.presses("归我跟进")
    office.zhang.expects("已登记：线索 #")  # what was refused before may have used up a number
    office.zhang.expects("13800001111", "10:10 前联系客户")
    office.zhang.skips()
    office.sales.expects("指派给 销售部-张三")


async def test_a_manager_of_another_department_sees_nothing_of_it(office: Office) -> None:
    """P41"""
    other = await office.bench.staff("外经理", "采购部", Role.MANAGER)
    await office.publishes()
    await office.claims(office.zhang)
    for text in ("/assign 1 赵六", "/lost 1 不要", "/report 1 我来汇报一下吧"):
        await other.says(text)
        other.expects("1")
    await other.says("/leads")
    other.expects("没有未结的线索")
    assert (await office.lead()).owner == office.zhang.person


# Giving back, closing, listing ---------------------------------------------------------------------------


async def test_given_back_is_offered_again_and_counted(office: Office) -> None:
    """P28: the claim still counts, and the one who gave back does not get it again."""
    await office.publishes()
    await office.claims(office.zhang)
    await office.zhang.says("/giveback 1")
    office.zhang.expects("/giveback")
    await office.zhang.presses("退回")
    office.zhang.expects("为什么退回")
    await office.zhang.says("在外地，<b>来不及</b>")
    office.zhang.expects("线索 #1 已退回，重新抢单")
    office.zhang.expects("线索 #1 已退回。", edited=True)
    office.zhang.skips()
    office.boss.expects("张三 退回：在外地，<b>来不及</b>")
    office.sales.expects("张三 退回：在外地", "重新抢单（销售部-张三 除外）", "抢单", edited=True)
    assert "你接手过" in await office.zhang.presses("抢单", office.sales)
    await office.zhang.says("/leads")
    office.zhang.expects("本月：抢到 1 条，收回或退回 1 条")
    await office.bench.forward(minutes=30)
    assert await office.entries(office.zhang) == []
    assert (await office.lead()).owner is None


async def test_a_lead_ends_after_its_progress_was_entered(office: Office) -> None:
    await office.publishes()
    await office.claims(office.zhang)
    await office.zhang.says("/lost 1 没意向")
    office.zhang.expects("请先录入线索 #1")
    await office.zhang.says("/report 1 打了三次，对方说不需要了")
    office.zhang.expects("已汇报主管")
    office.zhang.expects("丢单", edited=True)
    office.boss.expects("对方说不需要了")
    office.sales.expects("对方说不需要了", edited=True)
    assert "结束" in await office.zhang.presses("丢单")
    office.zhang.expects("丢单", edited=True)
    office.sales.expects("销售部-张三 丢单", edited=True)
    await office.publishes(number=2)  # the number is free again


async def test_lists_show_the_time_left(office: Office) -> None:
    await office.publishes()
    await office.publishes("/lead 来电 新力 13900002222 20万 要100台", number=2)
    await office.bench.clock_to("10:03")
    card = next(m for m in office.sales.messages if "#1" in m.wire.get("text", ""))
    await office.zhang.does(office.zhang.phone.press_data, card, "lclaim:1", office.sales.chat)
    office.zhang.expects("#1"), office.sales.expects("#1")
    await office.bench.clock_to("10:05")
    await office.zhang.says("/leads")
    office.zhang.expects("我的", "#1 · A类 · 华强电子", "8 分钟")
    await office.boss.says("/leads")
    listed = office.boss.expects("待认领", "#2 · C类", "团队的", "#1 · A类 · 销售部-张三")
    assert "139" not in listed.text
    await office.service.says("/leads")
    office.service.expects("我登记的", "#1", "#2")


# Out of hours (LED-6), restarts, groups that move --------------------------------------------------------


async def test_at_night_the_card_is_posted_at_once_and_the_clock_waits_for_morning(office: Office) -> None:
    """LED-6: registered 22:00, claimed 22:01, due at 09:10."""
    await office.bench.clock_to("22:00")
    await office.publishes()
    await office.bench.clock_to("22:01")
    toast = await office.zhang.presses("抢单", office.sales)
    assert "9月15日 周二 09:10" in toast
    office.zhang.expects("9月15日 周二 09:10 前联系客户")
    office.sales.expects("22:01 销售部-张三 抢到，9月15日 周二 09:10 前汇报", edited=True)
    await office.bench.clock_to("09:09")
    await office.passes(seconds=1)
    office.sales.expects_silence()
    await office.bench.clock_to("09:10")
    office.sales.expects("⏰ 09:10 线索 #1")
    for one in (office.zhang, office.boss, office.sales):
        one.skips()


async def test_an_urgent_lead_runs_by_the_clock_at_night(office: Office) -> None:
    """LED-6"""
    await office.bench.clock_to("22:00")
    await office.service.says(LINE)
    office.service.expects("发布")
    await office.service.presses("加急")
    await office.service.presses("发布")
    office.service.skips()
    office.sales.expects("⚡加急")
    assert "22:10" in await office.zhang.presses("抢单", office.sales)
    office.zhang.skips(), office.sales.skips()
    await office.bench.clock_to("22:10")
    office.sales.expects("⏰ 22:10 线索 #1")
    for one in (office.zhang, office.boss, office.sales):
        one.skips()


async def test_restarts_between_the_steps_change_nothing(folder: Path) -> None:
    """OPS-1, P16: the form, the card and the deadline outlive the process."""
    async with open_bench(folder) as bench:
        office = await make(bench)
        await office.service.says("/lead 来电 华强电子 13800001111 要200台")
        office.service.expects("预计成交额")
        telegram, clock, service, zhang = bench.telegram, bench.clock, office.service, office.zhang
    async with open_bench(folder, telegram=telegram, clock=clock) as bench:
        office = _moved(office, bench)
        await office.service.says("80万")
        office.service.expects("发布")
        await office.service.presses("发布")
        office.service.expects("已登记")
        office.service.skips()
        office.sales.expects("抢单")
        await office.claims(office.zhang)
    async with open_bench(folder, telegram=telegram, clock=clock) as bench:
        office = _moved(office, bench)
        await bench.forward(minutes=10)
        office.sales.expects("⏰ 10:10 线索 #1")
        assert len(await office.entries(office.zhang)) == 2
        for one in (office.zhang, office.boss, office.sales):
            one.skips()
    assert service.person and zhang.person


def _moved(office: Office, bench: Bench) -> Office:
    office.bench = bench
    for view in (office.service, office.boss, office.zhang, office.zhao, office.sales):
        view.bench = bench
        bench.views[view.chat_id] = view
    return office


async def test_the_bots_own_absence_is_held_against_nobody(folder: Path) -> None:
    """P21: down 10:05 to 10:40; the report is due ten minutes after it came back."""
    async with open_bench(folder) as bench:
        office = await make(bench)
        await office.publishes()
        await office.claims(office.zhang)
        await bench.clock_to("10:05")
        telegram, clock = bench.telegram, bench.clock
    clock.set(clock.now().replace(minute=40))
    async with open_bench(folder, telegram=telegram, clock=clock) as bench:
        office = _moved(office, bench)
        await bench.clock_to("10:49")
        office.sales.expects("销售部-张三 抢到", "10:50 前", edited=True)
        office.zhang.expects("10:50 前联系客户", edited=True)
        office.sales.expects_silence()
        await office.zhang.says("/report 1 已通话，明天见面")
        office.zhang.expects("已汇报主管")
        for one in (office.zhang, office.boss, office.sales):
            one.skips()
        await bench.clock_to("11:00")
        assert await office.entries(office.zhang) == []


async def test_the_card_follows_a_group_that_became_a_supergroup(office: Office) -> None:
    """P45: a new message in the new chat, and its button works."""
    await office.publishes()
    new = office.boss.phone.migrate(office.sales.chat)
    await office.bench.settle()
    moved = Group(office.bench, new, "销售群")
    office.bench.views[new.id] = moved
    await office.boss.says("/assign 1 张三")
    office.boss.expects("已指派")
    office.zhang.expects("13800001111")
    moved.expects("指派给 销售部-张三")
    await office.bench.forward(minutes=10)
    moved.expects("⏰", "抢单")
    await office.zhao.does(office.zhao.phone.press, "lclaim:1", None, new)
    office.zhao.expects("13800001111")
    assert (await office.lead()).owner == office.zhao.person
    for one in (office.zhang, office.boss, moved):
        one.skips()


async def test_without_a_sales_group_the_manager_assigns(bench: Bench) -> None:
    boss = await bench.staff("王总", "公司", Role.GM)
    service = await bench.staff("李四", "公司", Role.SERVICE)
    zhang = await bench.staff("张三", "公司")
    await service.says(LINE)
    service.expects("发布")
    await service.presses("发布")
    service.expects("还没有销售群")
    service.skips()
    boss.expects("线索 #1 等你指派", "指派")
    await boss.presses("指派")
    boss.expects("张三")
    await boss.presses("张三")
    boss.expects("已指派给 公司-张三", edited=True)
    zhang.expects("13800001111")


async def test_names_and_needs_with_markup_are_shown_as_typed(office: Office) -> None:
    wild = await office.bench.staff("<b>坏&蛋", "销售部")
    office.boss.phone.add(wild.phone, office.sales.chat)
    await office.publishes("/lead 来电 <i>华强 13800001111 80万 要<200>&台" + "很" * 900)
    await wild.presses("抢单", office.sales)
    wild.expects("<i>华强", "要<200>&台")
    office.sales.expects("<b>坏&蛋 抢到", "要<200>&台", edited=True)
    await wild.says("/report 1 " + "长" * 4000)
    wild.expects("已汇报主管")
    for one in (wild, office.boss, office.sales):
        one.skips()
    assert (await office.lead()).recorded_at is not None
