"""The whole durable path of a group command against the barest echo bot, on the same local platform.

    python -m bench.echo [--quick]

Keguan: inbox, identity, permission, one SQLite commit (synchronous=FULL) with a deadline and a notice, the answer.
Echo: aiogram's own polling, one handler that replies. Limits are off, each bot has a process of its own, the platform
has another; runs are taken in turn and the medians told. Goals: 0.8 of the echo's updates a second, and at 50 updates
offered a second a p99 of at most 3 times the echo's.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.processes import company, end, platform, spawn

GROUPS = 50
TEXT = "/benchmark {n}"


async def _bot(which: str, url: str, token: str, folder: Path) -> Any:
    rest = [str(folder)] if which == "keguan" else []
    return await spawn("bench.subject", which, url, *rest, BENCH_TOKEN=token)


async def _prepared(there: Any, folder: Path) -> str:
    made = await there.ask("people", groups=GROUPS)
    await company(folder, made["groups"])
    return str(made["token"])


async def throughput(which: str, updates: int) -> float:
    """Updates a second, from the bot's first request to its last answer, when all wait already."""
    with tempfile.TemporaryDirectory() as name:
        async with platform() as there:
            token = await _prepared(there, Path(name))
            await there.ask("load", n=updates, text=TEXT)
            bot = await _bot(which, there.url, token, Path(name))
            found = await there.ask("wait", answers=updates)
            await end(bot)
    if found["answers"] != updates:
        raise RuntimeError(f"{which}: {found['answers']} of {updates} answered")
    return float(updates / found["seconds"])


async def latency(which: str, updates: int, rate: float) -> dict[str, float]:
    """Milliseconds from message to answer when updates come at a steady rate."""
    with tempfile.TemporaryDirectory() as name:
        async with platform() as there:
            token = await _prepared(there, Path(name))
            bot = await _bot(which, there.url, token, Path(name))
            await there.ask("load", n=100, text=TEXT)  # warm
            await there.ask("wait", answers=100)
            await there.ask("forget")
            await there.ask("offer", n=updates, text="/benchmark o{n}", rate=rate)
            found = await there.ask("wait", answers=100 + updates, seconds=20)
            await end(bot)
    return {"p50": found["p50"], "p99": found["p99"]}


async def main() -> None:
    quick = "--quick" in sys.argv
    runs, updates = (3, 1000) if quick else (5, 3000)
    rates: dict[str, list[float]] = {"echo": [], "keguan": []}
    for _ in range(runs):
        for which, found in rates.items():
            found.append(await throughput(which, updates))
    delays: dict[str, list[dict[str, float]]] = {"echo": [], "keguan": []}
    for _ in range(runs):
        for which, measured in delays.items():
            measured.append(await latency(which, 200 if quick else 500, 50))
    medians = {which: statistics.median(found) for which, found in rates.items()}
    print(f"{'':8}{'updates/s':>11}{'(runs)':>40}{'p50 ms':>9}{'p99 ms':>9}   at 50/s offered")
    late = {}
    for which, found in rates.items():
        p50, p99 = (statistics.median(d[name] for d in delays[which]) for name in ("p50", "p99"))
        late[which] = p99
        print(f"{which:8}{medians[which]:11.0f}{' '.join(f'{r:.0f}' for r in found):>40}{p50:9.1f}{p99:9.1f}")
    print(f"{'ratio':8}{medians['keguan'] / medians['echo']:11.2f}{'':40}{'':9}{late['keguan'] / late['echo']:9.2f}")


if __name__ == "__main__":
    asyncio.run(main())
