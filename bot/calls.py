"""The calls to the platform as they are made: which, how they ended, and since when nothing is answered."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods.base import Response, TelegramMethod, TelegramType

OUTCOMES = (
    (TelegramRetryAfter, "too_many"),
    (TelegramForbiddenError, "forbidden"),
    (TelegramBadRequest, "bad_request"),
    (TelegramServerError, "server"),
    (TelegramNetworkError, "network"),
    (TelegramAPIError, "refused"),
)
UNANSWERED = ("server", "network")


class Calls(BaseRequestMiddleware):
    """Watches each call where it leaves: after its turn has come, and each new try of it."""

    def __init__(self) -> None:
        self._answered: float | None = None
        self._failing: float | None = None
        self.ended: Callable[[str, str, float], None] | None = None  # told the method, its outcome, the seconds

    @property
    def last_answer(self) -> float | None:
        """Seconds since the platform last answered anything; None where it never did."""
        return None if self._answered is None else monotonic() - self._answered

    @property
    def failing_for(self) -> float:
        """Seconds for which every call has failed; 0 where the last one was answered."""
        return 0.0 if self._failing is None else monotonic() - self._failing

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        begun = monotonic()
        try:
            response = await make_request(bot, method)
        except Exception as error:
            self._note(method, outcome_of(error), begun)
            raise
        self._note(method, "ok", begun)
        return response

    def _note(self, method: TelegramMethod[TelegramType], outcome: str, begun: float) -> None:
        now = monotonic()
        if outcome in UNANSWERED:
            self._failing = self._failing or begun
        else:
            self._answered, self._failing = now, None
        if self.ended is not None:
            self.ended(method.__api_method__, outcome, now - begun)


def outcome_of(error: BaseException) -> str:
    """One word for how a call failed."""
    return next((word for kind, word in OUTCOMES if isinstance(error, kind)), "network")
