"""Complaints from the customer's first message to the closed case (CMP-1 to CMP-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.complaints import Direction, Step, Verdict
from core.groups import Purpose
from core.rulebook import default, loads
from tests.sandbox.test_people import PNG
from tests.support.chat import MONDAY, SHANGHAI, Bench, Group, Someone, open_bench

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
    await desk.bench.forward(minutes=2)
    assert await desk.bench.look(lambda uow: uow.deadlines.open_of(case.subject)) == []
    late = await li.does(li.phone.press_data, li.messages[-1], "ca:1:valid")
    assert "客服部-李四" in late.text
    assert (await desk.case("260901")).step is Step.CLOSED


# --- what comes in


async def test_photo_voice_long_text_and_markup_are_kept_whole_and_passed_on(desk: Desk) -> None:
    """CMP-1, P24: nothing a customer sends is lost; an album asks once."""
    eve = await desk.bench.customer("<b>Eve&Co</b>")
    await eve.does(eve.phone.photo, PNG, "")
    eve.expects("已收到您的消息（1 条）")
    await eve.does(eve.phone.voice)
    eve.expects("已收到您的消息（2 条）", edited=True)
    await eve.presses("服务质量")
    eve.expects("260901 · 服务质量")
    eve.expects("非常抱歉", "9月15日 周二 18:00 前处理完")
    desk.group.expects("260901", "附件 2 个", "<**")
    desk.li.expects("<b>Eve&Co</b>", "附件 2 个")
    photo, voice = desk.li.expects("<b>Eve&Co</b>："), desk.li.expects("<b>Eve&Co</b>：")
    assert photo.message.wire["photo"] and voice.message.wire["voice"]

    long = "<&>" * 1300 + "完"
    await eve.says(long)
    desk.group.expects("260901", edited=True)
    desk.li.expects("附件 2 个", edited=True)
    pieces = [heard.text for heard in desk.li.skips()]
    assert "".join(piece.split("：\n")[1].split("\n")[0] for piece in pieces) == long
    assert all(len(piece) <= 4096 for piece in pieces)
    eve.expects("已转给 客服部-李四（260901），共 3 条")

    await eve.does(eve.phone.contact, "+8613812341234", "Eve", user_id=eve.phone.id)
    desk.hush()
    assert "138****1234" in desk.group.shows("260901")
    assert "13812341234" not in desk.group.shows("260901")
    kept = await desk.messages("260901")
    assert [m.content.media for m in kept] == ["photo", "voice", "", "contact"]
    assert kept[2].content.text == long
    assert (await desk.case("260901")).phone == "+8613812341234"


async def test_who_chooses_nothing_is_registered_after_a_quarter_of_an_hour(desk: Desk) -> None:
    """CMP-1: no message stays without a number."""
    await desk.chen.says("你们什么时候发货")
    desk.chen.expects("请点一下是哪一类")
    await desk.bench.clock_to("08:14")
    desk.chen.expects_silence()
    await desk.bench.clock_to("08:15")
    desk.chen.expects("您好，已收到", "260901 求助")
    desk.li.expects("260901", "已登记 → 结案", "回复客户", "结案")
    desk.li.expects("260901 陈先生：", "你们什么时候发货")
    desk.group.expects("260901 求助")
    assert (await desk.case("260901")).created_at == MONDAY + timedelta(minutes=15)

    await desk.chen.presses("产品质量")
    assert "已经处理过了" in desk.chen.last_toast
    assert await desk.case("260902") is None


async def test_nothing_to_register_and_plain_words_of_staff_commands(desk: Desk) -> None:
    """A greeting need not become a case; a customer may begin with any word; staff's own texts are not complaints."""
    await desk.chen.says("绑定 的时候出错")
    desk.chen.expects("请点一下是哪一类")
    await desk.chen.presses("不用登记")
    desk.chen.expects("好的，不登记", edited=True)
    await desk.bench.forward(hours=1)
    assert await desk.case("260901") is None
    await desk.li.says("今天天气不错")
    desk.li.expects("/help")
    await desk.li.says("/complain 试试")
    desk.li.expects("此操作仅限")


