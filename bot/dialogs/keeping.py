"""Forms leave alone what they were opened from: a card keeps its buttons, for whoever opens a form may cancel it."""

from __future__ import annotations

from aiogram import Bot
from aiogram_dialog import ShowMode
from aiogram_dialog.api.entities import NewMessage, OldMessage
from aiogram_dialog.api.entities.new_message import UnknownText
from aiogram_dialog.manager.message_manager import MessageManager


class CardsStay(MessageManager):
    """The library takes the keyboard off the message that was pressed before it sends a form's first window. It knows
    that message's text; of the form's own earlier window it knows only the id, and takes its keyboard off as ever."""

    async def show_message(self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None) -> OldMessage:
        is_card = old_message is not None and old_message.text is not UnknownText.UNKNOWN
        if is_card and new_message.show_mode is ShowMode.SEND:
            old_message = None
        return await super().show_message(bot, new_message, old_message)
