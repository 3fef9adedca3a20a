"""The guard: looks at every message of a work group before anything else does (ORG-5).

Its decision is made in the event loop from what is in memory; nothing is read or written for a message in which
nothing is found.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from aiogram.types import Message

from bot.commands import parse
from bot.posts import post_of
from core import discipline
from core.access import MANAGERS, SYSTEM, Role
from core.discipline import Action, Finding, Listed, Post, Sighting, Standing, State, Watch
from core.ids import AccountId, GroupId, MessageId
from core.people import Identity, PersonStatus
from core.rulebook import Rulebook
from storage.store import Store

REMEMBERED = 5.0  # seconds that lists made by chat are taken from memory, where another process may have changed them
LISTS = "discipline"


class Guard:
    """Finds what may not stand in a group, and has it recorded. `takes` tells whether a message is to be handled by
    nobody, because it is removed."""

    def __init__(self, store: Store, username: str, bot: int) -> None:
        self._store = store
        self._username = username
        self._bot = bot
        self._listed: list[Listed] = []
        self._read_at: float | None = None
        self._watches: dict[GroupId, Watch] = {}
        self._of: Rulebook | None = None
        self._making = asyncio.Lock()
        store.on_commit.append(self._on_commit)

    def _on_commit(self, touched: frozenset[str]) -> None:
        if LISTS in touched:
            self._read_at = None

    async def takes(self, message: Message, identity: Identity) -> bool:
        if identity.group is None or message.from_user is None or _is_the_groups_own(message):
            return False
        standing = standing_of(identity) if message.sender_chat is None else Standing.GUEST
        if standing is not Standing.GUEST and self._is_for_the_bot(message):
            return False
        watch = await self._watch(identity.group)
        post = post_of(message)
        verdict = watch.judge(post, standing)
        if (verdict is None or verdict[1] is not Action.REMOVE) and watch.leads_out(post, standing):
            account = AccountId(message.from_user.id)
            if await self._store.ask(discipline.is_new, SYSTEM, identity.group, account):
                verdict = watch.judge(post, standing, new=True)
        if verdict is None:
            return False
        return await self._note(message, identity, identity.group, post, *verdict)

    async def _note(
        self, message: Message, identity: Identity, group: GroupId, post: Post, finding: Finding, action: Action
    ) -> bool:
        sighting = sighting_of(message, identity, group, post, finding, action)
        noted = await self._store.do(discipline.note, SYSTEM, sighting)
        return noted.state is State.REMOVED

    async def _watch(self, group: GroupId) -> Watch:
        rulebook = self._store.rulebook
        if self._read_at is None or monotonic() - self._read_at > REMEMBERED:
            self._read_at = monotonic()
            listed = await self._store.look(lambda uow: uow.violations.listed())
            if listed != self._listed:
                self._listed, self._watches = listed, {}
        if self._of is not rulebook:
            self._of, self._watches = rulebook, {}
        found = self._watches.get(group)
        return found if found is not None else await self._made(rulebook, group)

    async def _made(self, rulebook: Rulebook, group: GroupId) -> Watch:
        """Making the index of a list takes a while: on a thread, and once."""
        async with self._making:
            if group not in self._watches:
                made = await asyncio.to_thread(discipline.watch, rulebook.discipline, self._listed, group)
                if self._of is not rulebook:
                    return made  # the rulebook has changed meanwhile; the next message asks again
                self._watches[group] = made
            return self._watches[group]

    def _is_for_the_bot(self, message: Message) -> bool:
        """A command, or an answer to one of the bot's own messages: ordinary work."""
        if parse(message.text or message.caption or "", self._username) is not None:
            return True
        replied = message.reply_to_message
        return replied is not None and replied.from_user is not None and replied.from_user.id == self._bot


def _is_the_groups_own(message: Message) -> bool:
    """Written in the group's own name, by an anonymous administrator, or by the channel that is linked to it."""
    sender = message.sender_chat
    return bool(message.is_automatic_forward) or (sender is not None and sender.id == message.chat.id)


def standing_of(identity: Identity) -> Standing:
    person = identity.person
    if person is None or person.status is PersonStatus.LEFT:
        return Standing.GUEST
    return Standing.STAFF if person.roles.isdisjoint({Role.ADMIN, *MANAGERS}) else Standing.MANAGER


def sighting_of(
    message: Message, identity: Identity, group: GroupId, post: Post, finding: Finding, action: Action
) -> Sighting:
    user, sender, person = message.from_user, message.sender_chat, identity.person
    if user is None:
        raise ValueError("nobody wrote it")
    account = AccountId(user.id if sender is None else sender.id)
    is_staff = person is not None and sender is None and person.status is not PersonStatus.LEFT
    name = person.label if person is not None and is_staff else user.full_name
    if sender is not None:
        name = sender.title or sender.username or str(sender.id)
    return Sighting(
        group,
        account,
        person.id if person is not None and is_staff else None,
        name[:140],
        bool(identity.account and identity.account.reachable and sender is None),
        MessageId(message.message_id),
        message.edit_date or 0,
        post,
        finding,
        action,
    )
