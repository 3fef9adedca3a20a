"""Monthly statements: told once on the rulebook's day, asked for at any time, as a table (LGR-5, CMP-11)."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.access import Role
from core.ledger import sanction
from core.people import PersonStatus
from core.rulebook import Sanction, loads
from tests.support.chat import SHANGHAI, open_bench
from tests.support.ledger import Company, company_in, id_of

SEPTEMBER = datetime(2026, 9, 28, 9, 0, tzinfo=SHANGHAI)  # a Monday


@pytest.fixture
async def c(folder: Path) -> AsyncIterator[Company]:
    async with company_in(folder, at=SEPTEMBER) as company:
        yield company


async def to_october(c: Company, clock: str = "08:59") -> None:
    await c.bench.forward(days=2, hours=23, minutes=50)  # 1 October, 08:50
    c.skips()
    await c.bench.clock_to(clock)


def file_of(c: Company, message: Any) -> tuple[str, bytes]:
    document = message.wire["document"]
    return document["file_name"], c.bench.telegram.files.get(document["file_id"]).content


async def test_lgr5_on_the_first_each_gets_their_month_and_the_superior_the_team(c: Company) -> None:
    await c.fined(c.zhang, 50, occurrence="a")
    await c.fined(c.zhang, 20, occurrence="b", warning=True)
    await c.fined(c.li, 100, occurrence="c")
    await c.boss.says("/reverse 4 系统误报")
    c.skips()
    await to_october(c)
    for one in (c.zhang, c.li, c.boss, c.gm):
        one.expects_silence()
    await c.bench.clock_to("09:01")
    told = c.zhang.expects("销售部-张三 2026年9月：计入 2 条", "罚款 70 元", "#1 罚款 50 元 · 接单后联系时限")
    assert told.labels == ["表格", "CSV", "上月"]
    c.li.expects("销售部-李四 2026年9月：计入 0 条", "#4 罚款 100 元", "撤销")
    team = c.boss.expects(
        "我的团队 2026年9月：2 人有记录", "罚款 70 元", "销售部-张三：计入 2 条", "销售部-李四：计入 0 条"
    )
    assert team.labels == ["表格", "CSV", "上月"]
    c.gm.expects_silence()


async def test_lgr5_a_restart_at_that_moment_tells_once(folder: Path) -> None:
    """OPS-1, P21: down from before nine until ten; told once, and marked late."""
    async with company_in(folder, at=SEPTEMBER) as c:
        await c.fined(c.zhang)
        await to_october(c)
        c.skips()
        telegram, clock, views, book = c.bench.telegram, c.bench.clock, c.bench.views, c.bench.store.rulebook
    await clock_forward(clock, hours=1)
    for _ in range(2):
        async with open_bench(folder, rulebook=book, telegram=telegram, clock=clock, strict=False) as bench:
            bench.views = views
            await bench.settle()
            await bench.forward(minutes=2)
    heard = [one.text for one in c.zhang.skips() if "2026年9月" in one.text]
    assert len(heard) == 1
    assert "迟" in heard[0]


async def clock_forward(clock: Any, **span: float) -> None:
    clock.set(clock.now() + timedelta(**span))


async def test_lgr5_frozen_entries_are_shown_and_not_counted(c: Company) -> None:
    await c.fined(c.zhang, 50)
    await c.zhang.presses("申诉")
    await c.zhang.says("没有网络")
    await c.zhang.presses("提交申诉")
    c.skips()
    await to_october(c, "09:01")
    c.zhang.expects("2026年9月：计入 0 条", "申诉中不计 1 条", "#1 罚款 50 元", "申诉中不计")
    c.skips()
    await c.boss.presses("裁决")
    c.skips()
    await c.boss.says("/appeals")
    await c.boss.presses("#1 销售部-张三")
    await c.boss.presses("维持")
    await c.boss.says("证据充分")
    c.skips()
    await c.zhang.says("/ledger 2026-10")
    c.zhang.expects("2026年10月：计入 1 条", "罚款 50 元")
    await c.zhang.says("/奖惩 9月")
    c.zhang.expects("2026年9月：计入 0 条", "申诉中不计")


async def test_lgr5_the_table_opens_in_a_spreadsheet_without_formulas(c: Company) -> None:
    await c.boss.says("/sanction 张三")
    await c.boss.says("泄露")
    await c.boss.presses("档案遗失")
    await c.boss.presses("罚款 50–500")
    await c.boss.says("80")
    await c.boss.says('=HYPERLINK("http://evil","x")')
    await c.boss.presses("就这些")
    await c.boss.presses("确认记录")
    c.skips()
    await c.zhang.says("/ledger 2026-09")
    c.zhang.expects("罚款 80 元")
    await c.zhang.presses("表格")
    name, content = file_of(c, c.zhang.messages[-1])
    assert name == "销售部-张三-2026-09.xlsx"
    heading, row = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert heading[:7] == ["日期", "部门", "姓名", "编号", "条款", "奖惩", "数额"]
    assert row[1:9] == [
        "销售部",
        "张三",
        1.0,
        "档案遗失、损毁、泄露",
        "罚款 80 元",
        80.0,
        80.0,
        '=HYPERLINK("http://evil","x")',
    ]
    await c.zhang.presses("CSV")
    name, content = file_of(c, c.zhang.messages[-1])
    assert name == "销售部-张三-2026-09.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert rows[1][8].startswith("'=")
    c.skips()


async def test_lgr5_managers_ask_for_a_person_a_department_and_a_month(c: Company) -> None:
    await c.fined(c.zhang, 50, occurrence="a")
    await c.fined(c.li, 20, occurrence="b")
    c.skips()
    await c.boss.says("/ledger 张三 2026-09")
    c.boss.expects("销售部-张三 2026年9月", "罚款 50 元")
    await c.boss.says("/ledger 销售部")
    c.boss.expects("销售部 2026年9月：2 人有记录", "罚款 70 元")
    await c.boss.presses("表格")
    _, content = file_of(c, c.boss.messages[-1])
    assert len(CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()) == 3
    await c.boss.says("/ledger 张三 2026-08")
    c.boss.expects("销售部-张三，2026年8月：台账里没有记录")
    await c.boss.presses("上月")
    c.boss.expects("2026年7月：台账里没有记录")
    await c.boss.says("/ledger 2026-12")
    c.boss.expects("2026-12 没有内容")
    await c.boss.says("/ledger 2026-13")
    c.boss.expects("2026-13")
    await c.boss.says("/ledger 没有的部门")
    c.boss.expects("没有找到“没有的部门”")
    c.skips()


async def test_everyone_sees_their_own_alone(c: Company) -> None:
    """P41: buttons with other people's numbers are refused."""
    finance = await c.bench.staff("钱会计", "财务部", Role.FINANCE)
    other = await c.bench.staff("钱经理", "客服部", Role.MANAGER)
    await c.fined(c.zhang, 50)
    c.skips()
    chat = await c.li.says("/help")
    c.li.skips()
    for data in (f"led.xlsx:{c.zhang.person}:202609", f"led.month:{c.zhang.person}:202609", "led.xlsx:0:202609"):
        press = await c.li.does(c.li.phone.press_data, chat, data)
        assert "没有" in press.text or "仅限" in press.text
    c.li.expects_silence()
    for odd in ("led.xlsx:1:2026", "led.month:x:202609", "led.csv", "led.month:1:202613", "led.csv:d99:202609"):
        press = await c.li.does(c.li.phone.press_data, chat, odd)
        assert press.text
    c.li.expects_silence()
    await c.li.says("/ledger 销售部")
    c.li.expects("仅限")
    await other.says("/ledger 张三 2026-09")
    other.expects("没有找到“张三”")
    await other.says("/ledger 销售部 2026-09")
    other.expects("没有“销售部”这个部门")
    await finance.says("/ledger 张三 2026-09")  # the rulebook lets finance read all
    finance.expects("销售部-张三 2026年9月", "罚款 50 元")
    await finance.says("/ledger 销售部")
    finance.expects("销售部 2026年9月：1 人有记录")


