"""What a kill -9 costs: nothing that was accepted, and no effect twice (OPS-1).

    python -m bench.kills [UPDATES KILLS]

A platform in one process, the bot in another on a SQLite file; while everybody writes, the bot is killed again and
again and started anew. Each update opens a deadline and leaves a notice in one commit; a deadline opened twice would
have the generation 2.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import company, end, platform, spawn

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


async def main() -> None:
    updates, kills = (int(value) for value in sys.argv[1:3]) if len(sys.argv) > 2 else (1600, 12)
    with tempfile.TemporaryDirectory() as name:
        found = await run(updates, kills, Path(name))
    print(
        f"{'updates':>9}{'kill -9':>9}{'stored':>9}{'lost':>7}{'twice':>7}{'unfinished':>12}{'dead':>7}{'answers':>9}"
    )
    print(
        f"{found.updates:9}{found.kills:9}{found.stored:9}{found.lost:7}{found.twice:7}{found.unfinished:12}"
        f"{found.dead:7}{found.answers:9}"
    )
    if found.lost or found.twice or found.unfinished:
        raise SystemExit("something was lost, done twice or left")


if __name__ == "__main__":
    asyncio.run(main())
