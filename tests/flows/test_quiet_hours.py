"""Quiet hours: what can wait is sent when they end, once, together; what is urgent goes out (P19)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.access import Role
from core.groups import Purpose
from core.quiet import quiet_until
from core.rulebook import default, loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

EVENING = datetime(2026, 9, 14, 20, 0, tzinfo=SHANGHAI)
ROUND_THE_CLOCK = """
worktime: {shifts: {mon: [00:00-00:00], tue: [00:00-00:00], wed: [00:00-00:00]}}
clauses: {task.reply: {in_force: true}}
"""
AT_NIGHT = """
worktime: {shifts: {mon: [08:00-23:59], tue: [00:01-23:59]}}
tasks: {due: 600}
clauses: {task.reply: {in_force: true}}
"""


async def floor(bench: Bench) -> tuple[Someone, Someone, Group]:
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna = await bench.staff("张三")
    return boss, anna, await bench.group("销售群", boss, anna, department="销售部", purposes=[Purpose.SALES])


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-09-14 20:59", None),
        ("2026-09-14 21:00", "2026-09-15 08:00"),
        ("2026-09-15 00:30", "2026-09-15 08:00"),
        ("2026-09-15 07:59", "2026-09-15 08:00"),
        ("2026-09-15 08:00", None),
    ],
)
def test_p19_quiet_hours_over_midnight(at: str, until: str | None) -> None:
    found = quiet_until(default(), datetime.fromisoformat(at).replace(tzinfo=SHANGHAI))
    assert (found and f"{found.astimezone(SHANGHAI):%Y-%m-%d %H:%M}") == until


def test_p19_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = loads("quiet: {start: '12:00', end: '13:30'}")
    assert quiet_until(noon, datetime(2026, 9, 14, 13, 0, tzinfo=SHANGHAI)) is not None
    assert quiet_until(noon, datetime(2026, 9, 14, 13, 30, tzinfo=SHANGHAI)) is None
    assert quiet_until(noon, datetime(2026, 9, 14, 11, 59, tzinfo=SHANGHAI)) is None
    never = loads("quiet: {start: '00:00', end: '00:00'}")
    assert quiet_until(never, datetime(2026, 9, 14, 0, 0, tzinfo=SHANGHAI)) is None


async def test_p19_alerts_of_the_night_come_at_its_end_once(folder: Path) -> None:
    """TSK-2: the breach is recorded at its minute; only the telling waits."""
    async with open_bench(folder, rulebook=loads(AT_NIGHT), at=EVENING) as bench:
        boss, anna, group = await floor(bench)
        await bench.clock_to("22:50")
        await boss.says("/task 张三 报价", group)
        group.expects("任务 1")  # who gives it looks at the screen
        anna.expects("任务 1")
        await bench.clock_to("23:20")
        assert (await bench.look(lambda uow: uow.tasks.get(1))).assignments[0].reply_missed_at is not None
        group.expects("23:20 前未回复", edited=True)  # the card is changed where it stands
        anna.expects("23:20 前未回复", edited=True)
        await bench.clock_to("07:59")
        for view in (boss, anna, group):
            view.expects_silence()
        await bench.clock_to("08:00")
        group.expects("23:20 前未回复：销售部-张三")
        boss.expects("23:20 前未回复：销售部-张三")
        boss.expects("销售部-张三 — 警告")
        anna.expects("你在 9月14日 周一 23:20 前没有回复")
        anna.expects("警告")
        await bench.clock_to("08:30")
        boss.expects_silence()


async def test_p19_what_is_urgent_goes_out(folder: Path) -> None:
    async with open_bench(folder, at=EVENING) as bench:
        boss, anna, group = await floor(bench)
        await bench.clock_to("22:00")
        await boss.says("/task! 张三 客户在现场等", group)
        group.expects("任务 1")
        anna.expects("任务 1")
        await bench.clock_to("22:30")
        group.expects("🔔", "22:30 前未回复：销售部-张三", edited=False)
        group.skips()
        anna.expects("你在 22:30 前没有回复")
        anna.skips()
        boss.expects("22:30 前未回复")
        boss.skips()


async def test_p19_p15_what_was_answered_in_the_night_is_not_told_in_the_morning(folder: Path) -> None:
    async with open_bench(folder, rulebook=loads(AT_NIGHT), at=EVENING) as bench:
        boss, anna, group = await floor(bench)
        await bench.clock_to("22:50")
        await boss.says("/task 张三 报价", group)
        await bench.clock_to("23:20")
        group.skips()
        anna.skips()
        await anna.presses("已解决", group)
        group.expects("已解决", edited=True)
        anna.expects("已解决", edited=True)
        await bench.clock_to("08:05")
        boss.expects("销售部-张三 — 警告")  # the record stands and is told
        boss.expects("报价", "已解决")
        anna.expects("警告")
        group.expects_silence()


async def test_p19_routine_of_the_evening_waits_and_comes_as_one_message_after_a_restart(folder: Path) -> None:
    """Three calendar changes at 22:00: nothing in the group until 08:00, then one message; also after a restart."""
    async with open_bench(folder, at=EVENING) as bench:
        boss = await bench.staff("王总", role=Role.MANAGER, admin=True)
        anna = await bench.staff("张三")
        group = await bench.group("销售群", boss, anna, department="销售部", purposes=[Purpose.SALES])
        await bench.clock_to("22:00")
        for day in ("28", "29", "30"):
            await boss.says(f"/calendar 9月{day}日 休 台风")
            await boss.presses("确认")
        boss.skips()
        group.expects_silence()
        telegram, clock, history = bench.telegram, bench.clock, len(group.messages)
    async with open_bench(folder, telegram=telegram, clock=clock, strict=False) as bench:
        await bench.clock_to("07:59")
        assert len(telegram.history(group.chat_id)) == history
        await bench.clock_to("08:01")
        (told,) = telegram.history(group.chat_id)[history:]
        assert [told.wire["text"].count(f"9月{day}日") for day in ("28", "29", "30")] == [1, 1, 1]
        await bench.clock_to("09:00")
        waiting = await bench.look(lambda uow: uow.outbox.pending(0))
        assert waiting == []


async def test_p19_customers_are_answered_at_night(folder: Path) -> None:
    """CMP-1: a complaint at 23:00 has its number after a quarter of an hour, not in the morning."""
    async with open_bench(folder, at=EVENING) as bench:
        desk = await bench.staff("李四", "客服部", Role.SERVICE)
        group = await bench.group("投诉群", desk, department="客服部", purposes=[Purpose.COMPLAINT])
        chen = await bench.customer("陈先生")
        await bench.clock_to("23:00")
        await chen.says("机器冒烟了")
        chen.skips()
        await bench.clock_to("23:16")
        chen.expects("260901")
        desk.skips()
        group.skips()
        await bench.clock_to("08:00")
        desk.skips()
        group.skips()
        chen.skips()
