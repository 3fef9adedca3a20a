"""Named places of the bot where its process can be ended: wrapped from outside, the code knows nothing of them."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Before or after a function of the bot. `most` is how often it is passed at most until the end comes.

    `needs` says what must be so for it to be passed at all: an orderly stop, a longer silence, several processes…
    """

    name: str
    target: str  # module:Class.function
    after: bool = False
    most: int = 6
    needs: str = ""
    counts: Callable[[tuple[Any, ...]], bool] | None = None


def _some(args: tuple[Any, ...]) -> bool:
    return bool(args[1])


INTAKE, LANES, STORE = "bot.intake:Intake", "bot.lanes:Lanes", "storage.store:Store"
SENDER, BELL = "bot.sender:Sender", "bot.bell:Bell"
PLACES = {
    place.name: place
    for place in (
        # An update comes in
        Place("fetched, not in the inbox", f"{INTAKE}.accept", counts=_some),
        Place("in the inbox, not committed", "storage.inbox:SqlInbox.put", after=True),
        Place("inbox committed, not handled", f"{LANES}.enter"),
        Place("accepted, offset not moved", f"{INTAKE}.accept", after=True, counts=_some),
        Place("before the effect", f"{STORE}.do_for"),
        Place("effect begun, not committed", "storage.inbox:SqlInbox.mark_effect", after=True),
        Place("effect committed, no answer", f"{STORE}.do_for", after=True),
        Place("answered, not marked", f"{LANES}.finish"),
        Place("mark written, not committed", "storage.inbox:SqlInbox.finish", after=True),
        Place("marks committed", f"{LANES}._flush", after=True),
        Place("before a commit", "storage.writer:Writer._commit", most=20),
        Place("after a commit", "storage.writer:Writer._release", most=20),
        Place("a line of the trail written", "storage.audit.recorder:Recorder.close", after=True, most=20),
        Place("a form's step written", "bot.fsm:SqlStorage.set_data", after=True, needs="file"),
        # An alert goes out
        Place("notices read", "storage.outbox:SqlOutbox.pending", after=True),
        Place("before a send", f"{SENDER}._deliver"),
        Place("sent, not settled", f"{SENDER}._put", after=True),
        Place("settled, not committed", "storage.outbox:SqlOutbox.settle", after=True),
        Place("settled", f"{SENDER}._settle", after=True),
        # The clock
        Place("looked, not rung", f"{BELL}._ring", most=2),
        Place("ring begun, not committed", "storage.deadlines:SqlDeadlines.finish", after=True, most=2),
        Place("rung", f"{BELL}._ring", after=True, most=2),
        Place("before a round", f"{BELL}._run_round", most=1, needs="round"),
        Place("round begun, not committed", "storage.rounds:SqlRounds.start", after=True, most=1, needs="round"),
        Place("round run", f"{BELL}._run_round", after=True, most=1, needs="round"),
        # A start
        Place("start: stores open", "bot.app:App.prepare", after=True, most=1),
        Place("start: before what was left", f"{INTAKE}.resume", most=1),
        Place("start: what was left is read", "storage.inbox:SqlInbox.take", after=True, most=1),
        Place("start: what was left is in hand", f"{INTAKE}.resume", after=True, most=1),
        Place("start: catching up", "bot.poller:Poller.catch_up", most=1, needs="leads"),
        Place("start: caught up", "bot.poller:Poller.catch_up", after=True, most=1, needs="leads"),
        Place("start: outage noted, not committed", "storage.rounds:SqlRounds.record_outage", after=True, most=1,
              needs="silence"),
        Place("start: first pulse", f"{BELL}.start", after=True, most=1),
        # A stop
        Place("stop: begun", "bot.app:App.stop", most=1, needs="stop"),
        Place("stop: the trail's end noted", "bot.app:drop_anchor", after=True, most=1, needs="stop"),
        Place("stop: before the files are let go", f"{STORE}.close", most=1, needs="stop"),
        # Several processes
        Place("crowd: entered", "storage.processes:SqlProcesses.join", after=True, most=1, needs="server"),
        Place("crowd: a sign of life", "storage.processes:SqlProcesses.beat", after=True, most=3, needs="server"),
        Place("crowd: leaving", "bot.crowd:Crowd.leave", most=1, needs="server stop"),
    )
}  # fmt: skip


def arm(name: str, nth: int, how: int = signal.SIGKILL) -> None:
    """Have this process end itself when it passes the place for the `nth` time."""
    place = PLACES[name]
    left = nth

    def passed(args: tuple[Any, ...]) -> None:
        nonlocal left
        if place.counts is not None and not place.counts(args):
            return
        left -= 1
        if left == 0:
            os.write(2, f'{{"event": "chaos", "place": "{name}"}}\n'.encode())
            os.kill(os.getpid(), how)

    wrap(place.target, passed, after=place.after)


def wrap(target: str, passed: Callable[[tuple[Any, ...]], None], *, after: bool) -> Callable[[], None]:
    """Put `passed` before or after a function; it is given the arguments. Returns what takes it away again."""
    module, _, path = target.partition(":")
    *owners, attribute = path.split(".")
    owner: Any = importlib.import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    kept = owner.__dict__[attribute]
    inner = kept.__func__ if isinstance(kept, staticmethod) else kept
    made = _around(inner, passed, after=after)
    setattr(owner, attribute, staticmethod(made) if isinstance(kept, staticmethod) else made)
    return functools.partial(setattr, owner, attribute, kept)


def _around(inner: Any, passed: Callable[[tuple[Any, ...]], None], *, after: bool) -> Any:
    if inspect.iscoroutinefunction(inner):

        @functools.wraps(inner)
        async def slowly(*args: Any, **kwargs: Any) -> Any:
            if not after:
                passed(args)
            result = await inner(*args, **kwargs)
            if after:
                passed(args)
            return result

        return slowly

    @functools.wraps(inner)
    def at_once(*args: Any, **kwargs: Any) -> Any:
        if not after:
            passed(args)
        result = inner(*args, **kwargs)
        if after:
            passed(args)
        return result

    return at_once
