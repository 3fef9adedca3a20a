"""What pages are told: the whole world once, then every change, gathered for a moment and sent as one event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from bot.sandbox.events import Event
from bot.sandbox.telegram import Telegram
from bot.sandbox.world import Chat, Message, User

GATHER_SECONDS = 0.015
MOST_WAITING = 2_000  # batches a page that reads nothing may be behind before it is let go
SHOWN_MESSAGES = 300  # of each chat, in the first picture
_LEFT_OUT = frozenset(("chat", "from", "message_id"))
Wire = dict[str, Any]
Page = asyncio.Queue["bytes | None"]


class Feed:
    """Listens to the world and tells pages. `status` is worded by whoever runs the sandbox."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.status: Callable[[], Wire] = dict
        self._pages: set[Page] = set()
        self._changes: dict[tuple[str, int, int], Callable[[], Wire]] = {}
        self._known_users: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._count = 0
        telegram.listen(self._hear)

    # Pages

    def join(self) -> Page:
        """A page's queue of events; the first is the whole world."""
        page: Page = asyncio.Queue(MOST_WAITING)
        self._flush()
        page.put_nowait(_event("world", self.world()))
        self._pages.add(page)
        return page

    def leave(self, page: Page) -> None:
        self._pages.discard(page)

    def end(self) -> None:
        """Let every page go."""
        for page in self._pages:
            _force(page)
        self._pages.clear()

    def renew(self) -> None:
        """Show the whole world again, after it was replaced."""
        self._changes.clear()
        self._send(_event("world", self.world()))

    def world(self) -> Wire:
        telegram = self.telegram
        self._known_users = set(telegram.users)
        return {
            "bot": telegram.bot.id,
            "bot_username": telegram.bot.username,
            "users": [user_shown(user) for user in telegram.users.values()],
            "chats": [self._chat(chat) for chat in telegram.chats.values()],
            "messages": [
                message_shown(message)
                for chat in telegram.chats.values()
                for message in list(chat.messages.values())[-SHOWN_MESSAGES:]
            ],
            "status": self.status(),
        }

    # Changes

    def tell(self, kind: str, make: Callable[[], Wire]) -> None:
        """Tell something of which only the newest form counts; it is worded when it is sent."""
        self._put((kind, 0, 0), make)

    def _hear(self, event: Event) -> None:
        message = event.message
        if event.kind in ("message", "edit", "reaction") and message is not None:
            self._put(("message", event.chat_id, message.id), lambda: message_shown(message))
        elif event.kind == "delete" and message is not None:
            gone = {"chat": event.chat_id, "id": message.id, "gone": True}
            self._put(("message", event.chat_id, message.id), lambda: gone)
        elif event.kind == "answer" and event.press is not None:
            press = event.press
            told = {
                "user": press.user_id,
                "chat": press.chat_id,
                "message": press.message_id,
                "text": press.text,
                "alert": press.alert,
                "url": press.url,
            }
            self._count += 1
            self._put(("answer", press.chat_id, self._count), lambda: told)
        elif event.kind == "action":
            self._put(("typing", event.chat_id, 0), lambda: {"chat": event.chat_id})
        elif event.kind in ("keyboard", "member", "pin", "migrate"):
            self._put(("chat", event.chat_id, 0), lambda: self._chat(self.telegram.chats[event.chat_id]))

    def _put(self, key: tuple[str, int, int], make: Callable[[], Wire]) -> None:
        if not self._pages:
            return
        self._changes[key] = make
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._changes:
            return
        changes, self._changes = self._changes, {}
        batch = [{"kind": "user", **user_shown(user)} for user in self._new_users()]
        for (kind, _, _), make in changes.items():
            batch.append({"kind": kind, **make()})
        self._send(_event("changes", batch))

    def _new_users(self) -> list[User]:
        users = self.telegram.users
        new = [user for number, user in users.items() if number not in self._known_users]
        self._known_users.update(user.id for user in new)
        return new

    def _send(self, event: bytes) -> None:
        for page in tuple(self._pages):
            try:
                page.put_nowait(event)
            except asyncio.QueueFull:
                _force(page)
                self._pages.discard(page)

    def _chat(self, chat: Chat) -> Wire:
        return {
            "chat": chat.id,
            "type": chat.type,
            "title": chat.title,
            "members": {str(m.user_id): m.status for m in chat.members.values() if m.present},
            "keyboards": {str(user): markup for user, (_, markup) in chat.keyboards.items()},
            "pinned": chat.pinned,
            "started": chat.started,
            "blocked": chat.blocked,
            "moved": chat.migrated_to,
        }


def user_shown(user: User) -> Wire:
    return {"user": user.id, "name": user.name, "username": user.username, "bot": user.is_bot}


def message_shown(message: Message) -> Wire:
    """A message for the page: its wire form without what the page knows already."""
    wire = {name: value for name, value in message.wire.items() if name not in _LEFT_OUT}
    shown: Wire = {"chat": message.chat_id, "id": message.id, "from": message.sender_id, "wire": wire}
    given = [(r.get("emoji", ""), user) for user, those in message.reactions.items() for r in those]
    if given:
        shown["reactions"] = given
    return shown


def _force(page: Page) -> None:
    """Make room for the end mark in a full queue."""
    while page.full():
        page.get_nowait()
    page.put_nowait(None)


def _event(name: str, value: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(value) + b"\n\n"
