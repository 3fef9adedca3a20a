"""Button data: `name:part:part`, at most 64 bytes, and the filter that reads it. Buttons keep no state."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bot.press import MOST_BYTES, press
from core.errors import NotFound

__all__ = ["MOST_BYTES", "OnPress", "number", "press"]
MOST_DIGITS = 18  # what a database id may have


class OnPress(Filter):
    """Passes a press whose data begins with `name`; hands on `parts`, the strings after it. `private`: only in a
    private chat, where forms can be opened; elsewhere such a press is a forged one."""

    def __init__(self, name: str, *, private: bool = False) -> None:
        self.name = name
        self.private = private

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        if self.private and (query.message is None or query.message.chat.type != ChatType.PRIVATE):
            return False
        name, *parts = (query.data or "").split(":")
        return {"parts": parts} if name == self.name else False


def number(parts: list[str], at: int = 0) -> int:
    """The number at a place of a button's parts. Raises NotFound for data that no button of ours carries."""
    text = parts[at] if at < len(parts) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound("button", text)
    return int(text)
