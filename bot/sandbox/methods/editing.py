"""Methods that change, delete, pin and mark messages, and answer presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import limits
from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import Markup, read_inline
from bot.sandbox.methods.common import (
    caption,
    charge,
    check_length,
    find_chat,
    find_message,
    message_text,
    present_in,
)
from bot.sandbox.methods.sending import media_content, point_of
from bot.sandbox.params import Params
from bot.sandbox.world import Chat, Message, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_MEDIA = ("photo", "document", "voice")
_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities")
_HOUR = 3600


def _target(telegram: Telegram, params: Params) -> tuple[Chat, Message, Markup | None]:
    """The bot's own message to edit, and the new inline keyboard."""
    if "inline_message_id" in params and "chat_id" not in params:
        raise bad_request("MESSAGE_ID_INVALID")
    chat = find_chat(telegram, params)
    markup = read_inline(params, private=chat.is_private)
    present_in(telegram, chat)
    message = find_message(chat, params, "edit")
    if message.sender_id != telegram.bot.id or message.keyboard is not None or "forward_origin" in message.wire:
        raise bad_request("message can't be edited")
    return chat, message, markup


def _edit(
    telegram: Telegram,
    target: tuple[Chat, Message, Markup | None],
    content: Wire,
    dropped: tuple[str, ...],
) -> Wire:
    chat, message, markup = target
    check_length(content)
    gone = {*dropped, "reply_markup"} - set(content)
    wire = {name: value for name, value in message.wire.items() if name not in gone}
    wire.update(content)
    if markup is not None:
        wire["reply_markup"] = markup
    if wire == message.wire:
        raise bad_request(NOT_MODIFIED)
    if telegram.limits is not None and telegram.limits.edits:
        charge(telegram, chat)
    telegram.replace(message, wire)
    return message.wire


def edit_message_text(telegram: Telegram, params: Params) -> Wire:
    content = message_text(telegram, params)
    target = _target(telegram, params)
    if "text" not in target[1].wire:
        raise bad_request("there is no text in the message to edit")
    options = params.object("link_preview_options", "link preview options")
    if options:
        content["link_preview_options"] = {k: v for k, v in options.items() if v is not None}
    elif params.flag("disable_web_page_preview"):
        content["link_preview_options"] = {"is_disabled": True}
    return _edit(telegram, target, content, _TEXT)


def edit_message_caption(telegram: Telegram, params: Params) -> Wire:
    content = caption(telegram, params)
    target = _target(telegram, params)
    if not any(kind in target[1].wire for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _edit(telegram, target, content, _CAPTION)


def edit_message_media(telegram: Telegram, params: Params) -> Wire:
    item = params.object("media", "InputMedia")
    if not item:
        raise bad_request("media is empty")
    target = _target(telegram, params)
    content = media_content(telegram, params, item)
    return _edit(telegram, target, content, (*_MEDIA, *_CAPTION, *_TEXT))


def edit_message_reply_markup(telegram: Telegram, params: Params) -> Wire:
    return _edit(telegram, _target(telegram, params), {}, ())


def edit_message_live_location(telegram: Telegram, params: Params) -> Wire:
    target = _target(telegram, params)
    period = target[1].wire.get("location", {}).get("live_period")
    if not period:
        raise bad_request("message can't be edited")
    return _edit(telegram, target, {"location": {**point_of(params), "live_period": period}}, ())


def stop_message_live_location(telegram: Telegram, params: Params) -> Wire:
    target = _target(telegram, params)
    point = dict(target[1].wire.get("location", {}))
    if not point.pop("live_period", None):
        raise bad_request("message can't be edited")
    return _edit(telegram, target, {"location": point}, ())


def delete_message(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    present_in(telegram, chat)
    message = find_message(chat, params, "delete")
    if not _may_delete(telegram, chat, message):
        raise bad_request("message can't be deleted for everyone")
    telegram.remove(chat, message)
    return True


def _may_delete(telegram: Telegram, chat: Chat, message: Message) -> bool:
    if not chat.is_private and telegram.bot_member(chat).may("can_delete_messages"):
        return True
    fresh = telegram.stamp() - message.date < limits.EDIT_OR_DELETE_HOURS * _HOUR
    return fresh and (chat.is_private or message.sender_id == telegram.bot.id)


def delete_messages(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    present_in(telegram, chat)
    numbers = params.integers("message_ids")
    if not 1 <= len(numbers) <= limits.BULK:
        raise bad_request("message identifiers are not specified" if not numbers else "too many messages")
    found = [chat.messages[n] for n in numbers if n in chat.messages]
    for message in found:
        if _may_delete(telegram, chat, message):
            telegram.remove(chat, message)
    return True


def answer_callback_query(telegram: Telegram, params: Params) -> bool:
    press = telegram.presses.get(params.text("callback_query_id"))
    if press is None or telegram.monotonic() - press.pressed_at > telegram.callback_seconds:
        raise bad_request(QUERY_TOO_OLD)
    text = params.text("text")
    if utf16_length(text) > limits.CALLBACK_ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    if press.answered:
        return True
    press.answered = True
    press.text, press.alert, press.url = text, params.flag("show_alert"), params.text("url")
    chat = telegram.chats[press.chat_id]
    telegram.tell("answer", chat, chat.messages.get(press.message_id), press=press, user_id=press.user_id)
    return True


def set_message_reaction(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    present_in(telegram, chat)
    message = find_message(chat, params, "react")
    given = params.array("reaction", "ReactionType") or []
    if len(given) > 1 or any(not isinstance(r, dict) or r.get("type") != "emoji" for r in given):
        raise bad_request("REACTION_INVALID")
    message.reactions[telegram.bot.id] = given
    telegram.tell("reaction", chat, message, user_id=telegram.bot.id, data={"reaction": given})
    return True


def _may_pin(telegram: Telegram, chat: Chat) -> None:
    present_in(telegram, chat)
    if not chat.is_private and not telegram.bot_member(chat).may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")


def pin_chat_message(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    _may_pin(telegram, chat)
    message = find_message(chat, params, "pin")
    chat.pinned = [*(n for n in chat.pinned if n != message.id), message.id]
    telegram.tell("pin", chat, message)
    telegram.post(chat, telegram.bot, {"pinned_message": message.wire})
    return True


def unpin_chat_message(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    _may_pin(telegram, chat)
    number = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned = [n for n in chat.pinned if n != number]
    telegram.tell("pin", chat, chat.messages.get(number))
    return True


def unpin_all_chat_messages(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    _may_pin(telegram, chat)
    chat.pinned = []
    telegram.tell("pin", chat)
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageLiveLocation": edit_message_live_location,
    "stopMessageLiveLocation": stop_message_live_location,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
