"""Somebody leaves: what they hold goes from hand to hand, each receiver confirms, everybody signs (ORG-8)."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core import complaints, customers, duty, leads, tasks
from core.access import Role
from core.errors import KeguanError
from core.groups import Purpose
from core.handover import ItemState
from core.leads import EventKind
from core.people import PersonStatus, superior_of
from tests.flows.handing import House
from tests.support.chat import SHANGHAI, Someone, open_bench

HOLIDAY = date(2026, 10, 1)
MONDAY = datetime(2026, 9, 14, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
async def house(folder: Path) -> AsyncIterator[House]:
    async with open_bench(folder, at=MONDAY) as bench:
        yield await House.founded(bench)


async def test_customers_and_leads_go_to_receivers_who_confirm_and_the_person_leaves(house: House) -> None:
    """ORG-8, from the manager's word to the signed list."""
    await house.customer(house.zhang, "华强电子", "13800000001")
    south = await house.customer(house.zhang, "华南五金", "13800000002", region="华南")
    lead = (await house.lead(house.zhang, "陈先生", "+8613800000003")).id
    house.hush()

    await house.wang.says("/handover 张三")
    asked = house.wang.expects("销售部-张三 要离职", "2 客户", "1 线索", "9月16日 周三", "离职交接")
    assert asked.labels == ["开始交接", "不办"]
    await house.wang.presses("开始交接")
    assert await house.status(house.zhang) is PersonStatus.LEAVING
    house.zhang.expects("你正在办理交接", "2 客户", "不再给你新事项")
    house.wang.expects("销售部-张三 离职交接", "待分派 2", edited=True)
    house.wang.expects("销售部-张三 离职交接")

    await house.wang.presses("发给接收人（3）")
    assert house.wang.last_toast == "已发给接收人。"
    house.wang.skips()
    offer = house.li.expects("从 销售部-张三 接手 2 项", "客户 · 华强电子", "线索 · #1 陈先生", "全部接手")
    assert offer.labels == ["全部接手", "逐项", "不接…"]
    house.zhao.expects("接手 1 项", "华南五金")

    await house.li.presses("全部接手")
    assert house.li.last_toast == "今后归你负责。"
    house.li.expects("已从 销售部-张三 接手 2 项", edited=True)
    house.li.expects("线索 #1", "13800000003")
    house.zhang.expects("线索 #1：已移交", edited=True)
    house.floor.skips()
    house.li.expects("请告知下列客户", "华强电子 13800000001")
    taken = await house.bench.look(lambda uow: uow.leads.get(lead))
    assert taken.owner == house.li.person

    await house.zhao.presses("全部接手")
    house.zhao.skips()
    assert (await house.bench.look(lambda uow: uow.customers.get(south))).owner == house.zhao.person
    house.wang.expects("都已有人接手", "签字并离职")
    house.wang.skips()
    await house.wang.presses("签字并离职")
    assert house.wang.last_toast == "销售部-张三 已离职。"
    house.wang.skips()
    house.zhang.expects("不再代表 销售部-张三")
    assert await house.status(house.zhang) is PersonStatus.LEFT
    house.floor.expects("销售部-张三 已离职")
    house.boss.skips()


# Who gets what ------------------------------------------------------------------------------------------


async def test_the_region_then_the_department_then_the_load_decides_who_is_proposed(house: House) -> None:
    """LED-3 in a handover: 华南 goes to who serves it; the rest is spread by what each has already."""
    await house.bench.staff("孙七", "销售部", superior="王经理")
    await house.customer(house.li, "李四的老客户")
    await house.customer(house.zhang, "南海五金", region="华南")
    for name in ("甲公司", "乙公司", "丙公司"):
        await house.customer(house.zhang, name)
    await house.begins()
    items = await house.items()
    assert (items["南海五金"].receiver_label, items["南海五金"].why) == ("销售二部-赵六", "region")
    assert [items[name].receiver_label for name in ("甲公司", "乙公司", "丙公司")] == [
        "销售部-孙七",
        "销售部-孙七",
        "销售部-李四",
    ]


