"""Deadlines that know whose hours they run by: departments, leave, the official calendar, and how it was computed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core import rules
from core.access import SYSTEM, Role
from core.deadlines import Moved
from core.groups import Purpose
from core.rulebook import loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

MONDAY_TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
UNASKED = "approvals: {chains: {leave: ~, trip: ~}}\n"
NEW_YEARS_EVE = datetime(2026, 12, 30, 15, 0, tzinfo=SHANGHAI)
TUESDAY_LATE = datetime(2026, 9, 29, 17, 45, tzinfo=SHANGHAI)  # before the break of the National Day
DESK_HOURS = """
worktime:
  departments:
    客服部: {shifts: {sat: [09:00-12:00]}}
  people:
    夜班: {shifts: {mon: [14:00-22:00], tue: [14:00-22:00]}}
"""
OFFICIAL_2027 = """
worktime:
  official: {2027: {holidays: [2027-01-01, 2027-01-02, 2027-01-03], makeup: [2027-01-04]}}
"""


@dataclass
class Floor:
    """A manager who gives tasks, one who gets them, and their group."""

    bench: Bench
    boss: Someone
    anna: Someone
    group: Group

    async def gives(self, text: str = "/task 张三 报价") -> None:
        await self.boss.says(text, self.group)
        self.group.expects("任务")
        self.anna.skips()

    async def due(self, number: int = 1) -> dict[str, str]:
        found = await self.bench.look(lambda uow: uow.deadlines.open_of(f"task:{number}"))
        return {d.kind.removeprefix("task."): f"{d.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" for d in found}

    async def deadline(self, kind: str, number: int = 1) -> Any:
        found = await self.bench.look(lambda uow: uow.deadlines.all_of(f"task:{number}"))
        return next(d for d in found if d.kind == f"task.{kind}")

    def skips(self) -> None:
        for view in (self.boss, self.anna, self.group):
            view.skips()


async def open_floor(bench: Bench, department: str = "销售部", name: str = "张三") -> Floor:
    boss = await bench.staff("王总", department, Role.MANAGER)
    anna = await bench.staff(name, department)
    group = await bench.group("工作群", boss, anna, department=department, purposes=[Purpose.SALES])
    return Floor(bench, boss, anna, group)


@pytest.fixture
async def floor(folder: Path) -> AsyncIterator[Floor]:
    """A Monday at 10:00; leave needs no approval."""
    async with open_bench(folder, rulebook=loads(UNASKED), at=MONDAY_TEN) as bench:
        yield await open_floor(bench)


# Whose hours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("department", "name", "reply"),
    [("销售部", "张三", "09-21 09:10"), ("客服部", "张三", "09-19 09:10"), ("销售部", "夜班", "09-21 14:10")],
)
async def test_p10_a_task_runs_by_the_hours_of_the_department_or_the_person(
    folder: Path, department: str, name: str, reply: str
) -> None:
    """The 20th is a make-up Sunday: only it makes the desk's Saturday visible."""
    rules = loads(DESK_HOURS + "  days_off: [2026-09-20]\n")
    friday = datetime(2026, 9, 18, 17, 40, tzinfo=SHANGHAI)
    async with open_bench(folder, rulebook=rules, at=friday) as bench:
        floor = await open_floor(bench, department, name)
        await floor.gives(f"/task {name} 报价")
        assert (await floor.due())["reply"] == reply
        floor.skips()


# Leave (P5) --------------------------------------------------------------------------------------------------


