"""Requests on their way from the first approver to the end (APR-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest

from core import approvals
from core.access import Role
from core.approvals import Approval, Kind, State
from core.ids import ApprovalId
from core.people import PersonStatus
from core.rulebook import default, loads
from core.rulebook.sections import ApprovalKind
from tests.support.chat import open_bench
from tests.support.requests import QUIET, RULES, Company, found

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"
FORGED = (
    *("ap.yes:1", "ap.no:1", "ap.ask:1", "ap.say:1", "ap.back:1", "ap.show:1"),
    *("ap.yes:77", "ap.yes:x", "ap.list:x:0", "ap.undo:1"),
)


@pytest.fixture
async def company(folder: Path) -> AsyncIterator[Company]:
    async with open_bench(folder, rulebook=loads(RULES)) as bench:
        yield await found(bench)


async def test_apr1_one_tap_approves_and_everybody_sees_it(company: Company) -> None:
    c = company
    await c.bench.clock_to("09:00")
    await c.asks()
    c.boss.expects(
        "#1 赔偿",
        "14:30 前",
        "销售部-张三：300元",
        "理由：客户投诉属实",
        "等 销售部-王经理",
        "✅ 批准",
        "❌ 驳回",
        "❓ 问一句",
    )
    c.zhang.expects("#1 赔偿", "14:30 前", "等 销售部-王经理", "撤回")
    toast = await c.boss.presses("批准")
    assert "已批准 #1" in toast
    c.boss.expects("✅ 09:00 已批准", edited=True)
    c.zhang.expects("✅ 09:00 已批准", "✅ 09:00 销售部-王经理", edited=True)
    c.zhang.expects("✅ 已批准：赔偿", "300元", "销售部-王经理", edited=False)
    done = await c.approval()
    assert (done.state, done.settled_by) == (State.APPROVED, c.boss.person)
    assert await c.clock() == {}


# Chains ---------------------------------------------------------------------------------------------------


async def test_apr1_a_larger_amount_goes_on_and_both_must_sign(company: Company) -> None:
    c = company
    await c.asks(amount=800)
    c.boss.expects("800元", "1. ⏳ 等 销售部-王经理", "2. 之后 总经办-周总监、财务部-钱会计")
    c.zhang.expects("#1 赔偿")
    assert "接着由 总经办-周总监、财务部-钱会计 审批" in await c.boss.presses("批准")
    c.boss.expects("你已审批，等后续审批", edited=True)
    c.zhang.expects("2. ⏳ 等 总经办-周总监", "⏳ 等 财务部-钱会计", edited=True)
    c.director.expects("✅ 08:00 销售部-王经理", "✅ 批准")
    c.finance.expects("✅ 批准")
    assert "接着由 财务部-钱会计 审批" in await c.director.presses("批准")
    assert (await c.approval()).is_open
    await c.finance.presses("批准")
    assert (await c.approval()).state is State.APPROVED
    c.zhang.expects("✅ 已批准：赔偿", "财务部-钱会计", edited=False)
    c.hush()


async def test_apr1_either_of_two_decides_and_the_other_is_told_by_the_card(company: Company) -> None:
    c = company
    await c.asks(Kind.GIFT, 100)
    c.finance.expects("#1 礼品", "等 财务部-钱会计", " 或 ", "等 销售部-王经理")
    asked = c.boss.expects("#1 礼品")
    await c.finance.presses("批准")
    c.boss.expects("✅ 08:00 已批准", "财务部-钱会计", edited=True)
    pressed = await c.boss.does(c.boss.phone.press_data, asked.message, "ap.no:2")
    assert "已批准：财务部-钱会计 08:00" in pressed.text
    c.hush()


async def test_apr1_the_requester_is_passed_over_and_nobody_is_asked_twice(company: Company) -> None:
    """P26: the manager's own request goes to the next superior; the same approver in two steps decides once."""
    c = company

    def ask(uow: Any) -> Approval:
        return approvals.ask(uow, Kind.COMPENSATION, c.boss.person, "case:1", 800, "自己的")  # type: ignore[arg-type]

    await c.bench.store.unit(ask)
    await c.bench.settle()
    c.director.expects("销售部-王经理：800元", "1. ⏳ 等 总经办-周总监", "2. 之后 总经办-周总监、财务部-钱会计")
    c.boss.expects("撤回")
    await c.director.presses("批准")
    c.finance.expects("2. ⏳ 等 财务部-钱会计", "✅ 批准")
    c.director.expects("你已审批", edited=True)
    await c.finance.presses("批准")
    c.hush()
    assert [one.acting for one in (await c.approval()).deciders] == [c.director.person, c.finance.person]


