"""Kills: kill -9 and SIGTERM, at random moments and at every place, with people at work all the time."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from chaos.places import PLACES, Place
from chaos.scene import Bot, Scene

REACHED_WITHIN = 12.0  # seconds; a place that is not passed by then is left, and the bot killed where it stands
RATE = 3.0  # stories a second


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
    """Every place by kill -9, then by SIGTERM, as far as they go; the rest at random moments, by either signal."""
    rng = random.Random(seed)
    places = possible(store)
    hard = [Blow(place.name, signal.SIGKILL) for place in places]
    soft = [Blow(place.name, signal.SIGTERM) for place in places if "stop" not in place.needs]
    more = [Blow("", rng.choice((signal.SIGKILL, signal.SIGTERM))) for _ in range(blows - len(hard) - len(soft))]
    rng.shuffle(hard)
    rng.shuffle(soft)
    planned = [*hard, *soft, *more][:blows]
    # Rounds come at their hours, early in the day.
    return sorted(planned, key=lambda blow: not blow.place or PLACES[blow.place].needs != "round")


async def strike(scene: Scene, blows: Sequence[Blow]) -> None:
    """One blow after the other; a new process each time."""
    rng = random.Random(scene.seed)
    if scene.store == "pair":
        await scene.start()
    async with scene.load(RATE):
        for blow in blows:
            await (_in_turn if _must_lead(scene, blow) else _one)(scene, blow, rng)
        if not scene.living():
            await scene.start()
        await asyncio.sleep(1)


def _must_lead(scene: Scene, blow: Blow) -> bool:
    """Of two processes only the one that leads polls, rings and sends."""
    return scene.store == "pair" and not any(word in blow.place for word in ("start", "stop", "crowd"))


async def _in_turn(scene: Scene, blow: Blow, rng: random.Random) -> None:
    """Three take turns: who leads is ended somewhere, the next leads and ends at its place, the third takes over."""
    (leader,) = scene.living()
    heir = await scene.start(_end(blow, rng))
    await asyncio.sleep(rng.uniform(0, 1))
    await scene.kill(leader, rng.choice((signal.SIGKILL, signal.SIGTERM)), "the leader, at random")
    await scene.start()
    await _await_end(scene, heir, blow, rng)


async def _one(scene: Scene, blow: Blow, rng: random.Random) -> None:
    needs = PLACES[blow.place].needs if blow.place else ""
    if "silence" in needs:
        await asyncio.sleep(4)
    bot = await scene.start(_end(blow, rng), wait="start" not in blow.place)
    if "stop" in needs:
        await asyncio.sleep(rng.uniform(0.2, 0.6))
        bot.send(signal.SIGTERM)
    await _await_end(scene, bot, blow, rng)


def _end(blow: Blow, rng: random.Random) -> tuple[str, int, int] | None:
    return (blow.place, rng.randint(1, PLACES[blow.place].most), int(blow.how)) if blow.place else None


async def _await_end(scene: Scene, bot: Bot, blow: Blow, rng: random.Random) -> None:
    if not blow.place:
        await asyncio.sleep(rng.uniform(0.3, 1.5))
        await scene.kill(bot, blow.how)
    elif await bot.gone(REACHED_WITHIN):
        scene.ended(bot)
        scene.struck(blow.place, blow.how, bot)
    else:
        await scene.kill(bot, blow.how, f"not reached: {blow.place}")
