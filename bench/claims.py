"""A thousand presses on one claim button at once (LED-4, P27): one winner, everyone answered, no error.

python -m bench.claims [--quick]
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog

from bench import table
from bench.table import Line, at_most, limited
from core.access import Role
from core.groups import Purpose
from core.ids import LeadId
from tests.support.chat import open_bench, prepare
from tests.support.databases import Databases

PEOPLE = 100
PRESSES = 1000


async def race(presses: int) -> tuple[float, float]:
    """Seconds until the last press was answered, and presses that were not answered as they must be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_bench(prepare(folder, Databases(folder).make("sqlite", folder)), strict=False) as bench:
            service = await bench.staff("李四", "客服部", Role.SERVICE)
            crowd = [await bench.staff(f"业务{n}", "销售部") for n in range(PEOPLE)]
            group = await bench.group("销售群", *crowd, department="销售部", purposes=[Purpose.SALES])
            await bench.clock_to("10:00")
            await service.says("/lead 来电 华强电子 13800001111 80万 要200台")
            await service.presses("发布")
            card = next(m for m in reversed(group.messages) if "lclaim:1" in str(m.wire.get("reply_markup")))
            answered: dict[str, float] = {}

            def hear(event: Any) -> None:
                if event.press is not None and event.press.text:
                    answered[event.press.id] = time.perf_counter()

            bench.telegram.listen(hear)
            begun = time.perf_counter()
            made = [crowd[n % PEOPLE].phone.press_data(card, "lclaim:1", group.chat) for n in range(presses)]
            await bench.settle()
            took = time.perf_counter() - begun
            owner = (await bench.look(lambda uow: uow.leads.get(LeadId(1)))).owner
            dead = await bench.look(lambda uow: uow.inbox.dead())
    won = [press for press in made if "归你了" in press.text]
    silent = sum(not press.text for press in made)
    wrong = abs(len(won) - 1) + silent + len(dead) + (owner is None)
    return max(answered.values(), default=begun + took) - begun, wrong


def measure(runs: int, quick: bool) -> list[Line]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    presses = 200 if quick else PRESSES
    found = [asyncio.run(race(presses)) for _ in range(runs)]
    return [
        limited(f"{presses} presses on one lead at once: last answer", "s", [last for last, _ in found]),
        limited("… without one winner, an answer each, no error", "", [wrong for _, wrong in found], at_most(0)),
    ]


if __name__ == "__main__":
    table.main(measure)