async def test_the_manager_goes_through_a_list_and_gives_one_thing_or_all_of_a_kind(house: House) -> None:
    for number in range(1, 11):
        await house.customer(house.zhang, f"客户公司{number}")
    await house.begins()
    await house.wang.presses("逐项")
    assert house.wang.expects("看哪一类？").labels == ["10 客户", "返回"]
    await house.wang.presses("10 客户")
    page = house.wang.expects("销售部-张三 的客户（1/2）", "1. ○ 客户公司1", "→ 销售部-李四 · 同部门")
    assert page.labels == [*"12345678", "全部给一人…", "▶", "返回"]
    await house.wang.presses("▶")
    house.wang.expects("（2/2）", "9. ○ 客户公司9")
    await house.wang.presses("9", message=house.wang.messages[-1])
    detail = house.wang.expects("客户: 客户公司9")
    assert detail.labels == ["销售部-李四 · 同部门 · 0", "销售二部-赵六 · 手头最少 · 0", "另选一人…", "返回"]
    await house.wang.presses("销售二部-赵六 · 手头最少 · 0")
    assert house.wang.last_toast == "给 销售二部-赵六，点“发给接收人”发出。"
    house.wang.skips()
    items = await house.items()
    assert (items["客户公司9"].receiver, items["客户公司9"].why) == (house.zhao.person, "chosen")

    await house.wang.presses("全部给一人…")
    house.wang.expects("未交的客户全部给谁？")
    await house.wang.presses("另选一人…")
    house.wang.expects("给谁？请发姓名或工号。")
    await house.wang.says("张三")
    house.wang.expects("销售部-张三 就是离职的人")
    house.wang.skips()
    await house.wang.says("赵六")
    house.wang.expects("已定 10 项")
    house.wang.skips()
    items = await house.items()
    assert {item.receiver for item in items.values()} == {house.zhao.person}


async def test_a_refusal_needs_a_reason_and_goes_back_to_the_manager(house: House) -> None:
    await house.customer(house.zhang, "华强电子")
    lead = await house.lead(house.zhang, "陈先生", "+8613800000003")
    await house.begun_and_sent()
    house.li.expects("接手 2 项")
    await house.li.presses("逐项")
    house.li.expects("销售部-张三 移交的事项（1/1）", "⏳ 1. 客户 · 华强电子", "⏳ 2. 线索 · #1 陈先生", edited=True)
    await house.li.presses("2")
    shown = house.li.expects("线索: #1 陈先生", "期限 09:40（沿用）", edited=True)
    assert shown.labels == ["接手", "不接…", "返回"]
    await house.li.presses("不接…")
    house.li.expects("为什么不接“#1 陈先生”？")
    await house.li.says("忙" * 301)
    house.li.expects("请用文字说明原因，最多 300 字")
    house.li.skips()
    await house.li.says("手头线索太多")
    house.li.expects("已转告交接负责人")
    house.li.skips()
    house.wang.expects("销售部-李四 不接 销售部-张三 的 1 项", "“手头线索太多”", "• #1 陈先生")
    house.wang.expects("不接 1", edited=True)
    assert (await house.bench.look(lambda uow: uow.leads.get(lead.id))).owner == house.zhang.person

    await house.does(house.wang, _choose_first, "leads", house.zhao.person)
    await house.wang.presses("发给接收人（1）")
    house.wang.skips()
    house.zhao.expects("接手 1 项", "#1 陈先生")
    await house.zhao.presses("全部接手")
    house.hush()
    assert (await house.bench.look(lambda uow: uow.leads.get(lead.id))).owner == house.zhao.person


def _choose_first(uow: Any, actor: Any, area: str, receiver: Any) -> None:
    from core.handover import choose

    item = uow.handovers.items(uow.handovers.latest(1)[0].id, area)[0]
    choose(uow, actor, item.id, receiver)


_choose_first.__permits__ = frozenset({Role.MANAGER})  # type: ignore[attr-defined]  # as @permits does


# What changes hands, and how ----------------------------------------------------------------------------


async def test_a_leads_time_begins_with_the_new_owner_and_its_story_goes_along(house: House) -> None:
    """P35, P38: contact is due from the takeover on; the new owner reads what was said before."""
    lead = await house.lead(house.zhang, "陈先生", "+8613800000003")
    await house.begun_and_sent()
    house.hush()
    await house.bench.forward(minutes=5)
    await house.li.presses("全部接手")
    house.li.expects("线索 #1", "09:30 指派给 销售部-张三", "09:35 销售部-张三 移交给 销售部-李四")
    house.hush()
    taken = await house.bench.look(lambda uow: uow.leads.get(lead.id))
    assert (taken.owner, taken.turn, taken.owner_since) == (house.li.person, 2, house.bench.clock.now())
    due = await house.bench.look(lambda uow: uow.deadlines.due_of(taken.subject, "lead.contact"))
    assert due == house.bench.clock.now() + timedelta(minutes=10)
    item = (await house.items())["#1 陈先生"]
    assert (item.due_at, item.anew) == (due, True)
    events = await house.bench.look(lambda uow: [e.kind for e in uow.leads.events(lead.id)])
    assert events[-1] is EventKind.HANDED_OVER


