"""How late it rings: a thousand deadlines in one second, while ten thousand and while a million others wait.

    python -m bench.lateness [--quick]

Half are tasks nobody has answered, half leads nobody has reported on; each ring does the area's whole work (the
group's and the person's alerts, the ledger's entries, the cards, who is above whom). Lateness is from the due instant
to the commit that holds the notice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

from bench import table
from bench.machine import folder, no_postgresql, postgresql
from bench.matters import fill_waiting
from bench.processes import company, end, platform, spawn
from bench.ringing import MORNING
from bench.table import Line, at_most, compared, limited, missing

GROUPS, EACH = 40, 25
FEW, MANY = 10_000, 1_000_000
SPREAD = 1.0  # seconds over which the instants lie
SPACED = 5.0  # for the same number, where rings have time to be done one by one


@asynccontextmanager
async def bells(server: bool, waiting: int) -> AsyncIterator[Any]:
    """A bot of a company of a thousand people, with so many deadlines in its database; asks it to ring."""
    with ExitStack() as held:
        place = held.enter_context(folder())
        database = held.enter_context(postgresql()) if server else ""
        async with platform() as there:
            await there.ask("limits")
            made = await there.ask("people", groups=GROUPS, each=EACH)
            url = await company(place, made["groups"], database)
            await asyncio.to_thread(fill_waiting, url, waiting, MORNING)
            (place / "company.json").write_text(json.dumps(made["groups"]), "utf-8")
            known = {"BENCH_TOKEN": made["token"], "BENCH_DATABASE": database}
            bot = await spawn("bench.ringing", there.url, str(place), str(place / "company.json"), **known)

            async def ring(number: int, spread: float) -> dict[str, Any]:
                bot.stdin.write(json.dumps([number, spread]).encode() + b"\n")
                await bot.stdin.drain()
                found: dict[str, Any] = json.loads(await bot.stdout.readline())
                if len(found["late"]) < number:
                    raise RuntimeError(f"{len(found['late'])} of {number} rang")
                return found

            try:
                yield ring
            finally:
                await end(bot)


def at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


async def rung(server: bool, waiting: int, number: int, runs: int) -> dict[str, list[float]]:
    """Of each run: p50 and p99 of the lateness, of people's acts meanwhile, and processor time for each ring."""
    kept: dict[str, list[float]] = {name: [] for name in ("p50", "p99", "acts", "cpu", "spaced")}
    async with bells(server, waiting) as ring:
        await ring(min(number, 100), SPREAD)  # whatever is done once is done
        for _ in range(runs):
            found = await ring(number, SPREAD)
            kept["p50"].append(at(found["late"], 0.5))
            kept["p99"].append(at(found["late"], 0.99))
            kept["acts"].append(at(found["acts"], 0.99))
            kept["cpu"].append(found["cpu"] / number * 1000)
            kept["spaced"].append(at((await ring(number, SPREAD * SPACED))["late"], 0.99))
    return kept


def measure(runs: int, quick: bool) -> list[Line]:
    number, few, many = (200, 1_000, 20_000) if quick else (1_000, FEW, MANY)
    lines: list[Line] = []
    absent = no_postgresql()
    for name, server in (("SQLite", False), ("PostgreSQL", True)):
        if server and absent:
            lines.append(missing(f"{number:,} due in one second, {name}", absent))
            continue
        found = {}
        for waiting in (few, many):
            table.say(f"{name}, {waiting:,} waiting")
            found[waiting] = asyncio.run(rung(server, waiting, number, runs))
        lines += _lines(name, number, few, many, found)
    return lines


def _lines(name: str, number: int, few: int, many: int, found: dict[int, dict[str, list[float]]]) -> list[Line]:
    base, ours = found[few], found[many]
    what = f"{number:,} due in one second, {name}"
    return [
        limited(f"{what}: late, p99", "ms", base["p99"], at_most(100), f"{few:,} others wait"),
        limited("… late, p50", "ms", base["p50"]),
        limited(f"… within {SPACED:.0f} s: late, p99", "ms", base["spaced"], at_most(100)),
        limited("… a person's own act meanwhile, p99", "ms", base["acts"]),
        limited("… processor time of a ring", "ms", base["cpu"]),
        compared(f"… {many:,} waiting: late, p99", "ms", ours["p99"], f"{few:,}", base["p99"], at_most(1.3)),
    ]


if __name__ == "__main__":
    table.main(measure)
