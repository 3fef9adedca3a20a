"""The trail: how long a million lines take to be verified, and what a line costs the unit of work that causes it.

    python -m bench.audit [--quick]

Goal: 1,000,000 lines in less than 60 s, on SQLite. The cost is told side by side: units of work as most commands are
(a deadline, a notice, the inbox mark), twenty at once and one by one, with the trail and without it, in turn; CPU
time of the whole process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import table
from bench.machine import folder as on_disk
from bench.subject import take_duty
from bench.table import Line, at_most, compared, limited
from core.access import Actor, Role
from core.audit import GENESIS, digest
from core.clock import ManualClock
from core.groups import Purpose
from core.ids import AccountId, ChatId, DepartmentId, GroupId, PersonId, UpdateId
from core.rulebook import default
from storage.audit import triggers
from storage.audit.recorder import COLUMNS, content
from storage.audit.verify import verify
from storage.engine import make_engine
from storage.inbox import Arrived
from storage.store import Store
from storage.writer import Writer

GOAL = 60.0  # seconds
NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
CHANGES = (
    '[["~","leads","{n}",{{"owner_id":[null,{who}],"owner_since":[null,"{at}"],"state":["offered","held"],'
    '"turn":[1,2]}}],["+","lead_events","{n}",{{"lead_id":{n},"kind":"claimed","person_id":{who},'
    '"who":{{"#":"9f2c61aa03bd77e41c05"}},"at":"{at}"}}]]'
)


def lines(number: int) -> Iterator[tuple[Any, ...]]:
    """A trail like a claim's lines, chained as the recorder does it."""
    previous = GENESIS
    for seq in range(1, number + 1):
        at = (NOON + timedelta(seconds=seq)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        who = seq % 1000
        changes = CHANGES.format(n=seq, who=who, at=at)
        values = (seq, at, -1_000_000_000_000 - who, 10_000 + who, who, f"销售部-员工{who}", "salesperson")
        values += ("leads.claim", f"lead:{seq}", changes, "a1b2c3d4e5", f"update:{seq}")
        sealed = digest(previous, content(values))
        yield (*values, previous, sealed)
        previous = sealed


def million(folder: Path, number: int) -> float:
    """Seconds of verifying that many lines; ValueError where they do not hold."""
    url = f"sqlite:///{folder / 'trail.db'}"
    store = Store(url, ManualClock(NOON), default())
    store.create_tables()
    store.start()
    store.close()
    with sqlite3.connect(folder / "trail.db") as connection:
        put = f"INSERT INTO audit_trail ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
        connection.executemany(put, lines(number))
    connection.close()
    engine = make_engine(url, read_only=True)
    begun = time.perf_counter()
    verdict = verify(engine)
    took = time.perf_counter() - begun
    engine.dispose()
    (folder / "trail.db").unlink()
    if verdict.fault is not None or verdict.lines != number:
        raise ValueError(f"the trail does not hold: {verdict}")
    return took


class Subject:
    """A store that duties are taken in, with the trail or without it."""

    def __init__(self, folder: Path, *, traced: bool) -> None:
        self.store = Store(f"sqlite:///{folder / f'{traced}.db'}", ManualClock(NOON), default())
        self.store.create_tables()
        self.traced = traced
        self.done = 0
        seller = frozenset({Role.SALESPERSON})
        place = (ChatId(-100), GroupId(1), PersonId(1), DepartmentId(1))
        self.actor = Actor(AccountId(5), seller, "销售部-张三", "zh_CN", *place)

    async def start(self) -> None:
        self.store.start()
        await self.store.unit(lambda uow: uow.groups.save(ChatId(-100), "群", None, {Purpose.SALES}, uow.now))
        if not self.traced:
            self._stop_tracing()

    def _stop_tracing(self) -> None:
        store: Any = self.store
        with store._engine.begin() as connection:
            triggers.drop(connection)
        store._writer.stop()
        store._writer = Writer(store._engine)
        store._writer.start()
        store._recorder.ended = lambda *_: None

    async def run(self, at_once: int, times: int) -> float:
        """Microseconds of CPU time a unit of work."""
        first, self.done = self.done, self.done + at_once * times
        updates = [Arrived(UpdateId(n + 1), b"{}") for n in range(first, self.done)]
        await self.store.unit(lambda uow: uow.inbox.put(updates))
        cpu = time.process_time()
        for start in range(first, self.done, at_once):
            numbers = range(start, start + at_once)
            await asyncio.gather(
                *(
                    self.store.do_for(UpdateId(n + 1), self.store.now(), take_duty, self.actor, str(n))
                    for n in numbers
                )
            )
        return (time.process_time() - cpu) / (at_once * times) * 1e6


async def cost(folder: Path, runs: int) -> dict[int, dict[bool, list[float]]]:
    """By how many at once, and with the trail or without: microseconds of CPU a unit, taken in turn."""
    subjects = {traced: Subject(folder, traced=traced) for traced in (False, True)}
    for subject in subjects.values():
        await subject.start()
        await subject.run(20, 25)  # what is made at the first use is made
    found: dict[int, dict[bool, list[float]]] = {20: {False: [], True: []}, 1: {False: [], True: []}}
    for at_once, taken in found.items():
        for _ in range(runs):
            for traced, subject in subjects.items():
                taken[traced].append(await subject.run(at_once, 2000 // at_once if at_once > 1 else 300))
    for subject in subjects.values():
        subject.store.close()
    return found


def measure(runs: int, quick: bool) -> list[Line]:
    number = 100_000 if quick else 1_000_000
    with on_disk() as folder:
        costs = asyncio.run(cost(folder, runs))
        verified = [million(folder, number) for _ in range(1 if quick else min(runs, 3))]
    goal = at_most(GOAL * number / 1_000_000)
    return [
        *(
            compared(
                f"a unit of work with the trail, {at_once} at once", "µs CPU", took[True], "without", took[False]
            )
            for at_once, took in costs.items()
        ),
        limited(f"the trail verified, {number:,} lines", "s", verified, goal),
    ]


if __name__ == "__main__":
    table.main(measure)