async def test_p5_leave_makes_deadlines_wait_and_the_holder_is_told(floor: Floor) -> None:
    """CHK-4, TSK-2: half an hour given at 10:00, leave from 12:30 on: what is due at 18:00 is due the day after."""
    f = floor
    await f.gives()
    assert await f.due() == {"reply": "09-14 10:30", "escalate": "09-14 11:00", "due": "09-14 18:00"}
    await f.anna.says("/leave 今天下午 看病")
    f.anna.expects("9月14日 周一下午", "请假")
    f.anna.expects("1 个期限有变", "9月15日 周二 18:00 ← 18:00 任务 1 完成", "因请假顺延", edited=False)
    f.anna.expects("9月15日 周二 18:00 前完成", edited=True)  # the card, P5
    f.group.expects("9月15日 周二 18:00 前完成", edited=True)
    f.boss.expects("下午")
    assert await f.due() == {"reply": "09-14 10:30", "escalate": "09-14 11:00", "due": "09-15 18:00"}
    await f.bench.clock_to("10:30")
    f.skips()
    await f.bench.clock_to("18:00")
    f.skips()
    assert (await f.bench.look(lambda uow: uow.tasks.get(1))).assignments[0].due_missed_at is None


async def test_p5_leave_that_needs_approval_moves_deadlines_when_it_is_given(bench: Bench) -> None:
    """APR-1, CHK-4."""
    await bench.clock_to("10:00")
    f = await open_floor(bench)
    await f.gives()
    await f.anna.says("/leave 今天下午 看病")
    assert (await f.due())["due"] == "09-14 18:00"
    f.skips()
    await f.boss.presses("批准")
    f.anna.expects("1 个期限有变", "9月15日 周二 18:00 ← 18:00 任务 1 完成")
    assert (await f.due())["due"] == "09-15 18:00"
    f.skips()


async def test_p5_who_comes_back_early_has_the_time_that_was_left(floor: Floor) -> None:
    """Friday 17:00 to Monday 10:00 adds two working hours, not 65; a cancelled leave lasted until it was."""
    f = floor
    await f.anna.says("/leave 9月15日 看病")
    f.skips()
    await f.bench.clock_to("17:50")
    f.skips()
    await f.gives()
    assert await f.due() == {"reply": "09-16 09:20", "escalate": "09-16 09:50", "due": "09-16 18:00"}
    await f.bench.forward(hours=16)  # Tuesday 09:50: an hour less ten minutes of the leave are taken
    f.skips()
    await f.anna.presses("取消")
    f.skips()
    assert await f.due() == {"reply": "09-15 10:10", "escalate": "09-15 10:40", "due": "09-16 18:00"}
    assert (await f.deadline("reply")).moved_for is Moved.LEAVE


@pytest.mark.parametrize(("pauses", "reply"), [("false", "09-14 10:30"), ("true", "09-15 09:30")])
async def test_a_trip_leaves_deadlines_running_unless_the_rulebook_says_otherwise(
    folder: Path, pauses: str, reply: str
) -> None:
    rules = loads(UNASKED + f"worktime: {{trip_pauses: {pauses}}}")
    async with open_bench(folder, rulebook=rules, at=MONDAY_TEN) as bench:
        floor = await open_floor(bench)
        await floor.anna.says("/leave 今天 出差 上海")
        floor.skips()
        await floor.gives()
        assert (await floor.due())["reply"] == reply


# The official calendar (P2) ----------------------------------------------------------------------------------


async def test_p2_next_years_deadline_is_provisional_and_computed_once_more(folder: Path) -> None:
    """2027 is not announced in the data of 2026: nothing raises, and the holder is told when the day moves."""
    long = "tasks: {due: 1200}\n"  # twenty working hours
    async with open_bench(folder, rulebook=loads(long), at=NEW_YEARS_EVE) as bench:
        floor = await open_floor(bench)
        await floor.gives()
        assert (await floor.due())["due"] == "01-05 11:00"
        assert (await floor.deadline("due")).provisional
        assert not (await floor.deadline("reply")).provisional
        await floor.anna.says("/how 1")
        floor.anna.expects("暂定：次年调休安排尚未公布", "1月5日 周二 11:00 完成")
        floor.skips()
        telegram, clock, anna = bench.telegram, bench.clock, floor.anna.phone
    rules = loads(long + OFFICIAL_2027)
    async with open_bench(folder, rulebook=rules, telegram=telegram, clock=clock, strict=False) as bench:
        await bench.forward(minutes=1)
        moved = await bench.look(lambda uow: uow.deadlines.all_of("task:1"))
        due = next(d for d in moved if d.kind == "task.due")
        assert f"{due.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" == "01-05 11:00"
        assert not due.provisional
        assert anna.id


