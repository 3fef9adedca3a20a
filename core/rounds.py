"""Rounds recur by the calendar: one row per (round, local date), so that none is skipped or run twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from core.ports import UnitOfWork
    from core.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class RoundRun:
    """One run of a round. `late_by` is how long after its time it runs; `missed` tells that this is because
    nobody was there to run it, so that nothing in it may be held against anyone (P21)."""

    day: date
    planned_at: datetime
    late_by: timedelta
    missed: bool


Plan: TypeAlias = "Callable[[Rulebook, date], datetime | None]"
Run: TypeAlias = "Callable[[UnitOfWork, RoundRun], None]"


@dataclass(frozen=True, slots=True)
class Round:
    """What recurs: when on a given local date (None: not that day), what it does, and how long after its time
    it is still worth catching up."""

    name: str
    plan: Plan
    run: Run
    catch_up: timedelta


ROUNDS: dict[str, Round] = {}


def every(name: str, plan: Plan, catch_up: timedelta) -> Callable[[Run], Run]:
    """Declare a round. It runs as SYSTEM in a unit of work of its own, together with its row."""

    def declare(run: Run) -> Run:
        if name in ROUNDS:
            raise ValueError(f"two rounds named {name}")
        ROUNDS[name] = Round(name, plan, run, catch_up)
        return run

    return declare
