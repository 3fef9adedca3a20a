"""Nine o'clock with 300 people in six groups (CHK-2, P48), with Telegram's limits enforced.

    python -m bench.morning [PEOPLE]

Two thirds report, one third does not. Goals: no message refused, one list in each group, out within 5 seconds of the
window's end.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from bot.pace import Pace
from bot.sandbox.limits import Limits
from core.access import Role
from core.groups import Purpose
from tests.support.chat import open_bench, prepare

GROUPS = 6
LIST = "报到名单"


async def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_bench(prepare(folder, folder), strict=False) as bench:
            groups, everybody = [], []
            for g in range(GROUPS):
                boss = await bench.staff(f"经理{g}", f"销售{g}部", Role.MANAGER)
                staff = [await bench.staff(f"员工{g}-{n}", f"销售{g}部") for n in range(people // GROUPS)]
                groups.append(
                    await bench.group(f"群{g}", boss, *staff, department=f"销售{g}部", purposes=[Purpose.SALES])
                )
                everybody += staff
            limits = bench.telegram.limits = Limits()
            bench.app.bot.session.middleware.register(Pace())
            begun = time.perf_counter()
            await bench.clock_to("08:51")
            prompts = time.perf_counter() - begun
            for one in everybody[: people * 2 // 3]:
                one.phone.send_location(31.2, 121.4)
            await bench.settle()
            await bench.clock_to("09:09")
            seen: dict[int, float] = {}

            def hear(event: object) -> None:
                message = getattr(event, "message", None)
                if message is not None and LIST in message.text:
                    seen.setdefault(message.chat_id, time.perf_counter())

            bench.telegram.listen(hear)
            begun = time.perf_counter()
            await bench.clock_to("09:11")
            lists = [sum(LIST in m.text for m in group.messages) for group in groups]
    last = max(seen.values(), default=begun + 999) - begun
    print(f"{'people':>8}{'groups':>8}{'sent':>7}{'refused':>9}{'prompts s':>11}{'lists':>7}{'last list s':>13}")
    print(f"{people:8}{GROUPS:8}{limits.allowed:7}{limits.refused:9}{prompts:11.1f}{sum(lists):7}{last:13.2f}")
    if limits.refused or lists != [1] * GROUPS or last > 5:
        raise SystemExit("refused messages, missing or double lists, or too late")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main())