async def test_apr1_a_step_without_anybody_goes_up_and_one_with_the_same_person_passes(folder: Path) -> None:
    """if_empty: no director here, so the superior, who has approved already."""
    async with open_bench(folder, rulebook=loads(QUIET)) as bench:
        boss = await bench.staff("王经理", "销售部", Role.MANAGER)
        zhang = await bench.staff("张三", "销售部")
        await zhang.says("/leave 9月21日-9月30日 回老家")
        boss.expects("#1 请假", "7 个工作日", "理由：回老家", "1. ⏳ 等", "2. 之后 销售部-王经理")
        zhang.expects("#1 请假", "1. ⏳ 等")
        assert "已批准 #1" in await boss.presses("批准")
        boss.expects("已批准", edited=True)
        zhang.expects("已批准", edited=True)
        zhang.expects("✅ 已批准：请假", edited=False)
        await zhang.says("/approvals 1")
        zhang.expects("第 2 步：同一审批人前面已批准，不再重复")


async def test_apr1_nobody_there_is_said_at_once_and_nothing_is_kept(folder: Path) -> None:
    async with open_bench(folder, rulebook=loads(QUIET)) as bench:
        zhang = await bench.staff("张三", "销售部")
        await zhang.says("/leave 明天 看病")
        zhang.expects("现在没有人可以审批，请告诉管理员")
        assert await bench.look(lambda uow: uow.approvals.open()) == []


@pytest.mark.parametrize(
    ("chain", "approves"),
    [
        ("{if_requester: skip, steps: [{who: role:gm, hours: 4}]}", True),
        ("{if_requester: allowed, steps: [{who: role:gm, hours: 4}]}", False),
        ("{if_empty: skip, steps: [{who: person:9999, hours: 4}]}", True),
    ],
)
async def test_apr1_the_rulebook_says_what_happens_with_ones_own_request(
    folder: Path, chain: str, approves: bool
) -> None:
    book = loads(QUIET + f"approvals: {{chains: {{gift: [{chain}]}}}}")
    async with open_bench(folder, rulebook=book) as bench:
        gm = await bench.staff("李总", "总经办", Role.GM)
        ask = lambda uow: approvals.ask(uow, Kind.GIFT, gm.person, "gift:1", 50)  # noqa: E731
        asked = await bench.store.unit(ask)
        await bench.settle()
        if approves:
            assert asked.state is State.APPROVED
            gm.expects("✅", "已批准", edited=False)
            gm.expects("✅ 已批准：礼品")
            return
        gm.expects("#1 礼品", "✅ 批准")
        gm.expects_silence()  # P26: one card, although it is both theirs and theirs to decide
        await gm.presses("批准")
        gm.expects("✅ 08:00 已批准", edited=True)
        gm.expects_silence()


# Pressed too late, or by the wrong one (P17) --------------------------------------------------------------


async def test_p17_the_second_press_changes_nothing_and_says_so(company: Company) -> None:
    c = company
    await c.asks()
    asked = c.boss.expects("#1 赔偿").message
    first = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    second = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    no = await c.boss.does(c.boss.phone.press_data, asked, "ap.no:1")
    assert "已批准 #1" in first.text
    assert "已批准：销售部-王经理 08:00" in second.text
    assert "已批准：销售部-王经理 08:00" in no.text
    events = await c.bench.look(lambda uow: uow.approvals.events(ApprovalId(1)))
    assert [str(e.what) for e in events] == ["asked", "approved"]
    c.hush()


async def test_p17_p41_a_wrong_person_and_a_forged_number_get_nothing(company: Company) -> None:
    c = company
    await c.asks(amount=800)
    c.hush()
    stranger = await c.bench.customer("路人")
    here = (await c.li.says("/approvals")).id
    c.li.expects("待我审批 0")
    for data in (
        "ap.yes:1",
        "ap.no:1",
        "ap.ask:1",
        "ap.say:1",
        "ap.back:1",
        "ap.show:1",
        "ap.yes:77",
        "ap.yes:x",
        "ap.list:x:0",
        "ap.undo:1",
    ):
        pressed = await c.li.does(c.li.phone.press_data, here, data)
        assert pressed.text, data
        c.li.expects_silence()
    there = (await stranger.says("你好")).id
    stranger.skips()
    for data in ("ap.yes:1", "ap.show:1", "ap.back:1"):
        assert (await stranger.does(stranger.phone.press_data, there, data)).text
    c.hush()
    mine = await c.zhang.does(c.zhang.phone.press_data, c.zhang.messages[-1], "ap.yes:1")
    assert "这件由 销售部-王经理 审批" in mine.text
    assert (await c.approval()).waiting[0].acting == c.boss.person