async def test_several_open_cases_ask_which_and_complain_starts_another(desk: Desk) -> None:
    """P44: by ids alone; a text that looks like a number moves nothing."""
    chen = desk.chen
    await desk.registers()
    await chen.says("/complain 价格算错了")
    chen.expects("请点一下是哪一类")
    await chen.presses("销售与价格")
    chen.expects("260902 · 销售与价格", edited=True)
    chen.expects("非常抱歉", "260902")
    desk.hush()

    await chen.says("#260901 补充：今天又漏了")
    chen.expects("是关于哪一件", "260902 销售与价格", "260901 服务质量", "另一件事")
    assert await chen.presses("260901 服务质量") == "260901"
    chen.expects("260901 · 服务质量", edited=True)
    chen.expects("已转给 客服部-李四（260901），共 2 条")
    desk.li.expects("260901 陈先生：", "今天又漏了")
    desk.hush()
    assert [m.content.text for m in await desk.messages("260901")] == [VALVE, "#260901 补充：今天又漏了"]

    await chen.says("还有发票")
    await chen.presses("另一件事")
    chen.expects("是关于哪一件")
    chen.expects("请点一下是哪一类", edited=True)
    await chen.presses("咨询")
    desk.hush()
    assert [m.content.text for m in await desk.messages("260903")] == ["还有发票"]


async def test_order_details_are_asked_for_product_kinds_only(desk: Desk) -> None:
    """CMP-5: optional, each can be skipped."""
    await desk.chen.says(VALVE)
    await desk.chen.presses("产品质量")
    desk.hush()
    await desk.chen.presses("补充订单信息")
    desk.chen.expects("1/7：订单号？")
    await desk.chen.says("SO-<1>")
    desk.chen.expects("2/7：品名？")
    await desk.chen.presses("跳过", message=desk.chen.messages[-1])
    desk.chen.expects("3/7：批号？")
    await desk.chen.says("B7")
    await desk.chen.presses("就这些")
    desk.chen.expects("260901：谢谢，已补充")
    desk.group.expects("订单号: SO-<1>", "批号: B7")
    desk.hush()
    assert (await desk.case("260901")).product == {"order_number": "SO-<1>", "batch": "B7"}


# --- numbers and times


async def test_numbers_widen_and_are_never_given_twice(desk: Desk) -> None:
    """CMP-2, P43."""
    boss = await desk.bench.staff("老板", "总部", Role.GM, admin=True)

    def use_up(uow: Any) -> int:
        return [uow.complaints.next_running("2609") for _ in range(98)][-1]

    assert await desk.bench.store.unit(use_up) == 98
    await desk.registers(kind="咨询")
    anna = await desk.bench.customer("安娜")
    await anna.says("也来问")
    await anna.presses("咨询")
    assert await desk.case("260999") is not None
    assert (await desk.case("2609100")).customer == "安娜"
    boss.expects("位数已用完", "2609100", "第五章 第二条")

    async def number_after(statement: str) -> int:
        def restore(uow: Any) -> int:
            import sqlalchemy as sa

            uow._c.execute(sa.text(statement))
            return int(uow.complaints.next_running("2609"))

        return int(await desk.bench.store.unit(restore))

    assert await number_after("UPDATE complaint_counters SET last = 3") == 101
    assert await number_after("DELETE FROM complaint_counters") == 101
    assert await number_after("UPDATE complaints SET running = 1000 WHERE running = 100") == 1001
    assert await number_after("UPDATE complaints SET running = 2 WHERE running = 1000") == 1002
    desk.hush()


