"""Two processes on one PostgreSQL: one is killed, the other takes over; nothing lost, no effect twice (OPS-1).

    python -m bench.pair [--quick]

Each time the process that leads is killed in the midst of its work, and a new one is started beside the survivor.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import table
from bench.machine import REDIS, no_postgresql, no_redis, postgresql
from bench.machine import folder as on_disk
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_most, limited, missing

GROUPS = 10
COUNTS = {
    "stored": "SELECT count(*) FROM inbox",
    "done": "SELECT count(DISTINCT subject) FROM deadlines WHERE kind = 'bench.duty'",
    "twice": "SELECT (SELECT count(*) FROM deadlines WHERE kind = 'bench.duty' AND generation > 1) + (SELECT "
    "count(*) FROM (SELECT 1 FROM notices WHERE kind = 'bench.duty' GROUP BY subject HAVING count(*) > 1) AS told)",
    "unfinished": "SELECT count(*) FROM inbox WHERE done_at IS NULL",
    "dead": "SELECT count(*) FROM inbox WHERE error IS NOT NULL",
    "outages": "SELECT count(*) FROM outages",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found afterwards; `silence` is the longest time in seconds from a kill to the next answer."""

    updates: int
    kills: int
    stored: int
    done: int
    twice: int
    unfinished: int
    dead: int
    outages: int
    answers: int
    silence: float


async def run(updates: int, kills: int, folder: Path, database: str, redis: str) -> Outcome:
    engine = sa.create_engine(database)
    async with platform() as there:
        made = await there.ask("people", groups=GROUPS)
        await company(folder, made["groups"], database)
        known = {"BENCH_TOKEN": made["token"], "BENCH_DATABASE": database, "BENCH_REDIS": redis}
        nursery = await spawn("bench.subject", "nursery", there.url, str(folder), **known)
        pair = [await _born(nursery, engine, 1), await _born(nursery, engine, 2)]
        share, sent, answers, silence = updates // (kills + 1), 0, 0, 0.0
        for _ in range(kills):
            await there.ask("load", n=share, text="/benchmark {n}", start=sent)
            sent += share
            answers = (await there.ask("wait", answers=answers + max(share // 3, 1), seconds=30))["answers"]
            os.kill(pair.pop(0), signal.SIGKILL)
            killed = time.monotonic()
            await there.ask("load", n=1, text="/benchmark {n}", start=sent)
            sent += 1
            answers = (await there.ask("wait", answers=sent - 1, seconds=30))["answers"]
            silence = max(silence, time.monotonic() - killed)
            pair.append(await _born(nursery, engine, 2))
        await there.ask("load", n=updates - sent, text="/benchmark {n}", start=sent)
        found = await finished(engine, updates)
        answers = (await there.ask("wait", answers=0))["answers"]
        for one in pair:
            os.kill(one, signal.SIGKILL)
        await end(nursery)
    engine.dispose()
    return Outcome(updates, kills, answers=answers, silence=silence, **found)


async def _born(nursery: Any, engine: sa.Engine, living: int) -> int:
    """One more process, once as many are registered; its id."""
    nursery.stdin.write(b"start\n")
    await nursery.stdin.drain()
    born = int(await nursery.stdout.readline())
    for _ in range(300):
        if _count(engine, "SELECT count(*) FROM processes") == living:
            return born
        await asyncio.sleep(0.1)
    raise RuntimeError("a process did not come up")


def _count(engine: sa.Engine, sql: str) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(sql).scalar_one())


async def finished(engine: sa.Engine, updates: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for _ in range(600):
        found = {name: _count(engine, sql) for name, sql in COUNTS.items()}
        if found["stored"] >= updates and not found["unfinished"]:
            break
        await asyncio.sleep(0.1)
    return found


def measure(runs: int, quick: bool) -> list[Line]:
    what = "kill -9 of the leader, two on PostgreSQL"
    if reason := no_postgresql() or no_redis():
        return [missing(what, reason)]
    updates, kills = (200, 2) if quick else (600, 4)
    with on_disk() as folder, postgresql() as database:
        found = asyncio.run(run(updates, kills, folder, database, REDIS))
    wrong = updates - found.done + found.twice + found.unfinished + found.dead + found.outages
    note = f"{found.updates} updates, {found.kills} kills, {found.stored} stored, {found.answers} answers"
    return [
        limited(f"{what}: lost, done twice or left", "", [wrong], at_most(0), note),
        limited("… longest silence after a kill", "s", [found.silence]),
    ]


if __name__ == "__main__":
    table.main(measure)
