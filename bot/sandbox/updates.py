"""The queue of updates that wait for the bot, and who fetches them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from bot.sandbox.errors import ApiError, conflict

Wire = dict[str, Any]

FIRST_ID = 500_000_001
NOT_BY_DEFAULT = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
_MOST = 100


class Poll:
    """One getUpdates request that waits; `wake` is called when there is something to see."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.refusal: ApiError | None = None

    def end(self, refusal: ApiError) -> None:
        self.refusal = refusal
        self.wake()


class Updates:
    """Updates in order of their ids; they are given again until an offset passes them."""

    def __init__(self) -> None:
        self.next_id = FIRST_ID
        self.allowed: tuple[str, ...] = ()
        self.confirmed = 0
        self.poll: Poll | None = None
        self._waiting: deque[Wire] = deque()
        self._listeners: list[Callable[[Wire], None]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def put(self, kind: str, value: Wire) -> None:
        """Queue one update if the bot asked for its kind, and wake whoever waits."""
        if not self.wants(kind):
            return
        update: Wire = {"update_id": self.next_id, kind: value}
        self.next_id += 1
        self._waiting.append(update)
        for listener in tuple(self._listeners):
            listener(update)
        if self.poll is not None:
            self.poll.wake()

    def listen(self, listener: Callable[[Wire], None]) -> Callable[[], None]:
        """Call `listener` with each queued update (a webhook does); returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def confirm(self, offset: int) -> None:
        """Forget what lies before the offset; a negative one keeps only that many of the last."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
                self.confirmed += 1
            return
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
            self.confirmed += 1

    def peek(self, limit: int = _MOST) -> list[Wire]:
        most = limit if 1 <= limit <= _MOST else _MOST
        return list(islice(self._waiting, most))

    def ahead(self, limit: int) -> list[Wire]:
        """The oldest that wait, to be brought to a webhook."""
        return list(islice(self._waiting, limit))

    def drop(self, update_id: int) -> None:
        """Forget one that a webhook has taken."""
        for place, update in enumerate(self._waiting):
            if update["update_id"] == update_id:
                del self._waiting[place]
                self.confirmed += 1
                return

    def take(self) -> list[Wire]:
        """Everything that waits, at once forgotten: for tests that feed a dispatcher themselves."""
        taken = list(self._waiting)
        self.confirmed += len(taken)
        self._waiting.clear()
        return taken

    def clear(self) -> None:
        self._waiting.clear()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Remember the kinds wanted; None keeps the previous choice, an empty list restores the default."""
        if kinds is not None:
            self.allowed = tuple(kinds)

    def begin(self, poll: Poll) -> None:
        """The newer of two pollers wins: the older one is refused with 409."""
        if self.poll is not None:
            self.poll.end(conflict(TERMINATED))
        self.poll = poll

    def finish(self, poll: Poll) -> None:
        if self.poll is poll:
            self.poll = None

    def state(self) -> Wire:
        return {"next_id": self.next_id, "allowed": list(self.allowed), "waiting": list(self._waiting)}

    def restore(self, state: Wire) -> None:
        self.next_id = state["next_id"]
        self.allowed = tuple(state["allowed"])
        self._waiting = deque(state["waiting"])
