"""The story player: a day told step by step."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from bot.sandbox.conductor import Conductor
from core.rulebook.sections import Words

DAY = "bot.sandbox.day"


class Step(Protocol):
    """One step: go to a clock time (if one is given), then something happens."""

    @property
    def key(self) -> str: ...
    @property
    def clock(self) -> str | None: ...
    @property
    def title(self) -> Words: ...
    @property
    def sentence(self) -> Words: ...
    @property
    def act(self) -> Callable[[Any], Awaitable[None]]: ...


def demo_day() -> tuple[Step, ...]:
    """The steps of the demo company's day, where this copy of the product has them."""
    if importlib.util.find_spec(DAY) is None:
        return ()
    steps: tuple[Step, ...] = importlib.import_module(DAY).STEPS
    return steps


class StoryPlayer:
    """Where the story is. `done` counts the steps played."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self.done = 0
        self.running = False

    async def next(self, company: Any, conductor: Conductor) -> None:
        """Play the next step; nothing after the last."""
        if self.done >= len(self.steps):
            return
        step = self.steps[self.done]
        self.done += 1
        if step.clock:
            await conductor.to_clock(step.clock)
        await step.act(company)
        await company.stage.settle()

    def shown(self) -> dict[str, Any]:
        return {
            "done": self.done,
            "running": self.running,
            "steps": [
                {
                    "key": step.key,
                    "clock": step.clock,
                    "title": _both(step.title),
                    "sentence": _both(step.sentence),
                }
                for step in self.steps
            ],
        }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.say("zh_CN"), "en": words.say("en")}
