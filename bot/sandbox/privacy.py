"""What a bot may see of a group: privacy mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.entities import utf16_slice
from bot.sandbox.world import Chat, Message

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

_SERVICE = frozenset(
    (
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "group_chat_created",
        "pinned_message",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
    )
)


def bot_sees(telegram: Telegram, chat: Chat, message: Message) -> bool:
    """Private chats and service messages always; in groups commands, replies and mentions, or all."""
    if chat.is_private:
        return not chat.blocked
    member = telegram.bot_member(chat)
    if not member.present:
        return False
    if not telegram.privacy or member.is_admin:
        return True
    if not _SERVICE.isdisjoint(message.wire):
        return True
    replied = message.wire.get("reply_to_message")
    if replied and replied["from"]["id"] == telegram.bot.id:
        return True
    return any(_addresses(telegram, message, entity) for entity in message.entities)


def _addresses(telegram: Telegram, message: Message, entity: dict[str, object]) -> bool:
    kind = entity["type"]
    if kind == "text_mention":
        user = entity["user"]
        return isinstance(user, dict) and user["id"] == telegram.bot.id
    if kind not in ("bot_command", "mention"):
        return False
    part = utf16_slice(message.text, int(str(entity["offset"])), int(str(entity["length"])))
    _, mark, name = part.partition("@")
    if kind == "bot_command" and not mark:
        return True
    return name.lower() == telegram.bot.username.lower()
