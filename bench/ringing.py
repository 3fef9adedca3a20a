"""The bot whose bell is measured, in a process of its own: `python -m bench.ringing URL FOLDER COMPANY`.

It reads a number of deadlines a line, makes as many matters, has them fall due spread over one second, and tells how
late each notice was committed (milliseconds), and how long people's own acts took meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
import uvloop

from bench.matters import fall_due, give_leads, give_tasks, speaker
from bot.app import App, build
from bot.clock import SystemClock
from bot.settings import Settings
from core.deadlines import RINGS
from core.ids import TaskId
from core.leads.telling import CONTACT
from core.tasks import AnswerState, answer
from core.tasks.model import REPLY, Answer

MORNING = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Monday
AHEAD = 1.5  # seconds until the first is due
ACTS_PER_SECOND = 20  # of people, while it rings
LATEST = 120.0  # seconds to wait for the last


class Shifted:
    """The machine's clock, set to a working morning."""

    def __init__(self) -> None:
        self._by = MORNING - SystemClock().now()

    def now(self) -> datetime:
        return SystemClock().now() + self._by


class Watch:
    """Notes when the commit that holds a ring is done, however rings come to share commits."""

    def __init__(self, app: App) -> None:
        self.clock = app.clock
        self.due: dict[str, datetime] = {}
        self.late: dict[str, float] = {}
        self._rung: list[str] = []
        for kind in (REPLY, CONTACT):
            RINGS[kind] = self._noting(RINGS[kind])
        writer: Any = app.store._writer
        commit = writer._commit

        def committed(*batch: Any) -> None:
            self._rung = []
            commit(*batch)
            at = self.clock.now()
            for subject in self._rung:
                if subject in self.due:
                    self.late[subject] = (at - self.due[subject]).total_seconds() * 1000

        writer._commit = committed

    def _noting(self, ring: Any) -> Callable[..., None]:
        def rung(uow: Any, deadline: Any) -> None:
            ring(uow, deadline)
            self._rung.append(deadline.subject)

        return rung


async def ring(app: App, watch: Watch, company: list[dict[str, Any]], number: int, spread: float) -> dict[str, Any]:
    """Have as many fall due, half tasks and half leads, and see how late each notice is."""
    store = app.store
    subjects = await give_tasks(store, company, number // 2) + await give_leads(store, company, number // 2)
    others = await give_tasks(store, company, int(ACTS_PER_SECOND * 2 * spread) + ACTS_PER_SECOND)
    random.shuffle(subjects)
    begin = app.clock.now() + timedelta(seconds=AHEAD)
    watch.due = {s: begin + timedelta(seconds=spread * n / number) for n, s in enumerate(subjects)}
    watch.late = {}
    await fall_due(store, watch.due)
    acts: list[float] = []
    await asyncio.sleep((begin - app.clock.now()).total_seconds())
    cpu = time.process_time()
    acting = asyncio.create_task(_act(app, others, acts))
    until = time.monotonic() + LATEST
    while len(watch.late) < number and time.monotonic() < until:  # noqa: ASYNC110  # an event would cost time
        await asyncio.sleep(0.02)
    cpu = time.process_time() - cpu
    acting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await acting
    return {"late": sorted(watch.late.values()), "acts": sorted(acts), "cpu": cpu}


async def _act(app: App, tasks: list[str], took: list[float]) -> None:
    """People answer other tasks meanwhile; how long until that is committed (milliseconds)."""

    async def one(number: int) -> None:
        def received(uow: Any) -> None:
            task = uow.tasks.get(TaskId(number))
            account = uow.people.account_of(task.assignments[0].person).id
            answer(uow, speaker(uow, account), task.id, Answer(AnswerState.RECEIVED))

        begun = time.perf_counter()
        await app.store.unit(received)
        took.append((time.perf_counter() - begun) * 1000)

    async with asyncio.TaskGroup() as group:
        for subject in tasks:
            group.create_task(one(int(subject.partition(":")[2])))
            await asyncio.sleep(1 / ACTS_PER_SECOND)


async def main(url: str, folder: str, company: list[dict[str, Any]]) -> None:
    settings = Settings(
        _env_file=None,
        bot_token=os.environ["BENCH_TOKEN"],
        api_base=url,
        data_dir=Path(folder),
        database_url=os.environ["BENCH_DATABASE"],
    )
    app = build(settings, Shifted())
    watch = Watch(app)
    running = asyncio.create_task(app.run())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        number, spread = json.loads(line)
        print(json.dumps(await ring(app, watch, company, number, spread)), flush=True)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await app.stop()


if __name__ == "__main__":
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _, url, folder, companied = sys.argv
    uvloop.run(main(url, folder, json.loads(Path(companied).read_text("utf-8"))))
