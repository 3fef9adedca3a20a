"""Logging visits in seconds and planning them (VIS-2, VIS-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core import customers
from core.access import SYSTEM, Role
from core.customers import Draft
from core.geo import Point
from core.groups import Purpose
from core.ids import CustomerId
from core.rulebook import loads
from tests.sandbox.test_people import PNG
from tests.support.chat import Bench, Someone, open_bench

HERE = Point(22.54, 114.05)
STREET = Point(22.54108, 114.05)  # 120 m to the north


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """A company whose salespeople do not report in the morning: this is about their customers."""
    async with open_bench(folder, rulebook=loads("checkin: {roles: [technician]}")) as opened:
        yield opened


async def knows(who: Someone, name: str = "深圳华强电子有限公司", point: Point | None = None) -> CustomerId:
    """A record of somebody's, opened without the form."""

    def open_it(uow: Any) -> CustomerId:
        made = customers.open_record(uow, Draft(name, point=point), who.person, SYSTEM, sure=True)  # type: ignore[arg-type]
        return made.id

    made: CustomerId = await who.bench.store.unit(open_it)
    return made


async def visits_of(who: Someone) -> list[Any]:
    found: list[Any] = await who.bench.look(lambda uow: uow.visits.last(who.person, 10))
    return found


async def test_a_visit_takes_five_taps_and_one_text_at_most(bench: Bench) -> None:
    """VIS-3, OPS-3: customer, kind, what was said, next step; the managers' group reads one line."""
    anna = await bench.staff("张三")
    boss = await bench.staff("王总", role=Role.MANAGER)
    floor = await bench.group("管理群", boss, purposes=[Purpose.MANAGEMENT])
    await knows(anna)
    await anna.says("/visit")
    anna.expects("拜访哪家客户？", "深圳华强电子有限公司", "取消")
    taps = 0
    for label, answer in (("深圳华强", "拜访方式？"), ("上门", "谈了什么？")):
        await anna.presses(label)
        taps += 1
        anna.expects(answer, edited=True)
    await anna.says("要 200 台样机，嫌交期长")
    anna.expects("深圳华强电子有限公司 · 上门", "下一步哪天？", "明天", "3天后", "一周后", "不用")
    await anna.presses("3天后")
    taps += 1
    card = anna.expects("✅ 已记录")
    assert card.text == (
        "✅ 已记录：深圳华强电子有限公司\n上门 · 08:00\n“要 200 台样机，嫌交期长”\n下一步：9月17日 周四，08:30 提醒你"
    )
    assert taps <= 5
    assert floor.expects("销售部-张三").text == "销售部-张三 · 上门 深圳华强电子有限公司 · 下一步 9月17日 周四"
    anna.skips()
    visit = (await visits_of(anna))[0]
    assert (visit.kind, visit.next_on, visit.said) == ("face_to_face", date(2026, 9, 17), "要 200 台样机，嫌交期长")


async def test_the_next_step_is_remembered_and_can_be_moved(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await knows(anna)
    await bench.forward(hours=1)
    await anna.says("/visit 华强")
    await anna.presses("电话")
    await anna.says("下周再谈")
    await anna.presses("明天")
    anna.skips()
    await bench.clock_to("08:30")
    reminder = anna.expects("今天跟进：深圳华强电子有限公司", "记拜访", "改期")
    assert reminder.text.splitlines()[1:] == ["上次（9月14日 周一）：下周再谈", "第四章 第二条 拜访记录"]
    await anna.presses("改期")
    anna.expects("改到哪天？", "明天", "一周后", "不用")
    await anna.presses("一周后")
    anna.expects("深圳华强电子有限公司：下一步改到 9月22日 周二")
    await bench.forward(days=6, hours=23)
    anna.expects_silence()
    await bench.forward(hours=1)
    anna.expects("今天跟进：深圳华强电子有限公司")
    await anna.presses("改期")
    anna.skips()
    await anna.presses("不用")
    anna.expects("深圳华强电子有限公司：不再提醒")
    await anna.does(anna.phone.press_data, anna.messages[-1], "vn:1:1")
    await bench.forward(days=3)
    anna.expects_silence()


async def test_a_new_visit_ends_the_earlier_next_step(bench: Bench) -> None:
    """P15"""
    anna = await bench.staff("张三")
    await knows(anna)
    for answer in ("明天", "不用"):
        await anna.says("/visit 华强")
        await anna.presses("电话")
        await anna.says("谈过了")
        await anna.presses(answer)
    anna.skips()
    await bench.forward(days=2)
    anna.expects_silence()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("send_location", "距客户地址 120 米"),
        ("send_pin", "距客户地址 120 米 · 地图选点，未核实"),
        ("share_live", "距客户地址 120 米"),
    ],
)
async def test_the_place_tells_how_far_the_customer_was(bench: Bench, act: str, words: str) -> None:
    """VIS-3, P50"""
    anna = await bench.staff("张三")
    await knows(anna, point=STREET)
    await anna.says("/visit 华强")
    await anna.does(getattr(anna.phone, act), HERE.latitude, HERE.longitude)
    anna.expects("深圳华强电子有限公司 · 已收到位置")
    await anna.presses("上门")
    await anna.says("看过现场")
    await anna.presses("不用")
    assert words in anna.expects("✅ 已记录").text.splitlines()
    anna.skips()


