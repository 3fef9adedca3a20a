"""The company's calendar in the chat (RULE-4): the month, and days set on or off."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from core.access import Role
from core.groups import Purpose
from core.rulebook import loads
from core.worktime import DayKind
from tests.support.chat import Bench, Group, Someone, open_bench

SEPTEMBER = """\
 一   二   三   四   五   六   日
       1    2    3    4    5-   6-
  7    8    9   10   11   12-  13-
[14]  15   16   17   18   19-  20+
 21   22   23   24   25*  26*  27*
 28   29   30"""


async def office(bench: Bench) -> tuple[Someone, Someone, Group]:
    """An admin, a salesperson and the sales group."""
    boss = await bench.staff("王总", role=Role.MANAGER, admin=True)
    anna = await bench.staff("张三")
    return boss, anna, await bench.group("销售群", boss, anna, department="销售部", purposes=[Purpose.SALES])


async def confirms(boss: Someone, *fragments: str) -> Any:
    """Say yes to what the form asks; the message that tells the change."""
    await boss.presses("确认")
    heard = boss.expects(*fragments, edited=False)
    boss.skips()  # the form's questions, left without their buttons
    return heard.message


async def kinds(bench: Bench, *days: date) -> list[DayKind]:
    found: list[DayKind] = await bench.look(lambda uow: [uow.worktime.day_kind(day) for day in days])
    return found


async def test_the_month_fits_one_screen_and_is_turned(bench: Bench) -> None:
    boss, anna, group = await office(bench)
    await anna.says("/calendar")
    heard = anna.expects("2026 年 9 月", "上班 22 天")
    assert SEPTEMBER in heard.text
    assert heard.has(["- 休息日", "* 节假日", "+ 调休上班", "[ ] 今天"])
    assert heard.has(["9月20日 周日 调休上班", "9月25日 周五 – 9月27日 周日 中秋节"])
    assert heard.labels == ["◀ 8月", "10月 ▶"]  # who is no admin is not offered what they can't do
    await anna.presses("10月 ▶")
    anna.expects("2026 年 10 月", "10月1日 周四 – 10月7日 周三 国庆节", "10月10日 周六 调休上班", edited=True)
    await anna.says("/calendar 下月", group)
    group.expects("2026 年 10 月")
    await boss.says("/calendar 2027-02")
    assert boss.expects("2027 年 2 月", "2027 年调休安排尚未公布", "春节").labels[-1] == "改日子"


async def test_an_admin_sets_days_off_and_takes_it_back(bench: Bench) -> None:
    """RULE-4: stored, versioned, announced, used by deadlines opened later."""
    boss, anna, group = await office(bench)
    typhoon = [date(2026, 9, 29), date(2026, 9, 30)]
    await boss.says("/calendar")
    boss.expects("2026 年 9 月")
    await boss.presses("改日子")
    boss.expects("哪几天")
    await boss.says("9月29日-30日")
    boss.expects("休息还是上班")
    await boss.presses("休息")
    boss.expects("因为什么")
    await boss.says("台风 <黄色>")
    boss.expects("9月29日 周二 – 9月30日 周三", "休息", "共 2 天，原为工作日", "台风 <黄色>")
    assert await kinds(bench, *typhoon) == [DayKind.WORKDAY, DayKind.WORKDAY]
    await confirms(boss, "9月29日 周二 – 9月30日 周三", "日历第 1 版", "撤回")
    group.expects("公司日历有变 · 销售部-王总", "台风", "已在走的期限不变")
    assert await kinds(bench, *typhoon) == [DayKind.COMPANY_OFF, DayKind.COMPANY_OFF]
    await anna.says("/calendar")
    anna.expects("29x", "30x", "9月29日 周二 – 9月30日 周三 公司放假：台风")

    await boss.presses("撤回")
    boss.expects("恢复原样", "日历第 2 版")
    group.expects("公司日历有变", "恢复原样")
    assert await kinds(bench, *typhoon) == [DayKind.WORKDAY, DayKind.WORKDAY]


async def test_one_line_asks_for_the_reason_and_for_a_yes(bench: Bench) -> None:
    boss, _, group = await office(bench)
    await boss.says("/calendar 10月5日 上班")
    boss.expects("因为什么")
    await boss.says("盘点")
    boss.expects("10月5日 周一", "上班", "原为节假日")
    await confirms(boss, "日历第 1 版")
    group.expects("10月5日 周一", "上班", "盘点")
    assert await kinds(bench, date(2026, 10, 5)) == [DayKind.COMPANY_ON]
    await boss.says("/calendar 10月5日 休 不盘点了")
    boss.expects("原为公司上班")
    await boss.presses("取消")
    boss.skips()
    assert await kinds(bench, date(2026, 10, 5)) == [DayKind.COMPANY_ON]


async def test_what_cannot_be_is_refused_and_nothing_changes(bench: Bench) -> None:
    boss, anna, group = await office(bench)
    for text, answer in (
        ("/calendar 9月13日 休 台风", "只能改今天起的日子"),
        ("/calendar 9月30日 放学", "/calendar 9月30日-10月2日 休 台风"),
        ("/calendar 2月30日 休 x", "/calendar 9月30日-10月2日 休 台风"),
        ("/calendar 9月30日-9月29日 休 x", "/calendar 9月30日-10月2日 休 台风"),
        ("/calendar 2026-10-01-2028-10-01 休 x", "一次最多改 366 天"),
        ("/calendar 9月19日 休 x", "本来就休息"),
        ("/calendar 9999-01", ""),
    ):
        await boss.says(text)
        boss.expects(answer)
    await anna.says("/calendar 9月30日 休 台风")
    anna.expects("管理员")
    await boss.says("/calendar 9月30日 休 台风", group)
    group.expects("私聊")
    assert await bench.look(lambda uow: uow.day_changes.all()) == []


async def test_old_and_forged_buttons(bench: Bench) -> None:
    """P17, P41: a change is taken back once; nobody but an admin changes anything."""
    boss, anna, group = await office(bench)
    await boss.says("/calendar 9月30日 休 台风")
    boss.expects("9月30日")
    undo = await confirms(boss, "日历第 1 版")
    group.expects("台风")
    await anna.says("/calendar")
    month = anna.expects("2026 年 9 月").message
    for data in ("cal_undo:1", "cal_set"):
        assert "管理员" in (await anna.does(anna.phone.press_data, month, data)).text
    assert await kinds(bench, date(2026, 9, 30)) == [DayKind.COMPANY_OFF]
    await boss.presses("撤回")
    boss.expects("恢复原样")
    group.expects("恢复原样")
    for data in ("cal_undo:1", "cal_undo:2", "cal_undo:99", "cal:never", "cal:2026-99", "cal:9999-01", "cal_undo:x"):
        assert (await boss.does(boss.phone.press_data, undo, data)).text
    assert len(await bench.look(lambda uow: uow.day_changes.all())) == 2


async def test_p13_a_restart_with_other_rules_keeps_the_company_days(folder: Path) -> None:
    days = [date(2026, 9, 30), date(2026, 10, 5)]
    async with open_bench(folder) as bench:
        boss, _, group = await office(bench)
        for text in ("/calendar 9月30日 休 台风", "/calendar 10月5日 上班 盘点"):
            await boss.says(text)
            await confirms(boss, "日历第")
            group.expects("公司日历有变")
    official = """
