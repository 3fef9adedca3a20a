"""The trail: an append-only line for every action, made from what was really written (OPS-4)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from core.access import SYSTEM, Actor
from core.ids import AccountId, ChatId, PersonId

GENESIS = bytes(32)  # what the first line of a trail follows


@dataclass(frozen=True, slots=True)
class Doing:
    """What a unit of work is run for: who does what, and what it came from ("update:17", "deadline:lead.contact")."""

    actor: Actor
    act: str
    cause: str = ""


MACHINERY = Doing(SYSTEM, "machinery")


class Op(StrEnum):
    """What became of a row."""

    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"
    VIEWED = "o"  # nothing was written: somebody looked at what is not theirs (CUS-13)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Stands in the trail for a value that must be forgettable: a salted hash of it (CUS-14, CUS-15)."""

    digest: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that names a person, a group or another row: its table, its id, and its name as of now."""

    table: str
    id: int
    label: str


Value: TypeAlias = "str | int | float | bool | Hidden | Ref | None"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one row: what it is ("lead_event"), its key, and (old, new) of each field that changed."""

    op: Op
    thing: str
    key: str
    fields: Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of the trail: what one unit of work did to one subject.

    `who` is the 部门-姓名 of staff as it was then, empty for the rules themselves (role "system") and for customers,
    of whom the account alone is kept. `place` is the title of the group it was said in. `label` is the name or the
    number people know the subject by, where that is no secret. `version` is the rulebook's.
    """

    seq: int
    at: datetime
    chat: ChatId | None
    place: str
    account: AccountId | None
    person: PersonId | None
    who: str
    role: str
    act: str
    subject: str
    label: str
    changes: tuple[Change, ...]
    version: str
    cause: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of the trail. Whoever knows it from elsewhere can tell that nothing was cut off or rewritten."""

    seq: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest.hex()}"


def digest(previous: bytes, content: bytes) -> bytes:
    """The hash of a line: it covers the line before it and its own content."""
    return hashlib.sha256(previous + content).digest()


class Audit(Protocol):
    """The trail as use cases see it. What they write is traced without their doing."""

    def viewed(self, subject: str) -> None:
        """Have it traced that the actor looked at this (CUS-13). Only a unit of work that is committed can: a
        question that calls it is run with `do`."""

    def forget(self, subject: str) -> None:
        """Make the trail's hidden values of the subject impossible to guess, for good (CUS-15)."""

    def of_subject(self, subject: str, before: int | None, most: int) -> list[Trace]:
        """The subject's lines with numbers below `before`, newest first."""

    def of_person(self, person: PersonId, before: int | None, most: int) -> list[Trace]:
        """What a person did, and what was done to their record, newest first."""

    def head(self) -> Head | None:
        """The trail's last line."""
