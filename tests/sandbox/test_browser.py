"""The page in a real browser: whole stories, with a screenshot of each in var/screenshots."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.sandbox.browser import CHROMIUM, PHONE, open_screen
from tests.sandbox.pages import Opened, open_page

pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="no chromium here: install Debian's chromium (or name one in KEGUAN_CHROMIUM)"
)
SHOWN = 15_000  # milliseconds: far above what is measured in bench/page.py, for loaded machines


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    async with open_page(tmp_path) as page:
        yield page


async def test_nine_o_clock_round(opened: Opened) -> None:
    async with open_screen(opened.server.url) as screen:
        zhang = await screen.chat("张三", "客管")
        group = await screen.chat("王建国", "销售部")
        await screen.page.locator("[data-jump='0849']").click()
        await expect(screen.page.locator("#clock .time")).to_have_text("08:49:00", timeout=SHOWN)
        await expect(screen.page.locator("#rules")).to_contain_text("报到：发起")
        await screen.page.locator("[data-jump=m1]").click()
        await expect(group.locator(".log")).to_contain_text("已到 0", timeout=SHOWN)
        await zhang.locator(".keys button", has_text="发送我的位置").click()
        await expect(zhang.locator(".log")).to_contain_text("08:50 已报到", timeout=SHOWN)
        await expect(group.locator(".log")).to_contain_text("已到 1", timeout=SHOWN)
        for jump in ("m10", "m10"):
            await screen.page.locator(f"[data-jump={jump}]").click()
            await expect(screen.page.locator(f"[data-jump={jump}].busy")).to_have_count(0, timeout=SHOWN)
        await expect(group.locator(".log")).to_contain_text("报到名单 9月14日", timeout=SHOWN)
        assert (await screen.shoot("nine-o-clock-round")).stat().st_size > 20_000
        assert screen.complaints == []


async def test_claim_race_between_two_phones(opened: Opened) -> None:
    async with open_screen(opened.server.url) as screen:
        await screen.page.locator("[data-jump='0849']").click()
        await screen.add("林芳")
        lin = await screen.chat("林芳", "客管")
        phones = [await screen.chat(name, "销售部") for name in ("张三", "李四", "王建国")]
        await screen.says(lin, "/lead 来电 华强电子 13800001111 80万 要200台")
        await lin.locator(".inline button", has_text="发布").first.click()
        claims = [phone.locator(".inline button", has_text="抢单") for phone in phones[:2]]
        for claim in claims:
            await claim.wait_for()
        buttons = [await claim.element_handle() for claim in claims]
        await screen.page.evaluate("buttons => buttons.forEach(button => button.click())", buttons)
        await expect(phones[2].locator(".log")).to_contain_text("抢到", timeout=SHOWN)
        text = await phones[2].locator(".log").inner_text()
        winners = [name for name in ("张三", "李四") if f"{name} 抢到" in text]
        assert len(winners) == 1, text
        beaten = screen.phone("李四" if winners == ["张三"] else "张三")
        await expect(beaten.locator(".alert")).to_contain_text(winners[0], timeout=SHOWN)
        await expect(screen.page.locator("#rules")).to_contain_text("线索：首次联系反馈", timeout=SHOWN)
        await screen.shoot("claim-race")
        assert screen.complaints == []


async def test_complaint_with_photo_and_status(opened: Opened) -> None:
    async with open_screen(opened.server.url) as screen:
        await screen.page.locator("[data-jump='0849']").click()
        await screen.add("林芳")
        desk = await screen.chat("林芳", "客服与投诉")
        huang = await screen.chat("黄先生", "客管")
        await huang.locator(".wide", has_text="开始").click()
        await screen.says(huang, "上周买的阀门漏水，流水线停了两次")
        await huang.locator(".inline button", has_text="产品质量").click()
        await expect(desk.locator(".log")).to_contain_text("阀门漏水", timeout=SHOWN)
        await screen.attach(huang, "示例照片")
        picture = huang.locator(".photo img")
        await expect(picture).to_be_visible(timeout=SHOWN)
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
        await screen.says(huang, "/status")
        await expect(screen.page.locator("#rules")).to_contain_text("投诉：首次回复", timeout=SHOWN)
        await screen.shoot("complaint")
        assert screen.complaints == []


async def test_the_demo_day_is_played_on_the_page(opened: Opened) -> None:
    steps = len(opened.live.story.steps)
    assert steps > 10
    async with open_screen(opened.server.url) as screen:
        told = screen.page.locator("#story .count")
        for number in range(1, steps + 1):
            await screen.page.locator("#step").click()
            await expect(told).to_have_text(f"{number}/{steps}", timeout=SHOWN)
            await expect(screen.page.locator("#step", has_text="…")).to_have_count(0, timeout=SHOWN)
        await expect(screen.page.locator("#story")).to_contain_text("演示结束", timeout=SHOWN)
        await screen.shoot("demo-day")
        assert opened.room.stage == "ready"
        assert screen.complaints == []


async def test_what_people_write_never_becomes_part_of_the_page(opened: Opened) -> None:
    nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    stranger = opened.room.telegram.person(nasty)
    group = opened.live.company["王建国"].create_group(f"群{nasty}", stranger, opened.live.company["张三"])
    async with open_screen(opened.server.url) as screen:
        phone = await screen.chat("张三", "群<img")
        stranger.say(f"{nasty} javascript:alert(1) https://example.com/<b>", group)
        await expect(phone.locator(".log")).to_contain_text("<script>document.title=2", timeout=SHOWN)
        await expect(phone.locator(".bubble .sender").last).to_contain_text("onerror")
        await screen.page.locator("#tools button", has_text="手机").click()
        await expect(screen.page.locator("#dialog")).to_contain_text("onerror")
        assert await screen.page.locator("img[src=x], .bubble script, .sender script").count() == 0
        assert await screen.page.title() == "客管 · 沙盒"
        assert screen.complaints == []


async def test_a_phone_wide_window_shows_one_phone_at_a_time(opened: Opened) -> None:
    async with open_screen(opened.server.url, PHONE) as screen:
        await expect(screen.page.locator(".phone:visible")).to_have_count(1)
        await screen.page.locator("#tabs button", has_text="王建国").click()
        front = screen.page.locator(".phone:visible")
        await screen.open_chat(front, "销售部")
        await screen.says(front, "大家早")
        await expect(front.locator(".mine .text")).to_have_text("大家早", timeout=SHOWN)
        await expect(screen.page.locator("#tabs button", has_text="张三").locator(".badge")).to_have_text("1")
        assert await screen.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        await screen.shoot("phone-width")
        await screen.page.locator("#tabs button").last.click()
        await expect(screen.page.locator("#side")).to_be_visible()
        assert screen.complaints == []
