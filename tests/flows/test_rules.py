"""The rulebook in the chat: search, reading, and each message's clause as it was in force that day (RULE-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import plain
from bot.middlewares.identity import viewer
from bot.views.base import Viewer, refusal
from bot.views.rules.clauses import section_name
from core.access import Role
from core.leads import Unfit as LeadUnfit
from core.rulebook import CLAUSE_IDS, default, loads
from core.rules import section_of
from tests.support.chat import SHANGHAI, Heard, open_bench
from tests.support.rules import QUIET, TEN, Company, found


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        yield await found(bench, file)


def clause_link(heard: Heard) -> str:
    """The payload of the link under the clause's line."""
    links = [entity["url"] for entity in heard.message.wire.get("entities", []) if "url" in entity]
    return next(url.partition("start=")[2] for url in links if "start=rule_" in url)


def buttons(heard: Heard) -> int:
    return len(heard.labels)


# Search and reading (RULE-3) ----------------------------------------------------------------------------


async def test_rule3_a_search_shows_the_right_clause_first_and_leads_to_the_others(company: Company) -> None:
    zhang = company.zhang
    await zhang.says("/rules 报到")
    first = zhang.expects("1/2 “报到”", "第二章 第一条 未报到", "09:00 前报告", "违反的处罚：警告", "试行中")
    assert first.labels == ["▸"]
    await zhang.presses("▸")
    second = zhang.expects("2/2", "第二章 第二条 迟报到", "违反时只通报，不处罚", edited=True)
    assert second.labels == ["◂"]
    await zhang.presses("◂")
    zhang.expects("未报到", edited=True)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("制度 任务回复", "任务回复时限"),
        ("/rules rwhf", "任务回复时限"),  # first letters of its reading
        ("/rules 第二章第五条", "任务回复时限"),
        ("/rules task.reply", "任务回复时限"),
        ("/rules 投诉 结案", "投诉结案时限"),
        ("/rules 撞单", "撞单裁定"),
        ("/rules first contact", "接单后联系时限"),
    ],
)
async def test_rule3_words_letters_articles_and_ids_find_the_clause(company: Company, typed: str, title: str) -> None:
    await company.zhang.says(typed)
    assert title in company.zhang.expects(title).text.split("\n违反")[0]


async def test_rule3_a_word_no_clause_has_is_answered_with_what_to_do(company: Company) -> None:
    for word in ("年会抽奖", "<b>年会</b>", "：", "x" * 500):
        await company.zhang.says(f"/rules {word}")
        company.zhang.expects("没有含", "只发 /rules")


async def test_rule3_the_areas_lead_to_their_clauses_with_three_buttons_at_most(company: Company) -> None:
    zhang = company.zhang
    await zhang.says("/rules")
    home = zhang.expects("示范公司 制度", "0 条已生效", "报到 2", "投诉 1", "全部条款")
    assert buttons(home) <= 3
    await zhang.starts("rules_complaint")
    assert zhang.expects("投诉 · 1–8/", "首问责任（试行）").labels == ["▸"]
    await zhang.presses("▸")
    zhang.expects("投诉 · 9–", edited=True)
    await zhang.says("/rules task")
    zhang.expects("任务 · 2", "任务完成时限")

    await zhang.does(zhang.phone.press_data, zhang.messages[-1], "rulelist::0", zhang.phone.private)
    zhang.expects("全部条款 · 1–8/", edited=True)
    await zhang.starts("rules_nosuch")
    zhang.expects("没有")


async def test_rule3_an_english_reader_has_the_clause_in_english(company: Company) -> None:
    await company.zhang.says("/language en")
    company.zhang.skips()
    await company.zhang.says("/rules late")
    company.zhang.expects("Late check-in", "A location reported after 09:00", "costs nothing", "On trial")


def test_every_area_with_clauses_has_a_name() -> None:
    """In both languages; an area of the company's own shows its key."""
    for language in ("zh_CN", "en"):
        v = Viewer(language, SHANGHAI, TEN, default(), "keguan_bot", private=True)
        nameless = {area for area in map(section_of, CLAUSE_IDS) if section_name(v, area) == area}
        assert nameless == set()


