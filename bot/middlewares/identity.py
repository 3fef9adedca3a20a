"""Who speaks: turns an update's user and chat into an Actor, a Viewer and a way to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User

from bot.i18n import supported
from bot.screens import Say
from bot.views.base import Viewer
from core.clock import Clock
from core.ids import AccountId, ChatId
from core.people import actor_of
from storage.store import Store


class Identity(BaseMiddleware):
    """Gives handlers `actor`, `v` (the viewer) and `say`. In a group the viewer reads the company's language."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        return await handler(event, data) if await self.know(getattr(event, "event", event), data) else None

    async def know(self, inner: object, data: dict[str, Any]) -> bool:
        """Add to `data` who speaks; False where it is nobody who could be answered."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user is None or user.is_bot:
            return False
        place = ChatId(chat.id if chat else user.id)
        company = self._store.rulebook.company.language
        identity = await self._store.identify(AccountId(user.id), place)
        actor = actor_of(identity, AccountId(user.id), place, user.full_name, supported(user.language_code, company))
        private = place == user.id
        data["actor"] = actor
        data["v"] = viewer(
            self._store,
            self._clock,
            actor.language if private else company,
            data["username"],
            private=private,
            staff=actor.is_staff,
        )
        bot: Bot = data["bot"]
        if isinstance(inner, Message | CallbackQuery):
            data["say"] = Say(bot, inner, staff=actor.is_staff)
        return True


def viewer(store: Store, clock: Clock, language: str, username: str, *, private: bool, staff: bool = True) -> Viewer:
    """The viewer for a language, as of now."""
    rulebook = store.rulebook
    return Viewer(language, rulebook.working_time.zone, clock.now(), rulebook, username, private, staff)
