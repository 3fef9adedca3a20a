"""Writes down what people see: each chat's new messages, edited cards in their latest form, presses and toasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.events import Event
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Message


@dataclass
class Transcript:
    """Follows a Telegram; `flush` gives the lines since the last flush, chat by chat.

    A card that was edited several times in between is shown once, as it ended.
    """

    telegram: Telegram
    local: Callable[[datetime], datetime]
    _seen: list[tuple[int, str, Message | None, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.telegram.listen(self._hear)

    def _hear(self, event: Event) -> None:
        clock = f"{self.local(self.telegram.now()):%H:%M}"
        if event.kind in ("message", "edit") and event.message is not None:
            self._put(event.chat_id, clock, event.message, event.kind)
        elif event.kind == "press" and event.message is not None:
            who = self.telegram.users[event.user_id].name
            label = _label(event.message, event.press.data if event.press else None)
            self._seen.append((event.chat_id, clock, None, f"{who} 👆[{label}]"))
        elif event.kind == "answer" and event.press is not None and event.press.text:
            who = self.telegram.users[event.press.user_id].name
            self._seen.append((event.chat_id, clock, None, f"  💬 {who}: {event.press.text}"))

    def _put(self, chat: int, clock: str, message: Message, kind: str) -> None:
        if kind == "edit":
            for index, (_, _, earlier, how) in enumerate(self._seen):
                if earlier is message:
                    if how == "edit":
                        del self._seen[index]
                        break
                    return  # shown below in its newest form, where it first appeared
        self._seen.append((chat, clock, message, kind))

    def flush(self) -> list[str]:
        """The lines since the last time, grouped by chat in the order in which chats first spoke."""
        chats: dict[int, list[str]] = {}
        for chat, clock, message, what in self._seen:
            lines = chats.setdefault(chat, [])
            if message is None:
                lines.append(f"{clock}  {what}")
            else:
                lines += self._message(clock, message, edited=what == "edit")
        self._seen.clear()
        written = []
        for chat, lines in chats.items():
            written.append(f"┌─ {self._title(chat)}")
            written += [f"│ {line}" for line in lines]
        return written

    def clear(self) -> None:
        """Forget what was heard so far."""
        self._seen.clear()

    def markdown(self, title: str) -> str:
        """Everything since the start (or the last flush) as a Markdown document, a section for each chat."""
        chats: dict[int, list[str]] = {}
        for chat, clock, message, what in self._seen:
            lines = chats.setdefault(chat, [])
            if message is None:
                lines.append(f"- {clock} *{_plain(what.strip())}*")
            else:
                lines += self._item(clock, message, edited=what == "edit")
        written = [f"# {_plain(title)}"]
        for chat, lines in chats.items():
            written += ["", f"## {_plain(self._title(chat))}", "", *lines]
        return "\n".join(written) + "\n"

    def _item(self, clock: str, message: Message, *, edited: bool) -> list[str]:
        sender = self.telegram.users[message.sender_id].name
        head, *rest = (_content(message) or "…").splitlines()
        lines = [f"- {clock}{' ✎' if edited else ''} **{_plain(sender)}**：{_plain(head)}"]
        lines += [f"  {_plain(line)}" if line.strip() else "" for line in rest]
        keys = [f"`[{_code(button['text'])}]`" for row in message.buttons for button in row]
        keys += [f"`⌨ {_code(key['text'])}`" for row in (message.keyboard or {}).get("keyboard", []) for key in row]
        if keys:
            lines.append(f"  {' '.join(keys)}")
        return ["  \n".join(lines)]

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
