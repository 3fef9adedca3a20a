"""The bots that are measured beside each other, and a fresh platform and database for each of their runs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.machine import REDIS, folder, no_postgresql, no_redis, postgresql
from bench.processes import Remote, company, end, platform, spawn

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 180.0  # seconds: a busy machine is slow, and not broken


@dataclass(frozen=True, slots=True)
class Subject:
    """A bot as it is set up: the bare one, or Keguan on a database."""

    name: str
    server: bool = False
    redis: bool = False


ECHO = Subject("echo")
SQLITE = Subject("SQLite")
POSTGRESQL = Subject("PostgreSQL", server=True)
WITH_REDIS = Subject("PostgreSQL + Redis", server=True, redis=True)


def subjects() -> tuple[list[Subject], list[tuple[str, str]]]:
    """Those that can be measured here, and why not the others."""
    there, absent = [ECHO, SQLITE], []
    for subject, reason in ((POSTGRESQL, no_postgresql()), (WITH_REDIS, no_postgresql() or no_redis())):
        if reason:
            absent.append((subject.name, reason))
        else:
            there.append(subject)
    return there, absent


class Running:
    """A platform, and the bot that works on it once it is started."""

    def __init__(self, there: Remote, arguments: list[str], environment: dict[str, str], database: str) -> None:
        self.platform = there
        self._arguments, self._environment = arguments, environment
        self.database = database
        self.process: Any = None

    async def start(self) -> None:
        self.process = await spawn("bench.subject", *self._arguments, **self._environment)

    async def answered(self, updates: int, seconds: float = PATIENCE) -> dict[str, Any]:
        """What the platform's watch shows after that many answers; RuntimeError where they do not come in time."""
        found: dict[str, Any] = await self.platform.ask("wait", answers=updates, seconds=seconds)
        if found["answers"] < updates:
            raise RuntimeError(f"{self._arguments[0]}: {found['answers']} of {updates} answered in {seconds} s")
        return found

    def cpu(self) -> float:
        """Seconds of the processor that the bot's process has used, with what its start took."""
        values = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / TICK

    def memory(self) -> float:
        """The most memory the bot's process has had, in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@asynccontextmanager
async def running(subject: Subject, groups: int) -> AsyncIterator[Running]:
    """A platform with groups, a database in which they are known, and a bot that is not started yet."""
    with ExitStack() as held:
        place = held.enter_context(folder())
        database = held.enter_context(postgresql()) if subject.server else ""
        async with platform() as there:
            made = await there.ask("people", groups=groups)
            if subject is ECHO:
                arguments, url = ["echo", there.url], ""
            else:
                url = await company(place, made["groups"], database)
                arguments = ["keguan", there.url, str(place)]
            known = {"BENCH_TOKEN": made["token"], "BENCH_DATABASE": database}
            known["BENCH_REDIS"] = REDIS if subject.redis else ""
            bot = Running(there, arguments, known, url)
            try:
                yield bot
            finally:
                if bot.process is not None:
                    await end(bot.process)
