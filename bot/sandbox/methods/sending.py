"""Methods that add messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import limits
from bot.sandbox.errors import bad_request
from bot.sandbox.files import StoredFile
from bot.sandbox.keyboards import read_markup
from bot.sandbox.methods.common import (
    caption,
    charge,
    check_length,
    find_chat,
    find_message,
    find_reply,
    may_send,
    message_text,
    present_in,
)
from bot.sandbox.params import Params, Upload
from bot.sandbox.people import content_of
from bot.sandbox.world import Message, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

_PERMISSIONS = {"photo": "can_send_photos", "document": "can_send_documents", "voice": "can_send_voice_notes"}
_ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)


def deliver(telegram: Telegram, params: Params, content: Wire, permission: str = "can_send_messages") -> Message:
    """Send checked content to the call's chat: rights, reply, markup, limits, length, then the message."""
    chat = find_chat(telegram, params)
    markup = read_markup(params, private=chat.is_private)
    may_send(telegram, chat, permission)
    reply = find_reply(telegram, chat, params)
    check_length(content)
    charge(telegram, chat)
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    return telegram.post(chat, telegram.bot, content, reply_to=reply, markup=markup)


def send_message(telegram: Telegram, params: Params) -> Wire:
    content = message_text(telegram, params)
    options = params.object("link_preview_options", "link preview options")
    if options:
        content["link_preview_options"] = {k: v for k, v in options.items() if v is not None}
    elif params.flag("disable_web_page_preview"):
        content["link_preview_options"] = {"is_disabled": True}
    return deliver(telegram, params, content).wire


def stored(telegram: Telegram, kind: str, given: Upload | str | None, duration: int = 0) -> StoredFile:
    """The file a call sends: an upload, or one known by its id."""
    if given is None or given == "":
        raise bad_request(f"there is no {kind} in the request")
    if isinstance(given, Upload):
        return telegram.files.add(kind, given, duration)
    return telegram.files.named(kind, given)


def _send_file(telegram: Telegram, params: Params, kind: str) -> Wire:
    find_chat(telegram, params)
    file = stored(telegram, kind, params.file(kind), params.integer("duration"))
    content = {kind: file.attachment(), **caption(telegram, params)}
    return deliver(telegram, params, content, _PERMISSIONS[kind]).wire


def send_photo(telegram: Telegram, params: Params) -> Wire:
    return _send_file(telegram, params, "photo")


def send_document(telegram: Telegram, params: Params) -> Wire:
    return _send_file(telegram, params, "document")


def send_voice(telegram: Telegram, params: Params) -> Wire:
    return _send_file(telegram, params, "voice")


def point_of(params: Params) -> Wire:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if latitude is None:
        raise bad_request("latitude is empty")
    if longitude is None:
        raise bad_request("longitude is empty")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 degrees
        raise bad_request("wrong location specified")
    point: Wire = {"latitude": latitude, "longitude": longitude}
    if (accuracy := params.number("horizontal_accuracy")) is not None:
        point["horizontal_accuracy"] = min(max(accuracy, 0.0), float(limits.ACCURACY_METRES))
    return point


def send_location(telegram: Telegram, params: Params) -> Wire:
    point = point_of(params)
    if period := params.integer("live_period"):
        shortest, longest = limits.LIVE_PERIOD
        if not shortest <= period <= longest and period != limits.LIVE_FOREVER:
            raise bad_request("wrong live location period specified")
        point["live_period"] = period
    return deliver(telegram, params, {"location": point}).wire


def send_venue(telegram: Telegram, params: Params) -> Wire:
    point = point_of(params)
    title, address = params.text("title"), params.text("address")
    if not title or not address:
        raise bad_request("venue title and address must be non-empty")
    venue = {"location": point, "title": title, "address": address}
    return deliver(telegram, params, {"venue": venue, "location": point}).wire


