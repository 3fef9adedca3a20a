"""The duty roster of holidays (ORG-9): filling, seeing, reminding, swapping, and who gets the day's alerts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.complaints.model import URGED
from core.groups import Purpose
from core.hours import hours_of
from core.leads.telling import OVERDUE
from core.notices import Notice, NoticeKind, ToPerson
from core.rulebook import loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

FIRST = date(2026, 10, 1)
BEFORE = datetime(2026, 9, 22, 10, 0, tzinfo=SHANGHAI)
HERE = (31.2304, 121.4737)


@dataclass
class Team:
    """A sales department with its manager, and the service desk."""

    bench: Bench
    boss: Someone
    anna: Someone
    ben: Someone
    li: Someone
    group: Group

    async def roster(self, day: date) -> list[str]:
        found: dict[date, Any] = await self.bench.look(lambda uow: uow.rosters.filled(day, day))
        return [one.label for one in found.get(day, [])]

    async def fills(self, text: str) -> None:
        await self.boss.says(f"/duty {text}")
        self.boss.expects("已排好")
        self.skips()

    def skips(self) -> None:
        for view in (self.boss, self.anna, self.ben, self.li, self.group):
            view.skips()


async def open_team(bench: Bench) -> Team:
    boss = await bench.staff("王总", role=Role.MANAGER)
    anna, ben = await bench.staff("张三"), await bench.staff("李四")
    li = await bench.staff("客服一", "客服部", Role.SERVICE)
    group = await bench.group("销售群", boss, anna, ben, department="销售部", purposes=[Purpose.SALES])
    return Team(bench, boss, anna, ben, li, group)


@pytest.fixture
async def team(folder: Path) -> AsyncIterator[Team]:
    async with open_bench(folder, at=BEFORE) as bench:
        yield await open_team(bench)


# Filling and seeing ------------------------------------------------------------------------------------------


async def test_org9_a_manager_fills_days_by_form_and_people_see_theirs(team: Team) -> None:
    t = team
    await t.boss.says("/duty")
    t.boss.expects("中秋节", "国庆节", "10月1日 周四 无人", "排班")
    await t.boss.presses("排班")
    t.boss.expects("哪一天")
    await t.boss.presses("10月1日 周四")
    t.boss.expects("谁值班")
    await t.boss.presses("张三")
    await t.boss.presses("李四")
    await t.boss.presses("李四")  # once more takes it back
    t.boss.skips()
    await t.boss.presses("完成")
    t.boss.expects("已排好", "10月1日 周四 销售部-张三")
    t.boss.skips()
    t.anna.expects("10月1日 周四：由你值班 · 销售部-王总", "换班")
    t.ben.expects_silence()
    await t.anna.says("/duty")
    t.anna.expects("你值班：10月1日 周四", "销售部-张三", "换班")
    await t.ben.says("/duty", t.group)
    t.group.expects("10月1日 周四 销售部-张三")


async def test_org9_by_line_several_days_and_people_and_nobody(team: Team) -> None:
    t = team
    await t.boss.says("/duty 10月1日-10月3日 张三 李四；10月4日 王总")
    t.boss.expects("已排好", "10月1日 周四 销售部-张三、销售部-李四", "10月4日 周日 销售部-王总")
    t.anna.expects("10月1日 周四、10月2日 周五、10月3日 周六：由你值班")
    t.ben.expects("由你值班")
    await t.boss.says("/duty 10月2日 无人")
    t.boss.expects("10月2日 周五 无人")
    t.anna.expects("10月2日 周五：不再由你值班")
    t.ben.expects("不再由你值班")
    assert await t.roster(date(2026, 10, 2)) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/duty 9月28日 张三", "9月28日 周一 是工作日"),
        ("/duty 9月20日 张三", "是工作日或已过去"),
        ("/duty 10月1日", "/duty 10月1日-10月3日 张三 李四"),
        ("/duty 张三", "/duty 10月1日-10月3日 张三 李四"),
        ("/duty 10月1日 没有这人", "没有这人"),
        ("/duty 10月1日 客服一", "客服一"),
    ],
)
async def test_org9_what_cannot_be_is_refused(team: Team, text: str, answer: str) -> None:
    t = team
    await t.boss.says(text)
    t.boss.expects(answer)
    assert await t.bench.look(lambda uow: uow.rosters.filled(FIRST, FIRST)) == {}
    t.skips()


async def test_org9_only_managers_fill_and_only_the_asked_one_agrees(team: Team) -> None:
    """P41: forged buttons of others."""
    t = team
    await t.fills("10月1日 张三")
    await t.anna.says("/duty 10月1日 李四")
    t.anna.expects("没有此权限")
    shown = await _asks(t)
    for who in (t.boss, t.anna):
        told = (await who.does(who.phone.press_data, await _message(who), "duty_yes:1")).text
        assert told
        who.skips()
    assert (await t.ben.does(t.ben.phone.press_data, await _message(t.ben), "duty_back:1")).text
    assert await t.roster(FIRST) == ["销售部-张三"]
    assert shown
    t.skips()


async def _message(someone: Someone) -> Any:
    await someone.says("/duty")
    return someone.skips()[-1].message


# Reminders ---------------------------------------------------------------------------------------------------


async def test_org9_reminded_the_day_before_and_at_the_beginning_and_gaps_are_reported(team: Team) -> None:
    t = team
    await t.fills("10月1日-10月2日 张三 李四")
    await t.bench.forward(days=1, hours=23, minutes=31)  # September 24th, seven days before
    t.boss.expects("国庆节：10月3日 周六、10月4日 周日、10月5日 周一、10月6日 周二、10月7日 周三 无人值班", "排班")
    t.skips()
    await t.bench.forward(days=6, hours=7, minutes=30)  # September 30th, 17:01
    t.anna.expects("10月1日 周四 09:00：明天由你值班", "同班：销售部-李四")
    t.skips()
    await t.bench.clock_to("09:00")
    t.anna.expects("10月1日 周四：你的值班开始了")
    t.ben.expects("你的值班开始了")
    t.skips()


# The day itself ----------------------------------------------------------------------------------------------


async def test_org9_chk4_on_a_holiday_those_on_duty_check_in_and_nobody_else(team: Team) -> None:
    t = team
    await t.fills("10月1日 张三 王总")
    await t.bench.forward(days=8, hours=22, minutes=49)
    t.skips()
    await t.bench.forward(minutes=2)  # 08:51
    t.anna.expects("09:00")
    t.boss.expects("09:00")
    t.ben.expects_silence()
    t.group.expects("张三")
    await t.anna.locates(*HERE)
    t.anna.expects("已报到")
    t.group.skips()
    await t.ben.locates(*HERE)
    assert "已报到" not in t.ben.skips()[0].text
    await t.bench.clock_to("09:10")
    heard = t.group.expects("张三")
    assert "李四" not in heard.text
    t.skips()
    await t.bench.forward(days=1)  # nobody is on duty on the 2nd: no round
    t.group.expects_silence()
    t.anna.expects_silence()


async def test_org9_a_complaint_on_a_holiday_goes_to_whoever_is_on_duty(team: Team) -> None:
    t = team
    chen = await t.bench.customer("陈先生")
    await t.fills("10月1日 张三")
    await t.bench.forward(days=9)
    t.skips()
    await chen.says("机器冒烟了")
    await t.bench.forward(minutes=20)
    chen.skips()
    case = await t.bench.look(lambda uow: uow.complaints.by_number("261001"))
    assert case.owner == t.anna.person
    t.skips()


async def test_org9_alerts_to_a_manager_who_is_off_go_to_those_on_duty(team: Team) -> None:
    """A lead nobody can be offered to needs somebody who assigns it; the manager is off today."""
    t = team
    deputy = await t.bench.staff("副经理", role=Role.MANAGER)
    await t.fills("10月1日 李四 副经理")
    deputy.skips()
    await t.bench.forward(days=9)
    t.skips()
    deputy.skips()

    boss = t.boss.person
    assert boss is not None

    def alert(uow: Any) -> None:
        for kind in (OVERDUE, URGED):
            uow.notices.tell(Notice(kind, ToPerson(boss), {}, "lead:1", at_once=True))

    await t.bench.store.unit(alert)
    for kind in (OVERDUE, URGED):
        told = {
            who.name: len(await t.bench.look(partial(_told, kind=kind, who=who))) for who in (t.boss, t.ben, deputy)
        }
        assert told == {"王总": 0, "李四": 0, "副经理": 1}
    deputy.skips()


def _told(uow: Any, kind: NoticeKind, who: Someone) -> list[Any]:
    assert who.person is not None
    found: list[Any] = uow.notices.deliveries("lead:1", kind, ToPerson(who.person))
    return found


async def test_org9_lead_clock_runs_for_who_is_on_duty(team: Team) -> None:
    """LED-6: a holiday is no working time, but for those on duty it is."""
    t = team
    await t.fills("10月1日 张三")

    def hours(uow: Any) -> list[str]:
        at = datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI)
        dues = (hours_of(uow, p).minutes(10, at).at for p in (t.anna.person, t.ben.person) if p is not None)
        return [f"{due.astimezone(SHANGHAI):%m-%d %H:%M}" for due in dues]

    assert await t.bench.look(hours) == ["10-01 10:10", "10-08 09:10"]


# Swapping ----------------------------------------------------------------------------------------------------


async def _asks(t: Team, exchange: str = "") -> bool:
    await t.anna.says("/duty")
    await t.anna.presses("换班")
    await t.anna.presses("10月1日 周四")
    await t.anna.presses("李四")
    if exchange:
        await t.anna.presses(exchange)
    t.anna.expects("10月1日 周四：销售部-李四 替 销售部-张三", "等 销售部-李四 同意", "撤回")
    t.anna.skips()
    return True


async def test_org9_a_swap_needs_the_other_and_is_told_to_the_superior(team: Team) -> None:
    t = team
    await t.fills("10月1日 张三")
    await _asks(t)
    t.ben.expects("10月1日 周四：销售部-李四 替 销售部-张三 值班", "我来值", "不行")
    assert await t.roster(FIRST) == ["销售部-张三"]
    await t.ben.presses("我来值")
    t.ben.expects("已同意，值班表已改", edited=True)
    t.anna.expects("已同意，值班表已改", edited=True)
    t.boss.expects("有人换班", "10月1日 周四：销售部-李四 替 销售部-张三 值班")
    assert await t.roster(FIRST) == ["销售部-李四"]


async def test_org9_a_swap_in_exchange_moves_both_days(team: Team) -> None:
    t = team
    await t.fills("10月1日 张三；10月3日 李四")
    await _asks(t, "10月3日 周六")
    t.ben.expects("10月3日 周六：销售部-张三 替 销售部-李四")
    await t.ben.presses("我来值")
    assert [await t.roster(day) for day in (FIRST, date(2026, 10, 3))] == [["销售部-李四"], ["销售部-张三"]]
    t.skips()


async def test_org9_a_declined_or_withdrawn_swap_changes_nothing(team: Team) -> None:
    """P17: a button pressed after the end says so."""
    t = team
    await t.fills("10月1日 张三")
    await _asks(t)
    await t.ben.presses("不行")
    t.ben.expects("李四 不行", edited=True)
    t.anna.expects("李四 不行", edited=True)
    await _asks(t)
    await t.anna.presses("撤回")
    t.ben.skips()
    card = t.ben.messages[-1]
    assert (await t.ben.does(t.ben.phone.press_data, card, "duty_yes:2")).text
    assert await t.roster(FIRST) == ["销售部-张三"]
    t.skips()


async def test_org9_a_swap_is_refused_once_the_roster_has_changed(team: Team) -> None:
    t = team
    await t.fills("10月1日 张三")
    await _asks(t)
    await t.fills("10月1日 王总")
    card = t.ben.messages[-1]
    assert "不值班" in (await t.ben.does(t.ben.phone.press_data, card, "duty_yes:1")).text
    assert await t.roster(FIRST) == ["销售部-王总"]
    t.skips()


async def test_org9_the_rulebooks_roster_counts_until_a_day_is_filled_in_the_chat(folder: Path) -> None:
    rules = loads('duty: {roster: {2026-10-01: ["张三"], 2026-10-02: ["李四", "没有"]}}')
    async with open_bench(folder, rulebook=rules, at=BEFORE) as bench:
        t = await open_team(bench)
        await t.anna.says("/duty")
        t.anna.expects("你值班：10月1日 周四", "10月2日 周五 销售部-李四")
        await t.boss.says("/duty 10月1日 李四")
        t.boss.expects("10月1日 周四 销售部-李四")
        t.anna.expects("不再由你值班")
        t.ben.expects("由你值班")
        await _asks_ben(t)
        await t.anna.presses("我来值")
        assert await t.roster(date(2026, 10, 2)) == ["销售部-张三"]
        t.skips()


async def _asks_ben(t: Team) -> None:
    await t.ben.says("/duty")
    await t.ben.presses("换班")
    await t.ben.presses("10月2日 周五")
    await t.ben.presses("张三")
    t.skips()
