"""The whole durable path of a group command against the barest echo bot, on the same local platform.

    python -m bench.echo [--quick]

Keguan: inbox, identity, permission, one commit (SQLite: synchronous=FULL; PostgreSQL: synchronous_commit=on) with a
deadline and a notice, the answer, the mark that it is handled. Echo: aiogram's own polling (limit 100), one handler
that replies. The platform's limits are off, each bot has a process of its own, the platform has another. Runs are
taken in turn, each on a fresh platform and database.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bench import table
from bench.subjects import ECHO, Running, Subject, running, subjects
from bench.table import Line, at_least, at_most, compared, missing

GROUPS = 50
TEXT = "/benchmark {n}"
RATE = 50  # updates a second offered, where it is asked how long an answer takes
WARM = 300  # updates before the watch is set going
Found = dict[str, list[dict[str, float]]]
GOALS = {"SQLite": at_least(1.0), "PostgreSQL": at_least(0.8)}


async def throughput(subject: Subject, updates: int) -> dict[str, float]:
    """Updates a second of a bot that runs already and is given many at once; and what one costs the bot's process,
    in microseconds of the processor."""
    async with running(subject, GROUPS) as bot:
        await bot.start()
        await _warm(bot)
        cpu = bot.cpu()
        await bot.platform.ask("load", n=updates, text=TEXT)
        found = await bot.answered(WARM + updates)
        return {"rate": updates / found["seconds"], "cpu": (bot.cpu() - cpu) / updates * 1e6}


async def _warm(bot: Running) -> None:
    """What is made at the first use is made."""
    await bot.platform.ask("offer", n=WARM, text="/benchmark w{n}", rate=2 * RATE)
    await bot.answered(WARM)
    await bot.platform.ask("forget")


async def latency(subject: Subject, updates: int) -> dict[str, float]:
    """Milliseconds from message to answer when updates come at a steady rate."""
    async with running(subject, GROUPS) as bot:
        await bot.start()
        await _warm(bot)
        await bot.platform.ask("offer", n=updates, text="/benchmark o{n}", rate=RATE)
        found = await bot.answered(WARM + updates)
        return {"p50": found["p50"], "p99": found["p99"]}


async def rounds(measured: Any, measuring: list[Subject], runs: int, updates: int) -> Found:
    """What each subject did in each of its runs, by its name."""
    found: Found = {subject.name: [] for subject in measuring}
    for _ in range(runs):
        for subject in measuring:
            found[subject.name].append(await measured(subject, updates))
            table.say(f"{subject.name}: {', '.join(f'{k} {v:.1f}' for k, v in found[subject.name][-1].items())}")
    return found


def measure(runs: int, quick: bool) -> list[Line]:
    there, absent = subjects()
    rates = asyncio.run(rounds(throughput, there, runs, 1000 if quick else 3000))
    delays = asyncio.run(rounds(latency, there, runs, 200 if quick else 1000))
    ours = [subject.name for subject in there if subject is not ECHO]

    def line(what: str, unit: str, found: Found, key: str, name: str, goal: Any) -> Line:
        runs_of = {which: [one[key] for one in found[which]] for which in (name, ECHO.name)}
        return compared(f"{what}, {name}", unit, runs_of[name], ECHO.name, runs_of[ECHO.name], goal)

    return [
        *(line("durable path", "updates/s", rates, "rate", name, GOALS.get(name)) for name in ours),
        *(line("… CPU of the bot's process", "µs an update", rates, "cpu", name, None) for name in ours),
        *(line(f"answer at {RATE}/s offered, p50", "ms", delays, "p50", name, None) for name in ours),
        *(line(f"answer at {RATE}/s offered, p99", "ms", delays, "p99", name, at_most(1.5)) for name in ours),
        *(missing(f"durable path, {name}", why) for name, why in absent),
    ]


if __name__ == "__main__":
    table.main(measure)