async def test_month_begins_at_midnight_in_beijing_and_holidays_count(folder: Path) -> None:
    """P43, P1: 30 September 2026, 15:00; 1 to 7 October rest, Saturday 10 October is worked."""
    async with open_bench(folder, at=datetime(2026, 9, 30, 15, 0, tzinfo=SHANGHAI)) as bench:
        desk = await make_desk(bench)
        await desk.chen.says(VALVE)
        desk.chen.expects("请点一下是哪一类")
        await desk.chen.presses("产品质量")
        desk.chen.expects("260901 · 产品质量")
        desk.chen.expects("10月1日 周四 15:00 前给您答复", "10月10日 周六 18:00 前处理完")
        case = await desk.case("260901")
        assert case.handle_due == default().working_time.add_days(bench.now, 3)
        assert case.handle_due == datetime(2026, 10, 10, 18, 0, tzinfo=SHANGHAI)
        assert case.close_due == datetime(2026, 10, 15, 15, 0, tzinfo=SHANGHAI)
        anna = await bench.customer("安娜")
        await anna.says("问一下")
        await bench.clock_to("23:59")
        await bench.forward(seconds=59)
        desk.hush()
        ben = await bench.customer("本")
        await ben.says("也问一下")
        await ben.presses("咨询")
        assert (await desk.case("260903")).customer == "本"
        await bench.forward(seconds=1)
        cora = await bench.customer("科拉")
        await cora.says("新月份")
        await cora.presses("咨询")
        assert (await desk.case("261001")).customer == "科拉"
        desk.hush()


async def test_overdue_brings_an_urge_slip_at_once_and_one_list_a_day(folder: Path) -> None:
    """CMP-6, CMP-7, P23: before the first reply only that target is alerted; the ledger follows the clause."""
    rules = loads(
        "clauses:\n  complaint.first_reply:\n    in_force: true\n    sanction: {fine_yuan: 50}\n"
        "  complaint.handle:\n    sanction: {warning: true}\n"
    )
    async with open_bench(folder, rulebook=rules) as bench:
        desk = await make_desk(bench)
        await desk.registers()
        await desk.chen.says("/complain 另外电话没人接")
        await desk.chen.presses("服务质量")
        desk.hush()
        await bench.clock_to("23:59")
        desk.group.expects_silence()
        await bench.clock_to("08:00")
        for view in (desk.li, desk.wang, desk.group):
            view.expects("催办单 260901：首次答复应于 9月15日 周二 08:00 前完成", "客服部-李四", "第五章 第三条")
            view.expects("催办单 260902")
        desk.li.expects("50")
        desk.wang.expects("50")
        desk.wang.expects("50")
        desk.li.expects("50")
        case = await desk.case("260901")
        fines = await bench.look(lambda uow: uow.ledger.of_subject(case.subject))
        assert [(entry.effect, entry.amount, entry.in_force) for entry in fines] == [("fine", 50, True)]

        await bench.clock_to("09:30")
        for view in (desk.li, desk.wang, desk.group):
            view.expects("催办单：2 件逾期", "260901", "260902")
            view.expects_silence()
        await bench.clock_to("18:01")
        desk.group.expects_silence()

        await desk.answers()
        await bench.forward(minutes=3)
        desk.hush()
        slips = [step for step, _, _ in await desk.trail("260902")]
        assert slips.count("overdue.complaint.handle") == 1
        shadow = await bench.look(lambda uow: uow.ledger.of_person(desk.li.person))
        assert [e.in_force for e in shadow if e.clause == "complaint.handle"] == [False]


