"""What was read of the company's people and groups within one transaction, so that it is read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Memory:
    """Answers of one transaction, in which nobody else writes. What is written through it, or taken back, ends it."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def recall(self, question: Hashable, read: Callable[[], T]) -> T:
        """What was read before, or is now. It must be of a kind that nobody changes."""
        if question not in self._known:
            self._known[question] = read()
        return cast("T", self._known[question])

    def forget(self) -> None:
        self._known.clear()
