"""From screens to messages of the platform: texts within the limit, keyboards, sending and editing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.handling import current
from bot.pace import Sign, sign_of_call
from bot.views.base import Screen

MOST_TEXT = 4096
MOST_CAPTION = 1024
Markup = dict[str, Any]


class Sent(NamedTuple):
    """A message that was sent."""

    message_id: int


class _Put(TelegramMethod[dict[str, Any]]):
    """sendMessage with what screens need. Its answer is left as it came: only the id of it is used, and building
    the library's own objects both ways costs more than everything else in an answer."""

    __returning__ = dict[str, Any]
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    parse_mode: str = "HTML"
    link_preview_options: dict[str, Any] = {"is_disabled": True}  # noqa: RUF012  # pydantic copies it
    reply_markup: dict[str, Any] | None = None
    reply_parameters: dict[str, Any] | None = None
    protect_content: bool | None = None


class _Change(TelegramMethod[Any]):
    """editMessageText, likewise."""

    __returning__ = Any
    __api_method__ = "editMessageText"

    chat_id: int
    message_id: int
    text: str
    parse_mode: str = "HTML"
    link_preview_options: dict[str, Any] = {"is_disabled": True}  # noqa: RUF012  # pydantic copies it
    reply_markup: dict[str, Any] | None = None


class _React(TelegramMethod[Any]):
    """setMessageReaction, likewise. It is no message: Telegram's limits for messages do not speak of it."""

    __returning__ = Any
    __api_method__ = "setMessageReaction"

    chat_id: int
    message_id: int
    reaction: list[dict[str, str]]


def fit(text: str, most: int = MOST_TEXT) -> str:
    """The text, cut at the end of a line where it is longer than a message may be."""
    if len(text) <= most:
        return text
    head = text[: most - 2]
    whole, newline, _ = head.rpartition("\n")
    return (whole if newline else head.rpartition("<")[0] or head) + "\n…"


def inline(screen: Screen) -> Markup | None:
    if not screen.buttons:
        return None
    return {
        "inline_keyboard": [
            [{"text": b.label, "url": b.url} if b.url else {"text": b.label, "callback_data": b.data} for b in row]
            for row in screen.buttons
        ]
    }


def markup(screen: Screen, *, private: bool) -> Markup | None:
    """The keyboard of a screen. Reply keyboards are for private chats alone."""
    if private and screen.location_button:
        button = {"text": screen.location_button, "request_location": True}
        return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    if private and screen.drop_keyboard:
        return {"remove_keyboard": True}
    return inline(screen)


CAPTIONED = ("photo", "voice", "video", "audio", "document", "animation")


async def send(bot: Bot, chat: int, screen: Screen, reply_to: int | None = None) -> Sent:
    """A new message. In answer to one that was deleted meanwhile it stands for itself. A text too long to stand
    under a file follows it."""
    keyboard = markup(screen, private=chat > 0)
    reply = {"message_id": reply_to, "allow_sending_without_reply": True} if reply_to else None
    protect = screen.inside or None
    kind, file = ("photo", screen.photo) if screen.photo else screen.media or ("", "")
    if kind in CAPTIONED and (screen.photo or len(screen.text) <= MOST_CAPTION):
        caption = fit(screen.text, MOST_CAPTION)
        more = {"caption": caption, "reply_markup": keyboard, "reply_parameters": reply, "protect_content": protect}
        return await _send_file(bot, chat, kind, file, **more)
    if kind:
        await _send_file(bot, chat, kind, file, protect_content=protect)
    call = _Put(
        chat_id=chat, text=fit(screen.text), reply_markup=keyboard, reply_parameters=reply, protect_content=protect
    )
    return Sent((await bot(call))["message_id"])


async def _send_file(bot: Bot, chat: int, kind: str, file: Any, **more: Any) -> Sent:
    """`send_photo`, `send_voice` … by the kind of file."""
    return Sent((await getattr(bot, f"send_{kind}")(chat, file, **more)).message_id)


