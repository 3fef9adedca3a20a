"""What is no kill: a database that goes away, a platform that answers badly, a disk that is full."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

from bench.proxy import Proxy
from bot.sandbox.weather import Trouble, Weather
from chaos.scenarios import scenario
from chaos.scene import Scene

BLIPS, LONGEST_BLIP = 20, 2.0  # seconds
SPELL = 6.0  # seconds that each trouble of the platform lasts
CALM = 3.0  # seconds between two
NOTICED = timedelta(seconds=120)  # of the company's time: an overdue answer tells that the platform keeps silent


@asynccontextmanager
async def _through(scene: Scene) -> AsyncIterator[Proxy]:
    """The bots of this scene reach their database by a way that can be cut."""
    straight = scene.database
    proxy, scene.database = Proxy.to(straight)
    try:
        yield proxy
    finally:
        proxy.back()
        scene.database = straight


async def _back(scene: Scene, since: float) -> float:
    """Seconds until the bots said something again."""
    while not any(one.at > since for one in scene.platform.sent[-20:]):
        if time.monotonic() - since > 30:
            break
        await asyncio.sleep(0.01)
    return time.monotonic() - since


@scenario("database away for moments", on=("postgresql", "pair"))
async def blips(scene: Scene) -> None:
    chance, backs = Random(scene.seed), []
    async with _through(scene) as proxy:
        await scene.start()
        async with scene.load(rate=8):
            for _ in range(BLIPS):
                await asyncio.sleep(1.0)
                proxy.away() if chance.random() < 0.7 else proxy.hang()
                await asyncio.sleep(chance.uniform(0.0, LONGEST_BLIP))
                proxy.back()
                backs.append(await _back(scene, time.monotonic()))
        await scene.quiet()
        await scene.stop()
    scene.row(what="database away 0–2 s", times=BLIPS, longest_return_s=round(max(backs), 2))


@scenario("database away for a minute", on=("postgresql", "pair"))
async def minute(scene: Scene) -> None:
    async with _through(scene) as proxy:
        await scene.start()
        async with scene.load(rate=4):
            await asyncio.sleep(3)
            proxy.away()
            gone = scene.clock.now()
            await asyncio.sleep(60)
            proxy.back()
            scene.silences.append((gone, scene.clock.now()))
            took = await _back(scene, time.monotonic())
        await scene.quiet()
        await scene.stop()
    scene.row(what="database away 60 s", times=1, longest_return_s=round(took, 2))


REPEATS = ("a_process_sends_an_alert_once", "one_repeat_a_chat_and_kill")


@scenario("a platform that answers badly", excuse=REPEATS)
async def weather(scene: Scene) -> None:
    """What was carried out and not answered is done again: nobody can know."""
    sky, backs = Weather(), []
    scene.platform.weather = sky
    await scene.start()
    async with scene.load(rate=6):
        for trouble in Trouble:
            await asyncio.sleep(CALM)
            gone = scene.clock.now()
            sky.comes(trouble)
            await asyncio.sleep(SPELL)
            sky.clears()
            noticed = gone + NOTICED if trouble is Trouble.SILENT else gone
            scene.silences.append((noticed, scene.clock.now()))
            backs.append(await _back(scene, time.monotonic()))
    scene.row(what="platform: " + ", ".join(Trouble), times=len(backs), longest_return_s=round(max(backs), 2))


@scenario("disk full", on=("sqlite",))
async def disk_full(scene: Scene) -> None:
    """No file of the bot's may grow or be written for a while, as if there were no room."""
    bot = await scene.start()
    backs = []
    async with scene.load(rate=6):
        for _ in range(3):
            await asyncio.sleep(CALM)
            gone = scene.clock.now()
            _, most = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, most))
            await asyncio.sleep(SPELL)
            resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (most, most))
            scene.silences.append((gone, scene.clock.now()))
            backs.append(await _back(scene, time.monotonic()))
    scene.row(what="disk full for 6 s", times=len(backs), longest_return_s=round(max(backs), 2))
