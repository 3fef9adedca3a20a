"""Nine o'clock with 300 people in six groups (CHK-2, P48), with Telegram's limits enforced.

    python -m bench.morning [--quick]

Two thirds report, one third does not. Goals: no message refused, one list in each group, out within 5 seconds of the
window's end.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog

from bench import table
from bench.table import Line, at_most, limited
from bot.pace import Pace
from bot.sandbox.limits import Limits
from core.access import Role
from core.groups import Purpose
from tests.support.chat import open_bench, prepare
from tests.support.databases import Databases

GROUPS = 6
LIST = "报到名单"


async def nine(people: int) -> tuple[float, float]:
    """Seconds from the window's end to the last list; refused messages, and lists too few or too many."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_bench(prepare(folder, Databases(folder).make("sqlite", folder)), strict=False) as bench:
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
            await bench.clock_to("08:51")
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
    return last, limits.refused + sum(abs(number - 1) for number in lists)


def measure(runs: int, quick: bool) -> list[Line]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    people = 60 if quick else 300
    found = [asyncio.run(nine(people)) for _ in range(runs)]
    return [
        limited(f"{people} people at 9:00: the last list after the window", "s", [s for s, _ in found], at_most(5)),
        limited("… messages refused, lists missing or double", "", [wrong for _, wrong in found], at_most(0)),
    ]


if __name__ == "__main__":
    table.main(measure)
