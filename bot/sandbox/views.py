"""A chat as one person's screen shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.methods.me import command_key
from bot.sandbox.world import Chat, Message, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram


@dataclass(frozen=True, slots=True)
class ChatView:
    """Title, messages, reply keyboard and command menu for one person."""

    chat: Chat
    title: str
    messages: list[Message]
    pinned: list[Message]
    keyboard: Wire | None
    commands: list[Wire]
    can_write: bool


def chat_view(telegram: Telegram, chat: Chat, user_id: int) -> ChatView:
    member = chat.member(user_id)
    return ChatView(
        chat=chat,
        title=telegram.bot.first_name if chat.is_private else chat.title,
        messages=[*_before_upgrade(telegram, chat), *chat.messages.values()],
        pinned=[chat.messages[number] for number in chat.pinned if number in chat.messages],
        keyboard=telegram.keyboard(chat, user_id),
        commands=commands_for(telegram, chat, user_id),
        can_write=not chat.blocked if chat.is_private else member.present and member.may_send("can_send_messages"),
    )


def _before_upgrade(telegram: Telegram, chat: Chat) -> list[Message]:
    """People see a group's messages from before it became a supergroup; the bot does not reach them."""
    return list(telegram.chats[chat.migrated_from].messages.values()) if chat.migrated_from else []


def commands_for(telegram: Telegram, chat: Chat, user_id: int) -> list[Wire]:
    """The command menu by Telegram's order: the narrowest scope first, in each the user's language first."""
    language = telegram.users[user_id].language_code.partition("-")[0]
    for scope in _scopes(chat, user_id):
        for key in (command_key(scope, language), command_key(scope, "")):
            if found := telegram.settings.commands.get(key):
                return found
    return []


def _scopes(chat: Chat, user_id: int) -> list[Wire]:
    if chat.is_private:
        return [{"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}, {"type": "default"}]
    admin = chat.member(user_id).is_admin
    scopes: list[Wire] = [{"type": "chat_member", "chat_id": chat.id, "user_id": user_id}]
    if admin:
        scopes.append({"type": "chat_administrators", "chat_id": chat.id})
    scopes.append({"type": "chat", "chat_id": chat.id})
    if admin:
        scopes.append({"type": "all_chat_administrators"})
    return [*scopes, {"type": "all_group_chats"}, {"type": "default"}]