async def test_a_forwarded_place_and_a_jump_are_marked(bench: Bench) -> None:
    """P50: 300 km in 10 minutes; a colleague's forwarded position."""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    await knows(anna, point=STREET)
    for latitude in (HERE.latitude, 25.4):
        original = await ben.locates(latitude, HERE.longitude)
        ben.skips()
        await anna.says("/visit 华强")
        if latitude == HERE.latitude:
            await anna.locates(latitude, HERE.longitude)
        else:
            await anna.does(anna.phone.forward, original)
        await anna.presses("上门")
        await anna.says("看过现场")
        await anna.presses("不用")
        await bench.forward(minutes=10)
    card = anna.expects("✅ 已记录", "⚠")
    assert "⚠ 距客户地址 317.9 公里 · 转发的位置，未核实 · 与上次拜访位置相距过远，请核实" in card.text
    anna.skips()
    assert [visit.jumped for visit in await visits_of(anna)] == [True, False]


async def test_the_nearest_customer_comes_first_after_a_place(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await knows(anna, "近处的店", STREET)
    await knows(anna, "远处的厂", Point(22.7, 114.05))
    await anna.says("/visit")
    assert anna.expects("拜访哪家客户？").labels == ["远处的厂", "近处的店", "取消"]
    await anna.locates(HERE.latitude, HERE.longitude)
    assert anna.expects("拜访哪家客户？", edited=False).labels == [
        "近处的店 · 120 米",
        "远处的厂 · 17.8 公里",
        "取消",
    ]
    anna.skips()
    await anna.says("不认识")
    anna.expects("你的客户中没有“不认识”。")
    anna.skips()
    await anna.says("远处")
    anna.expects("远处的厂 · 已收到位置", "拜访方式？")
    anna.skips()


async def test_photos_come_at_any_time_and_no_more_than_the_rulebook_allows(bench: Bench) -> None:
    """A photo before the text, an album, one too many."""
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/visit 华强")
    await anna.does(anna.phone.photo, PNG)
    anna.expects("深圳华强电子有限公司 · 1 张照片", "拜访方式？")
    await anna.presses("上门")
    await anna.does(anna.phone.album, [PNG] * 9)
    anna.expects("最多 9 张照片，这张没有保存。")
    await anna.says("设备照片见附")
    anna.expects("上门 · 9 张照片", "下一步哪天？")
    await anna.presses("不用")
    anna.expects("✅ 已记录", "9 张照片")
    anna.skips()
    assert len((await visits_of(anna))[0].photos) == 9


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("9月10日", "9月10日 周四已经过去，请给今天或以后的日期。"),
        ("2020-01-01", "1月1日 周三已经过去，请给今天或以后的日期。"),
        ("2031-01-01", "2031-01-01 超过一年了，请核对日期。"),
        ("改天再说", "哪一天？例如：明天、3天后、9月18日。“改天再说”里没有日期。"),
    ],
)
async def test_odd_days_are_refused_and_the_form_goes_on(bench: Bench, text: str, answer: str) -> None:
    """P36"""
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/visit 华强")
    await anna.presses("电话")
    await anna.says("谈过了")
    await anna.says(text)
    anna.expects(answer)
    assert await visits_of(anna) == []
    await anna.says("9月18日")
    anna.expects("✅ 已记录", "下一步：9月18日 周五，08:30 提醒你")
    anna.skips()