async def edit(bot: Bot, chat: int, message: int, screen: Screen) -> bool:
    """Make an earlier message show the screen; False where it is gone. One that shows it already is fine."""
    try:
        await bot(_Change(chat_id=chat, message_id=message, text=fit(screen.text), reply_markup=inline(screen)))
    except TelegramBadRequest as error:
        if "message is not modified" in error.message:
            return True
        if "message to edit not found" in error.message or "can't be edited" in error.message:
            return False
        if "no text in the message" in error.message:
            return await _edit_caption(bot, chat, message, screen)
        raise
    return True


async def _edit_caption(bot: Bot, chat: int, message: int, screen: Screen) -> bool:
    keyboard: Any = inline(screen)
    try:
        await bot.edit_message_caption(
            chat_id=chat, message_id=message, caption=fit(screen.text, MOST_CAPTION), reply_markup=keyboard
        )
    except TelegramBadRequest as error:
        if "message is not modified" not in error.message:
            raise
    return True


class Say:
    """How a handler answers: in the chat it was called from."""

    def __init__(self, bot: Bot, event: Message | CallbackQuery, *, staff: bool = True) -> None:
        self._bot = bot
        self._event = event
        self._staff = staff

    async def __call__(self, screen: Screen | str) -> None:
        """Answer a message with a new one (in a group as a reply to it), a press by changing what was pressed."""
        screen = Screen(screen) if isinstance(screen, str) else screen
        event = self._event
        if isinstance(event, Message):
            reply_to = event.message_id if event.chat.type != "private" else None
            await send(self._bot, event.chat.id, self._for_them(screen), reply_to)
        elif event.message is not None:
            await self._change(event, screen)

    async def after_sign(self, sign: str, screen: Screen | str) -> None:
        """Answer a message that many send at once. Where the words must wait for their turn, its sender sees the
        sign, an emoji, under it at once (P48)."""
        event, handling = self._event, current.get()
        if not isinstance(event, Message) or handling is None:
            await self(screen)
            return
        reaction = [{"type": "emoji", "emoji": sign}]
        call = _React(chat_id=event.chat.id, message_id=event.message_id, reaction=reaction)
        token = sign_of_call.set(Sign(call, handling.rest))
        try:
            await self(screen)
        finally:
            sign_of_call.reset(token)

    async def new(self, screen: Screen | str) -> None:
        """A new message in the chat, also after a press."""
        screen = Screen(screen) if isinstance(screen, str) else screen
        event = self._event
        chat = event.chat if isinstance(event, Message) else event.message.chat if event.message else None
        if chat is not None:
            await send(self._bot, chat.id, self._for_them(screen))

    def _for_them(self, screen: Screen) -> Screen:
        """What customers get is their own: they may keep it."""
        return screen if self._staff else replace(screen, inside=False)

    async def file(self, name: str, content: bytes, caption: str = "") -> None:
        """A document in the chat, made by us."""
        event = self._event
        chat = event.chat if isinstance(event, Message) else event.message.chat if event.message else None
        if chat is not None:
            document = BufferedInputFile(content, name)
            await self._bot.send_document(chat.id, document, caption=fit(caption, MOST_CAPTION) or None)

    async def toast(self, text: str, *, alert: bool = False) -> None:
        """A few words over the chat, after a press: seen only by whoever pressed. In answer to a message it is a
        message."""
        if isinstance(self._event, Message):
            await self(text)
            return
        await answer_press(self._event, text, alert=alert)

    async def _change(self, press: CallbackQuery, screen: Screen) -> None:
        if press.message is None:
            return
        if not await edit(self._bot, press.message.chat.id, press.message.message_id, screen):
            await send(self._bot, press.message.chat.id, self._for_them(screen))


MOST_TOAST = 200


async def answer_press(press: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """Answer a press. One that came too late for the platform is let go: its card tells the state (P47)."""
    try:
        await press.answer(text[:MOST_TOAST] or None, show_alert=alert)
    except TelegramBadRequest as error:
        if "query is too old" not in error.message:
            raise
