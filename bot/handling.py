"""The update being handled, as the code below the dispatcher finds it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from core.access import Actor
from core.ids import UpdateId
from core.ports import UnitOfWork
from storage.store import Store

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Handling:
    """One run of one update through the handlers. What it asks for is done as of `at`, when it was taken in hand:
    nobody is late because the database was away."""

    update: UpdateId
    at: datetime
    effect_marked: bool = False
    handler: str = ""  # what took it: "leads.claim"
    outcome: str = "done"
    rest: Callable[[], None] = lambda: None  # what is left of it only waits: others may be taken in hand


current: ContextVar[Handling | None] = ContextVar("current", default=None)


def note(*, handler: Callable[..., object] | None = None, outcome: str = "") -> None:
    """Note what became of the update being handled, for the log and the figures; never what was said."""
    handling = current.get()
    if handling is not None:
        if handler is not None:
            module = getattr(handler, "__module__", "").rpartition(".")[2]
            handling.handler = f"{module}.{getattr(handler, '__name__', type(handler).__name__)}"
        handling.outcome = outcome or handling.outcome


class Do:
    """Runs use cases for handlers. The first of an update carries the update's mark, so that a redelivery has
    its effect once (OPS-1); a handler therefore keeps to one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self,
        use_case: Callable[Concatenate[UnitOfWork, Actor, P], T],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        handling = current.get()
        if handling is None:
            return await self._store.do(use_case, actor, *args, **kwargs)
        if handling.effect_marked:
            return await self._store.do_more(handling.update, handling.at, use_case, actor, *args, **kwargs)
        result = await self._store.do_for(handling.update, handling.at, use_case, actor, *args, **kwargs)
        handling.effect_marked = True
        return result


class Ask:
    """Answers handlers' questions from what is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self,
        question: Callable[Concatenate[UnitOfWork, Actor, P], T],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return await self._store.ask(question, actor, *args, **kwargs)