async def test_odd_texts_are_refused(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await knows(anna, "<b>华强</b>&公司")
    await anna.says("/visit 华强")
    anna.expects("<b>华强</b>&公司", "拜访方式？")
    await anna.presses("电话")
    await anna.says("长" * 2001)
    anna.expects("请写几句，最多 2000 个字。")
    await anna.says("<i>斜体</i> & 其他")
    await anna.presses("不用")
    anna.expects("✅ 已记录：<b>华强</b>&公司", "“<i>斜体</i> & 其他”")
    anna.skips()


async def test_without_customers_one_is_registered_first(bench: Bench) -> None:
    """CUS-2"""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    await knows(ben)
    for command in ("/visit", "/visit 华强", "/plan"):
        await anna.says(command)
        anna.expects("你名下还没有客户，先登记再拜访。", "登记新客户")


async def test_a_visit_can_be_given_up(bench: Bench) -> None:
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/visit 华强")
    await anna.presses("上门")
    await anna.presses("取消")
    anna.skips()
    await anna.says("随便说说")
    anna.expects("/help")
    assert await visits_of(anna) == []


async def test_forged_buttons_log_and_move_nothing(bench: Bench) -> None:
    """P41"""
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    customer = await knows(anna)
    await knows(ben, "广州白云机械厂")
    await anna.says("/visit 华强")
    await anna.presses("电话")
    await anna.says("谈过了")
    await anna.presses("明天")
    await anna.says("/plan 9月18日 华强")
    anna.skips()
    ben.skips()
    await ben.says("/visits")
    message = ben.expects("还没有拜访记录。").message
    for data, answer in (
        (f"vs:{customer}", "你的客户中没有这一家。"),
        ("vn:1:3", "你的拜访中没有这一条。"),
        ("vpx:1", "没有这个拜访计划。"),
        ("vpo:1", "没有这个拜访计划。"),
        ("vpc:1", "没有这个拜访计划。"),
    ):
        press = await ben.does(ben.phone.press_data, message, data)
        assert press.text == answer
    for data in ("vs:x", "vn:1", "vn:1:-3", "vpo", "vpc:"):
        press = await ben.does(ben.phone.press_data, message, data)
        assert press.text.startswith("没有找到")
    assert (await visits_of(anna))[0].next_on == date(2026, 9, 15)


async def test_a_visit_goes_on_after_a_restart(folder: Path) -> None:
    """P16"""
    async with open_bench(folder) as bench:
        anna = await bench.staff("张三")
        await knows(anna)
        await anna.says("/visit 华强")
        await anna.presses("上门")
        anna.skips()
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock) as again:
        again.views[anna.phone.id] = anna
        anna.bench = again
        await anna.says("谈好了")
        anna.expects("下一步哪天？")
        await anna.presses("不用")
        anna.expects("✅ 已记录：深圳华强电子有限公司", "上门")
        anna.skips()


async def test_a_plan_is_read_by_the_superior_reminded_and_done_by_the_visit(bench: Bench) -> None:
    """VIS-2"""
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/plan 9月18日 华强 谈年度合同")
    anna.expects("✅ 已计划：9月18日 周五 深圳华强电子有限公司", "已报上级，当天 08:30 提醒你。", "取消计划")
    told = boss.expects("销售部-张三 计划拜访：9月18日 周五 深圳华强电子有限公司", "谈年度合同", "同意", "提意见")
    assert told.text.endswith("第四章 第一条 拜访计划")
    assert await boss.presses("同意") == "已转告销售部-张三"
    boss.expects("销售部-王总：同意", edited=True)
    anna.expects("销售部-王总 对拜访计划（9月18日 周五 深圳华强电子有限公司）的意见：\n同意")
    await boss.says("带上报价单", reply_to=told.message)
    boss.expects("已转告销售部-张三")
    boss.expects("销售部-王总：带上报价单", edited=True)
    anna.expects("意见：\n带上报价单")
    await boss.presses("提意见")
    boss.expects("对这个计划有什么意见？")
    await boss.says("早点去")
    boss.expects("已转告销售部-张三")
    boss.skips()
    anna.expects("意见：\n早点去")
    await bench.forward(days=4, minutes=29)
    anna.expects_silence()
    await bench.forward(minutes=1)
    anna.expects("今天计划拜访：深圳华强电子有限公司", "谈年度合同", "销售部-王总：带上报价单", "记拜访")
    await anna.presses("记拜访")
    await anna.presses("上门")
    await anna.says("签了")
    await anna.presses("不用")
    anna.skips()
    assert await bench.look(lambda uow: uow.visits.open_plans(anna.person)) == []
    await bench.forward(days=2)
    anna.expects_silence()
    boss.expects("中秋节", "无人值班")
    boss.expects_silence()


