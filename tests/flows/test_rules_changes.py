"""The rulebook changes under way: recorded, announced once, running deadlines keep theirs (RULE-1, RULE-4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rulebook_file import RulebookFile
from core.access import Role
from core.groups import Purpose
from core.ledger import Effect
from core.rules import Cause
from storage.store import Store
from tests.support.chat import MONDAY, SHANGHAI, open_bench
from tests.support.rules import QUIET, TEN, Company, found

STRICT = "clauses: {task.reply: {in_force: true}, lead.contact: {in_force: true}}\n"


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        yield await found(bench, file)


# Announced (RULE-4) -------------------------------------------------------------------------------------


async def test_rule4_a_reload_tells_the_groups_old_and_new_in_words_and_who(company: Company) -> None:
    c = company
    c.writes("tasks: {reply_minutes: 20}\nleads: {contact_sanction: {fine_yuan: 80}, reoffer_limit: 5}\n")
    await c.gm.says("/reload")
    c.gm.expects("✓ 已采用", "第二章 第五条 任务回复时限", "30 → 20 分钟")
    told = c.group.expects("制度有变更，10:00 起生效", "变更人：总经办-陈总", "应在 30 → 20 分钟内回复")
    assert "违反的处罚：罚款 50 元、停分配 1 次 → 罚款 80 元、停分配 1 次" in told.text
    assert "：3 → 5" in told.text.splitlines()[-2]
    assert "已在计时的期限按原规定" in told.text
    edition = await c.bench.look(lambda uow: uow.rules.latest())
    assert (edition.cause, edition.by, edition.person) == (Cause.FILE, "总经办-陈总", c.gm.person)
    assert {change.key for change in edition.changes} >= {"tasks.reply_minutes", "leads.reoffer_limit"}

    await c.gm.says("/reload")
    c.gm.expects("没有变更")
    c.group.expects_silence()


async def test_rule4_clauses_that_come_and_go_are_told(company: Company) -> None:
    c = company
    coffee = "clauses: {own.coffee: {title: {zh: 咖啡}, article: 附则, text: {zh: 杯子自己洗}%s}}\n"
    c.writes(coffee % "")
    await c.gm.says("/reload")
    c.gm.expects("附则 咖啡：新增（试行）", "杯子自己洗")
    c.group.expects("附则 咖啡：新增（试行）")
    c.writes(coffee % ", in_force: true")
    await c.gm.says("/reload")
    c.gm.expects("附则 咖啡", "现已生效")
    c.group.expects("附则 咖啡", "现已生效")
    c.writes("")
    await c.gm.says("/reload")
    c.gm.expects("附则 咖啡：废止")
    c.group.expects("附则 咖啡：废止")
    await c.zhang.says("/rules 咖啡")
    c.zhang.expects("没有含“咖啡”")


async def test_rule4_a_restart_with_a_changed_file_announces_it_once(folder: Path) -> None:
    """And one with the same file says nothing; nor does the very first start."""
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        c.group.expects_silence()
        telegram, clock = bench.telegram, bench.clock
    for text, expected in (("", 0), ("tasks: {reply_minutes: 25}\n", 1), ("tasks: {reply_minutes: 25}\n", 0)):
        c.writes(text)
        async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
            c.moves_to(bench)
            await bench.settle()
            told = [heard for heard in c.group.skips() if "制度有变更" in heard.text]
            assert len(told) == expected
            assert all("制度文件已修改" in heard.text and "30 → 25" in heard.text for heard in told)
    editions = await _editions(folder, clock)
    assert editions == [Cause.FILE, Cause.FIRST]


async def _editions(folder: Path, clock: object) -> list[Cause]:
    async with open_bench(folder, clock=clock, rulebook_file=folder / "rules.yaml") as bench:  # type: ignore[arg-type]  # the clock of before
        return [one.cause for one in await bench.look(lambda uow: uow.rules.history(9))]


async def test_rule4_the_history_names_when_who_and_which_clause(company: Company) -> None:
    c = company
    await c.zhang.says("/rules")
    c.zhang.expects("变更记录")
    await c.zhang.presses("变更记录")
    c.zhang.expects("制度还没有变更过", edited=True)
    await c.reloads("tasks: {reply_minutes: 20}\n")
    await c.zhang.says("/rules")
    c.zhang.expects("全部条款")
    await c.zhang.presses("变更记录")
    c.zhang.expects("10:00 · 总经办-陈总 · 第二章 第五条 任务回复时限", edited=True)


# A bad file (RULE-1) ------------------------------------------------------------------------------------


async def test_rule1_a_bad_file_is_refused_with_its_lines_and_the_running_one_stays(company: Company) -> None:
    c = company
    c.writes("tasks:\n  reply_minutes: soon\n  replay: 3\n")
    await c.gm.says("/reload")
    refused = c.gm.expects("制度文件有误，未采用", "rules.yaml:5:3", "tasks.reply_minutes", "/reload")
    assert "rules.yaml:6:" in refused.text
    c.group.expects_silence()
    await c.gives()
    assert "10:30 前回复" in c.group.shows("任务 1")

    c.file.unlink()
    await c.gm.says("/reload")
    c.gm.expects("制度文件有误，未采用", "rules.yaml")


async def test_rule1_after_a_signal_the_admins_learn_of_a_bad_file_and_the_groups_of_a_good_one(
    company: Company,
) -> None:
    c = company
    c.writes("tasks: {reply_minutes: 0}\n")
    c.bench.app.rulebook_file.ask_reload()
    await c.bench.app.rulebook_file.look()
    await c.bench.settle()
    c.gm.expects("制度文件有误", "rules.yaml:4:")
    c.boss.expects_silence()

    c.writes("tasks: {reply_minutes: 40}\n")
    c.bench.app.rulebook_file.ask_reload()
    await c.bench.app.rulebook_file.look()
    await c.bench.settle()
    c.group.expects("制度有变更", "制度文件已修改", "30 → 40")


async def test_reloading_is_for_admins_and_says_where_there_is_no_file(folder: Path) -> None:
    async with open_bench(folder) as bench:
        boss = await bench.staff("王经理", "销售部", Role.MANAGER, admin=True)
        anna = await bench.staff("张三", "销售部")
        await anna.says("/reload")
        anna.expects("管理员")
        await boss.says("/reload")
        boss.expects("没有设置制度文件（KEGUAN_RULEBOOK）")


# What runs keeps its figures (RULE-4) -------------------------------------------------------------------


async def test_rule4_a_running_task_keeps_its_thirty_minutes_and_its_sanction(folder: Path) -> None:
    """Also over a restart; what begins after the change has the new figures."""
    file = folder / "rules.yaml"
    file.write_text(QUIET + STRICT + "tasks: {sanction: {warning: false, fine_yuan: 30}}\n")
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        await c.gives()
        await bench.clock_to("10:05")
        await c.reloads(STRICT + "tasks: {reply_minutes: 10, sanction: {warning: false, fine_yuan: 300}}\n")
        await c.gives(2)
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
        c.moves_to(bench)
        await bench.clock_to("10:16")
        c.zhang.expects("你在 10:15 前没有回复", "10:05")
        await bench.clock_to("10:29")
        assert [e.amount for e in await bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))] == [300]
        await bench.clock_to("10:31")
        c.zhang.expects("你在 10:30 前没有回复")
        entries = await bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))
        assert [(e.effect, e.amount, e.subject) for e in entries] == [
            (Effect.FINE, 30, "task:1"),
            (Effect.FINE, 300, "task:2"),
        ]
        assert entries[0].version != entries[1].version
        c.skips()


async def test_rule4_a_clause_put_in_force_by_the_file_spares_what_ran_before(company: Company) -> None:
    c = company
    await c.gives()
    c.writes(STRICT)
    await c.gm.says("/reload")
    c.gm.expects("现已生效")
    c.group.expects("现已生效")
    await c.gives(2)
    await c.bench.clock_to("10:30")
    entries = await c.bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))
    assert {(e.subject, e.in_force) for e in entries} == {("task:1", False), ("task:2", True)}
    c.skips()


async def test_rule4_a_clause_back_in_shadow_spares_at_once(folder: Path) -> None:
    """The milder of then and now: nobody is sanctioned under a clause that is without effect by then."""
    file = folder / "rules.yaml"
    file.write_text(QUIET + STRICT)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        await c.gives()
        c.writes("")
        await c.gm.says("/reload")
        c.gm.expects("现转为试行")
        c.group.expects("现转为试行")
        await bench.clock_to("10:30")
        [entry] = await bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))
        assert not entry.in_force
        c.skips()


async def test_rule4_a_morning_that_was_opened_keeps_its_times(folder: Path) -> None:
    """CHK-1: the window told at 08:50 closes as it was told, also over a restart; tomorrow's is the new one."""
    file = folder / "rules.yaml"
    file.write_text("tasks: {reply_minutes: 30}\n")
    async with open_bench(folder, rulebook_file=file, at=MONDAY) as bench:
        c = await found(bench, file, Purpose.SALES)
        await bench.clock_to("08:55")
        file.write_text("checkin: {due_at: 09:20, closes_at: 09:40}\n")
        await c.gm.says("/reload")
        c.skips()
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
        c.moves_to(bench)
        await bench.clock_to("09:10")
        c.group.expects("缺卡", edited=False)
        c.skips()
        await bench.forward(days=1)
        assert bench.now.strftime("%H:%M") == "09:10"
        assert [heard for heard in c.group.skips() if "缺卡" in heard.text and not heard.edited] == []
        await bench.clock_to("09:40")
        c.group.expects("缺卡", edited=False)
        c.skips()


