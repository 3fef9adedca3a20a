"""The catalogue of commands: one list feeds the filters, /help and the platform's command menus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message

from bot.i18n import N_
from core.access import Actor, Role
from core.errors import NotPermitted

__all__ = ["CATALOGUE", "N_", "Command", "Payload", "Place", "Said", "command", "parse"]


class Place(StrEnum):
    """Where a command works."""

    PRIVATE = "private"
    GROUP = "group"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Command:
    """A command with a Latin name, Chinese words that mean the same, and what it does (an English msgid)."""

    name: str
    words: tuple[str, ...]
    does: str
    place: Place
    roles: frozenset[Role]

    def is_for(self, roles: frozenset[Role], *, private: bool) -> bool:
        here = self.place is Place.BOTH or self.place is (Place.PRIVATE if private else Place.GROUP)
        return here and not self.roles.isdisjoint(roles)


CATALOGUE: dict[str, Command] = {}
_BY_WORD: dict[str, Command] = {}


def command(name: str, words: Iterable[str], does: str, place: Place, roles: Iterable[Role]) -> Command:
    """Enter a command into the catalogue. Names and words are unique over all areas."""
    entry = Command(name, tuple(words), does, place, frozenset(roles))
    taken = {word for known in CATALOGUE.values() for word in (known.name, *known.words)}
    if taken & {name, *entry.words}:
        raise ValueError(f"command given twice: {name}")
    CATALOGUE[name] = entry
    _BY_WORD.update(dict.fromkeys(entry.words, entry))
    return entry


def parse(text: str, username: str) -> tuple[str, str] | None:
    """(command name, arguments) of a text, or None where it is no command of ours.

    `/visit 华强`, `/visit@our_bot 华强`, `/拜访 华强` and `拜访 华强` are the same.
    """
    head, *rest = text.split(maxsplit=1) or [""]
    slashed = head.startswith("/")
    word, _, addressed = head.removeprefix("/").partition("@")
    if addressed and addressed.lower() != username.lower():
        return None
    entry = (CATALOGUE.get(word.lower()) if slashed else None) or _BY_WORD.get(word)
    return (entry.name, "".join(rest).strip()) if entry else None


class Said(Filter):
    """Passes a message that gives the command; hands on `args`, the text after it."""

    def __init__(self, entry: Command) -> None:
        self.entry = entry

    async def __call__(
        self,
        message: Message,
        username: str,
        aiogd_context: object | None = None,
        actor: Actor | None = None,
    ) -> bool | dict[str, Any]:
        text = message.text or message.caption or ""
        found = parse(text, username)
        if found is None or found[0] != self.entry.name:
            return False
        if aiogd_context is not None and not text.startswith("/"):
            return False  # a form is open: plain words are what it asked for
        private = message.chat.type == "private"
        if self.entry.place is not Place.BOTH and (self.entry.place is Place.PRIVATE) != private:
            return False
        if actor is not None and self.entry.roles.isdisjoint(actor.roles):
            if text.startswith("/"):
                raise NotPermitted(tuple(sorted(self.entry.roles)))  # before anything of it is read
            return False  # plain words are a command only to those it is for; a customer may say anything
        return {"args": found[1]}


class Payload(Filter):
    """After `Said(START)`: passes a deep link whose payload begins with `prefix`; hands on `payload`, the rest."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    async def __call__(self, message: Message, args: str) -> bool | dict[str, Any]:
        return {"payload": args.removeprefix(self.prefix)} if args.startswith(self.prefix) else False
