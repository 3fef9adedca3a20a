"""The hands: carry out what core asked for at the platform beside messages, and tell it what became of it."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

import structlog
from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import ChatPermissions

from bot.steady import steadily, wait_after
from core.access import SYSTEM
from core.acts import Act, ActKind, ActState, follow
from core.groups import migrate
from core.ids import ActId, ChatId
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
RETRY_AFTER = 1.5  # seconds until an act that failed for a passing reason is tried again
LOOK_AGAIN = 15.0  # seconds
NOT_THERE = ("not found", "PARTICIPANT_ID_INVALID", "USER_NOT_PARTICIPANT", "chat was upgraded")
ALL = ChatPermissions(
    can_send_messages=True,
    can_send_audios=True,
    can_send_documents=True,
    can_send_photos=True,
    can_send_videos=True,
    can_send_video_notes=True,
    can_send_voice_notes=True,
    can_send_polls=True,
    can_send_other_messages=True,
    can_add_web_page_previews=True,
    can_react_to_messages=True,
    can_edit_tag=True,
    can_change_info=True,
    can_invite_users=True,
    can_pin_messages=True,
    can_manage_topics=True,
)


class Hands:
    """Does what is pending, each act once it is committed; at least once, for all of them may be done twice."""

    def __init__(self, store: Store, bot: Bot) -> None:
        self._store = store
        self._bot = bot
        self._wake = asyncio.Event()
        self._taken: set[ActId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if "acts" in touched:
            self._wake.set()

    async def run(self) -> None:
        """Act until cancelled."""
        await steadily("hands", self._turn)

    async def _turn(self) -> None:
        await self.take()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN)
        self._wake.clear()

    async def take(self) -> int:
        """Begin what is pending and not begun; how many acts that is."""
        begun = 0
        for act, chat in await self._store.look(lambda uow: uow.acts.pending()):
            if act.id not in self._taken:
                self._taken.add(act.id)
                begun += 1
                task = asyncio.create_task(self._carry_out(act, chat))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return begun

    async def idle(self) -> None:
        """Act until nothing is pending; for tests and moved clocks."""
        while await self.take() or self._tasks:
            while self._tasks:
                await asyncio.wait(self._tasks)

    def busy(self) -> bool:
        return bool(self._tasks)

    async def _carry_out(self, act: Act, chat: ChatId) -> None:
        try:
            became = await self._do(act, chat)
        except TelegramMigrateToChat as moved:  # the new chat numbers its messages anew: only members are followed
            await self._store.do(migrate, SYSTEM, chat, ChatId(moved.migrate_to_chat_id))
            if act.message is None:
                self._again(act)
            else:
                await self._settle(act, ActState.GONE, "the group has moved")
        except (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, OSError) as error:
            log.info("act waits", act=act.id, error=repr(error))
            await asyncio.sleep(wait_after(error, RETRY_AFTER))
            self._again(act)
        except TelegramAPIError as error:
            log.info("act refused", act=act.id, kind=act.kind, error=error.message)
            await self._settle(act, _refused(error), error.message)
        else:
            await self._settle(act, became, None)

    def _again(self, act: Act) -> None:
        self._taken.discard(act.id)
        self._wake.set()

    async def _do(self, act: Act, chat: ChatId) -> ActState:
        match act.kind:
            case ActKind.DELETE:
                await self._bot.delete_message(chat, act.message or 0)
            case ActKind.RESTRICT:
                await self._permit(act, chat, ChatPermissions(can_send_messages=False), until=act.until)
            case ActKind.RELEASE:
                await self._permit(act, chat, ALL)
            case ActKind.BAN:
                await self._ban(chat, act.account or 0)
            case ActKind.REMOVE:
                return await self._remove(chat, act.account or 0)
        return ActState.DONE

    async def _ban(self, chat: ChatId, account: int) -> None:
        if account < 0:  # a channel that writes in its own name
            await self._bot.ban_chat_sender_chat(chat, account)
        else:
            await self._bot.ban_chat_member(chat, account)

    async def _remove(self, chat: ChatId, account: int) -> ActState:
        member = await self._bot.get_chat_member(chat, account)
        if member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED):
            return ActState.GONE
        await self._bot.ban_chat_member(chat, account)
        with contextlib.suppress(TelegramBadRequest):  # a basic group keeps nobody out
            await self._bot.unban_chat_member(chat, account, only_if_banned=True)
        return ActState.DONE

    async def _permit(self, act: Act, chat: ChatId, given: ChatPermissions, until: datetime | None = None) -> None:
        more: dict[str, Any] = {"until_date": until} if until is not None else {}
        await self._bot.restrict_chat_member(chat, act.account or 0, given, **more)

    async def _settle(self, act: Act, state: ActState, why: str | None) -> None:
        def work(uow: SqlUnitOfWork) -> None:
            settled = uow.acts.settle(act, state, why)
            if settled is not None:
                follow(uow, settled)

        await self._store.unit(work)
        self._taken.discard(act.id)


def _refused(error: TelegramAPIError) -> ActState:
    if isinstance(error, TelegramForbiddenError):
        return ActState.FAILED
    if isinstance(error, TelegramBadRequest):
        gone = any(words in error.message for words in NOT_THERE)
        return ActState.GONE if gone else ActState.NO_RIGHT
    return ActState.FAILED
