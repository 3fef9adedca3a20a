"""Twenty thousand updates that wait when the bot starts: handled all, how fast, and in how much memory.

    python -m bench.backlog [--quick]

Beside the barest echo bot. Every update must be answered, and in Keguan's database be stored, have its effect and be
marked as handled.
"""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from bench import table
from bench.echo import TEXT, rounds
from bench.subjects import ECHO, Subject, running, subjects
from bench.table import Line, at_least, at_most, compared, limited, missing

GROUPS = 50
COUNTS = (
    "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL AND error IS NULL",
    "SELECT count(*) FROM deadlines WHERE kind = 'bench.duty' AND generation = 1",
    "SELECT count(*) FROM notices WHERE kind = 'bench.duty'",
)
MARKED = 5.0  # seconds in which the last marks are written


async def backlog(subject: Subject, updates: int) -> dict[str, float]:
    """Updates a second from the first request to the last answer, most memory in MB, and updates not handled."""
    async with running(subject, GROUPS) as bot:
        await bot.platform.ask("load", n=updates, text=TEXT)
        await bot.start()
        found = await bot.platform.ask("wait", answers=updates, seconds=180)
        memory = bot.memory()
        left = updates - found["answers"]
        if subject is not ECHO:
            left += await _unfinished(bot.database, updates)
        return {"rate": found["answers"] / found["seconds"], "memory": memory, "left": left}


async def _unfinished(url: str, updates: int) -> int:
    """Updates that the database does not hold as done, within the time the last marks take."""
    engine = sa.create_engine(url)
    left, until = updates, asyncio.get_running_loop().time() + MARKED
    while left and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.1)
        with engine.connect() as connection:
            left = sum(abs(updates - connection.exec_driver_sql(sql).scalar_one()) for sql in COUNTS)
    engine.dispose()
    return left


def measure(runs: int, quick: bool) -> list[Line]:
    there, absent = subjects()
    there = [subject for subject in there if not subject.redis]
    updates = 2_000 if quick else 20_000
    found = asyncio.run(rounds(backlog, there, runs, updates))
    lines = []
    for name in [subject.name for subject in there if subject is not ECHO]:
        ours, echo = found[name], found[ECHO.name]
        what = f"{updates:,} waiting at the start, {name}"
        lines += [
            limited(f"{what}: not handled", "", [one["left"] for one in ours], at_most(0)),
            *(
                compared(f"… {key}", unit, [one[key] for one in ours], ECHO.name, [one[key] for one in echo], goal)
                for key, unit, goal in (("rate", "updates/s", at_least(0.9)), ("memory", "MB", at_most(1.25)))
            ),
        ]
    return [*lines, *(missing(f"waiting at the start, {name}", why) for name, why in absent)]


if __name__ == "__main__":
    table.main(measure)
