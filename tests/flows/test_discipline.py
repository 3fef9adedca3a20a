"""Content of work groups: found, removed, told, put back (ORG-5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.discipline import State
from core.groups import Purpose
from core.rulebook import Rulebook, loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves
BAD = "美女裸聊，加微信看"


def in_force(more: str = "") -> Rulebook:
    return loads(f"preset: default\nclauses:\n  group.forbidden: {{ in_force: true }}\n{more}")


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY, rulebook=in_force()) as opened:
        yield opened


async def company(bench: Bench, *, rights: bool = True) -> tuple[Someone, Someone, Someone, Group]:
    """The admin, a manager, a salesperson, and their work group in which the bot may delete."""
    boss = await bench.staff("王总", "总经办", Role.GM, admin=True)
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    anna = await bench.staff("安娜", "销售部")
    group = await bench.group("销售群", boss, manager, anna, department="销售部", purposes=[Purpose.SALES])
    if rights:
        await boss.does(boss.phone.promote, bench.telegram.bot.id, group.chat)
    else:
        bench.telegram.privacy = False
    return boss, manager, anna, group


def standing(group: Group) -> list[str]:
    return [message.text for message in group.messages if message.text]


async def cases(bench: Bench) -> list[Any]:
    def found(uow: Any) -> list[Any]:
        groups = [group.id for group in uow.groups.all()]
        return list(reversed(uow.violations.recent(groups, HOLIDAY)))

    return list(await bench.look(found))


async def test_forbidden_message_is_removed_with_evidence_and_its_sender_learns_why(bench: Bench) -> None:
    """ORG-5: removed, recorded in the ledger, told in private with the clause; the manager gets the evidence."""
    boss, manager, anna, group = await company(bench)
    await anna.says(BAD, group)
    assert BAD not in standing(group)
    group.expects_silence()
    anna.expects("08:00 · 你在“销售群”里的 1 条消息已被删除", "色情（裸聊）", BAD, "群内禁发内容", "查看条款")
    anna.expects("记入你的台账：警告")
    manager.expects("08:00 · 销售部-安娜 在“销售群”", "色情（裸聊）", BAD, "已删除 1 条", "恢复", "证据")
    manager.expects("销售部-安娜", "警告", "群内禁发")
    boss.expects_silence()
    (case,) = await cases(bench)
    assert (case.state, case.found, case.name) == (State.REMOVED, "裸聊", "销售部-安娜")
    (kept,) = await bench.look(lambda uow: uow.violations.messages(case.id))
    assert (kept.text, kept.removal) == (BAD, "done")


async def test_manager_puts_a_message_back_and_its_word_is_allowed(bench: Bench) -> None:
    """ORG-5: removed by mistake."""
    _boss, manager, anna, group = await company(bench)
    await anna.says("客户问百家乐牌水泥", group)
    anna.skips()
    manager.skips()
    await manager.presses("恢复")
    group.expects("销售部-安娜 发于 08:00（由 销售部-陈经理 恢复）", "客户问百家乐牌水泥")
    anna.expects("销售部-陈经理 已恢复你在“销售群”里的消息")
    anna.expects("撤销")
    manager.expects("销售部-陈经理 已恢复", "以后放行“百家乐”", edited=True)
    manager.expects("撤销")
    assert "已放行：“百家乐”，在本群有效" in await manager.presses("以后放行")
    await anna.says("百家乐牌水泥三吨", group)
    group.expects_silence()
    manager.expects_silence()
    (case,) = await cases(bench)
    entries = await bench.look(lambda uow: uow.ledger.of_subject(case.subject))
    assert [entry.effect for entry in entries] == ["warning", "reversal"]


async def test_trial_removes_nothing_and_tells_the_managers_in_one_summary(folder: Path) -> None:
    """ORG-5, shadow: the clause is not in force by default."""
    async with open_bench(folder, at=HOLIDAY) as bench:
        _boss, manager, anna, group = await company(bench)
        await anna.says(BAD, group)
        manager.expects("“销售群”今天有 1 条消息按制度应删除（试行）", "销售部-安娜 · 色情：裸聊")
        await bench.forward(minutes=30)
        await anna.says("澳门赌场开业", group)
        manager.expects("今天有 2 条", "赌博", edited=True)
        assert BAD in standing(group)
        anna.expects_silence()
        group.expects_silence()
        assert await bench.look(lambda uow: uow.ledger.of_person(anna.person)) == []
