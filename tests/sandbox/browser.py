"""A real browser on the page, for tests and measurements."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

CHROMIUM = os.environ.get("KEGUAN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1720, 940)
PHONE = (390, 800)
SCREENSHOTS = Path(os.environ.get("KEGUAN_SCREENSHOTS", "var/screenshots"))


class Screen:
    """The page as one looks at it. What the browser complains of is kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    async def open(self, url: str) -> None:
        await self.page.goto(url)
        await self.page.locator(".phone .chat").first.wait_for(timeout=60_000)  # libraries load first

    def phone(self, name: str) -> Locator:
        return self.page.locator(".phone").filter(has=self.page.locator(".owner b", has_text=name))

    async def chat(self, name: str, title: str) -> Locator:
        """Open a chat on a phone; the phone."""
        phone = self.phone(name)
        if await phone.locator(".back").count():
            await phone.locator(".back").click()
        await self.open_chat(phone, title)
        return phone

    async def open_chat(self, phone: Locator, title: str) -> None:
        await phone.locator(".chat").filter(has=self.page.locator(".what b", has_text=title)).first.click()

    async def says(self, phone: Locator, text: str) -> None:
        await phone.locator("textarea").fill(text)
        await phone.locator("textarea").press("Enter")

    async def attach(self, phone: Locator, item: str) -> None:
        await phone.locator("button[title=添加]").click()
        await phone.locator(".sheet .item", has_text=item).click()

    async def add(self, name: str) -> None:
        """Show one more person's phone."""
        await self.page.locator("#tools button", has_text="手机").click()
        await self.page.locator("#dialog .people button", has_text=name).first.click()
        await self.page.locator("#dialog header button").click()

    async def shoot(self, name: str) -> Path:
        file = SCREENSHOTS / f"{name}.png"
        await self.page.wait_for_timeout(250)  # bubbles have risen
        await self.page.screenshot(path=file)
        return file


@asynccontextmanager
async def open_screen(url: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Screen]:
    async with open_browser(size) as screen:
        await screen.open(url)
        yield screen


@asynccontextmanager
async def open_browser(size: tuple[int, int] = DESKTOP) -> AsyncIterator[Screen]:
    """A browser with an empty page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
            screen = Screen(page)
            try:
                yield screen
            except BaseException:
                await screen.shoot("failed")
                raise
        finally:
            await browser.close()