# Several processes (RULE-4) -----------------------------------------------------------------------------


async def test_another_process_takes_up_what_one_has_recorded(company: Company) -> None:
    c = company
    other = Store(c.bench.store.url, c.bench.clock, c.bench.store.shelf.base)
    other.start()
    follower = RulebookFile(other, c.file)
    await follower.take_up()
    await follower.look()
    await c.reloads("tasks: {reply_minutes: 20}\n")
    await follower.look()
    assert other.rulebook.tasks.reply_minutes == 20
    assert other.rulebook.version == c.bench.store.rulebook.version
    await follower.look()
    other.close()
    await c.bench.settle()
    c.group.expects_silence()
    assert len(await c.bench.look(lambda uow: uow.rules.history(9))) == 2


async def test_editions_are_read_back_as_they_were_by_any_process(company: Company) -> None:
    """The whole rulebook is kept, not only its clauses."""
    c = company
    first = c.bench.store.rulebook
    await c.reloads("worktime: {shifts: {sat: [09:00-12:00]}}\ntasks: {reply_minutes: 20}\n")
    other = Store(c.bench.store.url, c.bench.clock, c.bench.store.shelf.base)
    other.start()
    then = await other.edition(first.version)
    other.close()
    assert then.version == first.version
    assert then.model_dump() == first.model_dump()
    assert c.bench.now.tzinfo == SHANGHAI
    assert then.working_time.add_minutes(c.bench.now, 30) == c.bench.now + timedelta(minutes=30)
