"""An in-process Telegram: people, chats and messages on one side, the Bot API on the other.

It knows neither aiohttp nor aiogram. `call` answers a Bot API method; `person(...)` gives people who act.
Answers are shared with the world: read them, don't change them.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.sandbox import errors
from bot.sandbox.events import Call, Event, EventKind, Press
from bot.sandbox.files import Files
from bot.sandbox.keyboards import Markup, is_inline
from bot.sandbox.limits import Limits
from bot.sandbox.methods import METHODS, PARAMETERS
from bot.sandbox.params import Params, Upload
from bot.sandbox.people import Person
from bot.sandbox.privacy import bot_sees
from bot.sandbox.settings import BotSettings
from bot.sandbox.state import load_state, save_state
from bot.sandbox.updates import Updates
from bot.sandbox.views import ChatView, chat_view
from bot.sandbox.world import Chat, ChatType, Member, Message, User, Wire, chat_wire, supergroup_id

BOT_ID = 1_000_001
TOKEN = f"{BOT_ID}:SANDBOX-keguan-local-telegram-only"
CALLBACK_SECONDS = 15.0
_TOKEN = re.compile(r"\d+:SANDBOX-[A-Za-z0-9_-]*")
_FIRST_PERSON = 2_000_001
_FIRST_GROUP = 4_000_001
_CALLS_KEPT = 10_000
_PRESSES_KEPT = 10_000


class Telegram:
    """The world and its Bot API for one bot.

    `now` dates messages; `monotonic` measures flood limits and the life of button presses (seconds).
    `keep` is the number of messages kept per chat (0: all), for runs that send hundreds of thousands.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
        strict: bool = False,
        privacy: bool = True,
        token: str = TOKEN,
        bot_name: str = "客管",
        bot_username: str = "keguan_bot",
        callback_seconds: float = CALLBACK_SECONDS,
        keep: int = 0,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("the sandbox takes only tokens of the form 1000001:SANDBOX-…")
        self.now = now
        self.monotonic = monotonic
        self.limits = limits
        self.strict = strict
        self.privacy = privacy
        self.token = token
        self.callback_seconds = callback_seconds
        self.keep = keep
        self.bot = User(int(token.partition(":")[0]), bot_name, username=bot_username, is_bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.updates = Updates()
        self.settings = BotSettings()
        self.presses: dict[str, Press] = {}
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.next_message_id = 1
        self.webhook_changed: Callable[[], None] = _nothing
        self._listeners: list[Callable[[Event], None]] = []
        self._counter = 0

    # The Bot API

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, files: Mapping[str, Upload] | None = None
    ) -> Any:
        """Answer one method (name in any case); raises ApiError. getUpdates doesn't wait here."""
        given = Params(params or {}, files)
        entry = METHODS.get(method.lower())
        if entry is None:
            self.calls.append(Call(method, dict(given.values)))
            raise errors.not_found("method not found")
        name, function = entry
        self.calls.append(Call(name, dict(given.values)))
        if self.strict:
            self._check_names(name, given)
        return function(self, given)

    def _check_names(self, method: str, given: Params) -> None:
        if unknown := sorted(set(given.values) - PARAMETERS[method]):
            listed = ", ".join(unknown)
            raise errors.UnknownParameterError(400, f"Bad Request: {method} has no parameter {listed}")

    def sent(self, method: str = "") -> list[Call]:
        """Calls so far, of one method or all but getUpdates."""
        return [call for call in self.calls if call.method == method or (not method and call.method != "getUpdates")]

    # People and chats

    def person(
        self,
        first_name: str,
        last_name: str = "",
        *,
        id: int = 0,
        username: str = "",
        language_code: str = "",
        phone: str = "",
    ) -> Person:
        """A new person; without an id the next free one is taken."""
        number = id or _FIRST_PERSON + self.count()
        if number in self.users:
            raise ValueError(f"user {number} exists already")
        self.users[number] = User(number, first_name, last_name, username, language_code, phone=phone)
        self.chats[number] = Chat(number, "private")
        return Person(self, self.users[number])

    def as_person(self, user_id: int) -> Person:
        """The acting side of a user that exists (after a load)."""
        return Person(self, self.users[user_id])

    def new_group(self, title: str, kind: ChatType, username: str = "") -> Chat:
        """An empty group; people make one with `Person.create_group`."""
        number = _FIRST_GROUP + self.count()
        chat_id = supergroup_id(number) if kind == "supergroup" else -number
        self.chats[chat_id] = Chat(chat_id, kind, title, username)
        return self.chats[chat_id]

    def count(self) -> int:
        """The next number of the sandbox's own counter."""
        self._counter += 1
        return self._counter

    def chat(self, chat: Chat | int) -> Chat:
        return chat if isinstance(chat, Chat) else self.chats[chat]

    def find_user(self, user_id: int) -> Wire | None:
        user = self.users.get(user_id)
        return user.wire() if user else None

    def user_named(self, username: str) -> User | None:
        low = username.removeprefix("@").lower()
        return next((user for user in self.users.values() if user.username.lower() == low), None)

    def chat_wire(self, chat: Chat) -> Wire:
        return chat_wire(chat, self.users[chat.id] if chat.is_private else None)

    def bot_member(self, chat: Chat) -> Member:
        return chat.member(self.bot.id)

    # Messages

    def stamp(self) -> int:
        return int(self.now().timestamp())

    def post(
        self,
        chat: Chat,
        sender: User,
        content: Wire,
        *,
        reply_to: Message | None = None,
        markup: Markup | None = None,
    ) -> Message:
        """Add a message, show it, and queue it for the bot if the bot may see it."""
        number = self._next_id(chat)
        wire: Wire = {
            "message_id": number,
            "from": sender.wire(),
            "chat": self.chat_wire(chat),
            "date": self.stamp(),
        }
        if reply_to is not None:
            wire["reply_to_message"] = without_reply(reply_to.wire)
        wire.update(content)
        if is_inline(markup):
            wire["reply_markup"] = markup
        message = Message(chat.id, number, sender.id, wire, None if is_inline(markup) else markup)
        chat.messages[number] = message
        if 0 < self.keep < len(chat.messages):
            del chat.messages[next(iter(chat.messages))]
        self._show_keyboard(chat, message, reply_to)
        if self._listeners:
            self.tell("message", chat, message)
        if sender is not self.bot and bot_sees(self, chat, message):
            self.updates.put("message", wire)
        return message

    def _next_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            number = chat.next_message_id
            chat.next_message_id += 1
            return number
        number = self.next_message_id
        self.next_message_id += 1
        return number

    def _show_keyboard(self, chat: Chat, message: Message, reply_to: Message | None) -> None:
        if message.keyboard is None:
            return
        for user_id in self._receivers(chat, message, reply_to):
            if message.keyboard.get("keyboard"):
                chat.keyboards[user_id] = (message.id, message.keyboard)
            else:
                chat.keyboards.pop(user_id, None)
        self.tell("keyboard", chat, message)

    def _receivers(self, chat: Chat, message: Message, reply_to: Message | None) -> list[int]:
        if chat.is_private:
            return [chat.id]
        everyone = [m.user_id for m in chat.members.values() if m.present and m.user_id != self.bot.id]
        if not (message.keyboard or {}).get("selective"):
            return everyone
        named = {e["user"]["id"] for e in message.entities if "user" in e}
        named |= {user.id for user in self.users.values() if user.username and f"@{user.username}" in message.text}
        return [user_id for user_id in everyone if user_id in named or (reply_to and reply_to.sender_id == user_id)]

    def replace(self, message: Message, wire: Wire) -> None:
        """Put an edited form in the message's place and show it; a person's edit reaches the bot."""
        message.wire = {**wire, "edit_date": self.stamp()}
        chat = self.chats[message.chat_id]
        self.tell("edit", chat, message)
        if message.sender_id != self.bot.id and bot_sees(self, chat, message):
            self.updates.put("edited_message", message.wire)

    def remove(self, chat: Chat, message: Message) -> None:
        """Delete for everyone; a keyboard that came with the message goes too."""
        del chat.messages[message.id]
        chat.pinned = [number for number in chat.pinned if number != message.id]
        for user_id in [u for u, (number, _) in chat.keyboards.items() if number == message.id]:
            del chat.keyboards[user_id]
        self.tell("delete", chat, message)

    def remember(self, press: Press) -> None:
        """Keep a press until it is answered; those long expired are forgotten."""
        self.presses[press.id] = press
        while len(self.presses) > _PRESSES_KEPT:
            del self.presses[next(iter(self.presses))]

    def change_member(self, chat: Chat, by: User, member: Member) -> None:
        """Set a member's standing and send the bot the update it is entitled to."""
        before = chat.member(member.user_id)
        chat.members[member.user_id] = member
        user = self.users[member.user_id]
        change: Wire = {
            "chat": self.chat_wire(chat),
            "from": by.wire(),
            "date": self.stamp(),
            "old_chat_member": before.wire(user),
            "new_chat_member": member.wire(user),
        }
        self.tell("member", chat, user_id=member.user_id, data={"status": member.status})
        if user is self.bot:
            self.updates.put("my_chat_member", change)
        elif self.bot_member(chat).is_admin:
            self.updates.put("chat_member", change)

    # Looking

    def history(self, chat: Chat | int) -> list[Message]:
        """Messages now in the chat, oldest first."""
        return list(self.chat(chat).messages.values())

    def visible_chats(self, user: Person | int) -> list[Chat]:
        """Chats a person sees in the list: the bot's once talked, and the groups they are in."""
        user_id = user if isinstance(user, int) else user.id
        return [
            chat
            for chat in self.chats.values()
            if (chat.id == user_id if chat.is_private else chat.member(user_id).present) and not chat.migrated_to
        ]

    def view(self, chat: Chat | int, user: Person | int) -> ChatView:
        """The chat as one person's screen shows it."""
        return chat_view(self, self.chat(chat), user if isinstance(user, int) else user.id)

    def keyboard(self, chat: Chat | int, user: Person | int) -> Wire | None:
        """The reply keyboard the person has now in the chat."""
        shown = self.chat(chat).keyboards.get(user if isinstance(user, int) else user.id)
        return shown[1] if shown else None

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every visible event; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(
        self,
        kind: EventKind,
        chat: Chat,
        message: Message | None = None,
        *,
        press: Press | None = None,
        user_id: int = 0,
        data: Wire | None = None,
    ) -> None:
        if not self._listeners:
            return
        event = Event(kind, chat.id, message, press, user_id, data or {})
        for listener in tuple(self._listeners):
            listener(event)

    # Whole state

    def save(self) -> Wire:
        """Everything as one JSON-ready value."""
        return save_state(self, self._counter)

    def load(self, state: Wire) -> None:
        """Become what `save` gave; listeners and clocks stay."""
        self._counter = load_state(self, state)


def _nothing() -> None:
    """Without a server nobody pushes."""


def without_reply(wire: Wire) -> Wire:
    """A message as it stands inside a reply: one level deep."""
    if "reply_to_message" not in wire:
        return wire
    return {name: value for name, value in wire.items() if name != "reply_to_message"}
