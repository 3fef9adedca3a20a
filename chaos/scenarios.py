"""The scenarios: what is done to the bot. Each is a coroutine that is given a scene.

    @scenario("disk full", on=("sqlite",))
    async def disk_full(scene: Scene) -> None: ...

When it returns, the scene is made quiet, its bots are stopped, and the invariants are looked at. `excuse` names those
that can't hold there. A scenario that only `scene.row(...)`s what it measured needs nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import chaos
from chaos.scene import STORES, Scene

Run = Callable[[Scene], Awaitable[None]]
SCENARIOS: list[Scenario] = []


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done, on which stores, and the invariants that can't hold after it."""

    name: str
    run: Run
    on: tuple[str, ...] = STORES
    excuse: tuple[str, ...] = ()
    short: bool = False  # part of the short run


def scenario(
    name: str, *, on: tuple[str, ...] = STORES, excuse: tuple[str, ...] = (), short: bool = False
) -> Callable[[Run], Run]:
    def enter(run: Run) -> Run:
        SCENARIOS.append(Scenario(name, run, on, excuse, short))
        return run

    return enter


def known() -> list[Scenario]:
    """All scenarios of the package: those of every module whose name begins with `faults`."""
    for module in pkgutil.iter_modules(chaos.__path__):
        if module.name.startswith("faults"):
            importlib.import_module(f"chaos.{module.name}")
    return SCENARIOS
