"""Members of work groups: asked for their names, leaving, coming back (ORG-3, ORG-4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.groups import Purpose
from core.ids import PersonId
from core.people import PersonStatus
from core.rulebook import Rulebook, loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves


def in_force() -> Rulebook:
    return loads("preset: default\nbackup: { daily: false }\nclauses:\n  group.leaving: { in_force: true }\n")


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY, rulebook=in_force()) as opened:
        yield opened


async def company(bench: Bench) -> tuple[Someone, Someone, Someone, Group]:
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    anna = await bench.staff("安娜", "销售部")
    group = await bench.group("销售群", boss, manager, anna, department="销售部", purposes=[Purpose.SALES])
    return boss, manager, anna, group


async def entries(bench: Bench, who: Someone) -> list[Any]:
    return list(await bench.look(lambda uow: uow.ledger.of_person(who.person)))


# Real names (ORG-3)


async def test_several_who_come_at_once_are_asked_in_one_message_and_reported_in_one_list(bench: Bench) -> None:
    """ORG-3: the list becomes shorter as they bind or leave."""
    boss, manager, _anna, group = await company(bench)
    guests = [bench.stranger(name) for name in ("小明", "小红", "小刚")]

    def add_all() -> None:
        place, telegram = group.chat, bench.telegram
        for guest in guests:
            telegram.change_member(place, manager.phone.user, type(place.member(1))(guest.phone.id))
        telegram.post(place, manager.phone.user, {"new_chat_members": [g.phone.user.wire() for g in guests]})

    await boss.does(add_all)
    group.expects("小明、小红、小刚：工作群要求实名", "24 小时内")
    group.expects_silence()
    await bench.forward(hours=24)
    manager.expects("“销售群”：3 名成员仍未绑定", "小明", "小红", "小刚", "/invite")
    manager.expects_silence()

    await guests[0].does(guests[0].phone.leave, group.chat)
    manager.expects("2 名成员仍未绑定", "小红", edited=True)

    await boss.does(boss.phone.document, "a.csv", "工号,姓名,部门,角色\nS9,小红,销售部,业务员".encode())
    boss.expects("将导入：新增 1 人")
    await boss.presses("确认导入")
    boss.expects("已导入：新增 1 人")
    await boss.says("/invite S9")
    link = boss.expects("https").text.split(": ")[-1]
    await guests[1].does(guests[1].phone.open_link, link)
    guests[1].skips()
    manager.expects("1 名成员仍未绑定", "小刚", edited=True)
    await guests[2].does(guests[2].phone.leave, group.chat)
    manager.expects("这份名单上的人都已绑定或已退群", edited=True)
    await bench.forward(hours=48)
    manager.expects_silence()


async def test_a_chats_administrators_are_asked_when_it_becomes_a_work_group(bench: Bench) -> None:
    """ORG-3: they were there before the bot; and the bot says what it lacks."""
    boss = await bench.staff("王总", "销售部", Role.GM, admin=True)
    stranger = bench.stranger("老群主")
    group = await bench.group("老群", stranger, boss)
    await boss.says("/bind 销售部 销售", group)
    group.expects("已绑定：销售部", "请把我设为群管理员")
    group.expects("老群主：工作群要求实名")
    await stranger.does(stranger.phone.promote, bench.telegram.bot.id, group.chat)
    await boss.says("/bind 销售部 销售", group)
    assert "请把我设为" not in group.expects("已绑定：销售部").text


# Leaving (ORG-4)


async def test_leaving_is_recorded_and_reported_and_coming_back_noted(bench: Bench) -> None:
    """ORG-4: a warning in the ledger, the manager learns both."""
    boss, manager, anna, group = await company(bench)
    await anna.does(anna.phone.leave, group.chat)
    anna.expects("记入你的台账：警告", "擅自退群")
    manager.expects("已记录：销售部-安娜 — 警告", "擅自退群")
    manager.expects("08:00 · 销售部-安娜 退出了“销售群”", "已记警告一次")
    boss.expects_silence()
    assert [(e.clause, e.effect, e.in_force) for e in await entries(bench, anna)] == [
        ("group.leaving", "warning", True)
    ]

    await bench.forward(minutes=90)
    await manager.does(manager.phone.add, anna.phone, group.chat)
    manager.expects("09:30 · 销售部-安娜 已回到“销售群”（08:00 退出）")
    group.expects_silence()
    await anna.does(anna.phone.leave, group.chat)
    manager.expects("09:30 · 销售部-安娜 退出了")
    assert len(await entries(bench, anna)) == 2
    anna.expects("记入你的台账：警告")
    manager.expects("已记录：销售部-安娜")


async def test_leaving_on_trial_is_shown_to_the_manager_alone(folder: Path) -> None:
    """ORG-4 in shadow, as it is by default."""
    async with open_bench(folder, at=HOLIDAY) as bench:
        _boss, manager, anna, group = await company(bench)
        await anna.does(anna.phone.leave, group.chat)
        manager.expects("退出了“销售群”", "试行")
        manager.expects("试行", "警告")
        anna.expects_silence()
        assert [e.in_force for e in await entries(bench, anna)] == [False]


@pytest.mark.parametrize("administrator", [False, True])
async def test_leaving_is_recorded_once_however_often_it_is_told(bench: Bench, administrator: bool) -> None:
    """An administrator bot hears of it twice, an ordinary one once; of a removal likewise, and records none."""
    boss, manager, anna, group = await company(bench)
    if administrator:
        await boss.does(boss.phone.promote, bench.telegram.bot.id, group.chat)
    await anna.does(anna.phone.leave, group.chat)
    anna.expects("警告")
    anna.expects_silence()
    assert len(manager.skips()) == 2
    berta = await bench.staff("贝塔", "销售部")
    await boss.does(boss.phone.add, berta.phone, group.chat)
    await boss.does(boss.phone.kick, berta.phone, group.chat)
    berta.expects_silence()
    manager.expects_silence()
    assert await entries(bench, berta) == []
    await boss.does(boss.phone.add, berta.phone, group.chat)
    manager.expects_silence()  # whoever was removed does not come back


@pytest.mark.parametrize("status", [PersonStatus.LEAVING, PersonStatus.LEFT])
async def test_whoever_leaves_the_company_may_leave_its_groups(bench: Bench, status: PersonStatus) -> None:
    """ORG-4, ORG-8."""
    _boss, manager, anna, group = await company(bench)
    person = PersonId(anna.person or 0)
    await bench.store.unit(lambda uow: uow.people.set_status(person, PersonStatus.ACTIVE, status))
    await anna.does(anna.phone.leave, group.chat)
    manager.expects_silence()
    assert await entries(bench, anna) == []


async def test_a_managers_own_leaving_goes_to_the_next_one_above(bench: Bench) -> None:
    boss, manager, _anna, group = await company(bench)
    await manager.does(manager.phone.leave, group.chat)
    boss.expects("销售部-陈经理 退出了“销售群”")
    boss.expects("已记录：销售部-陈经理 — 警告")
    manager.expects("记入你的台账")
    manager.expects_silence()


async def test_leaving_an_ordinary_group_is_nobodys_business(bench: Bench) -> None:
    boss, manager, anna, _group = await company(bench)
    other = await bench.group("饭友群", boss, anna)
    await anna.does(anna.phone.leave, other.chat)
    manager.expects_silence()
    boss.expects_silence()
