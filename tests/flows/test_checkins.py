"""The morning location round (CHK-1 to CHK-4, CHK-6), leave and excuses, told by the people in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import intake, poller
from bot.pace import Pace
from bot.sandbox.events import Event
from bot.sandbox.limits import Limits
from core.access import Role
from core.checkins import Excuse, Flag, Standing, is_absent
from core.geo import Point, Source
from core.groups import Purpose
from core.ids import PersonId
from core.ledger import Effect
from core.rulebook import Rulebook, default, loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

MONDAY = date(2026, 9, 14)
ANNOUNCED = (
    "approvals: {chains: {leave: ~, trip: ~, excuse: ~}}"  # leave is announced here; test_leave.py asks for it
)
HOME = (31.2304, 121.4737)
STATION = (31.1941, 121.3195)


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, rulebook=loads(ANNOUNCED)) as opened:
        yield opened


@dataclass
class Team:
    boss: Someone
    anna: Someone
    bob: Someone
    group: Group

    def skip(self) -> None:
        for view in (self.boss, self.anna, self.bob, self.group):
            view.skips()


async def team(bench: Bench) -> Team:
    boss = await bench.staff("王总", "销售部", Role.MANAGER)
    anna, bob = await bench.staff("张三"), await bench.staff("李四")
    group = await bench.group("销售群", boss, anna, bob, department="销售部", purposes=[Purpose.SALES])
    return Team(boss, anna, bob, group)


async def standing(bench: Bench, who: Someone, day: date = MONDAY) -> Any:
    return await bench.look(lambda uow: uow.checkins.of(who.person, day))


def id_of(who: Someone) -> PersonId:
    assert who.person is not None
    return who.person


def rules(**checkin: Any) -> Rulebook:
    book = default()
    return book.model_copy(update={"checkin": book.checkin.model_copy(update=checkin)})


# The round -----------------------------------------------------------------------------------------------


async def test_a_morning_from_the_prompt_to_the_list(bench: Bench) -> None:
    """CHK-1, CHK-2: prompt with a button, one card that edits itself, one list, the manager knows whom to chase."""
    t = await team(bench)
    cara = await bench.staff("赵五")
    await bench.clock_to("08:49")
    t.group.expects_silence()

    await bench.clock_to("08:50")
    for someone in (t.anna, t.bob, cara):
        someone.expects("09:00", "09:10", "发送我的位置")
    assert t.anna.phone.keys() == ["📍 发送我的位置"]
    t.boss.expects_silence()
    card = t.group.expects("早报到 9月14日 周一", "已到 0", "待报 3", "销售部-张三", "去报到", edited=False)

    await bench.clock_to("08:57")
    t.anna.phone.position = HOME
    await t.anna.does(t.anna.phone.tap, "📍 发送我的位置")
    t.anna.expects("08:57 已报到")
    assert t.anna.phone.keys() == []
    t.group.expects("已到 1", "待报 2", "08:57", "销售部-张三", edited=True)

    await bench.clock_to("09:04")
    await t.bob.locates(*STATION)
    t.bob.expects("09:04", "记迟到", "迟报到")
    t.group.expects("已到 1", "迟到 1", "待报 1", edited=True)

    await bench.clock_to("09:10")
    t.group.expects("已截止", "缺 1", edited=True)
    listed = t.group.expects("报到名单 9月14日", "缺卡：销售部-赵五", "09:04", "08:57", "位置明细", edited=False)
    html = listed.message.html
    assert "uri.amap.com/marker?position=121.473700,31.230400" in html.replace("%2C", ",")
    t.boss.expects("你的下属", "缺卡：销售部-赵五", "处理缺卡")
    assert listed.message.id != card.message.id
    assert [m.id for m in t.group.messages if "早报到" in str(m.wire.get("text"))] == [card.message.id]

    assert (await standing(bench, t.anna)).standing is Standing.PRESENT
    assert (await standing(bench, t.bob)).standing is Standing.LATE
    missed = await standing(bench, cara)
    assert missed.standing is Standing.MISSED
    assert missed.point is None


async def test_a_group_in_which_nobody_has_a_round_hears_nothing_of_it(bench: Bench) -> None:
    """CHK-2: no empty card, no empty list; the round of the other group goes on."""
    t = await team(bench)
    chief = await bench.staff("陈经理", "客服部", Role.MANAGER)
    await bench.staff("周婷", "客服部", Role.SERVICE)
    desk = await bench.group("客服群", chief, department="客服部", purposes=[Purpose.SALES])
    await bench.clock_to("08:50")
    t.group.expects("待报 2")
    await bench.clock_to("09:10")
    t.group.expects("缺 2", edited=True)
    desk.expects_silence()
    chief.expects_silence()
    t.skip()


async def test_due_and_closing_instants_belong_to_the_better_side(bench: Bench) -> None:
    """CHK-1: 09:00:00 is in time, 09:00:01 late; P8: both are the previous day in UTC's sense or not, by zone."""
    t = await team(bench)
    await bench.clock_to("09:00")
    await t.anna.locates(*HOME)
    await bench.forward(seconds=1)
    await t.bob.locates(*STATION)
    assert (await standing(bench, t.anna)).standing is Standing.PRESENT
    assert (await standing(bench, t.bob)).standing is Standing.LATE
    t.skip()


