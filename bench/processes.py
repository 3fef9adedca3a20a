"""Processes of a measurement: the platform, and the bots measured against it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core import people
from core.access import SYSTEM, Role
from core.clock import Clock
from core.groups import Purpose
from core.ids import AccountId, ChatId
from core.people import StaffRow
from core.rulebook import default
from storage.store import Store

ROOT = Path(__file__).parent.parent
MOST_TOLD = 1 << 22  # bytes of one line


async def spawn(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    """A Python module in a process of its own, in its own group, ended by its id alone."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MOST_TOLD,
    )


async def end(process: asyncio.subprocess.Process, how: int = signal.SIGTERM) -> None:
    if process.returncode is None:
        process.send_signal(how)
    await process.wait()


class Remote:
    """The platform in its process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url

    async def ask(self, do: str, **values: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **values}).encode() + b"\n")
        await self.process.stdin.drain()
        answer = await self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the platform's process ended")
        return json.loads(answer)


@asynccontextmanager
async def platform(module: str = "bench.telegram") -> AsyncIterator[Remote]:
    """A platform on a free loopback port."""
    process = await spawn(module)
    assert process.stdout
    try:
        yield Remote(process, json.loads(await process.stdout.readline())["url"])
    finally:
        await end(process)


class SystemTime:
    """The machine's clock."""

    def now(self) -> Any:
        from bot.clock import SystemClock

        return SystemClock().now()


async def company(folder: Path, groups: list[dict[str, Any]], url: str = "", clock: Clock | None = None) -> str:
    """A database in which each group's first member manages it and the others sell; its URL."""
    url = url or f"sqlite:///{folder / 'keguan.db'}"
    store = Store(url, clock or SystemTime(), default())
    store.create_tables()
    store.start()
    rows, accounts = [], []
    level = max(default().leads.levels, key=lambda name: len(default().leads.levels[name]))
    for number, group in enumerate(groups):
        for k, account in enumerate(group["people"]):
            name = f"员工{number}-{k}"
            role = Role.MANAGER if k == 0 else Role.SALESPERSON
            rows.append(StaffRow(len(rows) + 2, name, name, f"部门{number}", role, level))
            accounts.append((name, account))

    def bind(uow: Any) -> None:
        people.import_staff(uow, SYSTEM, rows)
        for name, account in accounts:
            uow.people.see_account(AccountId(account), name, "", opened=True)
            uow.people.bind(AccountId(account), uow.people.by_number(name).id)
        for number, group in enumerate(groups):
            found = uow.people.find_department(f"部门{number}")
            uow.groups.save(ChatId(group["chat"]), f"群{number}", found.id, {Purpose.SALES}, uow.now)

    await store.unit(bind)
    store.close()
    return url