def send_contact(telegram: Telegram, params: Params) -> Wire:
    phone, first_name = params.text("phone_number"), params.text("first_name")
    if not phone:
        raise bad_request("phone number must be non-empty")
    if not first_name:
        raise bad_request("first name must be non-empty")
    card: Wire = {"phone_number": phone, "first_name": first_name}
    if last_name := params.text("last_name"):
        card["last_name"] = last_name
    return deliver(telegram, params, {"contact": card}).wire


def send_media_group(telegram: Telegram, params: Params) -> list[Wire]:
    chat = find_chat(telegram, params)
    media = params.array("media", "InputMedia") or []
    fewest, most = limits.MEDIA_GROUP
    if not fewest <= len(media) <= most:
        raise bad_request("group send failed" if media else "there are no messages to send")
    contents = [media_content(telegram, params, item) for item in media]
    if len({next(iter(content)) for content in contents}) > 1:
        raise bad_request("document can't be mixed with other media types")
    may_send(telegram, chat, "can_send_photos")
    reply = find_reply(telegram, chat, params)
    for content in contents:
        check_length(content)
    charge(telegram, chat)
    group = str(13_000_000_000_000_000 + telegram.count())
    return [
        telegram.post(chat, telegram.bot, {**content, "media_group_id": group}, reply_to=reply).wire
        for content in contents
    ]


def media_content(telegram: Telegram, params: Params, item: Any) -> Wire:
    """One InputMedia as message content, its kind first."""
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: InputMedia must be an Object")
    kind = item.get("type")
    if kind not in ("photo", "document"):
        raise bad_request(f'type "{kind}" of the InputMedia is unsupported')
    file = stored(telegram, kind, params.attached(str(item.get("media") or "")))
    own = Params(item)
    return {kind: file.attachment(), **caption(telegram, own)}


def send_chat_action(telegram: Telegram, params: Params) -> bool:
    chat = find_chat(telegram, params)
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    present_in(telegram, chat)
    telegram.tell("action", chat, user_id=telegram.bot.id, data={"action": action})
    return True


def _source(telegram: Telegram, params: Params, act: str) -> Message:
    return find_message(find_chat(telegram, params, "from_chat_id"), params, act)


def forward_message(telegram: Telegram, params: Params) -> Wire:
    return _forward(telegram, params, _source(telegram, params, "forward")).wire


def _forward(telegram: Telegram, params: Params, message: Message) -> Message:
    if message.wire.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    author = telegram.users[message.sender_id]
    origin = {"type": "user", "sender_user": author.wire(), "date": message.date}
    content = content_of(message.wire)
    content.setdefault("forward_origin", origin)
    return deliver(telegram, params, content)


def copy_message(telegram: Telegram, params: Params) -> Wire:
    return {"message_id": _copy(telegram, params, _source(telegram, params, "copy")).id}


def _copy(telegram: Telegram, params: Params, message: Message) -> Message:
    if message.wire.get("has_protected_content"):
        raise bad_request("message can't be copied")
    content = content_of(message.wire)
    content.pop("forward_origin", None)
    if "caption" in params and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content.update(caption(telegram, params))
    return deliver(telegram, params, content)


def _several(telegram: Telegram, params: Params) -> list[Message]:
    source = find_chat(telegram, params, "from_chat_id")
    numbers = params.integers("message_ids")
    if not 1 <= len(numbers) <= limits.BULK:
        raise bad_request("message identifiers are not specified" if not numbers else "too many messages")
    return [source.messages[n] for n in numbers if n in source.messages]


def forward_messages(telegram: Telegram, params: Params) -> list[Wire]:
    found = _several(telegram, params)
    return [{"message_id": _forward(telegram, params, message).id} for message in found]


def copy_messages(telegram: Telegram, params: Params) -> list[Wire]:
    found = _several(telegram, params)
    return [{"message_id": _copy(telegram, params, message).id} for message in found]


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
}
