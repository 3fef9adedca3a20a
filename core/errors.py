"""Expected refusals. They carry facts; the bot turns them into words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


class KeguanError(Exception):
    """A use case declined. Nothing was written. `rests_on` is the clause it rests on, if any (RULE-3)."""

    rests_on: ClassVar[str | None] = None


@dataclass(eq=False)
class NotPermitted(KeguanError):
    """The actor's roles do not include one that the use case asks for (OPS-2)."""

    needed: tuple[str, ...]


@dataclass(eq=False)
class NotFound(KeguanError):
    """There is no such thing, or it is not the actor's to see; the two look the same from outside."""

    what: str  # "person", "lead", "group" …
    key: str


@dataclass(eq=False)
class NotUnderstood(KeguanError):
    """An input could not be read. `field` names it, `text` is what was given, `example` what would do."""

    field: str
    text: str
    example: str = ""


@dataclass(eq=False)
class AlreadySettled(KeguanError):
    """A press or command came after the matter had moved on (P17)."""

    what: str
    state: str
    by: str = ""
    at: datetime | None = None


@dataclass(eq=False)
class AlreadyDone(KeguanError):
    """The unit of work of this update was committed before: it came again after a restart (OPS-1)."""

    update: int