async def test_p17_a_press_after_withdrawal(company: Company) -> None:
    c = company
    await c.asks()
    asked = c.boss.expects("#1 赔偿").message
    await c.bench.clock_to("09:20")
    assert "已撤回 #1" in await c.zhang.presses("撤回")
    c.boss.expects("↩️ 09:20 已撤回", edited=True)
    pressed = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert "申请人已于 09:20 撤回" in pressed.text
    again = await c.zhang.does(c.zhang.phone.press_data, c.zhang.messages[-1], "ap.back:1")
    assert "撤回" in again.text
    assert await c.clock() == {}
    c.hush()


async def test_p17_a_step_that_is_over(company: Company) -> None:
    c = company
    await c.asks(amount=800)
    asked = c.boss.expects("#1 赔偿").message
    await c.boss.presses("批准")
    again = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert "你已于 08:00 审批" in again.text
    c.hush()


async def test_p17_somebody_who_has_left_presses(company: Company) -> None:
    """P32: what waited for them has gone up, and their old buttons are dead."""
    c = company
    await c.asks()
    asked = c.boss.expects("#1 赔偿").message

    def leave(uow: Any) -> None:
        uow.people.set_status(c.boss.person, PersonStatus.ACTIVE, PersonStatus.LEFT)
        approvals.reassess(uow, c.boss.person)  # type: ignore[arg-type]

    await c.bench.store.unit(leave)
    await c.bench.settle()
    c.director.expects("#1 赔偿", "等 总经办-周总监", "✅ 批准")
    pressed = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert pressed.text
    assert (await c.approval()).is_open
    await c.director.presses("批准")
    assert (await c.approval()).settled_by == c.director.person
    c.hush()


# With words -----------------------------------------------------------------------------------------------


async def test_apr1_rejected_with_a_reason_by_a_button_or_in_own_words(company: Company) -> None:
    c = company
    await c.asks()
    asked = c.boss.expects("#1 赔偿").message
    await c.boss.presses("驳回")
    c.boss.expects("#1 赔偿 · 销售部-张三", "为什么驳回？", "时间不合适", "缺少证明材料")
    await c.boss.presses("缺少证明材料")
    c.boss.expects("已驳回 #1")
    c.boss.expects("❌ 08:00 已驳回", "❌ 08:00 销售部-王经理：缺少证明材料", edited=True)
    c.zhang.expects("❌ 已驳回：赔偿", "销售部-王经理：缺少证明材料", edited=False)
    assert (await c.approval()).state is State.REJECTED
    pressed = await c.boss.does(c.boss.phone.press_data, asked, "ap.yes:1")
    assert "已驳回：销售部-王经理 08:00" in pressed.text

    await c.asks(subject="case:2")
    c.hush()
    await c.boss.presses("驳回")
    await c.boss.says("超出标准 <b>")
    c.zhang.expects("❌ 已驳回", "超出标准 <b>", edited=False)
    c.hush()


async def test_apr1_a_form_that_is_cancelled_leaves_the_card_as_it_was(company: Company) -> None:
    c = company
    await c.asks()
    c.boss.expects("#1 赔偿", "✅ 批准")
    await c.boss.presses("驳回")
    await c.boss.presses("取消")
    c.hush()
    assert "已批准 #1" in await c.boss.presses("批准")
    c.hush()


async def test_p17_a_reason_that_comes_after_the_end_changes_nothing(company: Company) -> None:
    """The form was open while the request was withdrawn."""
    c = company
    await c.asks()
    await c.boss.presses("驳回")
    await c.zhang.presses("撤回")
    c.hush()
    await c.boss.says("太晚了")
    c.boss.expects("申请人已于 08:00 撤回")
    assert (await c.approval()).state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("words", "state", "said"),
    [
        ("同意", State.APPROVED, "已批准 #1"),
        ("OK", State.APPROVED, "已批准 #1"),
        ("批准，按规定办", State.APPROVED, "已批准 #1"),
        ("不同意 金额太高", State.REJECTED, "已驳回 #1"),
        ("驳回：没有收据", State.REJECTED, "已驳回 #1"),
        ("驳回", State.OPEN, "请写几个字"),
        ("可以先看看收据吗", State.OPEN, "已转问申请人"),
        ("同意书在哪里", State.OPEN, "已转问申请人"),
        ("长" * 501, State.OPEN, "请不要超过 500 个字"),
    ],
)
async def test_apr1_a_reply_to_the_card_decides_or_asks(
    company: Company, words: str, state: State, said: str
) -> None:
    """P44: the request is known by the message's id."""
    c = company
    await c.asks()
    card = c.boss.expects("#1 赔偿").message
    await c.boss.says(words, reply_to=card)
    c.boss.expects(said)
    assert (await c.approval()).state is state
    c.hush()


