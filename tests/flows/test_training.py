"""Clauses that are to be read and confirmed, and training sessions (ORG-12)."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.access import Role
from core.groups import Purpose
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)  # a Monday
HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)
QUIET = "checkin: {roles: [finance]}\ntrial: {report_on: sun}\n"


class Company:
    """A GM who is the administrator, a manager, a salesperson and a technician; the company's file."""

    def __init__(self, bench: Bench, file: Path) -> None:
        self.bench, self.file = bench, file

    async def gather(self) -> Company:
        self.gm = await self.bench.staff("陈总", "总经办", Role.GM, admin=True)
        self.boss = await self.bench.staff("王经理", "销售部", Role.MANAGER)
        self.anna = await self.bench.staff("安娜", "销售部")
        self.tech = await self.bench.staff("老李", "销售部", Role.TECHNICIAN)
        self.group = await self.bench.group(
            "销售群", self.gm, self.boss, self.anna, self.tech, department="销售部", purposes=[Purpose.REPAIR]
        )
        return self

    @property
    def all(self) -> tuple[Someone, ...]:
        return (self.gm, self.boss, self.anna, self.tech)

    async def reloads(self, text: str) -> None:
        self.file.write_text(QUIET + text)
        await self.gm.says("/reload")
        self.gm.expects("已采用")
        self.group.expects("制度有变更")

    def skips(self) -> None:
        for view in self.bench.views.values():
            view.skips()


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    file = folder / "rules.yaml"
    file.write_text(QUIET)
    async with open_bench(folder, rulebook_file=file, at=TEN) as bench:
        yield await Company(bench, file).gather()


# Reading ------------------------------------------------------------------------------------------------


async def test_everyone_concerned_confirms_a_changed_clause_and_who_has_not_is_listed(company: Company) -> None:
    """ORG-12: reminded on working days, named to the manager after three."""
    c = company
    await c.reloads("tasks: {reply_minutes: 20}\n")
    for someone in c.all:
        someone.expects("1 条制度有新增或修改", "任务回复时限", "20 分钟", "已阅读")
    await c.anna.presses("已阅读")
    c.anna.expects("待阅读的条款已全部读完", edited=True)
    await c.gm.presses("已阅读")
    c.gm.expects("全部读完", edited=True)

    await c.boss.says("/reads")
    c.boss.expects("任务回复时限 · 1/2", "未读：销售部-老李")
    c.boss.expects("任务回复时限", "已阅读")
    await c.boss.presses("已阅读")
    c.boss.expects("全部读完", edited=True)

    await c.bench.clock_to("09:31")  # Tuesday
    c.tech.expects("还有 1 条制度待阅读", "任务回复时限")
    c.anna.expects_silence()
    for _ in range(2):
        c.boss.expects_silence()
        c.gm.skips()  # the evening's trail for the administrator
        await c.bench.forward(hours=24)
        c.tech.expects("还有 1 条制度待阅读")
    c.boss.expects("1 人尚未阅读修改的制度", "销售部-老李：1 条", "按条款看")
    await c.boss.presses("按条款看")
    c.boss.expects("任务回复时限 · 1/2", "未读：销售部-老李")
    c.skips()


async def test_clauses_are_gone_through_one_by_one_and_a_later_change_is_read_again(company: Company) -> None:
    c = company
    await c.reloads("tasks: {reply_minutes: 20, escalate_minutes: 90}\ncomplaints: {first_reply_hours: 12}\n")
    c.anna.expects("2 条制度有新增或修改", "任务回复时限")
    old = c.anna.phone.last()
    await c.anna.presses("已阅读")
    c.anna.expects("下一条", "12 小时", edited=True)
    await c.anna.presses("已阅读")
    c.anna.expects("全部读完", edited=True)

    await c.reloads("tasks: {reply_minutes: 15, escalate_minutes: 90}\ncomplaints: {first_reply_hours: 12}\n")
    c.anna.expects("1 条制度有新增或修改", "15 分钟")
    press = await c.anna.does(c.anna.phone.press_data, old, "rd.read:1")
    assert "没有" in press.text  # P17: that edition is no more
    assert [one.clause for one in await c.bench.look(lambda uow: uow.readings.current())] == [
        "complaint.first_reply",
        "task.reply",
    ]
    c.skips()


async def test_clauses_of_an_area_are_read_by_those_they_concern(company: Company) -> None:
    """ORG-12: `reading.concerned` of the rulebook."""
    c = company
    await c.reloads("leads: {contact_minutes: 7}\n")
    c.anna.expects("1 条制度有新增或修改", "7 分钟")
    c.tech.expects_silence()
    press = await c.tech.does(c.tech.phone.press_data, c.tech.phone.say("/help"), "rd.read:1")
    assert "没有" in press.text
    c.skips()
    await c.tech.says("/reads")
    c.tech.expects("待阅读的条款已全部读完")


