"""A start in a company of a thousand people and a hundred thousand customers: the first answer, and the memory.

    python -m bench.start [--quick]

The database has a year behind it: check-ins, notices, updates and deadlines in proportion. An update waits at the
platform; the time runs from the start of the process to its answer. Then comes as much as ten minutes bring.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import table
from bench.archive import fill
from bench.companies import Maker
from bench.machine import folder
from bench.matters import fill_waiting
from bench.names import SUFFIXES, WORDS
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_most, limited
from bot.clock import SystemClock
from core.names import name_key
from storage.audit import triggers

GROUPS, EACH, CUSTOMERS = 40, 25, 100_000
WORKING = 250  # days of a year
WAITING = 3_000  # open deadlines
PER_DAY = 3  # notices and updates of a person a day
UPDATES = 6_000  # ten a second for ten minutes
MIX = ("/benchmark {n}", "/help", "/rules 客户", "/tasks", "/duty")
PATIENCE = 600.0  # seconds

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) "
AT = "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-' || (1 + i % {days}) || ' days') || '.000000'"
CHECKINS = """INSERT INTO checkins (day, person_id, standing, reported_at, flags, place, reason)
{many} SELECT date('now', '-' || (1 + i / {people}) || ' days'), 1 + i % {people}, 'present', {at}, '', '', ''
FROM n"""
NOTICES = """INSERT INTO notices
(kind, to_kind, to_id, subject, facts, urgency, created_at, scheduled, state, sent_at, message_id)
{many} SELECT
'bench.duty', 'group', 1 + i % 40, 'duty:' || i, '{{"text": "x"}}', 1, {at}, 0, 'sent', {at}, 1000000 + i
FROM n"""
INBOX = """INSERT INTO inbox (id, raw, received_at, attempts, alone, effect_at, done_at)
{many} SELECT i, zeroblob(600), {at}, 1, 0, {at}, {at} FROM n"""
PAST = (
    (CHECKINS, 365, 1),
    (NOTICES, 179, PER_DAY),
    (INBOX, 6, PER_DAY),
)  # how long they are kept, and how many a day


def history(url: str, people: int) -> None:
    """A year of it, past the trail."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        triggers.drop(connection)  # the store puts them back
        for text, days, each in PAST:
            rows = people * each * (days * WORKING // 365) - 1
            at = AT.format(days=days)
            connection.exec_driver_sql(text.format(many=MANY.format(n=rows), at=at, people=people))
    engine.dispose()


async def grown(place: Path, groups: list[dict[str, Any]], customers: int) -> str:
    """The database of the company; its URL."""
    url = await company(place, groups)
    people = sum(len(group["people"]) for group in groups)
    made = Maker(customers).companies(customers, lambda name: name_key(name, SUFFIXES))
    await asyncio.to_thread(fill, url, made, WORDS, SUFFIXES, list(range(1, people + 1)))
    await asyncio.to_thread(history, url, people)
    await asyncio.to_thread(fill_waiting, url, WAITING, SystemClock().now())
    return url


def memory(process: Any, what: str = "VmRSS") -> float:
    """MB of a process; `VmHWM` is the most it has had."""
    lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


async def started(runs: int, customers: int, each: int, updates: int) -> list[dict[str, float]]:
    """Of each start: seconds to the first answer, MB then, after the load, and at most."""
    found = []
    with folder() as place:
        async with platform() as there:
            made = await there.ask("people", groups=GROUPS, each=each)
            table.say("a year of the company")
            await grown(place, made["groups"], customers)
            answers = 0
            for run in range(runs):
                table.say(f"start {run + 1}")
                await there.ask("load", n=1, text="/benchmark {n}", start=run)
                begun = time.perf_counter()
                bot = await spawn("bench.light", "keguan", there.url, str(place), BENCH_TOKEN=made["token"])
                try:
                    answers = await _answered(there, answers + 1)
                    seconds, first = time.perf_counter() - begun, memory(bot)
                    for n, text in enumerate(MIX):
                        share = updates // len(MIX)
                        await there.ask("load", n=share, text=text, start=10_000 * (run + 1) + n * share)
                    answers = await _answered(there, answers + updates // len(MIX) * len(MIX))
                    found.append(
                        {"seconds": seconds, "first": first, "after": memory(bot), "most": memory(bot, "VmHWM")}
                    )
                finally:
                    await end(bot)
    return found


async def _answered(there: Any, answers: int) -> int:
    found = await there.ask("wait", answers=answers, seconds=PATIENCE)
    if found["answers"] < answers:
        raise RuntimeError(f"{found['answers']} of {answers} answered")
    return int(found["answers"])


def measure(runs: int, quick: bool) -> list[Line]:
    customers, each, updates = (2_000, 5, 200) if quick else (CUSTOMERS, EACH, UPDATES)
    found = asyncio.run(started(runs, customers, each, updates))
    what = f"{GROUPS * each:,} people, {customers:,} customers, a year: "
    return [
        limited(f"{what}first answer after the start", "s", [one["seconds"] for one in found], at_most(10)),
        limited("… memory after it", "MB", [one["first"] for one in found], at_most(300)),
        limited(f"… memory after {updates:,} mixed updates", "MB", [one["after"] for one in found], at_most(300)),
        limited("… the most memory", "MB", [one["most"] for one in found], at_most(300)),
    ]


if __name__ == "__main__":
    table.main(measure)
