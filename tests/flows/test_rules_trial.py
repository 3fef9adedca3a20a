"""Clauses on trial: would-have for managers alone, then in force from a day by one tap (RULE-3, RULE-4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest

from core.access import Role
from core.ledger import Entry
from core.rules import Start, SwitchState, day_of
from tests.support.chat import SHANGHAI, Someone, open_bench
from tests.support.rules import QUIET, TEN, Company, found


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        yield await found(bench, file)


async def entries(c: Company) -> list[Entry]:
    """Of the salesperson, oldest first."""
    kept: list[Entry] = await c.bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))
    return kept[::-1]


async def misses(c: Company, number: int) -> None:
    """A task that nobody answers: half an hour goes by."""
    await c.gives(number)
    await c.bench.forward(minutes=30)
    c.skips()


async def opens(who: Someone, words: str = "任务回复") -> None:
    await who.says(f"/rules {words}")
    who.expects("⚖ 生效/试行")
    await who.presses("⚖ 生效/试行")


# Would have (RULE-3) ------------------------------------------------------------------------------------


async def test_rule3_what_a_clause_in_shadow_would_have_cost_goes_to_the_manager_alone(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:30")
    c.boss.expects("本应记录", "销售部-张三 — 警告", "📖 条文")
    said = [heard.text for heard in (*c.zhang.skips(), *c.group.skips())]
    assert not any("本应" in text or "警告" in text for text in said)
    await c.zhang.says("/ledger")
    assert "警告" not in c.zhang.skips()[-1].text
    c.skips()


async def test_rule3_each_week_the_counts_and_the_way_to_put_the_clause_in_force(company: Company) -> None:
    """For those who may decide, on the first working day of the week; P21: once, also after a late start."""
    c = company
    for number in (1, 2, 3):
        await misses(c, number)
    await c.bench.forward(days=6)
    c.skips()
    await c.bench.clock_to("08:40")
    assert c.bench.now.weekday() == 0
    week = c.gm.expects("试行条款 9月14日 周一–9月20日 周日", "若已生效，本应", "3 次警告", "任务回复时限: 3 次警告")
    assert week.labels == ["第二章 第五条 任务回复时限"]
    assert not any("试行条款" in heard.text for view in (c.boss, c.zhang, c.group) for heard in view.skips())
    await c.gm.presses("任务回复时限", message=week.message)
    shown = c.gm.expects("试行中", "违反的处罚：警告")
    assert shown.labels == ["明天起 9/22", "下周一起 9/28", "下月1日起 10/1"]
    await c.bench.forward(hours=3)
    c.gm.expects_silence()


async def test_rule3_the_counts_on_demand_and_for_those_who_may_alone(company: Company) -> None:
    c = company
    await c.gm.says("/trial")
    c.gm.expects("近七天试行条款没有本应的处罚", "任务回复时限")
    await misses(c, 1)
    await c.gm.says("试行")
    c.gm.expects("若已生效，本应", "1 次警告")
    for who in (c.boss, c.zhang):
        await who.says("/trial")
        assert "本应" not in who.skips()[-1].text


# In force from a day (RULE-4) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-09-14", ("2026-09-15", "2026-09-21", "2026-10-01")),
        ("2026-12-31", ("2027-01-01", "2027-01-04", "2027-01-01")),
        ("2026-09-20", ("2026-09-21", "2026-09-21", "2026-10-01")),
    ],
)
def test_the_days_offered_are_to_come(today: str, days: tuple[str, ...]) -> None:
    offered = [day_of(start, date.fromisoformat(today)) for start in Start]
    assert offered == [date.fromisoformat(day) for day in days]


async def test_rule4_one_tap_puts_a_clause_in_force_at_that_midnight_exactly(company: Company) -> None:
    c = company
    await misses(c, 1)
    await opens(c.gm)
    c.gm.expects("明天起 9/15", "下周一起 9/21", "下月1日起 10/1")
    await c.gm.presses("明天起")
    c.gm.expects("将于 9月15日 周二 00:00 起生效（总经办-陈总）", "撤回", edited=True)
    c.group.expects("自 9月15日 周二 起生效", "第二章 第五条 任务回复时限", "决定人：总经办-陈总")
    assert not c.bench.store.rulebook.clause("task.reply").in_force

    await c.bench.clock_to("23:59")
    assert not c.bench.store.rulebook.clause("task.reply").in_force
    await c.bench.clock_to("00:00")
    assert c.bench.store.rulebook.clause("task.reply").in_force
    c.group.skips()
    await c.bench.clock_to("06:59")
    c.group.expects_silence()  # P19
    await c.bench.clock_to("09:00")
    c.group.expects("制度有变更，00:00 起生效", "变更人：总经办-陈总", "任务回复时限", "现已生效")
    c.skips()
    await misses(c, 2)
    assert [entry.in_force for entry in await entries(c)] == [False, True]
    edition = await c.bench.look(lambda uow: uow.rules.latest())
    assert edition.since.astimezone(SHANGHAI) == datetime(2026, 9, 15, tzinfo=SHANGHAI)
    await c.zhang.says("/rules 任务回复")
    c.zhang.expects("00:00 起生效")


async def test_rule4_a_decision_survives_a_kill_over_its_midnight_and_is_announced_once(folder: Path) -> None:
    """P16, P21: the bot is down from the evening to the morning; the clause holds since midnight all the same."""
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        await opens(c.gm)
        await c.gm.presses("明天起")
        c.skips()
        telegram, clock = bench.telegram, bench.clock
    clock.set(datetime(2026, 9, 15, 9, 30, tzinfo=SHANGHAI))
    for expected in (1, 0):
        async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
            c.moves_to(bench)
            assert bench.store.rulebook.clause("task.reply").in_force
            await bench.clock_to("09:50" if expected else "10:10")
            told = [heard for heard in c.group.skips() if "现已生效" in heard.text]
            assert len(told) == expected
            latest = await bench.look(lambda uow: uow.rules.latest())
            assert latest.since.astimezone(SHANGHAI) == datetime(2026, 9, 15, tzinfo=SHANGHAI)


async def test_rule4_a_decision_can_be_taken_back_before_its_day_and_not_after(company: Company) -> None:
    c = company
    await opens(c.gm)
    await c.gm.presses("下周一起")
    planned = c.gm.expects("将于 9月21日 周一 00:00 起生效", edited=True)
    c.group.expects("自 9月21日 周一 起生效")
    await c.gm.presses("撤回", message=planned.message)
    c.gm.expects("试行中", "明天起", edited=True)
    c.group.expects("不再于 9月21日 周一 生效", "决定人：总经办-陈总")
    stale = await c.gm.does(c.gm.phone.press_data, planned.message, "ruleoff:1")
    assert stale.answered
    assert stale.text
    c.gm.skips()

    await c.gm.says("/rules 任务回复")
    c.gm.skips()
    await c.gm.presses("⚖ 生效/试行")
    await c.gm.presses("明天起")
    c.skips()
    await c.bench.forward(days=1)
    late = await c.gm.does(c.gm.phone.press_data, planned.message, "ruleoff:2")
    assert late.text
    assert c.bench.store.rulebook.clause("task.reply").in_force
    c.skips()
    await c.bench.forward(days=7)
    c.skips()
    states = {one.state for one in await c.bench.look(lambda uow: uow.rules.switches())}
    assert states == {SwitchState.STANDING}


async def test_rule4_back_into_shadow_holds_at_once_and_what_was_written_stays(company: Company) -> None:
    c = company
    await opens(c.gm)
    await c.gm.presses("明天起")
    await c.bench.forward(days=1)
    c.skips()
    await misses(c, 1)
    await opens(c.gm)
    c.gm.expects("起生效", "转回试行")
    await c.gm.presses("转回试行")
    c.gm.expects("试行中", edited=True)
    c.group.expects("任务回复时限", "现转为试行", "总经办-陈总")
    await misses(c, 2)
    assert [entry.in_force for entry in await entries(c)] == [True, False]
    again = await c.gm.does(c.gm.phone.press_data, c.gm.messages[-1], "shadow:task.reply")
    assert "已在试行" in again.text


async def test_rule4_two_deciders_at_once_make_one_decision(company: Company) -> None:
    """P17, P47: the second learns who settled it, from when; an old button's day that has begun is refused."""
    c = company
    director = await c.bench.staff("孙总监", "营销部", Role.DIRECTOR)
    await opens(c.gm)
    await opens(director)
    await c.gm.presses("明天起")
    answer = await director.presses("下月1日起")
    assert "已定于 9月15日 周二 00:00 生效（总经办-陈总）" in answer
    c.skips()
    planned = await c.bench.look(lambda uow: uow.rules.switches())
    assert [one.by for one in planned] == ["总经办-陈总"]

    await director.says("/rules 接单后联系")
    await director.presses("⚖ 生效/试行")
    old = director.messages[-1]
    await c.bench.forward(days=2)
    c.skips()
    late = await director.does(director.phone.press, "明天起 9/15", old)
    assert "这一天已经到了" in late.text


