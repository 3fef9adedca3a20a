"""What happens to chats themselves, whoever caused it: members come and go, titles change, groups move.

This goes by before anyone is identified: the one who caused it may be an anonymous administrator, and a group's
move must be followed even so (P45).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import (
    ChatMemberRestricted,
    ChatMemberUnion,
    ChatMemberUpdated,
    Message,
    TelegramObject,
    Update,
    User,
)

from bot.guard import Guard
from core import groups
from core.access import SYSTEM
from core.ids import AccountId, ChatId
from storage.store import Store

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)
PLATFORM = 777000  # forwards a linked channel's posts; not a bot by its own account


class Chats(BaseMiddleware):
    """Keeps the groups' state before the update is handled. Everything here may be told twice."""

    def __init__(self, store: Store, guard: Guard) -> None:
        self._store = store
        self._guard = guard

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        inner = event.event if isinstance(event, Update) else event
        if isinstance(inner, Message) and inner.chat.type in GROUPS:
            if await self.message(inner):
                return None
        elif isinstance(inner, ChatMemberUpdated) and inner.chat.type in GROUPS:
            await self._member(inner, data["bot"].id)
        return await handler(event, data)

    async def message(self, message: Message) -> bool:
        """Note what a message of a group tells about the group and its members; whether the guard has taken it, so
        that nobody handles it."""
        chat = ChatId(message.chat.id)
        if message.migrate_to_chat_id:
            await self._store.do(groups.migrate, SYSTEM, chat, ChatId(message.migrate_to_chat_id))
        elif message.migrate_from_chat_id:
            await self._store.do(groups.migrate, SYSTEM, ChatId(message.migrate_from_chat_id), chat)
        elif message.new_chat_title:
            await self._store.do(groups.rename, SYSTEM, chat, message.new_chat_title)
        elif message.left_chat_member:
            left, by = message.left_chat_member, message.from_user
            by_self = by is not None and by.id == left.id
            await self._store.do(groups.gone, SYSTEM, chat, AccountId(left.id), by_self)
        elif message.new_chat_members:
            await self._joined(chat, message.new_chat_members)
        elif message.from_user:
            identity = await self._store.identify(AccountId(message.from_user.id), chat)
            if message.sender_chat is None and not groups.is_at_home(identity):
                await self._meet(chat, [message.from_user])
            return await self._guard.takes(message, identity)
        return False

    async def _member(self, event: ChatMemberUpdated, bot_id: int) -> None:
        chat, user = ChatId(event.chat.id), event.new_chat_member.user
        out = _is_out(event.new_chat_member)
        if user.id == bot_id:
            if out:
                await self._store.do(groups.bot_removed, SYSTEM, chat, event.from_user.full_name)
        elif out:
            by_self = event.new_chat_member.status != ChatMemberStatus.KICKED and event.from_user.id == user.id
            await self._store.do(groups.gone, SYSTEM, chat, AccountId(user.id), by_self)
        elif _is_out(event.old_chat_member):
            await self._joined(chat, [user])

    async def _joined(self, chat: ChatId, users: Iterable[User]) -> None:
        if people := _accounts(users):
            await self._store.do(groups.joined, SYSTEM, chat, people)

    async def _meet(self, chat: ChatId, users: Iterable[User]) -> None:
        """Ask the writer only for whom a reader does not know already."""
        met = _accounts(users)
        strange = await self._store.look(lambda uow: [one for one in met if groups.is_strange(uow, chat, one[0])])
        if strange:
            await self._store.do(groups.meet, SYSTEM, chat, strange)


def _is_out(member: ChatMemberUnion) -> bool:
    """Whether somebody is not in the group; who left while restricted keeps that standing."""
    return member.status in OUT or (isinstance(member, ChatMemberRestricted) and not member.is_member)


def _accounts(users: Iterable[User]) -> list[tuple[AccountId, str]]:
    """The people among them, with the names they give themselves."""
    return [(AccountId(user.id), user.full_name) for user in users if not user.is_bot and user.id != PLATFORM]
