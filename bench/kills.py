"""What a kill -9 costs: nothing that was accepted, and no effect twice (OPS-1).

    python -m bench.kills [--quick]

A platform in one process, the bot in another on a SQLite file; while everybody writes, the bot is killed again and
again and started anew. Each update opens a deadline and leaves a notice in one commit; a deadline opened twice would
have the generation 2.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import table
from bench.machine import folder as on_disk
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_most, limited

GROUPS = 20
TOLD_TWICE = (
    "SELECT count(*) FROM (SELECT 1 FROM notices WHERE kind = 'bench.duty' GROUP BY subject HAVING count(*) > 1)"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found afterwards."""

    updates: int
    kills: int
    stored: int
    lost: int
    twice: int
    unfinished: int
    dead: int
    answers: int


def _look(file: Path, updates: int) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        effects = {row[0] for row in connection.execute("SELECT subject FROM deadlines WHERE kind = 'bench.duty'")}
        return {
            "stored": count("SELECT count(*) FROM inbox"),
            "lost": len({f"duty:{n}" for n in range(updates)} - effects),
            "twice": count("SELECT count(*) FROM deadlines WHERE kind = 'bench.duty' AND generation > 1")
            + count(TOLD_TWICE),
            "unfinished": count("SELECT count(*) FROM inbox WHERE done_at IS NULL"),
            "dead": count("SELECT count(*) FROM inbox WHERE error IS NOT NULL"),
        }


async def run(updates: int, kills: int, folder: Path) -> Outcome:
    """Kill the bot each time it has answered its next share of the updates."""
    async with platform() as there:
        made = await there.ask("people", groups=GROUPS)
        await company(folder, made["groups"])

        nursery = await spawn("bench.subject", "nursery", there.url, str(folder), BENCH_TOKEN=made["token"])
        share = updates // (kills + 1)
        answers, sent = 0, 0
        bot = await _start(nursery)
        for _ in range(kills):
            await there.ask("load", n=share, text="/benchmark {n}", start=sent)
            sent += share
            wanted = answers + max(share // 2, 1)  # in the midst of it
            answers = (await there.ask("wait", answers=wanted, seconds=30))["answers"]
            os.kill(bot, signal.SIGKILL)
            bot = await _start(nursery)
        await there.ask("load", n=updates - sent, text="/benchmark {n}", start=sent)
        found = await _finished(folder / "keguan.db", updates)
        answers = (await there.ask("wait", answers=0))["answers"]
        os.kill(bot, signal.SIGKILL)
        await end(nursery)
    return Outcome(updates, kills, answers=answers, **found)


async def _start(nursery: Any) -> int:
    """A new bot; its process id."""
    nursery.stdin.write(b"start\n")
    await nursery.stdin.drain()
    return int(await nursery.stdout.readline())


async def _finished(file: Path, updates: int) -> dict[str, int]:
    for _ in range(600):
        found = _look(file, updates)
        if found["stored"] >= updates and not found["unfinished"]:
            break
        await asyncio.sleep(0.1)
    return _look(file, updates)


def measure(runs: int, quick: bool) -> list[Line]:
    updates, kills = (200, 3) if quick else (1600, 12)
    with on_disk() as folder:
        found = asyncio.run(run(updates, kills, folder))
    wrong = found.lost + found.twice + found.unfinished + found.dead
    note = f"{found.updates} updates, {found.kills} kills, {found.stored} stored, {found.answers} answers"
    return [limited("kill -9, SQLite: lost, done twice or left", "", [wrong], at_most(0), note)]


if __name__ == "__main__":
    table.main(measure)
