"""What a message of the platform carries, as plain values for the core."""

from __future__ import annotations

from aiogram.types import Message

from core.approvals import File
from core.complaints import Content
from core.geo import Source, source_of

FILES = ("voice", "video", "audio", "animation", "document", "video_note", "sticker")  # animation is a document too


def content_of(message: Message, text: str | None = None) -> Content:
    """Text and file of a message. `text` replaces its text, where a command stood before it."""
    said = (message.text or message.caption or "") if text is None else text
    if message.photo:
        return Content(said, "photo", message.photo[-1].file_id)
    for kind in FILES:
        file = getattr(message, kind)
        if file is not None:
            return Content(said, kind, file.file_id)
    if message.location is not None:
        return Content(f"📍 {message.location.latitude:.5f},{message.location.longitude:.5f}")
    if message.contact is not None:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return Content(f"{message.contact.first_name} {message.contact.phone_number}", "contact" if own else "")
    return Content(said)


EVIDENCE = ("photo", "document", "voice", "video", "audio")


def evidence_of(message: Message) -> tuple[str, File | None]:
    """What a message says, and the file it brings as evidence, if any."""
    content = content_of(message)
    file = File(content.media, content.file) if content.media in EVIDENCE else None
    return message.text or message.caption or "", file


def answers_bot(message: Message) -> bool:
    """Whether it is a reply to a message of a bot."""
    earlier = message.reply_to_message
    return earlier is not None and earlier.from_user is not None and earlier.from_user.is_bot


def source_of_place(message: Message) -> Source:
    """What the place in a message is worth (P50)."""
    at = message.location
    return source_of(
        forwarded=message.forward_origin is not None,
        venue=message.venue is not None,
        live=at is not None and at.live_period is not None,
        accuracy_m=at.horizontal_accuracy if at else None,
        answers_bot=answers_bot(message),
        point=at is not None,
    )