async def test_a_complaint_keeps_its_limits_and_the_customer_learns_the_new_contact_once(house: House) -> None:
    """What was promised to the customer stands; two cases and one record of a customer are one message, without a
    word about why."""
    desk = await house.bench.group("投诉台", house.boss, house.zhang, house.li, purposes=[Purpose.COMPLAINT])
    chen = await house.bench.customer("陈先生")
    case = await house.case(house.zhang, chen)
    await house.reply(house.zhang, case, "请稍等")
    await house.case(house.zhang, chen)
    before = await house.bench.look(lambda uow: uow.complaints.get(case.id))
    await house.begun_and_sent()
    house.hush()
    await house.li.presses("逐项")
    house.li.skips()
    await house.li.presses("1")
    house.li.expects("之前的经过", "销售部-张三：请稍等", edited=True)
    await house.li.presses("返回")
    house.li.skips()
    await house.bench.forward(hours=1)
    house.hush()
    await house.li.presses("2", message=house.bench.telegram.history(house.li.phone.private)[-1])
    await house.li.presses("接手")
    told = chen.expects("今后由李四担任您在示范公司的联系人")
    assert "张三" not in told.text
    assert "离职" not in told.text
    desk.skips()
    house.hush()
    after = await house.bench.look(lambda uow: uow.complaints.open_cases())
    await house.does(house.li, _accept_rest)
    chen.expects_silence()
    house.hush()
    after = await house.bench.look(lambda uow: uow.complaints.get(case.id))
    assert (after.owner, after.handle_due, after.close_due) == (
        house.li.person,
        before.handle_due,
        before.close_due,
    )
    trail = await house.bench.look(lambda uow: [(t.step, t.by, t.note) for t in uow.complaints.trail(case.id)])
    assert trail[-1] == ("handed_over", "销售部-李四", "销售部-张三")


def _accept_rest(uow: Any, actor: Any) -> None:
    from core.handover import accept_all

    accept_all(uow, actor, uow.handovers.latest(1)[0].id)


_accept_rest.__permits__ = frozenset(Role)  # type: ignore[attr-defined]  # as @permits does


async def test_tasks_to_do_and_tasks_given_find_somebody(house: House) -> None:
    """The part of a task is received by taking it over; whoever has a part already keeps their own."""
    mine = await house.task(house.wang, "张三", "整理合同")
    both = await house.task(house.wang, "销售部", "打扫展厅")
    await house.begun_and_sent()
    items = await house.items()
    receivers = [items[title].receiver_label for title in ("整理合同", "打扫展厅")]
    assert receivers == ["销售部-李四", "销售二部-赵六"]
    house.hush()
    await house.li.presses("全部接手")
    await house.zhao.presses("全部接手")
    house.hush()
    first = await house.bench.look(lambda uow: uow.tasks.get(mine.id))
    part = first.of(house.li.person)
    assert (part.state, part.answered_at) == ("received", house.bench.clock.now())
    assert first.of(house.zhang.person) is None
    second = await house.bench.look(lambda uow: uow.tasks.get(both.id))
    assert second.of(house.zhang.person) is None
    assert second.of(house.zhao.person) is not None


async def test_whoever_has_a_part_in_the_task_keeps_their_own(house: House) -> None:
    """The leaver's part ends with them; nobody has two."""
    task = await house.task(house.wang, "销售部", "打扫展厅")
    await house.begins()
    await house.does(house.wang, _choose_first, "tasks", house.li.person)
    await house.wang.presses("发给接收人")
    house.hush()
    await house.li.presses("全部接手")
    house.hush()
    after = await house.bench.look(lambda uow: uow.tasks.get(task.id))
    assert after.of(house.zhang.person).closed_by == "销售部-李四"
    assert after.of(house.li.person).state == "waiting"


