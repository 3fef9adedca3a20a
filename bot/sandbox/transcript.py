"""Writes down what people see: each chat's new messages, edited cards in their latest form, presses and toasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.events import Event
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Message

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that showed in a chat, as it looked then: a message, or (`message` None) a press or a toast."""

    chat: int
    clock: str
    text: str
    sender: str = ""
    buttons: Rows = field(default_factory=list)
    keys: Rows = field(default_factory=list)
    message: Message | None = None
    edited: bool = False

    def as_lines(self) -> list[str]:
        """For a terminal."""
        if self.message is None:
            return [f"{self.clock}  {self.text}"]
        head, *rest = self.text.splitlines() or ["…"]
        lines = [f"{self.clock}{'✎' if self.edited else ' '} {self.sender}：{head}", *(f"         {x}" for x in rest)]
        lines += ["         " + " ".join(f"[{label}]" for label in row) for row in self.buttons]
        return lines + ["         " + " ".join(f"⌨[{label}]" for label in row) for row in self.keys]

    def as_item(self) -> str:
        """An item of a Markdown list."""
        if self.message is None:
            return f"- {self.clock} *{_plain(self.text.strip())}*"
        head, *rest = self.text.splitlines() or ["…"]
        lines = [f"- {self.clock}{' ✎' if self.edited else ''} **{_plain(self.sender)}**：{_plain(head)}"]
        lines += [f"  {_plain(line)}" if line.strip() else "" for line in rest]
        labels = [f"`[{_code(label)}]`" for row in self.buttons for label in row]
        labels += [f"`⌨ {_code(label)}`" for row in self.keys for label in row]
        return "  \n".join([*lines, f"  {' '.join(labels)}"] if labels else lines)


@dataclass
class Transcript:
    """Follows a Telegram; `flush` gives the lines since the last flush, chat by chat.

    A card that was edited several times in between is shown once, as it ended.
    """

    telegram: Telegram
    local: Callable[[datetime], datetime]
    _seen: list[Shown] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.telegram.listen(self._hear)

    def _hear(self, event: Event) -> None:
        clock = f"{self.local(self.telegram.now()):%H:%M}"
        if event.kind in ("message", "edit") and event.message is not None:
            self._put(event.chat_id, clock, event.message, edited=event.kind == "edit")
        elif event.kind == "press" and event.message is not None:
            who = self.telegram.users[event.user_id].name
            label = _label(event.message, event.press.data if event.press else None)
            self._seen.append(Shown(event.chat_id, clock, f"{who} 👆[{label}]"))
        elif event.kind == "answer" and event.press is not None and event.press.text:
            who = self.telegram.users[event.press.user_id].name
            self._seen.append(Shown(event.chat_id, clock, f"  💬 {who}：{event.press.text}"))

    def _put(self, chat: int, clock: str, message: Message, *, edited: bool) -> None:
        if edited:
            self._seen = [one for one in self._seen if one.message is not message or not one.edited]
        sender = self.telegram.users[message.sender_id].name
        buttons = [[button["text"] for button in row] for row in message.buttons]
        keys = [[key["text"] for key in row] for row in (message.keyboard or {}).get("keyboard", [])]
        self._seen.append(Shown(chat, clock, _content(message), sender, buttons, keys, message, edited))

    def clear(self) -> None:
        """Forget what was heard so far."""
        self._seen.clear()

    def flush(self) -> list[str]:
        """The lines since the last time, grouped by chat in the order in which chats first spoke."""
        written = []
        for chat, shown in self._by_chat().items():
            written.append(f"┌─ {self._title(chat)}")
            written += [f"│ {line}" for one in shown for line in one.as_lines()]
        self.clear()
        return written

    def markdown(self, title: str) -> str:
        """Everything since the start (or the last flush) as a Markdown document, a section for each chat."""
        written = [f"# {_plain(title)}"]
        for chat, shown in self._by_chat().items():
            written += ["", f"## {_plain(self._title(chat))}", "", *(one.as_item() for one in shown)]
        return "\n".join(written) + "\n"

    def _by_chat(self) -> dict[int, list[Shown]]:
        chats: dict[int, list[Shown]] = {}
        for one in self._seen:
            chats.setdefault(one.chat, []).append(one)
        return chats

    def _title(self, chat_id: int) -> str:
        chat = self.telegram.chats[chat_id]
        return f"📱 {self.telegram.users[chat_id].name}（私聊）" if chat.is_private else f"👥 {chat.title}"


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


def _label(message: Message, data: str | None) -> str:
    for row in message.buttons:
        for button in row:
            if button.get("callback_data") == data:
                return str(button["text"])
    return data or ""


_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def _plain(text: str) -> str:
    """Text that Markdown (and the HTML in it) leaves as it is."""
    return _MARKS.sub(r"\\\1", text)


def _code(text: str) -> str:
    return text.replace("`", "'")