worktime:
  days_on: [2026-09-30]
  official: {2026: {holidays: [2026-10-05], makeup: [2026-10-10]}}
"""
    async with open_bench(folder, rulebook=loads(official)) as bench:
        assert await kinds(bench, *days) == [DayKind.COMPANY_OFF, DayKind.COMPANY_ON]
        bench.store.rulebook = loads("company: {name: 另一家}")
        assert await kinds(bench, *days) == [DayKind.COMPANY_OFF, DayKind.COMPANY_ON]


async def test_apr1_a_change_waits_for_the_gm(bench: Bench) -> None:
    """APR-1: where the rulebook has a chain for it, nothing changes before the approval; so does the undoing."""
    gm = await bench.staff("陈总", "总经办", Role.GM)
    admin = await bench.staff("管理员", "行政部", admin=True)
    group = await bench.group("销售群", gm, admin, department="总经办", purposes=[Purpose.SALES])
    day = date(2026, 9, 30)
    await admin.says("/calendar 9月30日 休 台风")
    await admin.presses("确认")
    admin.expects("#1 日历", "9月30日 周三：休息", "台风", "总经办-陈总")
    admin.skips()
    group.expects_silence()
    assert await kinds(bench, day) == [DayKind.WORKDAY]
    gm.expects("#1 日历", "行政部-管理员：9月30日 周三：休息", "台风")
    await gm.presses("批准")
    gm.skips()
    admin.expects("已批准")
    admin.skips()
    group.expects("公司日历有变 · 行政部-管理员", "9月30日 周三", "日历第 1 版")
    assert await kinds(bench, day) == [DayKind.COMPANY_OFF]

    await admin.says("/calendar 9月30日 上班 台风改道")
    await admin.presses("确认")
    await gm.presses("驳回")
    await gm.says("还是放假")
    admin.expects("#2 日历")
    admin.skips()
    gm.skips()
    assert await kinds(bench, day) == [DayKind.COMPANY_OFF]
