"""What people deal with by number: tasks, leads, complaints. Each area enters its own, so that questions about all of
them (how a deadline was computed) need not know the areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from core.access import Actor
    from core.ids import PersonId
    from core.ports import UnitOfWork

Require: TypeAlias = "Callable[[UnitOfWork, Actor, int], None]"
Number: TypeAlias = "Callable[[UnitOfWork, int], str]"
Find: TypeAlias = "Callable[[UnitOfWork, str], int | None]"
Holders: TypeAlias = "Callable[[UnitOfWork, int], list[PersonId]]"


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of thing with deadlines; `name` begins its subjects ("task:7").

    `require` raises NotFound where it is not the actor's to see (P41); `number` gives the number people know it by,
    `find` turns that into the id; `holders` are those who have to meet its deadlines.
    """

    name: str
    require: Require
    number: Number
    find: Find
    holders: Holders


MATTERS: dict[str, Matter] = {}


def enter(matter: Matter) -> None:
    """Enter a kind of matter."""
    if matter.name in MATTERS:
        raise ValueError(f"two matters named {matter.name}")
    MATTERS[matter.name] = matter


def own_number(uow: UnitOfWork, id_: int) -> str:
    """The number of what is known by its id."""
    return str(id_)


def by_id(uow: UnitOfWork, text: str) -> int | None:
    """The id of what is known by it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004  # 64 bits
