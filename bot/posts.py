"""What the platform's message holds, as the rules on content look at it (ORG-5)."""

from __future__ import annotations

from collections.abc import Iterator

from aiogram.types import (
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from core.discipline import Origin, Post

MEDIA = (
    "photo",
    "video",
    "animation",
    "document",
    "sticker",
    "voice",
    "audio",
    "video_note",
    "story",
    "game",
    "invoice",
    "paid_media",
    "giveaway",
)
LINKS = ("url", "text_link")


def post_of(message: Message) -> Post:
    """A message of any kind. Nearly all are plain text, which is told at once."""
    if message.text is not None and not (
        message.entities
        or message.forward_origin
        or message.reply_markup
        or message.external_reply
        or message.via_bot
    ):
        return Post(message.text)
    media, file_id = _media(message)
    return Post(
        "\n".join(_texts(message)),
        tuple(_links(message)),
        tuple(_files(message)),
        media,
        file_id,
        message.contact is not None,
        _origin(message),
    )


def _texts(message: Message) -> Iterator[str]:
    """Everything that can be read, also what is not the text itself."""
    yield message.text or message.caption or ""
    yield from _files(message)
    if message.poll is not None:
        yield message.poll.question
        yield from (option.text for option in message.poll.options)
        yield message.poll.explanation or ""
    if message.contact is not None:
        yield f"{message.contact.first_name} {message.contact.last_name or ''}"
    if message.venue is not None:
        yield f"{message.venue.title} {message.venue.address}"
    if message.checklist is not None:
        yield message.checklist.title
        yield from (task.text for task in message.checklist.tasks)
    if message.quote is not None and message.external_reply is not None:
        yield message.quote.text  # of another chat; what was said in this one was looked at when it was
    if message.forward_origin is not None and (origin := _origin(message)) is not None:
        yield origin.name
    if message.reply_markup is not None:
        yield from (button.text for row in message.reply_markup.inline_keyboard for button in row)


def _links(message: Message) -> Iterator[str]:
    text = message.text or message.caption or ""
    for entity in message.entities or message.caption_entities or []:
        if entity.type in LINKS:
            yield entity.url or _covered(entity, text)
    if message.reply_markup is not None:
        yield from (button.url for row in message.reply_markup.inline_keyboard for button in row if button.url)
    if message.link_preview_options is not None and message.link_preview_options.url:
        yield message.link_preview_options.url


def _covered(entity: MessageEntity, text: str) -> str:
    return entity.extract_from(text)


def _files(message: Message) -> Iterator[str]:
    for attached in (message.document, message.audio, message.video, message.animation):
        if attached is not None and attached.file_name:
            yield attached.file_name


def _media(message: Message) -> tuple[str, str]:
    """(kind, file id) of what is attached."""
    for kind in MEDIA:
        attached = getattr(message, kind)
        if attached:
            one = attached[-1] if isinstance(attached, list) else attached
            return kind, getattr(one, "file_id", "")
    return "", ""


def _origin(message: Message) -> Origin | None:
    """Where it was forwarded from, or the other chat it answers to."""
    origin = message.forward_origin
    if origin is None and message.external_reply is not None:
        origin = message.external_reply.origin
        if isinstance(origin, MessageOriginUser | MessageOriginHiddenUser):
            return None  # an answer to what somebody wrote elsewhere advertises nothing
    match origin:
        case MessageOriginChannel():
            return Origin("channel", origin.chat.title or "", origin.chat.username or "")
        case MessageOriginChat():
            return Origin("channel", origin.sender_chat.title or "", origin.sender_chat.username or "")
        case MessageOriginHiddenUser():
            return Origin("hidden", origin.sender_user_name)
        case MessageOriginUser():
            user = origin.sender_user
            return Origin("bot" if user.is_bot else "person", user.full_name, user.username or "")
    via = message.via_bot
    return Origin("inline", via.full_name, via.username or "") if via is not None else None
