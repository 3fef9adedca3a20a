"""Taking somebody out of a group, where the bot may."""

from __future__ import annotations

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import TelegramBadRequest

from bot.views.base import Removal

GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)


async def removed(bot: Bot, chat: int, removal: Removal) -> str | None:
    """Take the account out, without keeping it from coming back as a guest. "" where that was done, `otherwise`
    where the platform refuses, None where the account is not there."""
    try:
        member = await bot.get_chat_member(chat, removal.account)
        if member.status in GONE:
            return None
        await bot.ban_chat_member(chat, removal.account)
        await bot.unban_chat_member(chat, removal.account, only_if_banned=True)
    except TelegramBadRequest as error:
        return None if "user not found" in error.message else removal.otherwise
    return ""
