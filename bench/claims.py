"""A thousand presses on one claim button at once (LED-4, P27): one winner, everyone answered, no error.

python -m bench.claims [PRESSES]
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog

from core.access import Role
from core.groups import Purpose
from core.ids import LeadId
from tests.support.chat import open_bench, prepare

PEOPLE = 100


async def main() -> None:
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_bench(prepare(folder, folder), strict=False) as bench:
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
    waits = sorted(at - begun for at in answered.values()) or [took]
    print(f"{'presses':>9}{'winners':>9}{'unanswered':>12}{'errors':>8}{'per s':>8}{'median s':>10}{'last s':>8}")
    print(
        f"{presses:9}{len(won):9}{silent:12}{len(dead):8}{presses / took:8.0f}"
        f"{statistics.median(waits):10.2f}{waits[-1]:8.2f}"
    )
    if len(won) != 1 or silent or dead or owner is None:
        raise SystemExit("not one winner, or somebody was left without an answer")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main())