async def test_nobody_is_urged_for_the_bots_own_outage(folder: Path) -> None:
    """P21: due at 08:00 while the process was down; the slip waits for the grace after it is back."""
    async with open_bench(folder, strict=False) as bench:
        desk = await make_desk(bench)
        await desk.registers()
        telegram, clock = bench.telegram, bench.clock
        await bench.clock_to("07:30")
    clock.set(datetime(2026, 9, 15, 9, 0, tzinfo=SHANGHAI))
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as bench:
        again = Desk(bench, desk.group, desk.li, desk.wang, desk.chen)
        for view in (desk.group, desk.li, desk.wang, desk.chen):
            view.bench = bench
            bench.views[view.chat_id] = view
        again.hush()
        await bench.clock_to("09:09")
        again.group.expects_silence()
        await again.answers()
        await bench.clock_to("10:30")
        assert "overdue.complaint.first_reply" not in [step for step, _, _ in await again.trail("260901")]
        assert (await again.case("260901")).first_reply_at == datetime(2026, 9, 15, 9, 9, tzinfo=SHANGHAI)


async def test_a_restart_between_message_and_choice_loses_nothing(folder: Path) -> None:
    """OPS-1: the question's button still works, and the owner's open form too."""
    async with open_bench(folder) as bench:
        desk = await make_desk(bench)
        await desk.chen.says(VALVE)
        desk.hush()
    async with open_bench(folder, telegram=bench.telegram, clock=bench.clock) as again:
        for view in (desk.group, desk.li, desk.wang, desk.chen):
            view.bench = again
            again.views[view.chat_id] = view
        desk = Desk(again, desk.group, desk.li, desk.wang, desk.chen)
        assert await desk.chen.presses("服务质量") == "260901"
        await desk.li.presses("回复客户")
        desk.hush()
    async with open_bench(folder, telegram=bench.telegram, clock=bench.clock) as last:
        for view in (desk.group, desk.li, desk.wang, desk.chen):
            view.bench = last
            last.views[view.chat_id] = view
        desk = Desk(last, desk.group, desk.li, desk.wang, desk.chen)
        await desk.li.says("马上来")
        desk.chen.expects("260901 客服部-李四：", "马上来")
        desk.hush()
        assert [m.content.text for m in await desk.messages("260901")] == [VALVE, "马上来"]


# --- talking


async def test_a_reply_goes_to_the_case_it_replies_to_also_while_a_form_is_open(desk: Desk) -> None:
    """P44, CMP-3: two customers, one owner; photos go both ways."""
    await desk.registers()
    anna = await desk.bench.customer("安娜")
    await anna.says("安娜的问题")
    await anna.presses("咨询")
    about_anna = desk.li.expects("260902 安娜：").message
    desk.hush()
    await desk.li.presses("回复客户", message=None)
    desk.hush()
    await desk.li.says("给安娜的答复", reply_to=about_anna)
    anna.expects("260902 客服部-李四：", "给安娜的答复")
    desk.chen.expects_silence()
    desk.li.expects("260902：已办，已告知客户")
    await desk.li.does(desk.li.phone.photo, PNG, "看这里", reply_to=about_anna)
    assert anna.expects("看这里").message.wire["photo"]
    desk.hush()
    kept = await desk.messages("260902")
    assert [m.direction for m in kept] == [Direction.IN, Direction.OUT, Direction.OUT]


async def test_a_reply_that_did_not_arrive_is_no_reply(desk: Desk) -> None:
    """P25, P46: the owner is told; the telephone counts."""
    await desk.registers()
    desk.chen.phone.private.blocked = True
    await desk.li.presses("回复客户")
    await desk.li.says("您好")
    desk.hush()
    assert (await desk.case("260901")).first_reply_at is not None
    await desk.bench.forward(minutes=1)
    desk.li.expects("没有送达 陈先生", "不算首次答复", "已电话答复")
    desk.group.expects("首次答复：9月15日 周二 08:00 前", edited=True)
    desk.hush()
    assert (await desk.case("260901")).first_reply_at is None
    assert await desk.bench.look(lambda uow: uow.deadlines.due_of("complaint:1", "complaint.first_reply")) is not None

    await desk.li.presses("已电话答复")
    await desk.li.says("电话里说明了")
    desk.hush()
    case = await desk.case("260901")
    assert case.first_reply_at == MONDAY + timedelta(minutes=1)
    await desk.bench.forward(minutes=2)
    assert (await desk.case("260901")).first_reply_at is not None
    desk.hush()