async def test_a_report_before_the_prompt_counts_and_is_not_prompted(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:31")
    await t.anna.locates(*HOME)
    t.anna.expects("08:31 已报到")
    t.group.expects("已到 1")
    await bench.clock_to("08:50")
    t.anna.expects_silence()
    t.bob.expects("09:00")
    t.group.skips()


async def test_outside_the_window_the_answer_gives_its_times(bench: Bench) -> None:
    t = await team(bench)
    await t.anna.locates(*HOME)  # 08:00
    t.anna.expects("现在不用报到", "9月14日 周一 08:30–09:10")
    assert await standing(bench, t.anna) is None

    customer = await bench.customer("客户")
    await customer.locates(*HOME)
    customer.skips()
    await t.boss.locates(*HOME)
    t.boss.expects("你的岗位不用报到")


async def test_no_round_on_a_holiday_but_on_a_make_up_saturday(folder: Path) -> None:
    """CHK-4: National Day rests; Saturday 2026-10-10 is worked (调休)."""
    async with open_bench(folder, at=datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)) as bench:
        t = await team(bench)
        await bench.clock_to("08:40")
        await t.anna.locates(*HOME)
        t.anna.expects("下次：10月8日 周四 08:30–09:10")
        await bench.clock_to("12:00")
        t.group.expects_silence()
        t.bob.expects_silence()

        await bench.conductor.to(datetime(2026, 10, 10, 8, 51, tzinfo=SHANGHAI))
        t.bob.skips()
        t.group.expects("早报到 10月10日 周六", edited=False)
        t.skip()


async def test_every_day_means_sundays_too(folder: Path) -> None:
    async with open_bench(
        folder, rulebook=rules(days="every_day"), at=datetime(2026, 9, 13, 8, 0, tzinfo=SHANGHAI)
    ) as bench:
        t = await team(bench)
        await bench.clock_to("08:50")
        t.group.expects("9月13日 周日")
        t.skip()


# What a report is worth (CHK-3, P50) ---------------------------------------------------------------------