async def test_a_managers_reports_department_and_given_tasks_go_up(house: House) -> None:
    """Direct reports, the department and what was given go to the next superior, who confirms like anybody."""
    await house.does(house.boss, _lead_department, "销售部", "王经理")
    task = await house.task(house.wang, "张三", "整理合同")
    house.hush()
    await house.boss.says("/handover 王经理")
    house.boss.expects("1 布置的任务", "2 直属下级", "1 负责的部门")
    await house.boss.presses("开始交接")
    house.hush()
    above = await house.bench.look(lambda uow: superior_of(uow, uow.people.get(house.zhang.person)).name)
    assert above == "刘总"
    await house.boss.presses("发给接收人（4）")
    house.zhang.expects("今后你的上级是 总经办-刘总")
    house.li.expects("今后你的上级是 总经办-刘总")
    house.boss.expects("都已有人接手")
    house.hush()
    assert (await house.bench.look(lambda uow: uow.tasks.get(task.id))).giver == house.boss.person
    department = await house.bench.look(lambda uow: uow.people.find_department("销售部"))
    assert department.manager == house.boss.person
    await house.boss.presses("签字并离职")
    assert house.boss.last_toast == "销售部-王经理 已离职。"
    house.hush()


def _lead_department(uow: Any, actor: Any, name: str, manager: str) -> None:
    from core.people import name_manager

    name_manager(uow, actor, uow.people.find_department(name).id, manager)


_lead_department.__permits__ = frozenset({Role.ADMIN})  # type: ignore[attr-defined]  # as @permits does


async def test_plans_and_next_steps_go_with_the_customer(house: House) -> None:
    """A visit stays whose it was; what is still to be done at the customer is the new owner's."""
    customer = await house.customer(house.zhang, "华强电子")
    await house.plan(house.zhang, customer, date(2026, 9, 18), "谈合同")
    await house.begun_and_sent()
    assert list(await house.items()) == ["华强电子"]
    house.hush()
    await house.li.presses("全部接手")
    house.hush()
    plans = await house.bench.look(lambda uow: uow.visits.open_plans(house.li.person))
    assert [(plan.customer, plan.day, plan.purpose) for plan in plans] == [(customer, date(2026, 9, 18), "谈合同")]
    assert await house.bench.look(lambda uow: uow.visits.open_plans(house.zhang.person)) == []


async def test_days_on_duty_find_somebody_else(house: House) -> None:
    """ORG-9: a holiday is not left without the one who was on the roster; nobody is on it twice."""
    await house.does(house.wang, duty.fill, HOLIDAY, [house.zhang.person])
    await house.begins()
    item = (await house.items())["2026-10-01"]
    assert (item.area, item.receiver) == ("duties", house.li.person)
    with pytest.raises(KeguanError):
        await house.does(house.wang, duty.fill, HOLIDAY + timedelta(days=1), [house.zhang.person])
    await house.wang.presses("发给接收人")
    house.hush()
    await house.li.presses("全部接手")
    house.hush()
    on_duty = await house.bench.look(lambda uow: [one.person for one in duty.on_duty(uow, HOLIDAY)])
    assert on_duty == [house.li.person]


async def test_what_waits_for_a_decision_goes_up_at_once_and_own_requests_end(house: House) -> None:
    """APR-1, P32: nobody waits for a leaver; the list says where it went. What they asked for ends with them."""
    await house.li.says("/leave 9月21日 家里有事")
    house.hush()
    waiting = await house.bench.look(lambda uow: uow.approvals.waiting_for(house.wang.person))
    assert len(waiting) == 1
    await house.boss.says("/handover 王经理")
    house.boss.expects("1 待审批")
    await house.boss.presses("开始交接")
    item = next(item for item in (await house.items()).values() if item.area == "approvals")
    assert (item.state, item.receiver) == (ItemState.MOVED, house.boss.person)
    now = await house.bench.look(lambda uow: uow.approvals.waiting_for(house.boss.person))
    assert [one.id for one in now] == [one.id for one in waiting]
    house.hush()


# P32: nothing new for who leaves ------------------------------------------------------------------------


