"""Bad updates in a batch of good ones: every good one handled, each bad one in the dead letter, and nobody stopped.

    python -m bench.poison

The platform gives 300 updates of which 60 are bad in all the ways known, over HTTP; beside it the barest aiogram
bot is given the same.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

from bench import table
from bench.processes import company, end, platform, spawn
from bench.table import Line, at_least, compared, say

UPDATES, BAD = 300, 60
SECONDS = 40.0


def _deep(levels: int) -> Any:
    value: Any = "deep"
    for _ in range(levels):
        value = [value]
    return value


def _set(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def corrupt(update: dict[str, Any]) -> None:
        inner = update
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = to

    return corrupt


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def corrupt(update: dict[str, Any]) -> None:
        inner = update
        for name in path[:-1]:
            inner = inner[name]
        del inner[path[-1]]

    return corrupt


CORRUPTIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "a message that is a number": _set("message", to=5),
    "no chat": _without("message", "chat"),
    "a chat that is a list": _set("message", "chat", to=[1, 2]),
    "a chat id that is a list": _set("message", "chat", "id", to=[1]),
    "a chat id beyond the database": _set("message", "chat", "id", to=2**63 + 5),
    "a chat id beyond JavaScript": _set("message", "chat", "id", to=2**53 + 1),
    "a person without id": _without("message", "from", "id"),
    "a person who is a word": _set("message", "from", to="anna"),
    "a date that is a word": _set("message", "date", to="never"),
    "a date after all times": _set("message", "date", to=10**15),
    "a text that is a list": _set("message", "text", to=["a"]),
    "half a character": _set("message", "text", to="/me \ud83d"),
    "a text with NUL": _set("message", "text", to="/me a\0b"),
    "a huge text": _set("message", "text", to="好" * 500_000),
    "nested deeply": _set("message", "entities", to=_deep(300)),
    "nested more deeply": _set("message", "reply_markup", to=_deep(900)),
    "an unknown kind": lambda update: update.update(nobody_knows=update.pop("message")),
    "nothing in it": lambda update: update.pop("message"),
    "a press that is a number": lambda update: update.update(callback_query=7, message=None),
    "a press of nothing": lambda update: update.update(callback_query={"id": "1", "from": None}, message=None),
    "a number that is a word": _set("update_id", to="first"),
    "a number beyond the database": _set("update_id", to=2**64),
}


def corrupted(name: str, update: dict[str, Any], number: int) -> dict[str, Any]:
    """A good update, made bad in one way."""
    update["update_id"] = number
    CORRUPTIONS[name](update)
    return update


async def _given(there: Any, text: str) -> int:
    """Everybody writes, and some of what they wrote is spoilt on the way; how many good ones there are."""
    await there.ask("load", n=UPDATES, text=text)
    await there.ask("spoil", every=UPDATES // BAD)
    return UPDATES - BAD


async def _keguan(folder: Path) -> tuple[float, int]:
    """The share of good ones that were answered, and how many bad ones are kept."""
    async with platform() as there:
        made = await there.ask("people", groups=20)
        await company(folder, made["groups"])
        good = await _given(there, "/benchmark {n}")
        bot = await spawn("bench.subject", "keguan", there.url, str(folder), BENCH_TOKEN=made["token"])
        found = await there.ask("wait", answers=good, seconds=SECONDS)
        await end(bot)
    with closing(sqlite3.connect(folder / "keguan.db")) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM inbox WHERE error IS NOT NULL").fetchone()
    return found["answers"] / good, kept


async def _echo() -> float:
    async with platform() as there:
        made = await there.ask("people", groups=20)
        good = await _given(there, "hello {n}")
        bot = await spawn("bench.subject", "echo", there.url, BENCH_TOKEN=made["token"])
        found = await there.ask("wait", answers=good, seconds=SECONDS / 4)
        await end(bot)
    return min(1.0, found["answers"] / good)


def measure(runs: int, quick: bool) -> list[Line]:
    ours, kept, theirs = [], [], []
    for n in range(1 if quick else min(runs, 3)):
        say(f"poison {n + 1}")
        with tempfile.TemporaryDirectory() as name:
            share, dead = asyncio.run(_keguan(Path(name)))
        ours.append(share)
        kept.append(dead)
        theirs.append(asyncio.run(_echo()))
    what = f"good ones handled of {UPDATES} updates, {BAD} of them bad"
    note = f"{min(kept)} bad ones kept as dead letters, the others could be made out"
    return [compared(what, "share", ours, "aiogram echo", theirs, at_least(1.0), note)]


def spoil(updates: list[dict[str, Any]], every: int) -> list[dict[str, Any]]:
    """One of so many made bad, in turn in every way."""
    names = [name for name in sorted(CORRUPTIONS) if not name.startswith("a number")]  # those are the platform's own
    chance = random.Random(5)  # the same each time
    chance.shuffle(names)
    for n, at in enumerate(range(0, len(updates), every)):
        updates[at] = corrupted(names[n % len(names)], deepcopy(updates[at]), updates[at]["update_id"])
    return updates


if __name__ == "__main__":
    table.main(measure)