async def test_p50_every_way_to_send_a_place_is_marked_for_what_it_is(bench: Bench) -> None:
    t = await team(bench)
    people = [await bench.staff(name) for name in ("甲一", "乙二", "丙三", "丁四", "戊五", "己六", "庚七")]
    forwarded, pin, venue, text, rough, live, button = people
    theirs = await t.anna.locates(30.1, 120.1)  # something to forward, 08:00
    t.anna.skips()
    await bench.clock_to("08:55")
    for someone in people:
        someone.skips()

    await forwarded.does(forwarded.phone.forward, theirs)
    forwarded.expects("08:55 已报到", "未核实：转发的位置", "📎")
    await pin.does(pin.phone.send_pin, 31.0, 121.0)
    pin.expects("未核实：无精度信息")
    await venue.does(venue.phone.send_venue, 31.01, 121.0, "虹桥站<b>", "申虹路")
    venue.expects("未核实：从列表选的地点")
    await text.says("我在苏州工厂")
    text.expects("未核实：只有文字")
    await rough.does(rough.phone.send_location, 31.02, 121.0, accuracy=1500.0)
    rough.expects("定位精度差")
    await live.does(live.phone.share_live, 31.03, 121.0)
    assert "标注" not in live.expects("08:55 已报到").text
    prompt = button.phone.history()[-1]
    await button.does(button.phone.send_location, 31.04, 121.0, accuracy=None, reply_to=prompt)
    assert "标注" not in button.expects("08:55 已报到").text

    sources = [(await standing(bench, someone)).source for someone in people]
    assert sources == [
        Source.FORWARDED,
        Source.PIN,
        Source.VENUE,
        Source.TEXT,
        Source.GPS,
        Source.LIVE,
        Source.BUTTON,
    ]
    assert (await standing(bench, rough)).flags == (Flag.INACCURATE,)
    assert (await standing(bench, text)).place == "我在苏州工厂"
    assert all([(await standing(bench, one)).standing is Standing.PRESENT for one in people])

    await bench.clock_to("09:10")
    t.boss.expects("请核实", "甲一", "转发的位置", "乙二", "丙三", "虹桥站<b>", "苏州工厂", "定位精度差")
    t.skip()