async def test_rule4_the_latest_word_holds_the_chats_or_the_files(folder: Path) -> None:
    """A reload that says nothing new of the clause leaves the chat's word; one that does takes its place."""
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        await opens(c.gm)
        await c.gm.presses("明天起")
        await bench.forward(days=1)
        c.skips()
        c.writes("tasks: {reply_minutes: 20}\n")
        await c.gm.says("/reload")
        c.gm.expects("✓ 已采用", "以下以群聊中的决定为准，不按文件：第二章 第五条 任务回复时限")
        assert bench.store.rulebook.clause("task.reply").in_force
        assert bench.store.rulebook.tasks.reply_minutes == 20
        telegram, clock = bench.telegram, bench.clock
        c.skips()
    async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
        c.moves_to(bench)
        assert bench.store.rulebook.clause("task.reply").in_force
        for word, held in (("true", True), ("false", False)):
            c.writes(f"tasks: {{reply_minutes: 20}}\nclauses: {{task.reply: {{in_force: {word}}}}}\n")
            await c.gm.says("/reload")
            c.skips()
            assert bench.store.rulebook.clause("task.reply").in_force is held
        assert await bench.look(lambda uow: uow.rules.switches()) == []


async def test_rule4_the_file_ends_what_was_planned_for_the_clause(company: Company) -> None:
    c = company
    await opens(c.gm)
    await c.gm.presses("下周一起")
    c.skips()
    c.writes("clauses: {task.reply: {in_force: true}}\n")
    await c.gm.says("/reload")
    c.skips()
    assert c.bench.store.rulebook.clause("task.reply").in_force
    await opens(c.gm)
    c.gm.expects("转回试行")
    await c.gm.presses("转回试行")
    c.skips()
    await c.bench.forward(days=8)
    c.skips()
    assert not c.bench.store.rulebook.clause("task.reply").in_force
