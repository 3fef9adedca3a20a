"""Sharing campaigns: opened, confirmed once each, reminded, reported, withdrawn (ORG-7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.access import Role
from core.groups import Purpose
from core.ids import CampaignId
from core.rulebook import loads
from tests.support.chat import SHANGHAI, Bench, Group, Someone, open_bench

HOLIDAY = datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)  # no rounds are run while the clock moves
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08"
POST = "新品上市 https://mp.weixin.qq.com/s/abc"


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    async with open_bench(folder, at=HOLIDAY) as opened:
        yield opened


async def company(bench: Bench) -> tuple[Someone, Someone, Someone, Group]:
    """A manager and two salespeople in their work group."""
    await bench.staff("王总", "总经办", Role.GM)
    manager = await bench.staff("陈经理", "销售部", Role.MANAGER)
    anna, bert = await bench.staff("安娜", "销售部"), await bench.staff("贝特", "销售部")
    group = await bench.group("销售群", manager, anna, bert, department="销售部", purposes=[Purpose.SALES])
    return manager, anna, bert, group


async def shares(bench: Bench, campaign: int = 1) -> list[Any]:
    return list(await bench.look(lambda uow: uow.campaigns.shares(CampaignId(campaign))))


async def test_campaign_from_the_post_to_the_report(bench: Bench) -> None:
    """ORG-7: each counted once, those who have not are reminded, the count goes to whoever opened it."""
    manager, anna, bert, group = await company(bench)
    await manager.says(f"/campaign 18:00 {POST}", group)
    group.expects("请转发 · 18:00 前", POST, "已转发 0/3 人", "转发公司动态", "已转发 ✓")

    assert "目前 1 人已转发" in await anna.presses("已转发", group)
    group.expects("已转发 1/3 人", edited=True)
    assert "已经处理" in await anna.presses("已转发", group)
    assert len(await shares(bench)) == 1

    await bench.forward(hours=6)
    bert.expects("18:00 前，请转发 销售部-陈经理 在“销售群”发布的内容", POST, "已转发 ✓")
    manager.expects("18:00 前，请转发")
    anna.expects_silence()
    await manager.presses("已转发")
    group.expects("已转发 2/3 人", edited=True)

    await bench.forward(hours=4)
    group.expects("转发已截止", "已转发 2/3 人", edited=True)
    manager.expects("“销售群”转发已截止：2/3 人", "未转发（1 人）：销售部-贝特", "转发情况")
    assert "已经处理" in await bert.presses("已转发")  # P17: the reminder's button outlives the campaign
    assert len(await shares(bench)) == 2
    await manager.presses("转发情况")
    manager.expects("已转发：销售部-安娜 08:00、销售部-陈经理 14:00", "未转发（1 人）：销售部-贝特")


async def test_screenshots_count_as_replies_in_the_group_and_in_private(bench: Bench) -> None:
    """ORG-7, P44: the campaign is known by the message that is answered."""
    manager, anna, bert, group = await company(bench)
    await manager.says(f"/campaign 18:00 {POST}", group)
    card = group.expects("请转发").message
    await anna.does(anna.phone.photo, PICTURE, "转好了", group.chat, reply_to=card)
    group.expects("目前 1 人已转发")
    group.expects("已转发 1/3 人", edited=True)
    await bench.forward(hours=6)
    reminder = bert.expects("请转发").message
    manager.expects("请转发")
    await bert.does(bert.phone.photo, PICTURE, reply_to=reminder)
    bert.expects("目前 2 人已转发")
    group.expects("已转发 2/3 人", edited=True)
    assert [bool(share.proof) for share in await shares(bench)] == [True, True]
    await manager.says("/campaign")
    manager.expects("新品上市", "2/3", "新活动")
    await manager.presses("新品上市")
    manager.expects("已转发：销售部-安娜", "撤回")
    manager.expects("销售部-安娜")
    manager.expects("销售部-贝特")


async def test_where_the_rulebook_wants_a_screenshot_a_press_does_not_count(folder: Path) -> None:
    rules = loads("preset: default\ncampaigns: { proof: screenshot }\n")
    async with open_bench(folder, at=HOLIDAY, rulebook=rules) as bench:
        manager, anna, _bert, group = await company(bench)
        await manager.says(f"/campaign 18:00 {POST}", group)
        card = group.expects("请回复本消息并附上截图").message
        assert "需要截图" in await anna.presses("已转发", group)
        assert await shares(bench) == []
        await anna.does(anna.phone.photo, PICTURE, "", group.chat, reply_to=card)
        group.expects("目前 1 人")
        group.expects("1/3", edited=True)


async def test_a_post_in_the_group_is_made_a_campaign_by_replying_to_it(bench: Bench) -> None:
    manager, anna, _bert, group = await company(bench)
    post = await anna.does(anna.phone.photo, PICTURE, POST, group.chat)
    await manager.says("/campaign 明天12点", group, reply_to=post)
    card = group.expects("请转发 · 10月2日 周五 12:00 前", POST)
    assert "photo" in card.message.wire
    await anna.presses("已转发", group)
    group.expects("1/3", edited=True)
    await manager.says("/campaign 随便", group, reply_to=post)
    group.expects("“随便”不是将来的时间")


async def test_campaign_is_opened_by_a_form_in_private(bench: Bench) -> None:
    manager, _anna, _bert, group = await company(bench)
    await manager.says("/campaign")
    manager.expects("目前没有进行中的转发活动", "新活动")
    await manager.presses("新活动")
    manager.expects("要转发什么")
    await manager.does(manager.phone.photo, PICTURE, POST)
    manager.expects("截止时间")
    await manager.says("昨天")
    manager.expects("“昨天”不是将来的时间")
    manager.skips()
    await manager.says("20:00")
    manager.expects("活动到 20:00 截止")
    group.expects("请转发 · 20:00 前", POST)
    manager.skips()


async def test_withdrawn_campaign_reminds_and_reports_nobody(bench: Bench) -> None:
    """P15."""
    manager, anna, bert, group = await company(bench)
    await manager.says(f"/campaign 18:00 {POST}", group)
    group.expects("请转发")
    await manager.says("/campaign")
    manager.expects("新品上市")
    await manager.presses("新品上市")
    manager.expects("未转发（3 人）", "撤回")
    await manager.presses("撤回")
    manager.expects("已撤回", edited=True)
    group.expects("已撤回，无需再转发", edited=True)
    await bench.forward(hours=12)
    for someone in (manager, anna, bert, group):
        someone.expects_silence()


async def test_campaigns_are_not_for_everybody(bench: Bench) -> None:
    """P41: salespeople open none; nobody else sees who has not shared; a stranger's press counts nothing."""
    manager, anna, _bert, group = await company(bench)
    other = await bench.staff("采购员", "采购部")
    guest = await bench.customer("路人")
    await manager.does(manager.phone.add, other.phone, group.chat)
    await manager.does(manager.phone.add, guest.phone, group.chat)
    group.expects("路人")
    await anna.says(f"/campaign 18:00 {POST}", group)
    group.expects("没有此权限")
    await manager.says(f"/campaign 18:00 {POST}", group)
    card = group.expects("请转发").message
    for someone in (other, guest):
        assert "没有" in await someone.presses("已转发", group)
    for data in ("cp.show:1", "cp.end:1", "cp.share:99", "cp.share:x"):
        press = await anna.does(anna.phone.press_data, card, data, group.chat)
        assert "没有" in press.text, data
    assert await shares(bench) == []
    await other.says("/campaign")
    other.expects("目前没有进行中的转发活动")
    await anna.says("/campaign")
    anna.expects("新品上市", "已转发 ✓")


async def test_campaign_goes_on_after_a_restart(folder: Path) -> None:
    """The end is a row; what passed while nobody was there is reported after the start."""
    async with open_bench(folder, at=HOLIDAY) as bench:
        manager, anna, bert, group = await company(bench)
        await manager.says(f"/campaign 3小时后 {POST}", group)
        group.expects("请转发 · 11:00 前")
        telegram, clock = bench.telegram, bench.clock
    async with open_bench(folder, telegram=telegram, clock=clock) as again:
        for someone in (manager, anna, bert, group):
            again.views[someone.chat_id] = someone
        await again.forward(hours=3)
        group.expects("转发已截止", edited=True)
        manager.expects("转发已截止：0/3 人", "未转发（3 人）")
