"""Button data: `name:part:part`, at most 64 bytes, and the filter that reads it. Buttons keep no state."""

from __future__ import annotations

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bot.press import MOST_BYTES, press

__all__ = ["MOST_BYTES", "OnPress", "press"]


class OnPress(Filter):
    """Passes a press whose data begins with `name`; hands on `parts`, the strings after it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        name, *parts = (query.data or "").split(":")
        return {"parts": parts} if name == self.name else False
