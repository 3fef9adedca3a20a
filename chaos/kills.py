"""Kills: kill -9 and SIGTERM, at random moments and at every place, with people at work all the time."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from chaos.places import PLACES, Place
from chaos.scene import Bot, Scene

REACHED_WITHIN = 8.0  # seconds; a place that is not passed by then is left, and the bot killed where it stands
RATE = 3.0  # stories a second
HOWS = {signal.SIGKILL: "kill -9", signal.SIGTERM: "SIGTERM"}


@dataclass(frozen=True, slots=True)
class Blow:
    """An end to come: where (empty: at a random moment) and how."""

    place: str
    how: int


def possible(store: str) -> list[Place]:
    """The places that a bot on this store passes."""
    server = store != "sqlite"
    found = (place for place in PLACES.values() if server or "server" not in place.needs)
    return [place for place in found if store != "pair" or place.needs != "file"]


def plan(store: str, blows: int, seed: int) -> list[Blow]:
    """Every place by kill -9, as far as they go; the rest at random moments and places, by either signal."""
    rng = random.Random(seed)
    every = [Blow(place.name, signal.SIGKILL) for place in possible(store)]
    rng.shuffle(every)
    every.sort(key=lambda blow: PLACES[blow.place].needs != "round")  # rounds come at their hours, early in the day
    more: list[Blow] = []
    while len(every) + len(more) < blows:
        how = rng.choice((signal.SIGKILL, signal.SIGTERM))
        place = rng.choice([p.name for p in possible(store) if not p.needs] + [""] * 8)
        more.append(Blow(place, how))
    return [*every, *more][:blows]


async def strike(scene: Scene, blows: Sequence[Blow]) -> None:
    """One blow after the other; a new process each time."""
    rng = random.Random(scene.seed)
    if scene.store == "pair":
        await scene.start()
    async with scene.load(RATE):
        for blow in blows:
            await _one(scene, blow, rng)
        if not scene.living():
            await scene.start()
        await asyncio.sleep(1)


async def _one(scene: Scene, blow: Blow, rng: random.Random) -> None:
    place = PLACES.get(blow.place)
    needs = place.needs if place else ""
    if "silence" in needs:
        await asyncio.sleep(4)
    end = (blow.place, rng.randint(1, place.most), int(blow.how)) if place else None
    bot = await scene.start(end, wait=place is None or not place.name.startswith("start"))
    if "stop" in needs:
        await asyncio.sleep(rng.uniform(0.2, 0.6))
        bot.send(signal.SIGTERM)
    if place is None or not await bot.gone(REACHED_WITHIN):
        await _at_random(scene, bot, blow, rng, missed=place is not None)
    else:
        scene.struck(blow.place, blow.how, bot)


async def _at_random(scene: Scene, bot: Bot, blow: Blow, rng: random.Random, *, missed: bool) -> None:
    await asyncio.sleep(0 if missed else rng.uniform(0.3, 1.5))
    victims = scene.living() if scene.store == "pair" and not missed else [bot]
    await scene.kill(rng.choice(victims), blow.how, f"not reached: {blow.place}" if missed else "at random")
