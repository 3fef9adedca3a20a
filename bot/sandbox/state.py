"""The whole world as JSON and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.settings import BotSettings
from bot.sandbox.world import Chat, Member, Message, User

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

Wire = dict[str, Any]
_PLAIN = (
    "id",
    "type",
    "title",
    "username",
    "description",
    "pinned",
    "permissions",
    "next_message_id",
    "started",
    "blocked",
    "migrated_to",
    "migrated_from",
)


def save_state(telegram: Telegram, counter: int) -> Wire:
    return {
        "version": 1,
        "counter": counter,
        "next_message_id": telegram.next_message_id,
        "privacy": telegram.privacy,
        "users": [asdict(user) for user in telegram.users.values()],
        "chats": [_chat_state(chat) for chat in telegram.chats.values()],
        "files": telegram.files.state(),
        "updates": telegram.updates.state(),
        "settings": telegram.settings.state(),
    }


def load_state(telegram: Telegram, state: Wire) -> int:
    """Fill the world; returns the counter."""
    telegram.next_message_id = state["next_message_id"]
    telegram.privacy = state["privacy"]
    telegram.users = {row["id"]: User(**row) for row in state["users"]}
    telegram.bot = telegram.users[telegram.bot.id]
    telegram.chats = {row["id"]: _chat(row) for row in state["chats"]}
    telegram.files.restore(state["files"])
    telegram.updates.restore(state["updates"])
    telegram.settings = BotSettings.restored(state["settings"])
    telegram.presses.clear()
    return int(state["counter"])


def _chat_state(chat: Chat) -> Wire:
    return {
        **{name: getattr(chat, name) for name in _PLAIN},
        "members": [asdict(member) for member in chat.members.values()],
        "messages": [_message_state(message) for message in chat.messages.values()],
        "keyboards": [[user_id, *shown] for user_id, shown in chat.keyboards.items()],
    }


def _message_state(message: Message) -> Wire:
    return {
        "id": message.id,
        "sender_id": message.sender_id,
        "wire": message.wire,
        "keyboard": message.keyboard,
        "reactions": [[user_id, given] for user_id, given in message.reactions.items()],
    }


def _chat(row: Wire) -> Chat:
    chat = Chat(**{name: row[name] for name in _PLAIN})
    chat.members = {m["user_id"]: Member(**m) for m in row["members"]}
    chat.messages = {m["id"]: _message(chat.id, m) for m in row["messages"]}
    chat.keyboards = {user_id: (number, markup) for user_id, number, markup in row["keyboards"]}
    return chat


def _message(chat_id: int, row: Wire) -> Message:
    reactions = {int(user_id): given for user_id, given in row["reactions"]}
    return Message(chat_id, row["id"], row["sender_id"], row["wire"], row["keyboard"], reactions)