async def test_nothing_new_comes_to_somebody_who_hands_over(house: House) -> None:
    """P32: claims, assignments, tasks, customers and cases are refused everywhere, at once."""
    await house.begins()
    draft = leads.Draft("phone_400", "钱先生", "+8613800000009", "要报价", "", 100_000)
    lead = (await house.does(house.li, leads.register, draft)).lead
    house.hush()
    toast = await house.zhang.presses("抢单", house.floor)
    assert "你正在办理交接，不再接新事项" in toast
    for act, args in (
        (leads.assign, (lead.id, house.zhang.person)),
        (tasks.give, (tasks.Order((tasks.Target("张三"),), "做点事"),)),
        (customers.register, (customers.Draft("新客户公司"),)),
    ):
        more = {"owner": house.zhang.person} if act is customers.register else {}
        with pytest.raises(KeguanError) as refused:
            await house.does(house.wang, act, *args, **more)
        assert getattr(refused.value, "reason", "leaving") == "leaving"
    with pytest.raises(KeguanError):
        await house.does(house.zhang, customers.register, customers.Draft("自己的客户"))
    await house.wang.says("/task 张三 做点事", house.floor)
    house.floor.expects("销售部-张三 正在办理交接，不再接新事项。请另选一人。")
    offered = await house.does(house.wang, leads.candidates, lead.id)
    assert house.zhang.person not in [one.person.id for one in offered[1]]
    group = await house.task(house.wang, "销售部", "打扫展厅")
    assert [part.label for part in group.assignments] == ["销售部-李四"]
    house.hush()


async def test_a_case_is_not_taken_over_by_somebody_who_leaves(house: House) -> None:
    chen = await house.bench.customer("陈先生")
    case = await house.case(house.li, chen)
    await house.begins()
    with pytest.raises(KeguanError) as refused:
        await house.does(house.zhang, complaints.take_over, case.id, house.li.person)
    assert type(refused.value).__name__ in ("IsLeaving", "NotFound")


# Time ---------------------------------------------------------------------------------------------------


async def test_what_nobody_confirms_falls_to_the_manager_after_a_reminder(house: House) -> None:
    """Working hours count: begun on Monday 09:30, reminded before, over on Wednesday 10:30 (16 working hours)."""
    customer = await house.customer(house.zhang, "华强电子", "13800000001")
    await house.begun_and_sent()
    offer = house.li.expects("接手 1 项").message
    house.hush()
    items = await house.items()
    due = (await house.bench.look(lambda uow: uow.handovers.latest(1)))[0].due_at
    await house.bench.conductor.to(due - timedelta(hours=1))
    house.li.expects("前请确认接手 销售部-张三 的事项，还有 1 项")
    house.wang.expects("截止：销售部-张三 离职交接", "1 项未确认，0 项未分派")
    house.hush()
    await house.bench.conductor.to(due + timedelta(minutes=1))
    house.li.expects("你未确认接手 销售部-张三 的事项转给了 销售部-王经理")
    house.wang.expects("有 1 项无人确认，现归你负责", "• 华强电子")
    house.wang.expects("都已有人接手")
    house.hush()
    assert (await house.bench.look(lambda uow: uow.customers.get(customer))).owner == house.wang.person
    item = (await house.items())["华强电子"]
    assert (item.state, item.receiver, item.in_time) == (ItemState.MOVED, house.wang.person, False)
    assert items["华强电子"].receiver == house.li.person
    assert "没有要你看或确认的" in await _pressed(house.li, offer, "hoy:1")
    house.hush()


async def test_a_manager_who_does_not_sign_is_reminded(house: House) -> None:
    await house.begins()
    for _ in range(2):
        await house.bench.forward(days=3)
        house.wang.expects("还没有签字")
        house.hush()
    await house.wang.presses("签字并离职")
    assert await house.status(house.zhang) is PersonStatus.LEFT
    house.hush()


# Ending -------------------------------------------------------------------------------------------------


