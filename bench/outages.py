"""A database and a platform that go away and come back: nothing lost, how soon the bot is back, order kept.

    python -m bench.outages

The database is cut off twenty times for up to two seconds, the platform once for a minute, both while people write.
"""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import processes, table
from bench.machine import no_postgresql, postgresql
from bench.proxy import Proxy
from bench.table import Line, at_most, limited, missing, say

GROUPS, AT_ONCE = 10, 10
BLIPS, LONGEST = 20, 2.0  # seconds
MINUTE = 60.0
PATIENCE = 30.0  # seconds
NUMBER = re.compile(r"\d+$")


class Course:
    """One run: how many were asked, how soon an answer came after each return."""

    def __init__(self, there: Any) -> None:
        self.there = there
        self.asked = self.answers = 0
        self.returns: list[float] = []

    async def ask(self, n: int = AT_ONCE) -> None:
        await self.there.ask("load", n=n, text="/benchmark {n}", start=self.asked)
        self.asked += n

    async def wait(self, answers: int, seconds: float = PATIENCE) -> None:
        self.answers = (await self.there.ask("wait", answers=answers, seconds=seconds))["answers"]

    async def away(self, proxy: Proxy, seconds: float) -> None:
        await self.wait(self.asked)
        proxy.away()
        await self.ask()
        await asyncio.sleep(seconds)
        proxy.back()
        begun = time.monotonic()
        await self.wait(self.answers + 1)
        self.returns.append(time.monotonic() - begun)

    async def in_order(self) -> bool:
        """Whether every chat's answers stand in the order of their questions."""
        texts = (await self.there.ask("texts"))["texts"]
        numbers = [int(found.group()) for found in map(NUMBER.search, texts) if found]
        chats = [[n for n in dict.fromkeys(numbers) if n % GROUPS == chat] for chat in range(GROUPS)]
        return all(chat == sorted(chat) for chat in chats)


async def _course(folder: Path, database: str, quick: bool, *, platform: bool) -> tuple[Course, bool]:
    async with processes.platform() as there:
        made = await there.ask("people", groups=GROUPS)
        await processes.company(folder, made["groups"], database)
        port = urlsplit(there.url).port or 0
        proxy, through = (Proxy("127.0.0.1", port), database) if platform else Proxy.to(database)
        url = f"http://127.0.0.1:{proxy.port}" if platform else there.url
        known = {"BENCH_TOKEN": made["token"], "BENCH_DATABASE": through}
        bot = await processes.spawn("bench.subject", "keguan", url, str(folder), **known)
        course, chance = Course(there), random.Random(7)
        await course.ask()
        await course.wait(course.asked, 60)
        times = (1 if platform else BLIPS) if not quick else 1 if platform else 4
        for _ in range(times):
            await course.away(proxy, (3.0 if quick else MINUTE) if platform else chance.uniform(0, LONGEST))
        await course.wait(course.asked)
        ordered = await course.in_order()
        proxy.back()
        await processes.end(bot)
        proxy.close()
    return course, ordered


def measure(runs: int, quick: bool) -> list[Line]:
    if why := no_postgresql():
        return [missing("database and platform away", why)]
    found = []
    for platform in (False, True):
        say("the platform is away" if platform else "the database is away")
        with tempfile.TemporaryDirectory() as name, postgresql() as database:
            course, ordered = asyncio.run(_course(Path(name), database, quick, platform=platform))
        what = f"{'Telegram' if platform else 'PostgreSQL'} away {len(course.returns)} times: longest return"
        lost = course.asked - min(course.asked, course.answers)
        note = f"{lost} of {course.asked} lost, order in the chats {'kept' if ordered else 'BROKEN'}"
        found.append(limited(what, "s", course.returns and [max(course.returns)], at_most(2.0), note))
    return found


if __name__ == "__main__":
    table.main(measure)