async def test_p2_the_holder_is_told_what_the_official_notice_moved(folder: Path) -> None:
    long = "tasks: {due: 1200}\n"
    async with open_bench(folder, rulebook=loads(long), at=NEW_YEARS_EVE) as bench:
        floor = await open_floor(bench)
        await floor.gives()
        off = long + "worktime: {official: {2027: {holidays: [2027-01-01], makeup: [2027-01-02]}}}"
        bench.store.rulebook = loads(off)
        await bench.forward(minutes=1)
        floor.anna.expects("1 个期限有变", "1月4日 周一 11:00 ← 1月5日 周二 11:00", "当年调休公布后重新算过")
        floor.anna.expects("1月4日 周一 11:00 前完成", edited=True)
        floor.group.expects("1月4日 周一 11:00 前完成", edited=True)
        assert not (await floor.deadline("due")).provisional
        bench.store.rulebook = loads(long)  # once: what is fixed stays
        await bench.forward(minutes=1)
        assert (await floor.due())["due"] == "01-04 11:00"
        await floor.anna.says("/how 1")
        floor.anna.expects("当年调休公布后重新算过")


async def test_rule4_running_deadlines_keep_theirs_when_the_company_changes_days(floor: Floor) -> None:
    f = floor
    admin = await f.bench.staff("管理员", admin=True)
    await f.bench.clock_to("17:45")
    await f.gives()
    before = await f.due()
    await f.bench.forward(minutes=1)
    assert before["reply"] == "09-15 09:15"
    await admin.says("/calendar 9月15日 休 停电")
    await admin.presses("确认")
    admin.skips()
    f.group.expects("停电")
    assert await f.due() == before
    await f.gives()
    assert (await f.due(2))["reply"] == "09-16 09:16"
    await f.anna.says("/leave 9月17日 看病")  # leave moves what it touches, by the calendar as it was
    f.skips()
    assert await f.due() == before
    await f.anna.says("/how 1")
    f.anna.expects("9月15日 周二 09:15 答复", "9月15日 周二：15 分钟，工作日")


# How it was computed (P12) -----------------------------------------------------------------------------------


async def test_p12_how_names_start_hours_skipped_days_and_result(folder: Path) -> None:
    async with open_bench(folder, at=TUESDAY_LATE) as bench:
        floor = await open_floor(bench)
        admin = await bench.staff("管理员", admin=True)
        await admin.says("/calendar 9月30日 休 台风")
        await admin.presses("确认")
        admin.skips()
        floor.group.expects("台风")
        await floor.gives()
        shown = floor.group.shows("任务 1", "怎么算的")
        assert "第二章 第五条" in shown
        await floor.anna.starts("how_task_1")
        told = floor.anna.expects("任务 1 的期限是这样算的")
        assert "10月8日 周四 09:15 答复" in told.text
        assert "从 17:45 起 30 分钟工作时间" in told.text
        assert "按销售部-张三的作息 09:00–12:00 13:30–18:00" in told.text
        assert "＋ 9月29日 周二：15 分钟，工作日" in told.text
        assert "－ 9月30日 周三：不算，公司放假：台风" in told.text
        assert "－ 10月1日 周四 – 10月7日 周三：不算，国庆节" in told.text
        assert "＋ 10月8日 周四：15 分钟，工作日" in told.text