async def test_p44_a_reply_to_something_else_decides_nothing(company: Company) -> None:
    c = company
    await c.asks()
    c.hush()
    await c.li.says("/approvals")
    listed = c.li.expects("待我审批 0").message
    await c.li.says("同意", reply_to=listed)
    c.hush()
    assert (await c.approval()).is_open


# Evidence -------------------------------------------------------------------------------------------------


async def test_apr1_files_come_with_the_request_and_go_to_the_approver_on_demand(company: Company) -> None:
    c = company
    await c.asks()
    c.boss.expects("#1 赔偿")
    mine = c.zhang.expects("#1 赔偿").message
    await c.zhang.does(c.zhang.phone.photo, PICTURE, "收据", reply_to=mine)
    c.zhang.expects("已转给 #1 的审批人")
    c.boss.expects("💬 销售部-张三：“收据”", "附件 1 个", edited=False)
    card = c.boss.expects("附件 1 个", edited=True)
    assert "start=ap_1" in card.message.text or "ap_1" in str(card.message.wire)
    await c.boss.starts("ap_1")
    c.boss.expects("#1 赔偿", "08:00 销售部-张三 补充：收据", "08:00 补充附件", "✅ 批准")
    assert c.boss.messages[-1].wire["photo"]
    c.hush()
    for _ in range(8):
        await c.zhang.does(c.zhang.phone.photo, PICTURE, reply_to=mine)
    c.hush()
    await c.zhang.does(c.zhang.phone.photo, PICTURE, reply_to=mine)
    c.zhang.expects("最多 9 个附件")


async def test_p41_a_link_shows_a_request_only_to_those_concerned(company: Company) -> None:
    c = company
    await c.asks()
    c.hush()
    for who in (c.li, c.finance, await c.bench.customer("路人")):
        await who.starts("ap_1")
        who.expects("没有这件申请，或与你无关")
    for payload in ("ap_x", "ap_", "ap_99"):
        await c.boss.starts(payload)
        c.boss.expects("没有")
    c.hush()


# Lists ----------------------------------------------------------------------------------------------------


async def test_apr1_three_lists_with_pages(company: Company) -> None:
    c = company
    for number in range(7):
        await c.asks(subject=f"case:{number}")
    c.hush()
    await c.boss.says("审批")
    page = c.boss.expects("待我审批 7 · 1/2", "#1 赔偿 张三 · 14:30 前", "#5 赔偿", "▶", "我的申请 0", "我审过的 0")
    assert not page.has(["#6 赔偿"])
    await c.boss.presses("▶")
    c.boss.expects("2/2", "#7 赔偿", "◀", edited=True)
    await c.boss.presses("#7")
    c.boss.expects("#7 赔偿 · 14:30 前", "08:00 销售部-张三 提出申请：客户投诉属实", "✅ 批准")
    await c.boss.presses("批准")
    c.hush()
    await c.boss.presses("我审过的", message=page.message)
    c.boss.expects("我审过的 1", "#7 赔偿 张三 · ✅", edited=True)
    await c.zhang.says("/approvals mine")
    c.zhang.expects("我的申请 7", "1/2")
    await c.boss.says("/approvals 99")
    c.boss.expects("没有这件申请")
    c.hush()


async def test_apr1_the_same_is_asked_for_once(company: Company) -> None:
    c = company
    await c.asks()
    with pytest.raises(approvals.AskedBefore):
        await c.asks()
    c.hush()
    await c.zhang.presses("撤回")
    assert (await c.asks()).id == 2, "after the end it may be asked for again"
    c.hush()


def test_every_kind_of_the_rulebook_is_one_of_the_products() -> None:
    """APR-1: the kinds with their chains are all there."""
    assert set(get_args(ApprovalKind)) == {kind.value for kind in Kind}
    assert set(default().approvals.chains) == {kind.value for kind in Kind}
