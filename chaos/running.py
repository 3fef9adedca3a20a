"""Runs scenarios and kills, looks at the invariants, and prints what was found."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos import kills
from chaos.company import Databases
from chaos.evidence import Evidence, collect
from chaos.invariants import broken, most_repeated, repeated
from chaos.report import Report, line
from chaos.scenarios import Run, Scenario
from chaos.scene import Nursery, Scene, nursery, scene

SERVER = os.environ.get("KEGUAN_TEST_PG", "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("KEGUAN_TEST_REDIS", "redis://127.0.0.1:6379/9")


@dataclass
class House:
    """Where scenes are set: a folder, databases, the nursery."""

    folder: Path
    databases: Databases
    born: Nursery
    _scenes: int = 0

    async def play(self, name: str, store: str, seed: int, run: Run, excuse: Iterable[str] = ()) -> Report:
        """Set a scene, run it, make it quiet, stop it, look at it."""
        self._scenes += 1
        folder = self.folder / f"scene{self._scenes}"
        began = time.monotonic()
        async with scene(store, seed, folder, self.databases, self.born, REDIS) as on:
            report = Report(name, store, 0.0, strikes=on.strikes, rows=on.rows)
            try:
                await run(on)
                if not on.living():
                    await on.start()
                await on.quiet()
                await on.stop()
            except Exception:  # a scenario that fails is a finding, and the others go on
                report.offences["the scene was played to its end"] = [traceback.format_exc()]
                await _fell(on)
            evidence = await asyncio.to_thread(collect, on)
            self._judge(report, on, evidence, excuse)
        report.seconds = time.monotonic() - began
        if report.is_good:
            shutil.rmtree(folder, ignore_errors=True)
        return report

    @staticmethod
    def _judge(report: Report, on: Scene, evidence: Evidence, excuse: Iterable[str]) -> None:
        report.offences |= broken(evidence, without=excuse)
        report.updates, report.repeats = len(evidence.given), len(repeated(evidence))
        report.most = most_repeated(evidence)
        report.silence, report.evidence = on.silence(), evidence


async def _fell(on: Scene) -> None:
    for bot in on.living():
        bot.send(9)
    for bot in list(on.bots):
        await bot.gone(10)


@asynccontextmanager
async def house(stores: Iterable[str]) -> AsyncIterator[House]:
    """A nursery and founded companies for these stores; gone afterwards, unless something was found."""
    folder = Path(tempfile.mkdtemp(prefix="chaos_"))
    databases = Databases(folder, SERVER)
    try:
        async with nursery() as born:
            for kind in {"sqlite" if store == "sqlite" else "postgresql" for store in stores}:
                await databases.prepare(kind)
            yield House(folder, databases, born)
    finally:
        databases.close()
        if not any(folder.glob("scene*")):
            shutil.rmtree(folder, ignore_errors=True)


async def strike_all(shares: dict[str, int], seed: int, *, at_once: int = 12) -> list[Report]:
    """So many blows on each store, `at_once` a scene; the stores side by side."""
    async with house(shares) as where:
        lanes = (_lane(where, store, blows, seed, at_once) for store, blows in shares.items() if blows)
        return [report for lane in await asyncio.gather(*lanes) for report in lane]


async def _lane(where: House, store: str, blows: int, seed: int, at_once: int) -> list[Report]:
    plan, found = kills.plan(store, blows, seed), []
    for number, part in enumerate(_dealt(plan, -(-len(plan) // at_once))):

        async def run(on: Scene, part: Sequence[kills.Blow] = part) -> None:
            await kills.strike(on, part)

        report = await where.play("kills", store, seed + number, run)
        print(line(report), flush=True)
        found.append(report)
    return found


def _dealt(plan: Sequence[kills.Blow], hands: int) -> list[list[kills.Blow]]:
    """Each scene gets a share of the blows that must come early in its day."""
    return [list(plan[n::hands]) for n in range(hands)]


async def play_all(scenarios: Iterable[Scenario], stores: Sequence[str], seed: int) -> list[Report]:
    """Scenarios one after the other."""
    found = []
    async with house(stores) as where:
        for one in scenarios:
            for store in one.on:
                if store in stores:
                    report = await where.play(one.name, store, seed, one.run, one.excuse)
                    print(line(report), flush=True)
                    found.append(report)
    return found