async def test_a_clause_that_comes_into_force_is_read_and_one_that_goes_is_not(company: Company) -> None:
    c = company
    await c.reloads("clauses:\n  task.reply: {in_force: true}\n")
    c.anna.expects("1 条制度", "任务回复时限", "已生效")
    await c.anna.presses("已阅读")
    c.anna.expects("全部读完", edited=True)
    await c.reloads("clauses:\n  task.reply: {in_force: false}\n")
    c.anna.expects_silence()
    own = "clauses:\n  own.rule:\n    title: {zh: 自订}\n    article: 第九十章 第一条\n    text: {zh: 每日清桌。}\n"
    await c.reloads(own)
    c.anna.expects("自订", "每日清桌")
    await c.reloads("")
    assert "own.rule" not in [one.clause for one in await c.bench.look(lambda uow: uow.readings.current())]
    c.skips()


async def test_nobody_is_asked_where_the_company_does_not_want_it(company: Company) -> None:
    c = company
    await c.reloads("reading: {ask: false}\n")
    c.skips()
    await c.reloads("reading: {ask: false}\ntasks: {reply_minutes: 20}\n")
    for someone in c.all:
        someone.expects_silence()
    assert [one.clause for one in await c.bench.look(lambda uow: uow.readings.current())] == []


# Training -----------------------------------------------------------------------------------------------


async def team(bench: Bench) -> tuple[Someone, Someone, Someone, Group]:
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    anna, bert = await bench.staff("安娜", "销售部"), await bench.staff("贝特", "销售部")
    group = await bench.group("销售群", manager, anna, bert, department="销售部", purposes=[Purpose.REPAIR])
    return manager, anna, bert, group


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY) as opened:
        yield opened


async def test_training_from_the_card_to_each_persons_record_and_the_spreadsheet(bench: Bench) -> None:
    """ORG-12: topic, when, who took part; by a button, by the manager, as a file."""
    manager, anna, _bert, group = await team(bench)
    await manager.says("/training 新品知识 A 系列", group)
    group.expects("培训第 1 期：新品知识 A 系列", "08:00 · 销售部-陈经理", "我参加了", "结束登记")
    await anna.presses("我参加了", group)
    group.expects("1 人参加：销售部-安娜", edited=True)
    assert "已经处理" in await anna.presses("我参加了", group)
    await manager.says("/training 1 贝特、陈经理", group)
    group.expects("3 人参加：销售部-陈经理、销售部-安娜、销售部-贝特", "补录")
    group.expects("3 人参加", edited=True)
    await manager.says("/training 1 -陈经理")
    manager.expects("2 人参加：销售部-安娜、销售部-贝特")
    group.expects("2 人参加", edited=True)
    await manager.presses("结束登记", group)
    group.expects("登记已结束", edited=True)

    await anna.says("/training")
    anna.expects("销售部-安娜：参加培训 1 次", "10月1日 周四 新品知识 A 系列")
    await manager.says("/training @贝特")
    manager.expects("销售部-贝特：参加培训 1 次")
    await manager.says("/training")
    manager.expects("销售部-陈经理：参加培训 0 次", "已办培训")
    await manager.presses("已办培训")
    manager.expects("近 12 个月 1 次", "新品知识 A 系列 · 2", "表格", edited=True)
    await manager.presses("新品知识")
    manager.expects("2 人参加")
    await manager.presses("表格")
    table = sheet(bench, manager)
    assert table[0] == ["日期", "主题", "主办人", "工号", "姓名", "登记人"]
    assert table[1] == ["2026-10-01 08:00", "新品知识 A 系列", "销售部-陈经理", "安娜", "销售部-安娜", "销售部-安娜"]
    assert table[2][3:] == ["贝特", "销售部-贝特", "销售部-陈经理"]
    manager.skips()


def sheet(bench: Bench, someone: Someone) -> list[list[Any]]:
    document = someone.phone.last().wire["document"]
    content = bench.telegram.files.get(document["file_id"]).content
    return [
        list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    ]


async def test_a_list_closes_at_the_end_of_its_day(bench: Bench) -> None:
    manager, anna, _bert, group = await team(bench)
    await manager.says("/training 安全生产", group)
    group.expects("安全生产")
    await bench.forward(hours=16)
    group.expects("登记已结束", edited=True)
    press = await anna.does(anna.phone.press_data, group.messages[-1], "tr.part:1", group.chat)
    assert "已经处理" in press.text
    await manager.says("/training 1 安娜", group)  # whoever held it may still enter people
    group.expects("1 人参加")
    group.expects("1 人参加", edited=True)


async def test_training_is_entered_by_whoever_held_it(bench: Bench) -> None:
    """P41, and bad input."""
    manager, anna, bert, group = await team(bench)
    other = await bench.staff("别的经理", "采购部", Role.MANAGER)
    await anna.says("/training 我来讲", group)
    group.expects("没有此权限")
    await manager.says("/training", group)
    group.expects("在后面写上主题")
    await manager.says("/training 安全", group)
    card = group.expects("安全").message
    await manager.says("/training 1 张三丰", group)
    group.expects("没有找到“张三丰”")
    await other.says("/training 1 安娜")
    other.expects("没有找到")
    await bert.says("/training 安娜")
    bert.expects("没有找到")
    press = await other.does(other.phone.press_data, other.phone.say("/help"), "tr.part:1")
    assert "没有" in press.text
    other.skips()
    for data in ("tr.close:1", "tr.close:x", "tr.part:99"):
        press = await anna.does(anna.phone.press_data, card, data, group.chat)
        assert "没有" in press.text, data
    assert (await bench.look(lambda uow: uow.trainings.get(1))).parts == ()