async def test_p12_by_number_by_button_and_only_what_is_ones_own(floor: Floor) -> None:
    f = floor
    bela = await f.bench.staff("别人", "财务部")
    guest = await f.bench.customer("顾客")
    await f.gives()
    await f.anna.says("/how 1")
    told = f.anna.expects("任务 1 的期限是这样算的", "10:30 答复", "从 10:00 起 30 分钟工作时间")
    await f.boss.says("怎么算 #1")
    f.boss.expects("任务 1 的期限是这样算的")
    await f.boss.says("/how 1", f.group)
    f.group.expects("任务 1 的期限是这样算的")
    await f.anna.says("/how")
    f.anna.expects("请写任务、线索或投诉的编号", "/how 7")
    for who, text in ((bela, "/how 1"), (f.anna, "/how 99"), (f.anna, "/how x")):
        await who.says(text)
        assert "期限是这样算的" not in who.skips()[0].text
    await bela.starts("how_task_1")
    assert "期限是这样算的" not in bela.skips()[0].text
    for data in ("how:task:1", "how:nothing:1", "how:task:x", "how"):
        assert (await bela.does(bela.phone.press_data, await _message(bela), data)).text
    await guest.says("/how 1")
    assert "期限是这样算的" not in guest.skips()[0].text
    assert told.labels == []


async def _message(someone: Someone) -> Any:
    await someone.says("/calendar")
    return someone.skips()[-1].message


async def test_p12_urgent_and_named_times_say_so(floor: Floor) -> None:
    f = floor
    await f.gives("/task! 张三 报价")
    await f.anna.presses("计划")
    f.skips()
    await f.anna.says("/how 1")
    f.anna.expects("从 10:00 起 30 分钟，不分上下班")


async def test_rule4_leave_moves_a_deadline_by_the_hours_it_was_opened_with(folder: Path) -> None:
    """Shorter days in a later edition change nothing for what runs; leave moves it by the old hours."""
    evening = datetime(2026, 9, 14, 17, 50, tzinfo=SHANGHAI)
    shorter = "worktime: {shifts: {mon: [09:00-16:00], tue: [09:00-16:00], wed: [10:00-16:00]}}"
    async with open_bench(folder, at=evening) as bench:
        floor = await open_floor(bench)
        await bench.store.do(rules.adopt, SYSTEM, loads(UNASKED + "company: {name: 示范公司}"))
        await floor.gives()
        await bench.forward(minutes=1)
        await bench.store.do(rules.adopt, SYSTEM, loads(UNASKED + shorter))
        await floor.anna.says("/leave 9月15日 看病")
        floor.skips()
        assert (await floor.due())["reply"] == "09-16 09:20"
        await floor.anna.says("/how 1")
        floor.anna.expects("按销售部-张三的作息 09:00–12:00 13:30–18:00", "－ 9月15日 周二：不算，请假")


async def test_p12_a_complaints_days_are_explained_from_its_card(bench: Bench) -> None:
    """CMP-6: three working days from Friday over a make-up Sunday; the customer's question is not the staff's."""
    await bench.forward(days=4, hours=2)  # Friday the 18th, 10:00
    desk = await bench.staff("李四", "客服部", Role.SERVICE)
    group = await bench.group("投诉群", desk, department="客服部", purposes=[Purpose.COMPLAINT])
    chen = await bench.customer("陈先生")
    await chen.says("机器冒烟了")
    await chen.presses("产品质量")
    chen.skips()
    group.shows("260901", "怎么算的")
    desk.shows("260901", "怎么算的")
    desk.skips()
    group.skips()
    await desk.says("/how 260901")
    desk.expects("投诉 260901 的期限是这样算的", "9月19日 周六 10:00 首次答复", "从 10:00 起 1 天，不分上下班")
    case = await bench.look(lambda uow: uow.complaints.by_number("260901"))
    assert f"{case.handle_due.astimezone(SHANGHAI):%m-%d %H:%M}" == "09-22 18:00"
    await chen.starts(f"how_complaint_{case.id}")
    assert "期限是这样算的" not in "".join(heard.text for heard in chen.skips())
    desk.skips()
    group.skips()
