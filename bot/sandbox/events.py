"""What listeners (the web page, a transcript) are told, and what a button press comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.world import Message

EventKind = Literal[
    "message",
    "edit",
    "delete",
    "press",
    "answer",
    "keyboard",
    "action",
    "reaction",
    "member",
    "pin",
    "migrate",
]


@dataclass(slots=True)
class Press:
    """A pressed inline button; the answer arrives later, or never."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str | None
    pressed_at: float
    answered: bool = False
    text: str = ""
    alert: bool = False
    url: str = ""

    @property
    def toast(self) -> str:
        """The short notice shown over the chat; empty for an alert or no text."""
        return "" if self.alert else self.text


@dataclass(frozen=True, slots=True)
class Event:
    """Something visible happened in a chat."""

    kind: EventKind
    chat_id: int
    message: Message | None = None
    press: Press | None = None
    user_id: int = 0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot: the method's proper name and its parameters as they came."""

    method: str
    params: dict[str, Any]
