"""Writes down what people see: each chat's new messages, edited cards in their latest form, presses and toasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.events import Event
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Message


@dataclass(slots=True)
class _Seen:
    """Something that showed in a chat, as it looked then."""

    chat: int
    lines: list[str]
    message: Message | None = None
    edited: bool = False


@dataclass
class Transcript:
    """Follows a Telegram; `flush` gives the lines since the last flush, chat by chat.

    A card that was edited several times in between is shown once, as it ended.
    """

    telegram: Telegram
    local: Callable[[datetime], datetime]
    _seen: list[_Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.telegram.listen(self._hear)

    def _hear(self, event: Event) -> None:
        clock = f"{self.local(self.telegram.now()):%H:%M}"
        if event.kind in ("message", "edit") and event.message is not None:
            self._put(event.chat_id, clock, event.message, edited=event.kind == "edit")
        elif event.kind == "press" and event.message is not None:
            who = self.telegram.users[event.user_id].name
            label = _label(event.message, event.press.data if event.press else None)
            self._seen.append(_Seen(event.chat_id, [f"{clock}  {who} 👆[{label}]"]))
        elif event.kind == "answer" and event.press is not None and event.press.text:
            who = self.telegram.users[event.press.user_id].name
            self._seen.append(_Seen(event.chat_id, [f"{clock}    💬 {who}: {event.press.text}"]))

    def _put(self, chat: int, clock: str, message: Message, *, edited: bool) -> None:
        if edited:
            self._seen = [one for one in self._seen if one.message is not message or not one.edited]
        self._seen.append(_Seen(chat, self._message(clock, message, edited=edited), message, edited))

    def flush(self) -> list[str]:
        """The lines since the last time, grouped by chat in the order in which chats first spoke."""
        chats: dict[int, list[str]] = {}
        for one in self._seen:
            chats.setdefault(one.chat, []).extend(one.lines)
        self._seen.clear()
        return [
            line for chat, lines in chats.items() for line in (f"┌─ {self._title(chat)}", *(f"│ {x}" for x in lines))
        ]

    def _title(self, chat_id: int) -> str:
        chat = self.telegram.chats[chat_id]
        return f"📱 {self.telegram.users[chat_id].name}（私聊）" if chat.is_private else f"👥 {chat.title}"

    def _message(self, clock: str, message: Message, *, edited: bool) -> list[str]:
        sender = self.telegram.users[message.sender_id].name
        head, *rest = (_content(message) or "…").splitlines()
        lines = [f"{clock}{'✎' if edited else ' '} {sender}：{head}", *(f"         {line}" for line in rest)]
        for row in message.buttons:
            lines.append("         " + " ".join(f"[{button['text']}]" for button in row))
        for keys in (message.keyboard or {}).get("keyboard", []):
            lines.append("         " + " ".join(f"⌨[{key['text']}]" for key in keys))
        return lines


def _content(message: Message) -> str:
    wire = message.wire
    text = str(wire.get("text") or wire.get("caption") or "")
    if "location" in wire:
        point = wire["location"]
        where = f"📍{point['latitude']:.4f},{point['longitude']:.4f}"
        return f"{'↪转发 ' if 'forward_origin' in wire else ''}{where}"
    for kind, mark in (("photo", "🖼 照片"), ("document", "📄 文件"), ("voice", "🎤 语音")):
        if kind in wire:
            name = wire[kind].get("file_name", "") if isinstance(wire[kind], dict) else ""
            return f"{mark} {name} {text}".strip()
    if "new_chat_members" in wire:
        return "（加入群）"
    if "left_chat_member" in wire:
        return "（离开群）"
    return text


_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def _plain(text: str) -> str:
    """Text that Markdown (and the HTML in it) leaves as it is."""
    return _MARKS.sub(r"\\\1", text)


def _code(text: str) -> str:
    return text.replace("`", "'")


def _label(message: Message, data: str | None) -> str:
    for row in message.buttons:
        for button in row:
            if button.get("callback_data") == data:
                return str(button["text"])
    return data or ""