async def test_rule3_in_a_group_a_clause_is_shown_to_whoever_presses_alone(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:30")
    alert = c.group.expects("10:30 前未回复", "📖 条文", edited=False)
    toast = await c.boss.presses("📖 条文", c.group, alert.message)
    assert "第二章 第五条 任务回复时限（试行）" in toast
    assert "30 分钟内回复" in toast
    assert len(toast) <= 200
    for view in (c.group, c.boss, c.zhang):
        view.skips()
    await c.bench.settle()
    c.group.expects_silence()


async def test_ops2_customers_read_only_what_is_in_force_and_meant_for_them(folder: Path) -> None:
    """RULE-3, P41: denied by default, whatever id a button or a link carries."""
    text = "clauses:\n  complaint.first_reply: {in_force: true}\n  task.reply: {in_force: true}\n"
    async with open_bench(folder, rulebook=loads(QUIET + text), at=TEN) as bench:
        customer = await bench.customer("林小姐")
        version = bench.store.rulebook.version
        await customer.starts(f"rule_{version}_complaint-first_reply")
        assert customer.expects("首次答复时限", "24 小时内答复").labels == []
        for payload in ("task-reply", "complaint-handle", "lead-contact", "nosuch"):
            await customer.starts(f"rule_{version}_{payload}")
            customer.expects("没有")
            press = await customer.does(
                customer.phone.press_data, customer.messages[-1], f"rule:{payload.replace('-', '.')}:{version}"
            )
            assert press.answered
            assert "小时" not in press.text
        await customer.says("/rules 任务")
        assert "任务回复" not in customer.skips()[-1].text


async def test_forged_and_old_presses_are_answered_and_change_nothing(company: Company) -> None:
    """P17, P41: what a salesperson may not do is refused; what no button carries is not found."""
    c = company
    await c.zhang.says("/rules 任务回复")
    shown = c.zhang.expects("任务回复时限").message
    for data in (
        "force:task.reply:20260915",
        "force:task.reply:20269999",
        "force:nosuch.clause:20260915",
        "force",
        "ruleoff:1",
        "shadow:task.reply",
        "trial",
    ):
        press = await c.zhang.does(c.zhang.phone.press_data, shown, data)
        assert press.answered, data
        assert press.text, data
    assert await c.bench.look(lambda uow: uow.rules.switches()) == []


# As in force that day (RULE-3, RULE-4) -------------------------------------------------------------------


async def test_rule3_an_alert_shows_its_clause_as_it_was_that_day(company: Company) -> None:
    c = company
    await c.gives()
    await c.reloads("tasks: {reply_minutes: 20}\n")
    await c.bench.clock_to("10:30")
    alert = c.boss.expects("10:30 前未回复", "📖 条文")
    await c.boss.presses("📖 条文", message=alert.message)
    then = c.boss.expects("起的条文", "应在 30 分钟内回复", "本条此后有变更")
    assert then.labels == ["现行条文"]
    await c.boss.presses("现行条文")
    c.boss.expects("应在 20 分钟内回复", "上次变更：10:00")
    for view in (c.group, c.boss, c.zhang):
        view.skips()


async def test_rule3_a_message_with_three_buttons_keeps_to_them_and_its_line_is_the_way(company: Company) -> None:
    c = company
    await c.gives()
    await c.bench.clock_to("10:30")
    late = c.zhang.expects("你在 10:30 前没有回复", "任务回复时限")
    assert late.labels == ["👌 收到", "✅ 已解决", "📝 说明原因"]
    await c.reloads("tasks: {reply_minutes: 20}\n")
    await c.zhang.starts(clause_link(late))
    c.zhang.expects("起的条文", "应在 30 分钟内回复")
    for view in (c.group, c.boss, c.zhang):
        view.skips()


async def test_rule3_what_no_edition_has_kept_shows_the_present_text_and_says_so(company: Company) -> None:
    zhang = company.zhang
    await zhang.starts("rule_0123456789_task-reply")
    zhang.expects("当日条文没有留存", "应在 30 分钟内回复")
    for payload in ("rule_", "rule_x", "rule_0123456789_", "rule_0123456789_no-such"):
        await zhang.starts(payload)
        zhang.expects("没有")


async def test_rule3_a_sanction_has_its_clause_with_the_figures_of_that_day(folder: Path) -> None:
    """LGR-1: the entry, its notice and its clause stay as they were, also over a restart with another file."""
    file = folder / "rules.yaml"
    file.write_text(QUIET + "clauses: {task.reply: {in_force: true}}\n")
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        c = await found(bench, file)
        await c.gives()
        await bench.clock_to("10:30")
        told = c.zhang.expects("记", "警告", "任务回复时限", "📖 条文", edited=False)
        [entry] = await bench.look(lambda uow: uow.ledger.of_person(c.zhang.person))
        assert entry.in_force
        assert entry.version == bench.store.rulebook.version
        for view in (c.group, c.boss, c.zhang):
            view.skips()
        telegram, zhang, clock = bench.telegram, c.zhang, bench.clock
    c.writes("tasks: {reply_minutes: 45}\nclauses: {task.reply: {in_force: true}}\n")
    async with open_bench(folder, rulebook_file=file, telegram=telegram, clock=clock) as bench:
        zhang.bench, bench.views[zhang.chat_id] = bench, zhang
        await zhang.presses("📖 条文", message=told.message)
        zhang.expects("30 分钟内回复", "10:00 起生效", "本条此后有变更")
        await zhang.starts(f"why_entry_{entry.id}")
        why = zhang.expects("#1", "第二章 第五条 任务回复时限", "📖 条文")
        await zhang.presses("📖 条文", message=why.message)
        zhang.expects("30 分钟内回复", "本条此后有变更")


async def test_rule3_a_refusal_names_the_clause_it_rests_on(company: Company) -> None:
    """Errors carry their clause; in a message it has its button, over a chat its name."""
    c = company
    technician = await c.bench.staff("赵工", "技术部", Role.TECHNICIAN)
    await c.bench.clock_to("07:00")
    await technician.locates(31.2, 121.5)
    refused = technician.expects("08:30–09:10", "第二章 第一条 未报到", "📖 条文")
    await technician.presses("📖 条文", message=refused.message)
    technician.expects("外勤人员应于 09:00 前")

    case = LeadUnfit(None, "level", "销售部-张三", mine=True, klass="A", level="初级")
    v = viewer(c.bench.store, c.bench.clock, "zh_CN", "keguan_bot", private=False)
    assert "第三章 第七条 分配顺序" in plain(refusal(v, case))
