"""A scene: one company on one database, its platform, the bots that serve it, and the people who use them.

What a scenario does with it:

    await scene.start()                     # a bot, awaited until it runs
    async with scene.load(rate=8):          # people act meanwhile
        await scene.kill(bot)               # whatever is to be done to it
    await scene.quiet()                     # until nothing is left to do
    scene.row(...)                          # a line of the table; the invariants are looked at afterwards
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chaos.company import MORNING, RULES, Company, Databases, gather
from chaos.hurry import HurriedClock
from chaos.load import People
from chaos.platform import Platform, platform

ROOT = Path(__file__).parent.parent
START_WITHIN = 60.0  # seconds; a machine may be busy
QUIET_WITHIN = 90.0
STORES = ("sqlite", "postgresql", "pair")


class NotQuiet(RuntimeError):
    """Something was still left to do after a long wait."""


class Nursery:
    """A process that has the bot imported and bears one in no time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def bear(self, order: dict[str, Any]) -> Bot:
        async with self._turn:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
            return Bot(int(await self._process.stdout.readline()))


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chaos.subject",
        str(RULES),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    await process.stdout.readline()
    try:
        yield Nursery(process)
    finally:
        process.terminate()
        await process.wait()


class Bot:
    """A bot's process. `died` is set once it is gone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.born = time.monotonic()
        self.died = asyncio.Event()
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:
            self.died.set()
        else:
            asyncio.get_running_loop().add_reader(self._handle, self._is_gone)

    def _is_gone(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)
        self.died.set()

    def send(self, how: int) -> None:
        if not self.died.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)

    async def gone(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        try:
            await asyncio.wait_for(self.died.wait(), seconds)
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Strike:
    """One end of a process: at which place, by which signal, on which store, when, and which process it was."""

    place: str
    how: str
    store: str
    at: float  # seconds of the machine's monotonic clock
    process: int


@dataclass
class Scene:
    """See above. `store` is "sqlite", "postgresql" or "pair" (two processes on PostgreSQL with Redis)."""

    store: str
    seed: int
    folder: Path
    database: str
    redis: str
    nursery: Nursery
    platform: Platform
    clock: HurriedClock
    company: Company
    people: People
    bots: list[Bot] = field(default_factory=list)
    strikes: list[Strike] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    silences: list[tuple[datetime, datetime]] = field(default_factory=list)  # beside those after strikes

    # Processes

    async def start(
        self, end: tuple[str, int, int] | None = None, *, mischief: tuple[str, ...] = (), wait: bool = True
    ) -> Bot:
        """A new bot. `end` is (place, nth passing, signal) where it shall end itself; `mischief` are functions
        (`module:name`) called in its process before it is built. With `wait` it runs when this returns, or is
        dead."""
        order = {
            "url": self.platform.url,
            "token": self.platform.telegram.token,
            "folder": str(self.folder),
            "database": self.database if self.store != "sqlite" else "",
            "redis": self.redis if self.store == "pair" else "",
            "end": end,
            "mischief": mischief,
        }
        bot = await self.nursery.bear(order)
        self.bots.append(bot)
        if wait:
            await self._running(bot)
        return bot

    async def _running(self, bot: Bot) -> None:
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until:
            if bot.died.is_set():
                return self.ended(bot)
            if any(line.get("event") == "running" for line in self.log(bot)):
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"bot {bot.pid} did not come up: {self.folder}")

    def ended(self, bot: Bot) -> None:
        """Raises where a bot has ended without being told to."""
        if not any(line.get("event") == "chaos" for line in self.log(bot)):
            said = "\n".join(str(line) for line in self.log(bot)[-5:])
            raise RuntimeError(f"bot {bot.pid} ended by itself ({self.folder}): {said}")

    def living(self) -> list[Bot]:
        self.bots = [bot for bot in self.bots if not bot.died.is_set()]
        return self.bots

    async def kill(self, bot: Bot, how: int = signal.SIGKILL, place: str = "at random") -> None:
        """End a bot from outside."""
        self.struck(place, how, bot)
        bot.send(how)
        if not await bot.gone(30):
            raise RuntimeError("a bot does not end at a signal")

    def struck(self, place: str, how: int, bot: Bot) -> None:
        """Note the end of a process."""
        self.strikes.append(Strike(place, signal.Signals(how).name, self.store, time.monotonic(), bot.pid))

    def silence(self) -> float:
        """The longest time in seconds from the end of a process until another said or edited something."""
        longest = 0.0
        for strike in self.strikes:
            others = (s.at for s in self.platform.sent if s.at > strike.at and s.process != strike.process)
            longest = max(longest, next(others, strike.at) - strike.at)
        return longest

    async def stop(self) -> None:
        """An orderly end of all bots."""
        for bot in self.living():
            bot.send(signal.SIGTERM)
        for bot in list(self.bots):
            if not await bot.gone(30):
                bot.send(signal.SIGKILL)
                raise RuntimeError("a bot does not end at SIGTERM")

    # People

    @asynccontextmanager
    async def load(self, rate: float = 6.0) -> AsyncIterator[None]:
        """People begin `rate` stories a second meanwhile."""
        acting = asyncio.create_task(self.people.drive(3600, rate))
        try:
            yield
        finally:
            acting.cancel()
            await asyncio.gather(acting, return_exceptions=True)

    async def drive(self, seconds: float, rate: float = 6.0) -> None:
        """People act for so long."""
        await self.people.drive(seconds, rate)

    async def quiet(self, seconds: float = QUIET_WITHIN) -> None:
        """Wait until everybody is home, every update handled, everything due rung and everything to say said.
        Raises NotQuiet."""
        await self.people.home()
        until = time.monotonic() + seconds
        calm = 0
        left: dict[str, int] = {}
        while time.monotonic() < until:
            left = {"waiting at the platform": len(self.platform.telegram.updates), **await self._left()}
            calm = 0 if any(left.values()) else calm + 1
            if calm > 2:
                return
            await asyncio.sleep(0.1)
        raise NotQuiet(str({name: n for name, n in left.items() if n}))

    async def _left(self) -> dict[str, int]:
        return await asyncio.to_thread(left_to_do, self.database, self.clock.now())

    # Looking

    def log(self, bot: Bot) -> list[dict[str, Any]]:
        """What a bot has logged."""
        return log_lines(self.folder, f"{bot.pid}.log")

    def row(self, **facts: Any) -> None:
        """A line of the table."""
        self.rows.append(facts)


LEFT = {
    "unfinished": "SELECT count(*) FROM inbox WHERE done_at IS NULL",
    "pending notices": "SELECT count(*) FROM notices WHERE state = 'pending' "
    "AND (not_before IS NULL OR not_before <= :at)",
    "pending acts": "SELECT count(*) FROM acts WHERE state = 'pending'",
    "due": "SELECT count(*) FROM deadlines WHERE done_at IS NULL AND due_at <= :at",
}


def left_to_do(url: str, now: Any) -> dict[str, int]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    at = now.strftime("%Y-%m-%d %H:%M:%S.%f") if url.startswith("sqlite") else now
    with engine.connect() as connection:
        return {name: int(connection.execute(sa.text(sql), {"at": at}).scalar_one()) for name, sql in LEFT.items()}


def log_lines(folder: Path, files: str = "*.log") -> list[dict[str, Any]]:
    """What the bots have logged, by their processes; what is no JSON is a line of `raw` text."""
    found = []
    for file in sorted(folder.glob(files)):
        for line in file.read_text(errors="replace").splitlines():
            found.append({**_read(line), "process": int(file.stem)})
    return found


def _read(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"event": "raw", "raw": line}


@asynccontextmanager
async def scene(
    store: str, seed: int, folder: Path, databases: Databases, born: Nursery, redis: str = ""
) -> AsyncIterator[Scene]:
    """Set a scene in an empty folder; every bot in it is dead afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = "sqlite" if store == "sqlite" else "postgresql"
    HurriedClock.begin(folder / "clock", MORNING)
    clock, plain = HurriedClock(folder / "clock"), HurriedClock(folder / "clock", shifted=False)
    copy = databases.copy(kind, folder)
    address = await asyncio.to_thread(copy.__enter__)
    try:
        async with platform(plain) as there:
            company = gather(there.telegram)
            there.given.clear()
            people = People(company, there, plain, seed)
            made = Scene(store, seed, folder, address, redis, born, there, clock, company, people)
            HurriedClock.begin(folder / "clock", MORNING)
            try:
                yield made
            finally:
                for bot in made.living():
                    bot.send(signal.SIGKILL)
                for bot in list(made.bots):
                    await bot.gone(10)
    finally:
        await asyncio.to_thread(copy.__exit__, None, None, None)