async def test_customer_urges_once_an_hour(desk: Desk) -> None:
    """CMP-7: the cool-down names both times."""
    await desk.registers()
    await desk.bench.clock_to("10:05")
    await desk.chen.says("进度")
    desk.chen.expects(
        "260901 服务质量：已登记", "负责人：客服部-李四", "首次答复：9月15日 周二 08:00 前", "催办 260901"
    )
    assert "已催办 客服部-李四" in await desk.chen.presses("催办 260901")
    desk.li.expects("10:05 260901 客户催办")
    desk.group.expects("10:05 260901 客户催办")
    await desk.bench.clock_to("11:04")
    assert await desk.chen.presses("催办 260901") == "已于 10:05 催办，11:05 后可再催。"
    desk.li.expects_silence()
    await desk.bench.clock_to("11:05")
    assert "已催办" in await desk.chen.presses("催办 260901")
    desk.hush()


async def test_promise_moves_the_target_and_is_told(desk: Desk) -> None:
    """CMP-6: an explanation and a promised day, which overrules the target."""
    await desk.registers()
    await desk.li.says("/promise 260901 9月13日 太晚")
    desk.li.expects("“2026-09-13”没看懂")
    await desk.li.says("/promise 260901 2026-02-30 没有这天")
    desk.li.expects("一个存在的日期")
    assert (await desk.case("260901")).first_reply_at is None
    await desk.li.says("/promise 260901 10月9日 等 <进口> 配件")
    desk.chen.expects("260901 客服部-李四：", "需要更长时间，原因：等 <进口> 配件", "承诺 10月9日 周五 18:00 前办好")
    desk.li.expects("260901：已办，已告知客户")
    due = datetime(2026, 10, 9, 18, 0, tzinfo=SHANGHAI)
    case = await desk.case("260901")
    assert (case.handle_due, case.close_due, case.first_reply_at) == (due, due, MONDAY)
    desk.hush()
    await desk.li.says("/promise 999999 9月20日 x")
    desk.li.expects("没有找到")
    await desk.li.says("/promise 260901 下周")
    desk.li.expects("没看懂")


# --- who may


async def test_others_cases_are_not_found(desk: Desk) -> None:
    """OPS-2, P41: forged ids of customers, and of staff who have no part in it."""
    await desk.registers()
    eve, sam = await desk.bench.customer("伊娃"), await desk.bench.staff("小孙")
    await eve.says("/status")
    mine = eve.expects("您没有登记过的事项").message
    await eve.says("我的问题")
    eve.skips()
    for data in ("cu:1", "cj:1:1:1", "cw:2:1", "ck:1:price", "cprod:1", "cskip:1", "cu:x", "cu:", "cw:2:²"):
        press = await eve.does(eve.phone.press_data, mine, data)
        assert press.text and "260901" not in press.text, data
    for data in ("co:1", "ca:1:valid", "ct:1:2", "ca:1:why"):
        press = await sam.does(sam.phone.press_data, await sam.says("/me"), data)
        assert press.text, data
    await sam.starts("cmp_1")
    await sam.starts("cmp_1_r")
    await sam.says("/complaints 260901")
    assert all("260901" not in h.text or "没有找到" in h.text for h in (*sam.skips(), *eve.skips()))
    case = await desk.case("260901")
    assert (case.step, case.owner, case.urged_at) == (Step.REGISTERED, desk.li.person, None)
    desk.hush()


