"""Leave, trips and excuses that are asked for and approved; managers enter them directly (CHK-4, APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.approvals import State
from core.away import Excuse
from core.checkins import Standing
from core.groups import Purpose
from core.ids import ApprovalId
from core.ledger import Effect
from core.rulebook import loads
from tests.support.chat import Bench, Group, Someone, open_bench

MONDAY = date(2026, 9, 14)
IN_FORCE = "checkin: {misses_for_entry: 1}\nclauses: {checkin.missed: {in_force: true}}"


@dataclass
class Team:
    bench: Bench
    director: Someone
    boss: Someone
    anna: Someone
    bob: Someone
    group: Group

    async def absences(self, who: Someone) -> list[Any]:
        found: list[Any] = await self.bench.look(lambda uow: uow.absences.of(who.person, MONDAY, date(2026, 12, 31)))
        return found

    async def standing(self, who: Someone, day: date = MONDAY) -> Any:
        return await self.bench.look(lambda uow: uow.checkins.of(who.person, day))

    def hush(self) -> None:
        for view in self.bench.views.values():
            view.skips()


@pytest.fixture
async def team(folder: Path) -> AsyncIterator[Team]:
    async with open_bench(folder, rulebook=loads(IN_FORCE)) as bench:
        director = await bench.staff("周总监", "总经办", Role.DIRECTOR)
        boss = await bench.staff("王经理", "销售部", Role.MANAGER)
        anna, bob = await bench.staff("张三"), await bench.staff("李四")
        group = await bench.group("销售群", boss, anna, bob, department="销售部", purposes=[Purpose.SALES])
        yield Team(bench, director, boss, anna, bob, group)


# Asking and approving -------------------------------------------------------------------------------------


async def test_chk4_leave_is_in_force_once_it_is_approved(team: Team) -> None:
    t = team
    await t.anna.says("/leave 9月16日-9月18日 出差 上海")
    t.boss.expects("#1 出差", "销售部-张三：9月16日 周三 – 9月18日 周五，3 个工作日", "理由：上海", "✅ 批准")
    t.anna.expects("#1 出差", "等 销售部-王经理", "撤回")
    assert await t.absences(t.anna) == []
    await t.boss.presses("批准")
    t.anna.expects("✅ 已批准：出差", "9月16日 周三 – 9月18日 周五", edited=False)
    [absence] = await t.absences(t.anna)
    assert (absence.first, absence.last, absence.kind) == (date(2026, 9, 16), date(2026, 9, 18), Excuse.TRIP)
    t.hush()
    await t.anna.says("/leave")
    t.anna.expects("已报：9月16日 周三 – 9月18日 周五 出差", "取消 9月16日 周三 – 9月18日 周五")
    await t.anna.presses("取消 9月16日")
    t.anna.expects("已取消")
    t.boss.expects("销售部-张三 取消")
    assert await t.absences(t.anna) == []


async def test_chk4_rejected_leave_changes_nothing(team: Team) -> None:
    t = team
    await t.anna.says("/leave 明天 有事")
    t.hush()
    await t.boss.presses("驳回")
    await t.boss.presses("时间不合适")
    t.anna.expects("❌ 已驳回：请假", "时间不合适", edited=False)
    assert await t.absences(t.anna) == []
    t.hush()


async def test_chk4_long_leave_needs_the_director_too(team: Team) -> None:
    t = team
    await t.anna.says("/leave 9月21日-9月28日 回家")
    t.boss.expects("5 个工作日", "2. 之后 总经办-周总监")
    await t.boss.presses("批准")
    t.director.expects("#1 请假", "✅ 批准")
    assert await t.absences(t.anna) == []
    await t.director.presses("批准")
    assert len(await t.absences(t.anna)) == 1
    t.hush()


async def test_chk4_todays_leave_approved_before_the_round_excuses(team: Team) -> None:
    t = team
    await t.bench.clock_to("08:50")
    t.hush()
    await t.anna.says("/leave")
    await t.anna.presses("今天")
    assert (await t.standing(t.anna)).standing is Standing.WAITING
    await t.boss.presses("批准")
    assert (await t.standing(t.anna)).standing is Standing.EXCUSED
    t.group.expects("请假 1", edited=True)
    t.hush()


async def test_chk4_asked_for_in_time_and_approved_after_the_round_takes_the_miss_back(team: Team) -> None:
    """Who asked before the round ended does not pay for the approver's time."""
    t = team
    await t.anna.says("/leave 今天 发烧")
    await t.bench.clock_to("09:12")
    assert (await t.standing(t.anna)).standing is Standing.MISSED
    entries = await t.bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert [e.effect for e in entries] == [Effect.WARNING]
    await t.boss.presses("批准")
    assert (await t.standing(t.anna)).standing is Standing.EXCUSED
    entries = await t.bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert {e.effect for e in entries} == {Effect.WARNING, Effect.REVERSAL}
    t.hush()


async def test_chk4_leave_asked_for_after_the_round_does_not_undo_the_miss(team: Team) -> None:
    t = team
    await t.bench.clock_to("09:12")
    t.hush()
    await t.anna.says("/leave 今天 睡过头")
    await t.boss.presses("批准")
    assert (await t.standing(t.anna)).standing is Standing.MISSED
    assert len(await t.absences(t.anna)) == 1
    t.hush()


async def test_p11_days_that_overlap_are_refused_half_days_side_by_side_are_not(team: Team) -> None:
    t = team
    await t.anna.says("/leave 9月16日上午 看病")
    t.anna.expects("9月16日 周三上午，1 个工作日")
    await t.anna.says("/leave 9月16日下午 看病")
    t.anna.expects("#2 请假")
    await t.anna.says("/leave 9月15日-9月17日 有事")
    t.anna.expects("已经申请过：/approvals 2")
    t.hush()
    await t.boss.says("/leave 张三 9月16日")
    t.boss.expects("已登记")
    t.hush()
    assert not await t.bench.look(lambda uow: uow.approvals.open()), "both are settled by the manager's word"


