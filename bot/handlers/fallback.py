"""What nobody else wanted: unknown commands and buttons get an answer, groups' own talk gets none."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message

from bot.screens import Say, answer_press
from bot.views import help as views
from bot.views.base import Viewer


def router() -> Router:
    made = Router(name="fallback")
    made.message.register(unknown, F.chat.type == ChatType.PRIVATE)
    made.callback_query.register(stale)
    return made


async def unknown(message: Message, v: Viewer, say: Say) -> None:
    await say(views.unknown(v))


async def stale(query: CallbackQuery, v: Viewer) -> None:
    await answer_press(query, views.stale(v))