async def test_first_to_take_over_wins_and_the_customer_is_told(desk: Desk) -> None:
    """CMP-3, P17: a second press on the same card changes nothing."""
    await desk.registers()
    zhao = await desk.bench.staff("赵六", "客服部", Role.SERVICE)
    desk.group.chat.members[zhao.phone.id] = type(next(iter(desk.group.chat.members.values())))(zhao.phone.id)
    card = next(m for m in reversed(desk.group.messages) if "260901" in m.wire.get("text", ""))
    assert await zhao.presses("接手", desk.group, card) == "260901 现在由您负责。"
    desk.group.expects("客服部-赵六", edited=True)
    desk.li.expects("已由 客服部-赵六 接手", edited=True)
    zhao.expects("260901", "成立")
    desk.chen.expects("从现在起由 客服部-赵六 负责")
    press = await desk.wang.does(desk.wang.phone.press_data, card, f"ct:1:{desk.li.person}", desk.group.chat)
    assert "客服部-赵六" in press.text
    assert (await desk.case("260901")).owner == zhao.person

    await desk.chen.says("/complain 第二件")
    await desk.chen.presses("咨询")
    assert (await desk.case("260902")).owner == zhao.person
    desk.hush()
    await desk.li.starts("cmp_1_r")
    desk.li.expects("260901 由 客服部-赵六 负责，请先接手")


async def test_owner_must_be_reachable_else_the_manager_answers(bench: Bench) -> None:
    """CMP-3: service people without an account, or who blocked the bot, get no cases."""
    wang = await bench.staff("王经理", "客服部", Role.MANAGER)
    li = await bench.staff("李四", "客服部", Role.SERVICE)
    chen = await bench.customer("陈先生")
    li.phone.block()
    await bench.settle()
    await chen.says(VALVE)
    chen.expects("请点一下是哪一类")
    await chen.presses("服务质量")
    chen.expects("260901 · 服务质量")
    chen.expects("负责人：客服部-王经理")
    wang.expects("260901", "陈先生", "成立")
    wang.expects("260901 陈先生：")
    assert (await bench.look(lambda uow: uow.complaints.get(1))).owner == wang.person


async def test_staff_register_for_a_customer_and_stay_responsible(desk: Desk) -> None:
    """CMP-3: first asked, responsible; the customer's own account is told where it is known by the phone number."""
    sam = await desk.bench.staff("小孙")
    await sam.says("/complaint 客户说 <机器> 有异响")
    sam.expects("是哪一类", "产品质量")
    await sam.presses("产品质量")
    sam.expects("客户是谁")
    await sam.says("林女士 138-1234 5678")
    sam.expects("已登记：260901", "9月15日 周二 08:00 前首次答复", "第五章 第一条")
    card = sam.expects("260901", "林女士 13812345678", "请打电话", "已电话答复")
    assert "<机器>" in card.text
    shown = desk.group.expects("260901", "林** 138****5678", "销售部-小孙")
    assert "13812345678" not in shown.text
    case = await desk.case("260901")
    assert (case.owner, case.registered_by, case.account) == (sam.person, sam.person, None)

    await sam.presses("已电话答复")
    sam.skips()
    await sam.says("已解释")
    assert (await desk.case("260901")).first_reply_at == MONDAY
    desk.hush()


async def test_who_is_on_leave_gets_no_new_case(desk: Desk) -> None:
    """CMP-3, CHK-4: neither the customer's former owner nor whoever has fewest cases, while they are away."""
    await desk.registers()
    assert (await desk.case("260901")).owner == desk.li.person
    zhou = await desk.bench.staff("周婷", "客服部", Role.SERVICE)
    await desk.li.says("/leave 今天 发烧")
    await desk.wang.presses("批准")
    desk.hush()
    await desk.chen.says("/complain")
    await desk.chen.presses("服务质量")
    desk.hush()
    assert (await desk.case("260902")).owner == zhou.person
    await zhou.says("/leave 今天 出差")
    await desk.wang.presses("批准")
    await desk.chen.says("/complain")
    await desk.chen.presses("服务质量")
    desk.hush()
    assert (await desk.case("260903")).owner == desk.wang.person