async def test_a_person_who_returns_keeps_what_was_not_taken_over(house: House) -> None:
    """Cancelled in the middle: taken things stay where they are, everything else is as before."""
    first = await house.customer(house.zhang, "南海五金", region="华南")
    second = await house.customer(house.zhang, "华强电子")
    await house.begun_and_sent()
    offer = house.li.expects("接手 1 项").message
    await house.zhao.presses("全部接手")
    house.hush()
    await house.wang.presses("取消交接")
    house.wang.expects("销售部-张三 留任？", "已接手的 1 项留在接收人处")
    await house.wang.presses("是，取消交接")
    house.wang.skips()
    house.zhang.expects("销售部-张三 留任，交接已取消")
    house.li.expects("销售部-张三 留任，交接已取消")
    house.zhao.expects("销售部-张三 留任，交接已取消")
    assert await house.status(house.zhang) is PersonStatus.ACTIVE
    assert (await house.bench.look(lambda uow: uow.customers.get(first))).owner == house.zhao.person
    assert (await house.bench.look(lambda uow: uow.customers.get(second))).owner == house.zhang.person
    assert "没有要你看或确认的" in await _pressed(house.li, offer, "hoy:1")
    assert (await house.bench.look(lambda uow: uow.customers.get(second))).owner == house.zhang.person
    await house.begins()
    assert await house.status(house.zhang) is PersonStatus.LEAVING
    house.hush()


async def test_what_turns_up_late_is_listed_before_anybody_may_sign(house: House) -> None:
    """Nobody is deactivated while something is theirs, however it came to be."""
    await house.begins()
    customer = await house.customer(house.li, "华强电子")
    await house.bench.store.unit(lambda uow: uow.customers.set_owner(customer, house.li.person, house.zhang.person))
    house.hush()
    assert "名下还有事项，已列入清单" in await house.wang.presses("签字并离职")
    house.wang.expects("1 客户: ○ 待分派 1", edited=True)
    assert await house.status(house.zhang) is PersonStatus.LEAVING


async def test_the_signed_list_is_shown_later_and_as_a_spreadsheet(house: House) -> None:
    """Who gave, who received, what, when; both signatures; a list that was changed afterwards says so."""
    await house.customer(house.zhang, "华强电子")
    await house.begun_and_sent()
    house.hush()
    await house.li.presses("全部接手")
    await house.zhang.presses("签字：已全部移交")
    assert house.zhang.last_toast == "已签字，谢谢。"
    house.hush()
    await house.wang.presses("签字并离职")
    house.hush()
    await house.bench.forward(days=40)
    house.hush()
    await house.wang.says("/handover")
    house.wang.expects("交接", "销售部-张三 · 9月14日 周一 办结")
    await house.wang.presses("销售部-张三 · 9月14日 周一 办结")
    shown = house.wang.expects("销售部-张三 交接清单（1/1）", "1. ✅ 客户 · 华强电子")
    for line in (
        "→ 销售部-李四 · 9月14日 周一 09:30",
        "移交人 销售部-张三：9月14日 周一 09:30",
        "监交人：销售部-王经理 9月14日 周一 09:30",
        "校验码",
    ):
        assert line in shown.text
    await house.wang.presses("表格")
    document = house.wang.messages[-1].wire["document"]
    assert document["file_name"] == "交接清单-销售部-张三.xlsx"
    content = house.bench.telegram.files.get(document["file_id"]).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["1", "客户", "华强电子", "销售部-张三", "销售部-李四", "9月14日 周一 09:30", "是"]
    house.wang.skips()

    def forge(uow: Any) -> None:
        uow._c.exec_driver_sql("UPDATE handover_items SET title = '别的客户'")

    await house.bench.store.unit(forge)
    await house.wang.says("/handover")
    house.wang.skips()
    await house.wang.presses("办结")
    house.wang.expects("与签字时的清单不符")


async def test_leavers_are_taken_out_of_groups_where_the_bot_may(house: House) -> None:
    """Where it may not, the group is asked to do it; a group they are not in hears nothing."""
    mine = await house.bench.group("二群", house.boss, house.zhang, purposes=[Purpose.MANAGEMENT])
    other = await house.bench.group("三群", house.boss, house.li, purposes=[Purpose.MANAGEMENT])
    await house.boss.does(house.boss.phone.promote, house.bench.telegram.bot.id, mine.chat)
    await house.begins()
    await house.wang.presses("签字并离职")
    house.zhang.expects("不再代表 销售部-张三")
    mine.expects("销售部-张三 已离职，已移出本群")
    assert not mine.chat.member(house.zhang.phone.id).present
    house.floor.expects("销售部-张三 已离职。机器人在本群没有移除权限")
    assert house.floor.chat.member(house.zhang.phone.id).present
    other.expects_silence()
    house.hush()
    await house.zhang.says("/me")
    house.zhang.expects("没有此权限")


# Bad input ----------------------------------------------------------------------------------------------


