"""What many methods share: finding the chat and the message, the right to write, formatted text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import limits
from bot.sandbox.entities import Entity, in_order, parse_html, trimmed, utf16_length, with_found
from bot.sandbox.errors import ApiError, bad_request, forbidden, too_many_requests
from bot.sandbox.params import Params
from bot.sandbox.world import Chat, Message, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram


def find_chat(telegram: Telegram, params: Params, name: str = "chat_id") -> Chat:
    """The chat named by id or @username; an upgraded group is refused with its new id."""
    given = params.values.get(name)
    if given is None or given == "":
        raise bad_request(f"{name} is empty")
    chat = _by_username(telegram, given) if str(given).startswith("@") else _by_id(telegram, given)
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    return chat


def _by_id(telegram: Telegram, given: Any) -> Chat | None:
    try:
        return telegram.chats.get(int(given))
    except (TypeError, ValueError):
        return None


def _by_username(telegram: Telegram, given: str) -> Chat | None:
    low = given.removeprefix("@").lower()
    return next((c for c in telegram.chats.values() if not c.is_private and c.username.lower() == low), None)


def present_in(telegram: Telegram, chat: Chat) -> None:
    """Refuse with 403 where the bot is not (or not any more, or not yet)."""
    if chat.is_private:
        if telegram.users[chat.id].deactivated:
            raise forbidden("user is deactivated")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return
    member = telegram.bot_member(chat)
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind}")
    if not member.present:
        raise forbidden(f"bot is not a member of the {chat.kind}")


_SENDING = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_voice_notes": "voice notes",
}


def may_send(telegram: Telegram, chat: Chat, permission: str) -> None:
    present_in(telegram, chat)
    if not chat.is_private and not telegram.bot_member(chat).may_send(permission):
        raise bad_request(f"not enough rights to send {_SENDING[permission]} to the chat")


def charge(telegram: Telegram, chat: Chat) -> None:
    """Count one message against the flood limits."""
    if telegram.limits is None:
        return
    wait = telegram.limits.take(chat.id, is_group=not chat.is_private)
    if wait is not None:
        raise too_many_requests(wait)


def find_reply(telegram: Telegram, chat: Chat, params: Params) -> Message | None:
    """The message replied to, by `reply_parameters` or the older `reply_to_message_id`."""
    given = params.object("reply_parameters", "reply parameters") or {}
    number = Params(given).integer("message_id") or params.integer("reply_to_message_id")
    if not number:
        return None
    place = find_chat(telegram, Params(given)) if given.get("chat_id") is not None else chat
    found = place.messages.get(number)
    lenient = given.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")
    if found is None and not lenient:
        raise bad_request("message to be replied not found")
    return found


def find_message(chat: Chat, params: Params, act: str, name: str = "message_id") -> Message:
    """The message to edit, delete, pin …; `act` names it in the refusal ("message to edit not found")."""
    number = params.integer(name)
    if not number:
        raise bad_request("message identifier is not specified")
    found = chat.messages.get(number)
    if found is None:
        raise bad_request(f"message to {act} not found")
    return found


def formatted(telegram: Telegram, source: str, mode: str, given: list[Any] | None) -> tuple[str, list[Entity]]:
    """Text and entities by `parse_mode` or by the entities given; trimmed, with what is found by itself."""
    low = mode.lower()
    if low == "html":
        text, entities = parse_html(source, telegram.find_user)
    elif low in ("", "none"):
        text, entities = source, _checked(source, given or [])
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = trimmed(text, in_order(entities))
    return text, with_found(text, entities)


def _checked(text: str, given: list[Any]) -> list[Entity]:
    total = utf16_length(text)
    kept = []
    for entity in given:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request('can\'t parse MessageEntity: Field "type" must be a String')
        numbers = Params(entity)
        offset, length = numbers.integer("offset"), numbers.integer("length")
        stop = min(offset + length, total)
        if 0 <= offset < stop:
            extra = {k: v for k, v in entity.items() if k not in ("type", "offset", "length") and v is not None}
            kept.append({"type": entity["type"], "offset": offset, "length": stop - offset, **extra})
    return kept


def message_text(telegram: Telegram, params: Params) -> Wire:
    """`text` and `entities` of a text message."""
    source = params.text("text")
    if not source:
        raise bad_request("message text is empty")
    text, entities = formatted(telegram, source, params.text("parse_mode"), params.array("entities", "MessageEntity"))
    if not text:
        raise bad_request("text must be non-empty")
    content: Wire = {"text": text}
    if entities:
        content["entities"] = entities
    return content


def caption(telegram: Telegram, params: Params) -> Wire:
    """`caption` and `caption_entities`, or nothing."""
    source = params.text("caption")
    if not source:
        return {}
    text, entities = formatted(
        telegram, source, params.text("parse_mode"), params.array("caption_entities", "MessageEntity")
    )
    content: Wire = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    return content


def check_length(content: Wire) -> None:
    """4,096 units of text, 1,024 of caption, after entities parsing."""
    if utf16_length(content.get("text", "")) > limits.TEXT_LENGTH:
        raise bad_request("message is too long")
    if utf16_length(content.get("caption", "")) > limits.CAPTION_LENGTH:
        raise bad_request("message caption is too long")
