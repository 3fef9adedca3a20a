"""The trail: how long a million lines take to be verified, and what a line costs the unit of work that causes it.

    python -m bench.audit [--quick]

Goal: 1,000,000 lines in less than 60 s, on SQLite. The cost is told side by side: units of work as most commands are
(a deadline, a notice, the inbox mark), twenty at once and one by one, with the trail and without it, in turn; CPU
time of the whole process.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.subject import take_duty
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


def million(folder: Path, number: int) -> None:
    url = f"sqlite:///{folder / 'trail.db'}"
    store = Store(url, ManualClock(NOON), default())
    store.create_tables()
    store.start()
    store.close()
    begun = time.perf_counter()
    with sqlite3.connect(folder / "trail.db") as connection:
        put = f"INSERT INTO audit_trail ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
        connection.executemany(put, lines(number))
    connection.close()
    made = time.perf_counter() - begun
    engine = make_engine(url, read_only=True)
    begun, cpu = time.perf_counter(), time.process_time()
    verdict = verify(engine)
    took, busy = time.perf_counter() - begun, time.process_time() - cpu
    engine.dispose()
    size = (folder / "trail.db").stat().st_size / 2**20
    print(f"{verdict.lines:,} lines, {size:,.0f} MiB, made in {made:.0f} s")
    print(f"verified in {took:.1f} s, CPU {busy:.1f} s")
    if verdict.fault is not None or verdict.lines != number or took > GOAL * number / 1_000_000:
        raise SystemExit(f"goal missed: {verdict}")


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
        updates = [(UpdateId(n + 1), b"{}") for n in range(first, self.done)]
        await self.store.unit(lambda uow: uow.inbox.put(updates))
        cpu = time.process_time()
        for start in range(first, self.done, at_once):
            numbers = range(start, start + at_once)
            await asyncio.gather(
                *(self.store.do_for(UpdateId(n + 1), take_duty, self.actor, str(n)) for n in numbers)
            )
        return (time.process_time() - cpu) / (at_once * times) * 1e6


async def cost(folder: Path, rounds: int) -> None:
    subjects = {traced: Subject(folder, traced=traced) for traced in (False, True)}
    for subject in subjects.values():
        await subject.start()
    print(f"{'':12}{'without':>10}{'with':>10}{'more':>8}   µs of CPU a unit of work")
    for at_once, times in ((20, 100), (1, 300)):
        found: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(rounds):
            for traced, subject in subjects.items():
                found[traced].append(await subject.run(at_once, times))
        bare, traced_ = (statistics.median(found[traced]) for traced in (False, True))
        print(f"{at_once:>3} at once {bare:10.0f}{traced_:10.0f}{traced_ - bare:8.0f}")
    for subject in subjects.values():
        subject.store.close()


def main() -> None:
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(cost(Path(name), 3 if quick else 7))
        million(Path(name), 100_000 if quick else 1_000_000)


if __name__ == "__main__":
    main()