async def test_only_superiors_and_administrators_run_a_handover_and_nobody_their_own(house: House) -> None:
    """P41: another manager does not even learn that there is one."""
    stranger = await house.bench.staff("别的经理", "客服部", Role.MANAGER)
    await house.customer(house.zhang, "华强电子")
    await house.begun_and_sent()
    house.hush()
    await stranger.says("/handover 张三")
    stranger.expects("没有找到“销售部-张三”")
    await house.wang.says("/handover 王经理")
    house.wang.expects("本人的交接由上级或管理员办理")
    await house.li.says("/handover 张三")
    house.li.expects("没有此权限")
    await stranger.says("/me")
    message = stranger.expects("别的经理").message
    for data in ("hoo:1", "hol:1", "hoa:1:customers:0", "hoi:1", "hoc:1:4", "hop:1:customers:4", "hos:1", "hox:1"):
        assert await _pressed(stranger, message, data)
    for data in ("hoxy:1", "hoy:1", "hoyi:1", "hor:1:1", "hot:1:0", "hod:1", "hog:1", "hoz:1", "hoq:1", "hoqx:1"):
        assert await _pressed(stranger, message, data)
    stranger.expects_silence()
    assert (await house.items())["华强电子"].state is ItemState.OFFERED


async def _pressed(someone: Someone, message: Any, data: str) -> str:
    press = await someone.does(someone.phone.press_data, message, data)
    return str(press.text)


async def test_the_only_administrator_cannot_leave(house: House) -> None:
    second = await house.bench.staff("董事长", "总经办", Role.GM)
    await second.says("/handover 刘总")
    second.skips()
    await house.does(house.boss, _make_superior, "刘总", "董事长")
    await second.says("/handover 刘总")
    second.expects("总经办-刘总 是唯一的管理员")


def _make_superior(uow: Any, actor: Any, who: str, superior: str) -> None:
    uow.people.set_superior(uow.people.by_number(who).id, uow.people.by_number(superior).id)


_make_superior.__permits__ = frozenset({Role.ADMIN})  # type: ignore[attr-defined]  # as @permits does


async def test_a_second_press_on_begin_or_sign_does_nothing(house: House) -> None:
    """P17, P47."""
    await house.wang.says("/handover 张三")
    asked = house.wang.expects("要离职").message
    await house.wang.presses("开始交接")
    house.hush()
    assert "已在交接中" in await _pressed(house.wang, asked, f"hob:{house.zhang.person}")
    await house.wang.presses("签字并离职")
    house.hush()
    assert "已" in await _pressed(house.wang, asked, "hoz:1")
    await house.wang.says("/handover 张三")
    house.wang.expects("没有找到“张三”")


# Long lists and kills -----------------------------------------------------------------------------------


async def test_a_long_list_moves_in_slices_and_a_kill_in_the_middle_loses_nothing(folder: Path) -> None:
    """60 customers accepted with one press are moved 25 at a time; what is left goes on after a restart."""
    async with open_bench(folder, at=MONDAY, strict=False) as bench:
        house = await House.founded(bench)
        for number in range(60):
            await house.customer(house.zhang, f"客户公司{number:02}")
        await house.begins()
        await house.does(house.wang, _choose_everything, house.li.person)
        await house.wang.presses("发给接收人")
        taken = await house.bench.store.do(_accept_only, await house.actor(house.li))
        left = await bench.look(lambda uow: uow.customers.count(house.zhang.person))
        assert (taken, left) == (60, 35)
        telegram, clock = bench.telegram, bench.clock
        person, leaver = house.li.person, house.zhang.person
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as bench:
        await bench.forward(seconds=1)
        assert await bench.look(lambda uow: uow.customers.count(leaver)) == 0
        assert await bench.look(lambda uow: uow.customers.count(person)) == 60


def _choose_everything(uow: Any, actor: Any, receiver: Any) -> None:
    from core.handover import choose_all

    choose_all(uow, actor, uow.handovers.latest(1)[0].id, "customers", receiver)


_choose_everything.__permits__ = frozenset({Role.MANAGER})  # type: ignore[attr-defined]  # as @permits does


def _accept_only(uow: Any, actor: Any) -> int:
    from core.handover import accept_all

    handover = uow.handovers.latest(1)[0]
    accept_all(uow, actor, handover.id)
    return len(uow.handovers.items_of(handover.id, actor.person))


_accept_only.__permits__ = frozenset(Role)  # type: ignore[attr-defined]  # as @permits does