async def test_chk4_evidence_comes_with_the_request(team: Team) -> None:
    t = team
    await t.anna.does(t.anna.phone.photo, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10", "/leave 明天 发烧")
    t.boss.expects("#1 请假", "附件 1 个")
    t.hush()
    assert len(await t.bench.look(lambda uow: uow.approvals.files(ApprovalId(1)))) == 1


async def test_chk4_the_gm_asks_nobody(team: Team) -> None:
    t = team
    gm = await t.bench.staff("李总", "总经办", Role.GM)
    await t.bench.staff("管管", "行政部", Role.SERVICE, admin=True)
    await gm.says("/leave 明天 有事")
    gm.expects("已记：9月15日 周二 请假")
    assert len(await t.absences(gm)) == 1


# Managers -------------------------------------------------------------------------------------------------


async def test_chk4_a_manager_enters_leave_directly(team: Team) -> None:
    t = team
    await t.boss.says("/leave 张三 9月16日-9月18日 出差 上海")
    t.boss.expects("已登记：销售部-张三，9月16日 周三 – 9月18日 周五 出差，已告知本人", "取消")
    t.anna.expects("销售部-王经理 已为你登记：9月16日 周三 – 9月18日 周五 出差")
    assert len(await t.absences(t.anna)) == 1
    await t.boss.says("/leave 张三")
    t.boss.expects("销售部-张三", "已报：9月16日", "取消 9月16日")
    await t.boss.says("/leave 张三 9月17日 有事")
    t.boss.expects("已有出差", "请先取消")
    await t.boss.presses("取消 9月16日")
    t.boss.expects("已取消")
    t.anna.expects("取消了你")


async def test_p41_a_manager_enters_it_for_their_own_people_only(team: Team) -> None:
    t = team
    await t.boss.says("/leave 周总监 9月16日 有事")
    t.boss.expects("没有找到“周总监”")
    await t.anna.says("/leave 李四 9月16日 有事")
    t.anna.expects("李四 9月16日", "/leave 9月16日-9月18日 出差 上海")
    assert await t.absences(t.bob) == []


async def test_p26_the_managers_word_settles_the_request_and_tells_once(team: Team) -> None:
    t = team
    await t.anna.says("/leave 9月16日 有事")
    t.hush()
    await t.boss.says("/leave 张三 9月16日-9月17日")
    t.boss.expects("已登记")
    t.boss.expects("✅ 08:00 已批准", edited=True)
    t.anna.expects("✅ 已批准：请假", edited=False)
    t.anna.expects("已批准", edited=True)
    t.anna.expects_silence()
    assert (await t.bench.look(lambda uow: uow.approvals.get(ApprovalId(1)))).state is State.APPROVED


# Excused afterwards ---------------------------------------------------------------------------------------


async def test_chk4_a_missed_day_is_asked_to_be_excused_afterwards(team: Team) -> None:
    t = team
    await t.bench.clock_to("09:12")
    await t.bench.clock_to("10:00")
    await t.bench.forward(days=1)
    t.hush()
    await t.anna.says("/leave 9月14日 手机没电")
    t.boss.expects("#1 补假", "销售部-张三：9月14日 周一 报到缺卡", "理由：手机没电", "✅ 批准")
    await t.boss.presses("批准")
    one = await t.standing(t.anna)
    assert (one.standing, one.excuse, one.reason) == (Standing.EXCUSED, Excuse.SUPERIOR, "手机没电")
    entries = await t.bench.look(lambda uow: uow.ledger.of_person(t.anna.person))
    assert Effect.REVERSAL in {e.effect for e in entries}
    t.anna.expects("✅ 已批准", "9月14日 周一 报到缺卡", edited=False)
    t.hush()
    await t.anna.says("/leave 9月14日 再来")
    t.anna.expects("9月14日 周一 已过")
    t.hush()


async def test_p26_excusing_by_name_settles_what_was_asked(team: Team) -> None:
    t = team
    await t.bench.clock_to("09:12")
    await t.bench.forward(days=1)
    await t.anna.says("/leave 9月14日 手机没电")
    t.hush()
    await t.boss.says("/excuse 张三 9月14日 知道了")
    t.boss.expects("知道了")
    t.anna.expects("✅ 已批准", edited=False)
    t.anna.expects("已批准", edited=True)
    t.anna.expects("已撤销：销售部-张三 的一条记录")
    t.anna.expects_silence()
    t.hush()


async def test_chk4_todays_miss_is_asked_to_be_excused_by_a_button(team: Team) -> None:
    t = team
    await t.bench.clock_to("09:12")
    t.hush()
    await t.anna.says("/checkin")
    t.anna.expects("今天", "申请准假")
    await t.anna.presses("申请准假")
    t.anna.expects("9月14日 周一", "为什么没有报到？")
    await t.anna.says("手机没电")
    t.boss.expects("#1 补假", "9月14日 周一 报到缺卡", "理由：手机没电")
    await t.boss.presses("批准")
    assert (await t.standing(t.anna)).standing is Standing.EXCUSED
    t.hush()
    pressed = await t.anna.does(t.anna.phone.press_data, t.anna.messages[-1], "chk_why:2026-09-14")
    assert "已过" in pressed.text
    for forged in ("chk_why:x", "chk_why:2026-09-13", "chk_why:2025-01-01"):
        assert (await t.anna.does(t.anna.phone.press_data, t.anna.messages[-1], forged)).text
    t.hush()