async def test_registering_offers_the_archive_and_takes_its_phone(desk: Desk) -> None:
    """CMP-2, CUS-2, P40: a colleague's record is not offered; a number that was typed stays the one to call."""
    sam, eva = await desk.bench.staff("小孙"), await desk.bench.staff("小伊", "市场部")
    await sam.says("/customer 新建 深圳华强电子有限公司 13800001111")
    await desk.registers()
    await desk.chen.does(desk.chen.phone.contact, "+8613800001111", "陈", user_id=desk.chen.phone.id)
    desk.hush()

    await sam.says("/complaint 有异响")
    await sam.presses("产品质量")
    await sam.says("华强")
    offered = sam.expects("是这位客户吗", "深圳华强电子有限公司", "都不是")
    assert offered.labels == ["深圳华强电子有限公司", "都不是", "取消"]
    await sam.presses("深圳华强电子有限公司")
    sam.expects("已登记：260902")
    case = await desk.case("260902")
    assert (case.customer, case.phone, case.owner) == ("深圳华强电子有限公司", "13800001111", sam.person)
    assert case.account == desk.chen.phone.id, "the number once came from this account"
    desk.hush()

    await sam.says("/complaint 还有异响")
    await sam.presses("产品质量")
    await sam.says("13800001111")
    await sam.presses("都不是")
    assert (await desk.case("260903")).customer == "13800001111"
    await eva.says("/complaint 没电")
    await eva.presses("产品质量")
    await eva.says("华强")
    eva.expects("已登记：260904")
    assert (await desk.case("260904")).phone == ""
    desk.hush()


# --- other ends


async def test_refused_result_begins_a_new_round_at_the_plan(desk: Desk) -> None:
    """CMP-9, P17: a press on the first round's message changes nothing afterwards."""
    await desk.registers()
    for button, note in (("成立", "属实"), ("定方案", "换"), ("开始处理", ""), ("告知结果", "已换")):
        await desk.notes(button, note)
    desk.hush()
    solution = desk.chen.messages[-1]
    await desk.chen.presses("不接受", message=solution)
    desk.chen.expects("260901：我们重新处理，第 2 轮")
    desk.li.expects("客户不接受处理结果：进入第 2 轮")
    desk.hush()
    case = await desk.case("260901")
    assert (case.step, case.round, case.accepted, case.handled_at) == (Step.VERIFIED, 2, None, None)
    await desk.chen.presses("满意，接受", message=solution)
    assert "已经处理过了" in desk.chen.last_toast
    for button, note in (("定方案", "退货"), ("开始处理", ""), ("告知结果", "全额退款")):
        await desk.notes(button, note)
    await desk.chen.presses("满意，接受")
    assert await desk.chen.presses("满意，接受", message=desk.chen.messages[-2]) != ""
    desk.hush()
    case = await desk.case("260901")
    assert (case.step, case.round, case.accepted) == (Step.TOLD, 2, True)
    assert ("refused", "陈先生", "") in await desk.trail("260901")


async def test_unfounded_is_explained_and_late_closing_asked_about(desk: Desk) -> None:
    """CMP-4, CMP-7: an audit slip asks why; one line answers it, once."""
    await desk.registers()
    await desk.li.presses("不成立")
    await desk.li.says("x" * 4000 + "<属于正常损耗>")
    desk.chen.expects("投诉不成立")
    await desk.answers()
    await desk.bench.forward(days=15, hours=2)
    desk.hush()
    await desk.notes("结案")
    desk.li.expects("查办单 260901", "应于 9月29日 周二 08:00 前结案", "说明原因")
    desk.wang.expects("查办单 260901")
    desk.chen.expects("已结案")
    await desk.li.presses("说明原因")
    await desk.li.says("客户出差")
    desk.hush()
    assert ("explained", "客服部-李四", "客户出差") in await desk.trail("260901")
    await desk.li.does(desk.li.phone.press_data, desk.li.messages[-1], "ca:1:why")
    await desk.li.says("再说一次")
    desk.hush()
    assert [step for step, _, _ in await desk.trail("260901")].count("explained") == 1
