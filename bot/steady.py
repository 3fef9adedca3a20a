"""Duties that go on whatever happens: a fault is said once, and the next try comes a little later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import structlog
from aiogram.exceptions import (
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from storage.away import Away

log = structlog.get_logger()
T = TypeVar("T")
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.5  # seconds between two tries
LONGEST_OBEYED = 60.0  # seconds that the platform may ask us to stay away, and we do
PASSING = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, TelegramConflictError, OSError)
REFUSED = (TelegramUnauthorizedError, TelegramNotFound)  # of the token, where the method is known


def pauses() -> Iterator[float]:
    """Seconds before each new try, growing; so short that whatever comes back is noticed at once."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


async def steadily(duty: str, turn: Callable[[], Awaitable[object]]) -> None:
    """Take one turn after another until cancelled. One that fails is a line in the log, the first of its kind with a
    traceback, and never the end."""
    said: type[Exception] | None = None
    pause = pauses()
    while True:
        try:
            await turn()
        except Away:  # only where the process ends
            raise
        except Exception as error:  # whatever it is, the duty goes on
            if type(error) is not said:
                log.exception("duty stumbles", duty=duty)
                said = type(error)
            await asyncio.sleep(next(pause))
        else:
            if said is not None:
                log.info("duty goes on", duty=duty)
                said, pause = None, pauses()


async def until_answered(what: str, call: Callable[[], Awaitable[T]]) -> T:
    """What the platform answers, once it does. Raises where it refuses."""
    said = False
    for pause in pauses():
        try:
            return await call()
        except PASSING as error:
            if not said:
                log.warning("platform does not answer", to=what, error=repr(error))
                said = True
            await asyncio.sleep(wait_after(error, pause))
    raise AssertionError("unreachable")


def wait_after(error: Exception, pause: float) -> float:
    """Seconds until a call that failed is made again."""
    return min(error.retry_after, LONGEST_OBEYED) if isinstance(error, TelegramRetryAfter) else pause
