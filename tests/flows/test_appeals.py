"""Appeals from one tap to the second instance: frozen, material, verdict, limits, and everything odd (LGR-2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.groups import Purpose
from core.ids import AppealId
from core.ledger import AppealState, Effect, paused_until
from core.people import PersonStatus
from tests.support.chat import SHANGHAI, Bench, Someone, open_bench
from tests.support.ledger import Company, company_in, id_of

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10"


@pytest.fixture
async def c(folder: Path) -> AsyncIterator[Company]:
    async with company_in(folder) as company:
        yield company


async def appeals(c: Company, text: str = "当时在山里，没有网络") -> None:
    """张三 is fined, taps, says why and hands in."""
    await c.fined(c.zhang)
    c.boss.skips()
    await c.zhang.presses("申诉")
    await c.zhang.says(text)
    await c.zhang.presses("提交申诉")
    c.zhang.skips()


async def judges(judge: Someone, verdict: str, reason: str) -> None:
    await judge.presses("裁决")
    await judge.presses(verdict)
    await judge.says(reason)


async def leaves(bench: Bench, who: Someone) -> None:
    await bench.store.unit(lambda uow: uow.people.set_status(id_of(who), PersonStatus.ACTIVE, PersonStatus.LEFT))


def data_of(message: Any, label: str) -> str:
    rows = message.wire["reply_markup"]["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if label in button["text"]))


async def test_lgr2_from_one_tap_to_the_verdict(c: Company) -> None:
    await c.fined(c.zhang, withhold_allocations=1)
    c.boss.skips()
    told = c.zhang.expects("罚款 50 元、停分配 1 次", "不服可在 9月17日 周四 18:00 前申诉")
    await c.zhang.presses("申诉")
    c.zhang.expects("对 #1 申诉", "申诉期间不计", "由 销售部-王经理 裁决", "请在 9月15日 周二 08:00 前提交")
    assert await c.bench.look(lambda uow: uow.ledger.withheld(id_of(c.zhang))) == 0  # frozen at once

    await c.zhang.says("当时在山里，没有网络")
    c.zhang.expects("已收到：文字 1")
    await c.zhang.does(c.zhang.phone.photo, PICTURE)
    c.zhang.expects("图片 1")
    await c.zhang.does(c.zhang.phone.voice)
    c.zhang.expects("语音 1")
    await c.zhang.locates(31.2304, 121.4737)
    c.zhang.expects("位置 1")
    await c.zhang.presses("提交申诉")
    c.zhang.expects("✅ 已提交对 #1 的申诉", "由 销售部-王经理 裁决")
    card = c.boss.expects(
        "申诉 销售部-张三", "罚款 50 元、停分配 1 次", "“当时在山里，没有网络”", "请在 9月17日 周四"
    )
    assert card.labels[:3] == ["裁决", "申诉材料", "依据"]
    c.zhang.skips()

    await c.boss.presses("申诉材料")
    c.boss.expects("文字", "当时在山里")
    assert c.boss.messages[-3].wire["photo"]
    assert c.boss.messages[-2].wire["voice"]
    c.boss.expects("图片")
    c.boss.expects("语音")
    c.boss.expects("位置", "31.230400,121.473700")
    await c.boss.presses("裁决", message=card.message)
    c.boss.expects("如何裁决？", "维持", "撤销", "减轻")
    await c.boss.presses("撤销")
    c.boss.expects("理由是什么？")
    await c.boss.says("情况属实，确无网络")
    c.boss.expects("#1 销售部-张三：撤销处罚，已告知")
    c.boss.expects("销售部-王经理：撤销处罚", "理由：情况属实", edited=True)
    c.zhang.expects("裁决 销售部-张三 对 #1 的申诉", "撤销处罚", "理由：情况属实，确无网络")
    c.boss.skips()

    assert await c.standing(1) == []
    (appeal,) = await c.appeals(1)
    assert (appeal.state, appeal.decided_by, appeal.instance) == (AppealState.LIFTED, c.boss.person, 1)
    assert len([entry for entry in await c.entries(c.zhang) if entry.effect is Effect.REVERSAL]) == 2
    await c.zhang.says("/appeal 1")
    c.zhang.expects("已经撤销，不计入")
    await c.zhang.presses("申诉", message=told.message)  # an old button (P17)
    assert "已经撤销" in c.zhang.last_toast
    await c.zhang.says("/start why_entry_1")
    c.zhang.expects("申诉", "撤销处罚", "理由：情况属实")


async def test_lgr2_an_upheld_entry_counts_again_and_goes_to_the_gm_once(c: Company) -> None:
    await appeals(c)
    card = c.boss.expects("申诉 销售部-张三")
    data = data_of(card.message, "裁决")
    await judges(c.boss, "维持", "有网络记录")
    told = c.zhang.expects("维持", "理由：有网络记录", "不服可在 9月17日 周四 18:00 前再次申诉", "再次申诉")
    c.skips()
    await c.zhang.presses("再次申诉", message=told.message)
    c.zhang.expects("由 总经办-陈总 裁决")
    await c.zhang.says("请总经理看现场照片")
    await c.zhang.presses("提交申诉")
    c.zhang.skips()
    c.gm.expects("申诉 销售部-张三", "第二次申诉")
    c.boss.expects_silence()
    await c.gm.presses("裁决")
    c.gm.expects("第一次裁决：维持", "理由：有网络记录")
    await c.gm.presses("维持")
    await c.gm.says("证据充分")
    c.zhang.expects("维持", "理由：证据充分")
    c.boss.expects("裁决 销售部-张三", "总经办-陈总")
    c.skips()
    assert [(a.instance, a.state) for a in await c.appeals(1)] == [(1, AppealState.UPHELD), (2, AppealState.UPHELD)]
    assert await c.standing(1) == [(Effect.FINE, 50)]
    await c.zhang.says("/appeal 1")
    c.zhang.expects("最后一次裁决已作出")
    await c.boss.does(c.boss.phone.press_data, card.message, data)
    c.skips()
    assert len(await c.appeals(1)) == 2


async def test_lgr2_reduced_the_smaller_entry_stands_beside_the_old_one(c: Company) -> None:
    await c.fined(c.zhang, 200, withhold_allocations=2)
    await c.zhang.presses("申诉")
    await c.zhang.says("只晚了两分钟")
    await c.zhang.presses("提交申诉")
    c.skips()
    await c.boss.presses("裁决")
    await c.boss.presses("减轻")
    c.boss.expects("减轻哪一项？", "罚款 200 元", "停分配 2 次")
    await c.boss.presses("罚款 200 元")
    c.boss.expects("罚款 200 元：减为多少？0（撤销）到 199")
    await c.boss.says("200")
    c.boss.expects("请填 0 到 199 之间的数")
    await c.boss.says("100")
    c.boss.expects("罚款 200 元 → 100")
    await c.boss.presses("停分配 2 次")
    await c.boss.says("0")
    await c.boss.presses("就这些")
    await c.boss.says("情节轻微")
    c.zhang.expects("减轻", "改为：罚款 100 元", "理由：情节轻微")
    c.skips()
    assert await c.standing(1) == [(Effect.FINE, 100)]
    kept = [(entry.effect, entry.amount) for entry in await c.entries(c.zhang)]
    assert kept[::-1] == [
        (Effect.FINE, 200),
        (Effect.WITHHOLD, 2),
        (Effect.REVERSAL, 200),
        (Effect.REVERSAL, 2),
        (Effect.FINE, 100),
    ]
    await c.zhang.says("/ledger")
    c.zhang.expects("生效罚款共 100 元", "#1 罚款 100 元")


async def test_lgr2_while_the_appeal_is_open_the_fine_is_not_counted(c: Company) -> None:
    await appeals(c)
    await c.zhang.says("/ledger")
    c.zhang.expects("生效罚款共 0 元", "申诉中不计")
    await c.boss.says("/ledger 张三")
    c.boss.expects("生效罚款共 0 元", "申诉中不计")
    c.skips()


async def test_lgr2_an_appeal_stops_a_pause_and_the_rest_runs_after_the_verdict(c: Company) -> None:
    await c.fined(c.zhang, 0, pause_days=7)
    c.skips()
    await c.bench.forward(days=1)
    await c.zhang.presses("申诉")
    assert await c.bench.look(lambda uow: paused_until(uow, id_of(c.zhang))) is None
    await c.zhang.says("不是我的客户")
    await c.zhang.presses("提交申诉")
    await c.zhang.presses("依据")
    c.zhang.expects("申诉期间暂停中止计算")
    await c.bench.forward(days=1)
    await judges(c.boss, "维持", "系你名下客户")
    until = await c.bench.look(lambda uow: paused_until(uow, id_of(c.zhang)))
    assert f"{until.astimezone(SHANGHAI):%m-%d %H:%M}" == "09-22 08:00"
    c.skips()


async def test_lgr2_who_issued_it_does_not_judge_it(c: Company) -> None:
    await c.boss.says("/sanction 张三")
    await c.boss.says("泄露")
    await c.boss.presses("档案遗失")
    await c.boss.presses("警告")
    await c.boss.says("名片丢了")
    await c.boss.presses("就这些")
    await c.boss.presses("确认记录")
    c.skips()
    await c.zhang.presses("申诉")
    c.zhang.expects("由 总经办-陈总 裁决")
    await c.zhang.says("是客户自己拿走的")
    await c.zhang.presses("提交申诉")
    c.skips()
    await c.boss.says("/appeals")
    c.boss.expects("没有待你裁决的申诉")
    await c.gm.says("/申诉待办")
    c.gm.expects("1 件申诉待你裁决", "#1 销售部-张三 · 警告")
    await judges(c.gm, "维持", "应当保管好")
    told = c.zhang.expects("维持", "应当保管好")
    assert "再次申诉" not in told.labels  # nobody is above who decided
    c.boss.expects("裁决 销售部-张三")  # who issued it learns the verdict
    c.skips()


async def test_the_wrong_person_cannot_decide(c: Company) -> None:
    await appeals(c)
    card = c.boss.expects("申诉 销售部-张三")
    data = data_of(card.message, "裁决")
    for stranger in (c.li, c.zhang):
        chat = await stranger.says("/help")
        stranger.skips()
        press = await stranger.does(stranger.phone.press_data, chat, data)
        assert "没有" in press.text or "仅限" in press.text
    chat = await c.gm.says("/help")
    press = await c.gm.does(c.gm.phone.press_data, chat, data)  # above, but it is the manager's
    assert press.text == "这件申诉由 销售部-王经理 裁决。"
    customer = await c.bench.customer("路人")
    chat = await customer.says("/start")
    await customer.does(customer.phone.press_data, chat, data)
    await customer.does(customer.phone.press_data, chat, "led.appeal:1")
    await customer.does(customer.phone.press_data, chat, "led.items:1")
    customer.skips()
    c.skips()
    assert (await c.appeals(1))[0].state is AppealState.OPEN


async def test_p17_a_double_press_appeals_and_decides_once(c: Company) -> None:
    await c.fined(c.zhang)
    told = c.zhang.expects("申诉")
    for _ in range(2):  # the second opens the same one
        await c.zhang.presses("申诉", message=told.message)
    assert len(await c.appeals(1)) == 1
    await c.zhang.says("没有网络")
    await c.zhang.presses("提交申诉")
    assert "已于 08:00 申诉，由 销售部-王经理 裁决" in await c.zhang.presses("申诉", message=told.message)
    card = c.boss.expects("申诉 销售部-张三")
    data = data_of(card.message, "裁决")
    await judges(c.boss, "维持", "已核实")
    late = await c.boss.does(c.boss.phone.press_data, card.message, data)
    assert "申诉已结束：维持 销售部-王经理" in late.text
    c.skips()
    assert [a.state for a in await c.appeals(1)] == [AppealState.UPHELD]


async def test_after_the_working_days_it_is_too_late(c: Company) -> None:
    """LGR-2: three working days from Monday are Thursday; the weekend does not come into it."""
    await c.fined(c.zhang)
    told = c.zhang.expects("9月17日 周四 18:00")
    c.skips()
    await c.bench.forward(days=3, hours=10, minutes=1)
    c.skips()
    assert "已过申诉期：截至 18:00" in await c.zhang.presses("申诉", message=told.message)
    assert await c.appeals(1) == []


async def test_p46_the_days_run_from_when_the_message_arrived(c: Company) -> None:
    c.zhang.phone.block()
    await c.bench.settle()
    await c.fined(c.zhang)
    c.skips()
    await c.bench.forward(days=10)
    c.zhang.phone.unblock()
    await c.bench.settle()
    c.skips()
    await c.zhang.says("/appeal 1")
    c.zhang.expects("对 #1 申诉")
    assert (await c.appeals(1))[0].state is AppealState.COLLECTING


async def test_nothing_sent_in_time_and_the_entry_counts_again(c: Company) -> None:
    await c.fined(c.zhang)
    await c.zhang.presses("申诉")
    c.skips()
    await c.bench.forward(hours=24, minutes=1)
    c.zhang.expects("限期内没有发来内容，该记录恢复计入", "9月17日 周四 18:00 前仍可申诉")
    c.skips()
    assert [a.state for a in await c.appeals(1)] == [AppealState.WITHDRAWN]
    await c.zhang.presses("申诉")
    assert [a.state for a in await c.appeals(1)] == [AppealState.WITHDRAWN, AppealState.COLLECTING]
    await c.zhang.says("这次写上")
    c.skips()
    await c.bench.forward(hours=24, minutes=1)  # what was sent is handed in
    c.boss.expects("申诉 销售部-张三", "“这次写上”")
    c.skips()
    assert (await c.appeals(1))[-1].state is AppealState.OPEN


async def test_the_appellant_withdraws_and_may_appeal_again_in_time(c: Company) -> None:
    await appeals(c)
    card = c.boss.expects("申诉 销售部-张三")
    await c.zhang.presses("撤回申诉")
    c.zhang.expects("已撤回对 #1 的申诉，该记录恢复计入")
    c.boss.expects("已撤回", edited=True)
    late = await c.boss.does(c.boss.phone.press_data, card.message, "led.judge:1")
    assert "申诉已结束：已撤回" in late.text
    await c.zhang.says("/appeal")
    c.zhang.expects("对哪条记录申诉？", "#1 罚款 50 元 · 接单后联系时限")
    await c.zhang.presses("#1 罚款")
    c.skips()
    assert (await c.appeals(1))[-1].state is AppealState.COLLECTING


async def test_an_entry_taken_back_meanwhile_ends_the_appeal(c: Company) -> None:
    await appeals(c)
    c.boss.expects("申诉 销售部-张三")
    await c.gm.says("/reverse 1 系统误报")
    c.zhang.expects("该记录已撤销，申诉结束", "系统误报")
    c.boss.expects("该记录已撤销，申诉结束", edited=True)
    c.skips()
    assert (await c.appeals(1))[0].state is AppealState.MOOT
    assert await c.bench.look(lambda uow: uow.deadlines.open_of("appeal:1")) == []


async def test_p18_reminder_then_the_next_superior_decides(c: Company) -> None:
    await appeals(c)
    c.boss.expects("请在 9月17日 周四 18:00 前裁决")
    await c.bench.forward(days=2, hours=10)
    c.boss.expects("🔔 销售部-张三 的申诉还在等你裁决")
    c.gm.expects_silence()
    await c.bench.forward(days=1)
    c.boss.expects("逾期未裁决，现由 总经办-陈总 裁决")
    c.zhang.expects("逾期未裁决，现由 总经办-陈总 裁决")
    c.gm.expects("申诉 销售部-张三", "裁决")
    stale = c.boss.messages[-1]
    press = await c.boss.does(c.boss.phone.press_data, stale, "led.judge:1")
    assert press.text == "这件申诉由 总经办-陈总 裁决。"
    await judges(c.gm, "撤销", "应予撤销")
    c.zhang.expects("撤销处罚")
    c.skips()


async def test_a_judge_who_left_is_replaced(c: Company) -> None:
    await appeals(c)
    await leaves(c.bench, c.boss)
    c.skips()
    await c.bench.forward(days=2, hours=10)
    c.gm.expects("申诉 销售部-张三")
    c.skips()
    assert (await c.appeals(1))[0].decider == c.gm.person


async def test_an_issuer_who_left_does_not_hinder(c: Company) -> None:
    await c.boss.says("/sanction 张三")
    await c.boss.says("泄露")
    await c.boss.presses("档案遗失")
    await c.boss.presses("警告")
    await c.boss.says("名片丢了")
    await c.boss.presses("就这些")
    await c.boss.presses("确认记录")
    await leaves(c.bench, c.boss)
    await c.zhang.presses("申诉")
    await c.zhang.says("不是我")
    await c.zhang.presses("提交申诉")
    c.skips()
    await judges(c.gm, "撤销", "无据")
    c.zhang.expects("撤销处罚")
    c.skips()


async def test_an_appellant_who_left_is_answered_and_their_appeal_decided_all_the_same(c: Company) -> None:
    await appeals(c)
    await leaves(c.bench, c.zhang)
    await c.zhang.presses("撤回申诉")
    assert c.zhang.last_toast
    await judges(c.boss, "撤销", "离职结算前更正")
    c.skips()
    assert (await c.appeals(1))[0].state is AppealState.LIFTED


async def test_nobody_left_to_decide_is_told_to_the_administrator(folder: Path) -> None:
    async with open_bench(folder) as bench:
        admin = await bench.staff("管理员", "总经办", Role.FINANCE, admin=True)
        zhang = await bench.staff("张三", "销售部")
        c = Company(bench, admin, admin, zhang, zhang)
        await bench.store.unit(lambda uow: _force(uow, zhang))
        await bench.settle()
        c.skips()
        await zhang.says("/appeal 1")
        zhang.expects("暂时无人裁决")
        await zhang.says("没有网络")
        await zhang.presses("提交申诉")
        zhang.expects("暂时无人裁决，已告知管理员")
        zhang.skips()
        admin.expects("⚠️ 销售部-张三 对 #1 的申诉没有人可以裁决", "请在人员表里指定上级或总经理")
        gm = await bench.staff("陈总", "总经办", Role.GM)
        await bench.forward(days=3, hours=10, minutes=1)
        gm.expects("申诉 销售部-张三")
        c.skips()
        gm.skips()


def _force(uow: Any, who: Someone) -> None:
    from core.ledger import NewEntry

    new = NewEntry(id_of(who), "lead.contact", Effect.FINE, 50, "lead:1", {}, True, uow.now, "forced")
    uow.ledger.add(new)


async def test_too_much_and_nothing_are_answered(c: Company) -> None:
    await c.fined(c.zhang)
    await c.zhang.presses("申诉")
    c.skips()
    press = await c.zhang.does(c.zhang.phone.press_data, c.zhang.messages[-1], "led.items:99")
    assert "没有" in press.text
    for number in range(10):
        await c.zhang.says(f"第 {number} 句")
    c.zhang.skips()
    await c.zhang.says("再来一句")
    c.zhang.expects("最多 10 条，这一条没有收下")
    c.zhang.skips()
    await c.zhang.presses("提交申诉")
    c.skips()
    items = await c.bench.look(lambda uow: uow.appeals.items(AppealId(1)))
    assert len(items) == 10


async def test_p16_a_restart_while_material_is_collected_loses_nothing(folder: Path) -> None:
    async with company_in(folder) as c:
        await c.fined(c.zhang)
        await c.zhang.presses("申诉")
        await c.zhang.says("第一句")
        c.skips()
        telegram, clock, views, zhang = c.bench.telegram, c.bench.clock, c.bench.views, c.zhang
        rulebook = c.bench.store.rulebook
    async with open_bench(folder, rulebook=rulebook, telegram=telegram, clock=clock, strict=False) as bench:
        bench.views = views
        zhang.bench = bench
        await zhang.says("第二句")
        await zhang.presses("提交申诉")
        zhang.expects("✅ 已提交对 #1 的申诉")
        texts = await bench.look(lambda uow: [item.text for item in uow.appeals.items(AppealId(1))])
        assert texts == ["第一句", "第二句"]


async def test_appeals_and_why_stay_private(c: Company) -> None:
    """What is told depends on who asks, so a group gets no such button."""
    group = await c.bench.group("销售群", c.boss, c.zhang, department="销售部", purposes=[Purpose.REPAIR])
    await c.fined(c.zhang)
    c.skips()
    said = await c.zhang.says("大家好", group)
    press = await c.zhang.does(c.zhang.phone.press_data, said, "led.appeal:1", group.chat)
    assert "罚款" not in press.text
    group.expects_silence()
    assert await c.appeals(1) == []
    c.skips()
