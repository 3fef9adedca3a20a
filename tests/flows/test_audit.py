"""The trail as managers and administrators see it (OPS-4, CUS-13)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.access import SYSTEM, Role
from core.groups import Purpose
from core.people import StaffRow, import_staff
from storage.audit import anchors
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

LINE = "/lead 来电 华强电子 13800001111 80万 要200台"


class Office:
    def __init__(self, bench: Bench, boss: Someone, service: Someone, zhang: Someone, sales: Group) -> None:
        self.bench, self.boss, self.service, self.zhang, self.sales = bench, boss, service, zhang, sales

    def skips(self) -> None:
        for view in self.bench.views.values():
            view.skips()

    async def claimed_lead(self) -> None:
        """李四 registers lead 1; 张三 claims it."""
        await self.service.says(LINE)
        await self.service.presses("发布")
        await self.zhang.presses("抢单", self.sales)
        self.skips()


@pytest.fixture
async def office(bench: Bench) -> Office:
    boss = await bench.staff("王经理", role=Role.MANAGER)
    service = await bench.staff("李四", "客服部", Role.SERVICE)
    zhang = await bench.staff("张三")
    sales = await bench.group("销售一部", boss, zhang, department="销售部", purposes=[Purpose.SALES])
    await bench.clock_to("10:00")
    made = Office(bench, boss, service, zhang, sales)
    made.skips()
    return made


async def test_history_of_a_lead_tells_who_what_and_where(office: Office) -> None:
    await office.claimed_lead()
    await office.boss.says("/audit lead 1")
    shown = office.boss.expects("线索 #1 · 历史")
    assert "10:00 客服部-李四 · 登记" in shown.text
    assert "10:00 销售部-张三 · 抢单 · 销售一部" in shown.text
    assert "状态 待抢 → 跟进中；负责人 – → 销售部-张三" in shown.text
    assert "联系期限：10:10" in shown.text
    assert "内容不显示：" in shown.text
    assert "13800001111" not in shown.text, "what is the customer's is named only (CUS-14)"
    assert "华强" not in shown.text


async def test_rules_act_under_their_own_name(office: Office) -> None:
    await office.claimed_lead()
    await office.bench.forward(minutes=11)
    office.skips()
    await office.boss.says("历史 线索1")
    shown = office.boss.expects("制度 · 联系期限")
    assert "跟进中 → 待抢" in shown.text
    assert "销售部-张三 → –" in shown.text


async def test_what_a_person_did_on_any_subject(office: Office) -> None:
    await office.claimed_lead()
    await office.boss.says("/audit 张三")
    shown = office.boss.expects("销售部-张三 · 历史", "抢单 · 线索 #1")
    assert "李四" not in shown.text


async def test_long_history_has_pages(office: Office) -> None:
    for n in range(12):
        row = StaffRow(2, "张三", "张三", "销售部", Role.SALESPERSON, "高级", industry=f"行业{n}")
        await office.bench.store.do(import_staff, SYSTEM, [row])
    await office.boss.says("/audit 张三")
    first = office.boss.expects("行业 行业10 → 行业11", "行业3 → 行业4", "更早", "最新")
    assert "行业2 →" not in first.text
    await office.boss.presses("更早")
    office.boss.expects("行业2 → 行业3", "新增人员", edited=True)
    await office.boss.presses("最新")
    assert office.boss.expects("历史", edited=True).text == first.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/audit", "查谁或查什么"),
        ("/audit lead 99", "线索 #99：没有记录"),
        ("/audit 没有这人", "没有这人"),
        ("/audit 投诉 260901", "没有记录"),
    ],
)
async def test_bad_input_is_answered_with_what_to_do(office: Office, text: str, answer: str) -> None:
    await office.boss.says(text)
    office.boss.expects(answer)


async def test_a_manager_looks_at_their_own_people_only(office: Office) -> None:
    await office.claimed_lead()
    await office.boss.says("/audit 李四")
    office.boss.expects("没有找到“李四”")
    admin = await office.bench.staff("王总", "总经办", Role.GM)
    await admin.says("/audit 李四")
    admin.expects("客服部-李四 · 历史", "登记 · 线索 #1")


async def test_others_see_nothing_whatever_they_press(office: Office) -> None:
    """P41: neither by command nor by a forged button."""
    await office.claimed_lead()
    chen = await office.bench.customer("陈先生")
    for who in (office.zhang, chen):
        await who.says("/audit lead 1")
        assert "抢单" not in "".join(heard.text for heard in who.skips())
        for data in ("audit:0:lead:1", "audit:x:lead:1", "audit"):
            await who.does(who.phone.press_data, who.messages[-1], data)
            assert "抢单" not in "".join(heard.text for heard in who.skips())
    await office.boss.says("/audit lead 1")
    office.boss.skips()
    for data in ("audit:x:lead:1", "audit", "audit:0", "audit:0:person:2:9", "audit:0:person:99"):
        pressed = await office.boss.does(office.boss.phone.press_data, office.boss.messages[-1], data)
        assert pressed.text or office.boss.skips(), data


async def test_views_are_traced(office: Office) -> None:
    """CUS-13: who looked at it stands in its history."""
    await office.claimed_lead()

    def look(uow: object) -> None:
        uow.audit.viewed("lead:1")  # type: ignore[attr-defined]

    await office.bench.store.unit(look)
    await office.boss.says("/audit lead 1")
    office.boss.expects("线索 #1 · 历史", "查看")


async def test_administrators_hold_the_end_of_the_trail(folder: Path) -> None:
    """Once a month each gets it as a message: what nobody can change in the database afterwards."""
    async with open_bench(folder, at=datetime(2026, 9, 30, 20, 0, tzinfo=SHANGHAI)) as bench:
        bench.hears_anchors = True
        boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
        await bench.clock_to("09:05")
        said = boss.expects("操作留痕：共", "keguan audit verify")
        head = await bench.look(lambda uow: uow.audit.head())
        boss.skips()
        known = anchors.parse(said.text.splitlines()[2])
        assert known is not None
        assert known.seq <= head.seq