async def test_p50_same_coordinates_and_impossible_jumps_are_marked(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:40")
    await t.anna.locates(*HOME)
    t.anna.expects("已报到")
    await t.bob.locates(HOME[0], HOME[1])
    t.bob.expects("已报到", "与同事坐标完全相同")
    t.group.expects("与同事坐标完全相同")

    cara = await bench.staff("赵五")
    before = bench.clock.now() - timedelta(minutes=10)
    await bench.store.unit(lambda uow: uow.checkins.note_position(id_of(cara), Point(28.6, 121.3), before, "visit:1"))
    await cara.locates(31.3, 121.3)
    cara.expects("已报到", "位置跳跃异常")
    assert (await standing(bench, cara)).flags == (Flag.JUMP,)
    t.skip()


async def test_p50_a_live_location_moves_the_place_and_other_edits_change_nothing(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:55")
    t.skip()
    shared = await t.anna.does(t.anna.phone.share_live, *HOME)
    t.skip()
    await bench.forward(minutes=2)
    await t.anna.does(t.anna.phone.move_live, shared, *STATION)
    row = await standing(bench, t.anna)
    assert (row.point.latitude, row.point.longitude) == STATION
    assert bench.clock.now() - row.reported_at == timedelta(minutes=2)
    last = await bench.look(lambda uow: uow.checkins.last_position(t.anna.person, uow.now))
    assert (last.point.latitude, last.source) == (STATION[0], "checkin:2026-09-14")
    t.anna.expects_silence()

    other = await t.bob.does(t.bob.phone.share_live, *HOME)  # same spot as nobody any more
    t.skip()
    await bench.clock_to("09:30")
    t.skip()
    await t.bob.does(t.bob.phone.stop_live, other)
    t.bob.expects_silence()
    assert (await standing(bench, t.bob)).standing is Standing.PRESENT


async def test_a_second_report_changes_nothing_but_a_real_one_replaces_an_unverified(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:52")
    await t.anna.says("/checkin 我在车上")
    t.anna.expects("09:00")
    t.anna.expects("08:52 已报到", "只有文字")
    await bench.clock_to("09:05")
    await t.anna.locates(*HOME)
    t.anna.expects("已收到定位", "08:52")
    row = await standing(bench, t.anna)
    assert (row.standing, row.source) == (Standing.PRESENT, Source.GPS)
    assert row.located_at - row.reported_at == timedelta(minutes=13)

    await t.anna.locates(*STATION)
    t.anna.expects("08:52 已报到", "无需重复")
    assert (await standing(bench, t.anna)).point.latitude == HOME[0]
    t.skip()


async def test_small_talk_is_no_place(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:55")
    t.skip()
    await t.anna.says("早上好")
    t.anna.skips()
    assert (await standing(bench, t.anna)).standing is Standing.WAITING


# After the end -------------------------------------------------------------------------------------------


async def test_a_report_after_the_end_is_noted_but_the_miss_stays_until_excused(bench: Bench) -> None:
    """CHK-3, CHK-4."""
    t = await team(bench)
    await bench.clock_to("09:10")
    t.skip()
    await bench.clock_to("09:25")
    await t.anna.locates(*HOME)
    t.anna.expects("09:25 已补报", "缺卡仍在", "主管")
    t.group.expects("截止后补报", "09:25", "缺 2", edited=True)
    t.boss.expects("截止后补报", "张三", "准假")
    assert (await standing(bench, t.anna)).standing is Standing.MISSED

    await t.anna.locates(*HOME)
    t.anna.expects("无需重复")

    await t.boss.presses("准假")
    t.boss.expects("销售部-张三", "原因", "外出办事")
    await t.boss.presses("外出办事")
    t.boss.expects("已准假：外出办事", edited=True)
    t.anna.expects("销售部-王总", "准假：外出办事")
    row = await standing(bench, t.anna)
    assert (row.standing, row.excuse, row.reason) == (Standing.EXCUSED, Excuse.SUPERIOR, "外出办事")
    t.group.expects("缺 1", "销售部-张三（主管准假）", edited=True)
    t.group.expects("已截止", "缺 1", edited=True)
    t.boss.expects("缺卡：销售部-李四", edited=True)

    pressed = await t.boss.does(
        t.boss.phone.press_data, t.boss.phone.history()[-1], f"chk_ok:2026-09-14:{t.anna.person}:phone"
    )
    assert "不用报到" in pressed.text  # a second, stale press (P17)
    assert (await standing(bench, t.anna)).reason == "外出办事"


async def test_settling_the_missing_from_the_managers_list(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("09:10")
    t.skip()
    await t.boss.presses("处理缺卡")
    picked = t.boss.expects("给谁准假", "销售部-张三", "销售部-李四")
    await t.boss.presses("销售部-李四", message=picked.message)
    t.boss.expects("给 销售部-李四 准假", "手机或网络故障")
    await t.boss.presses("手机或网络故障")
    t.boss.expects("销售部-李四", "已准假", "继续处理")
    t.skip()
    await t.boss.presses("继续处理")
    left = t.boss.expects("给谁准假")
    assert left.labels == ["销售部-张三"]


async def test_p41_only_superiors_excuse_and_forged_presses_change_nothing(bench: Bench) -> None:
    t = await team(bench)
    stranger_boss = await bench.staff("外人", "生产部", Role.MANAGER)
    await bench.clock_to("09:10")
    t.skip()
    message = t.boss.phone.history()[-1]
    for forged in (
        "chk_ok:2026-09-14:x:leave",
        "chk_ok:soon:1:leave",
        "chk_fix",
        "chk_page:2026-09-14:99:0",
        "leave_x:77",
    ):
        pressed = await t.boss.does(t.boss.phone.press_data, message, forged)
        assert pressed.text, forged
    await stranger_boss.says("/excuse 张三 帮个忙")
    stranger_boss.expects("没有找到“张三”")
    await t.anna.says("/excuse 张三 帮个忙")
    t.anna.expects("主管")
    await t.boss.says("/excuse 张三")
    t.boss.expects("/excuse 张三 手机没电")
    assert (await standing(bench, t.anna)).standing is Standing.MISSED

    await t.boss.says("/excuse 张三 9月14日 手机<没电>")
    t.boss.expects("已准假：手机<没电>")
    t.skip()
    await t.boss.says("/excuse 张三 再来一次")
    t.boss.expects("不用报到")


# Leave ---------------------------------------------------------------------------------------------------


async def test_leave_excuses_from_the_first_to_the_last_day_and_no_further(bench: Bench) -> None:
    """CHK-4, P11: 16 to 18 September means Wednesday, Thursday and Friday."""
    t = await team(bench)
    await t.anna.says("/leave 9月16日-9月18日 出差 上海")
    t.anna.expects("9月16日 周三 – 9月18日 周五 出差", "已告知主管")
    t.boss.expects("销售部-张三", "9月16日 周三 – 9月18日 周五 出差", "上海", "取消")

    for day, absent in ((15, False), (16, True), (17, True), (18, True), (21, False)):
        await bench.conductor.to(datetime(2026, 9, day, 9, 10, tzinfo=SHANGHAI))
        row = await standing(bench, t.anna, date(2026, 9, day))
        assert (row.standing is Standing.EXCUSED) is absent, day
        if absent:
            t.group.expects("销售部-张三（出差）")
            assert not any("发送我的位置" in label for heard in t.anna.skips() for label in heard.labels)
        t.skip()

    at = [
        datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI)
        for day, hour, minute in ((15, 23, 59), (16, 0, 0), (18, 23, 59), (19, 0, 0))
    ]
    assert await bench.look(lambda uow: [is_absent(uow, id_of(t.anna), one) for one in at]) == [
        False,
        True,
        True,
        False,
    ]


async def test_leave_for_today_by_a_button_and_the_superior_cancels_it(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("08:51")
    t.skip()
    await t.anna.says("/leave")
    t.anna.expects("今天 9月14日", "明天 9月15日")
    await t.anna.presses("今天")
    t.anna.expects("已记：9月14日 周一 请假", "取消")
    t.boss.expects("销售部-张三", "请假")
    t.group.expects("待报 1", "请假 1")
    await t.anna.says("/leave 今天 发烧")
    t.anna.expects("已有请假", "请先取消")

    await t.boss.presses("取消")
    t.boss.expects("已取消")
    t.anna.expects("销售部-王总 取消了你", "9月14日")
    t.anna.expects("发送我的位置")
    t.group.expects("待报 2")
    pressed = await t.boss.does(t.boss.phone.press_data, t.boss.phone.history()[-1], "leave_x:1")
    assert pressed.text
    t.boss.skips()
    assert (await standing(bench, t.anna)).standing is Standing.WAITING


async def test_leave_that_makes_no_sense_is_asked_again(bench: Bench) -> None:
    t = await team(bench)
    for text in ("/leave 上海", "/leave 9月18日-9月16日 出差", "/leave 2月30日", "/leave 2026-13-01"):
        await t.anna.says(text)
        t.anna.expects(text.removeprefix("/leave "), "/leave 9月16日-9月18日 出差 上海")
    await t.anna.says("/leave 9月10日 补一个")
    t.anna.expects("已过", "/excuse")
    bystander = await bench.staff("旁人", "销售部")
    await t.anna.says("/leave 明天 " + "长" * 3000)
    t.anna.expects("9月15日")
    t.boss.expects("长长")
    await bystander.does(bystander.phone.say, "x")
    bystander.skips()
    pressed = await t.bob.does(t.bob.phone.press_data, (await t.bob.says("x")).id, "leave_x:1")
    assert pressed.text  # another's leave is not there for a colleague (P41)
    t.skip()
    assert len(await bench.look(lambda uow: uow.absences.of(t.anna.person, MONDAY, date(2026, 9, 30)))) == 1


async def test_leave_announced_after_the_end_does_not_undo_the_miss(bench: Bench) -> None:
    t = await team(bench)
    await bench.clock_to("09:30")
    t.skip()
    await t.anna.says("/leave 今天 睡过头")
    t.anna.expects("已记")
    t.boss.expects("睡过头")
    assert (await standing(bench, t.anna)).standing is Standing.MISSED


# Misses and the ledger -----------------------------------------------------------------------------------


async def _mornings(bench: Bench, t: Team, *days: int) -> None:
    for day in days:
        await bench.conductor.to(datetime(2026, 9, day, 8, 55, tzinfo=SHANGHAI))
        await t.bob.locates(31.0 + day / 1000, 121.0)
        await bench.conductor.to(datetime(2026, 9, day, 9, 11, tzinfo=SHANGHAI))


async def test_the_third_miss_of_a_month_goes_to_the_ledger_and_an_excuse_takes_it_back(bench: Bench) -> None:
    """CHK-4."""
    t = await team(bench)
    await _mornings(bench, t, 14, 15)
    t.skip()
    entries = await bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert entries == []
    await _mornings(bench, t, 16)
    t.boss.expects("销售部-张三", "警告", "未报到")
    t.skip()
    [entry] = await bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert (entry.clause, entry.effect) == ("checkin.missed", Effect.WARNING)
    assert entry.evidence["days"] == ["2026-09-14", "2026-09-15", "2026-09-16"]
    assert await bench.look(lambda uow: uow.ledger.of_person(t.bob.person)) == []

    await t.boss.says("/excuse 张三 9月15日 外出未带手机")
    t.boss.expects("9月15日 周二 已准假")
    t.boss.expects("外出未带手机", "张三")
    t.skip()
    reversal, _ = await bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert (reversal.effect, reversal.reverses, reversal.decided_by) == (Effect.REVERSAL, entry.id, t.boss.person)

    await _mornings(bench, t, 17)
    t.skip()
    newest = (await bench.look(lambda uow: uow.ledger.of_person(t.anna.person)))[0]
    assert newest.evidence["days"] == ["2026-09-14", "2026-09-16", "2026-09-17"]


async def test_p46_who_blocked_the_bot_is_listed_as_not_reached_and_never_counted(bench: Bench) -> None:
    t = await team(bench)
    t.anna.phone.block()
    await bench.settle()
    await _mornings(bench, t, 14, 15, 16)
    assert (await standing(bench, t.anna)).standing is Standing.UNHEARD
    t.group.expects("不计缺卡（提醒未送达）：销售部-张三", "不计 1")
    t.boss.expects("不计缺卡（提醒未送达）：销售部-张三")
    t.skip()
    assert await bench.look(lambda uow: uow.ledger.of_person(t.anna.person)) == []


# The bot's own absence -----------------------------------------------------------------------------------


def _lists(group: Group) -> list[str]:
    return [str(m.wire["text"]) for m in group.messages if "报到名单" in str(m.wire.get("text"))]


async def test_p21_a_host_asleep_over_the_round_posts_one_late_list_and_fines_nobody(bench: Bench) -> None:
    """CHK-6: asleep from 08:45 to 09:20."""
    t = await team(bench)
    await bench.clock_to("08:45")
    await bench.conductor.jump(bench.clock.now() + timedelta(minutes=35))
    t.group.expects("报到名单", "09:20 补发", "机器人离线", "不计 2")
    t.group.skips()
    await bench.forward(hours=2)
    assert len(_lists(t.group)) == 1
    t.anna.expects_silence()
    assert (await standing(bench, t.anna)).standing is Standing.UNHEARD
    t.boss.expects("不计缺卡（机器人离线）：销售部-张三、销售部-李四")


async def test_p21_a_restart_over_the_round_neither_skips_nor_doubles(folder: Path) -> None:
    """CHK-6: stopped before the prompt, started at 09:20; a report sent at 08:57 meanwhile counts."""
    async with open_bench(folder) as before:
        t = await team(before)
        await before.clock_to("08:45")
        telegram, clock = before.telegram, before.clock
    clock.set(datetime(2026, 9, 14, 8, 57, tzinfo=SHANGHAI))
    t.anna.phone.send_location(*HOME)
    clock.set(datetime(2026, 9, 14, 9, 20, tzinfo=SHANGHAI))
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as after:
        await after.forward(minutes=1)
        assert len(_lists(t.group)) == 1
        assert "补发" in _lists(t.group)[0]
        row = await standing(after, t.anna)
        assert (row.standing, row.flags) == (Standing.PRESENT, (Flag.DELAYED,))
        assert (await standing(after, t.bob)).standing is Standing.UNHEARD
        assert await after.look(lambda uow: uow.ledger.of_person(t.bob.person)) == []
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as again:
        await again.forward(minutes=30)
        assert len(_lists(t.group)) == 1


async def test_chk6_a_late_start_within_the_window_still_prompts_once(folder: Path) -> None:
    async with open_bench(folder) as before:
        t = await team(before)
        await before.clock_to("08:40")
        telegram, clock = before.telegram, before.clock
    clock.set(datetime(2026, 9, 14, 8, 58, tzinfo=SHANGHAI))
    for _ in range(2):
        async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as after:
            await after.forward(minutes=1)
            prompts = [m for m in after.telegram.history(t.anna.chat_id) if "报到" in str(m.wire.get("text"))]
            assert len(prompts) == 1


# Asking --------------------------------------------------------------------------------------------------


async def test_checkin_shows_my_state_and_the_button_again(bench: Bench) -> None:
    t = await team(bench)
    await t.anna.says("/checkin")
    t.anna.expects("下次：9月14日 周一 08:30–09:10")
    await bench.clock_to("08:35")
    await t.anna.says("报到")
    t.anna.expects("09:00", "发送我的位置")
    await t.anna.starts("checkin")
    t.anna.expects("09:00", "发送我的位置")
    await t.anna.locates(*HOME)
    t.anna.expects("08:35 已报到")
    await t.anna.says("/checkin")
    t.anna.expects("08:35 已报到")
    t.skip()


async def test_managers_see_the_list_again_in_the_group_and_in_private(bench: Bench) -> None:
    t = await team(bench)
    outsider = await bench.staff("外人", "生产部")
    await bench.clock_to("08:55")
    await t.anna.locates(*HOME)
    t.skip()
    await t.boss.says("/checkin", t.group)
    t.group.expects("报到名单", "已到 1", "待报：销售部-李四")
    await t.bob.says("/checkin", t.group)
    t.group.expects("报到请到私聊", "去报到")
    await t.boss.says("/checkin")
    t.boss.expects("报到名单", "已到 1")
    await t.boss.presses("位置明细")
    t.boss.expects("1/1", "08:55", "销售部-张三", "销售部-李四 · 待报")

    await t.bob.starts(f"checkin_2026-09-14_{t.group.id}")
    t.bob.expects("1/1", "销售部-张三")
    await outsider.starts(f"checkin_2026-09-14_{t.group.id}")
    assert "张三" not in outsider.expects("没有").text
    outsider.skips()


async def test_300_people_fit_into_one_card_and_one_list(bench: Bench) -> None:
    """P48: never one message per person in the group, and under 4,096 characters."""
    boss = await bench.staff("王总", "销售部", Role.MANAGER)
    people = [await bench.staff(f"员工{number:03d}") for number in range(300)]
    group = await bench.group("销售群", boss, department="销售部", purposes=[Purpose.SALES])
    await bench.clock_to("08:50")
    card = group.expects("待报 300", "…另有")
    assert len(card.message.html) < 4096
    for number in range(100):
        people[number].phone.send_location(30 + number / 100, 120 + number / 100)
    await bench.settle()
    await bench.clock_to("09:10")
    listed = next(heard for heard in group.skips() if "报到名单" in heard.text)
    assert "已到 100" in listed.text
    assert "缺 200" in listed.text
    assert "…另有" in listed.text
    assert len(listed.message.html) < 4096
    assert len([m for m in group.messages if "报到" in m.text]) == 2
    boss.expects("缺卡", "…另有", "处理缺卡")
    for someone in people:
        someone.skips()


async def test_a_report_sent_in_time_but_handled_after_the_close_counts_and_undoes_the_miss(bench: Bench) -> None:
    """CHK-6, P50: the platform's date decides, not when the bot came to it."""
    t = await team(bench)
    await _mornings(bench, t, 14, 15)
    await bench.conductor.to(datetime(2026, 9, 16, 9, 9, 59, tzinfo=SHANGHAI))
    t.skip()
    t.anna.phone.send_location(*HOME)  # at the platform, not taken yet
    bench.clock.set(datetime(2026, 9, 16, 9, 10, tzinfo=SHANGHAI))
    await bench.app.bell.tick()
    day = date(2026, 9, 16)
    assert (await standing(bench, t.anna, day)).standing is Standing.MISSED
    assert [e.effect for e in await bench.look(lambda uow: uow.ledger.of_person(t.anna.person))] == [Effect.WARNING]

    await bench.settle()
    t.anna.expects("09:09", "记迟到")
    assert (await standing(bench, t.anna, day)).standing is Standing.LATE
    effects = [e.effect for e in await bench.look(lambda uow: uow.ledger.of_person(t.anna.person))]
    assert effects == [Effect.REVERSAL, Effect.WARNING]
    assert "09:09" in t.group.shows("报到名单 9月16日", "迟到 1")
    t.skip()


async def test_leave_on_the_roster_still_lets_people_report(bench: Bench) -> None:
    """Who is excused and comes anyway is present; after the end they stay excused."""
    t = await team(bench)
    await t.anna.says("/leave 今天 上午看病")
    await t.bob.says("请假 今天")
    await bench.clock_to("08:55")
    t.skip()
    await t.anna.locates(*HOME)
    t.anna.expects("08:55 已报到")
    await bench.clock_to("09:20")
    t.skip()
    await t.bob.locates(*STATION)
    t.bob.expects("销售部-李四", "9月14日 周一 不用报到：请假")
    assert (await standing(bench, t.anna)).standing is Standing.PRESENT
    assert (await standing(bench, t.bob)).standing is Standing.EXCUSED


async def test_very_many_who_report_at_once_see_a_sign_at_once_and_read_the_words_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P48: 29 messages a second leave; nobody wonders meanwhile whether the report was heard."""
    monkeypatch.setattr(intake, "MOST_IN_HAND", 60)
    monkeypatch.setattr(poller, "MOST_PER_POLL", 30)
    limits = bench.telegram.limits = Limits(edits=True)
    bench.app.bot.session.middleware.register(Pace())
    people = [await bench.staff(f"员工{number:03d}") for number in range(140)]
    await bench.clock_to("08:55")
    for number, someone in enumerate(people):
        someone.phone.send_location(30 + number / 100, 120 + number / 100)
        someone.skips()
    counted: list[int] = []

    def hear(event: Event) -> None:
        if event.kind == "reaction" and len(counted) < 80:
            counted.append(sum(any("已报到" in heard.text for heard in one.unread) for one in people))

    bench.telegram.listen(hear)
    await bench.settle()
    assert len(counted) == 80
    assert max(counted) < 70, "those beyond what is in hand are not kept waiting by words that are"
    for someone in people:
        someone.expects("08:55 已报到")
        someone.expects_silence()
    given = [one.reactions.get(bench.telegram.bot.id) for who in people for one in who.messages if one.reactions]
    assert given == [[{"type": "emoji", "emoji": "👍"}]] * len(given)
    assert not limits.refused