async def test_who_left_is_still_in_the_departments_statement(c: Company) -> None:
    await c.fined(c.zhang, 50)
    zhang = id_of(c.zhang)
    await c.bench.store.unit(lambda uow: uow.people.set_status(zhang, PersonStatus.ACTIVE, PersonStatus.LEFT))
    c.skips()
    await c.boss.says("/ledger 销售部 2026-09")
    c.boss.expects("销售部-张三：计入 1 条", "罚款 50 元")


async def test_shadow_entries_are_in_no_statement(folder: Path) -> None:
    async with company_in(folder, at=SEPTEMBER, rulebook=loads("checkin: {roles: [technician]}")) as c:
        await c.fined(c.zhang, 50)
        c.boss.expects("试行，本应记录")
        await c.zhang.says("/ledger 2026-09")
        c.zhang.expects("台账里没有记录")
        await to_october(c, "09:01")
        for one in (c.zhang, c.boss, c.gm):
            one.expects_silence()


async def test_cmp11_a_year_without_complaints_is_rewarded_by_one_tap(folder: Path) -> None:
    december = datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI)
    async with company_in(folder, at=december) as c:
        await blamed(c)
        c.skips()
        await c.bench.clock_to("09:01")
        c.boss.expects("2026 年全年无投诉：1 人", "销售部-李四", "每人奖励 500 元", "第六章 第八条")
        assert "已为 1 人记奖励" in await c.boss.presses("全部记奖励")
        c.li.expects("🎉 记你一次：奖励 500 元")
        assert "已经记录过了" in await c.boss.presses("全部记奖励")
        c.skips()
        assert [(entry.amount, entry.decided_by) for entry in await c.entries(c.li)] == [(500, c.boss.person)]
        chat = await c.zhang.says("/help")
        c.zhang.skips()
        press = await c.zhang.does(c.zhang.phone.press_data, chat, "led.clean:2026")
        assert "仅限" in press.text
        press = await c.boss.does(c.boss.phone.press_data, c.boss.messages[-1], "led.clean:2020")
        assert "2020" in press.text


async def blamed(c: Company) -> None:
    await c.bench.store.unit(
        lambda uow: sanction(uow, id_of(c.zhang), "complaint.blame", Sanction(), "complaint:1", {}, "z")
    )
    await c.bench.settle()