async def test_a_plan_without_a_visit_is_asked_about_once(bench: Bench) -> None:
    """VIS-2, P19: at closing time; after a rest day at the next opening."""
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/plan 明天 华强")
    await anna.says("/plan 9月19日 华强")
    anna.skips()
    await bench.forward(days=1, hours=9, minutes=59)
    anna.expects("今天计划拜访：深圳华强电子有限公司")
    await bench.forward(minutes=1)
    asked = anna.expects("计划了还没有拜访记录：9月15日 周二 深圳华强电子有限公司", "记拜访", "取消计划")
    assert asked.text.endswith("第四章 第一条 拜访计划")
    await bench.forward(days=5, hours=14, minutes=59)
    anna.expects("今天计划拜访：深圳华强电子有限公司")
    anna.expects("计划了还没有拜访记录：9月19日 周六")
    await anna.presses("取消计划")
    anna.expects("计划已取消：9月19日 周六 深圳华强电子有限公司")
    await bench.forward(days=3)
    anna.expects_silence()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("9月18日", "例如：/plan 9月18日 华强 谈年度合同"),
        ("华强", "哪一天？例如：明天、3天后、9月18日。“华强”里没有日期。"),
        ("9月18日 没有的", "你的客户中没有“没有的”。"),
        ("9月18日 厂", "“厂”是哪一家？东莞模具厂、广州机械厂"),
        ("9月1日 模具", "9月1日 周二已经过去，请给今天或以后的日期。"),
        ("9月18日 模具 " + "长" * 201, "请写几句，最多 200 个字。"),
    ],
)
async def test_plans_that_are_unclear_are_refused(bench: Bench, text: str, answer: str) -> None:
    anna = await bench.staff("张三")
    await knows(anna, "广州机械厂")
    await knows(anna, "东莞模具厂")
    await anna.says(f"/plan {text}")
    anna.expects(answer)
    assert await bench.look(lambda uow: uow.visits.open_plans(anna.person)) == []


async def test_the_plan_form_and_the_list(bench: Bench) -> None:
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna = await bench.staff("张三")
    await knows(anna)
    await anna.says("/visits")
    anna.expects("还没有拜访记录。", "记拜访", "拜访计划")
    await anna.presses("拜访计划")
    anna.expects("拜访哪家客户？")
    await anna.presses("深圳华强")
    anna.expects("哪天去？", "明天")
    await anna.says("下周一")
    anna.expects("目的？", "销售", "客情维护")
    await anna.presses("客情维护")
    anna.expects("✅ 已计划：9月21日 周一 深圳华强电子有限公司", "客情维护")
    anna.skips()
    boss.expects("计划拜访：9月21日 周一", "客情维护")
    await anna.says("/visit 华强")
    await anna.presses("电话")
    await anna.says("先打个电话")
    await anna.presses("明天")
    anna.skips()
    await anna.says("/visits")
    assert anna.expects("最近拜访").text == (
        "接下来\n"
        "9月21日 周一 深圳华强电子有限公司 · 客情维护\n"
        "9月15日 周二 深圳华强电子有限公司 · 下一步\n"
        "最近拜访\n"
        "08:00 深圳华强电子有限公司 · 电话 · 先打个电话"
    )


async def test_without_a_management_group_the_sales_floor_reads_it(bench: Bench) -> None:
    anna = await bench.staff("张三")
    floor = await bench.group("销售群", anna, purposes=[Purpose.SALES])
    await knows(anna)
    await anna.says("/visit 华强")
    await anna.presses("展会")
    await anna.says("电话 13800001111，价格保密")
    await anna.presses("不用")
    anna.skips()
    assert floor.expects("销售部-张三").text == "销售部-张三 · 展会 深圳华强电子有限公司"
