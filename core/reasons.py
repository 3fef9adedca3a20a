"""Why somebody was given something, or why something was recorded against them: told from stored facts.

Each area explains its own subjects ("lead:7") and leaves out what the asking person may not know of others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from core.access import STAFF, Actor, permits
from core.errors import NotFound
from core.notices import Fact

if TYPE_CHECKING:
    from core.ports import UnitOfWork

MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation; the view has the words for its kind."""

    kind: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: the clause it rests on, the steps, what else it is about ("task:12"), whether files are kept, and the
    edition of the rulebook under which it was written (empty: the present one)."""

    subject: str
    clause: str | None
    reasons: tuple[Reason, ...]
    about: str = ""
    files: bool = False
    version: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """Something of one's own that can be explained. `title` are the facts that name it."""

    subject: str
    title: Mapping[str, Fact]


Explain: TypeAlias = "Callable[[UnitOfWork, Actor, int], Explanation]"
ListMine: TypeAlias = "Callable[[UnitOfWork, Actor], list[Mine]]"
EXPLAINS: dict[str, Explain] = {}
LISTS: dict[str, ListMine] = {}


def explains(area: str) -> Callable[[Explain], Explain]:
    """Declare what explains the subjects of an area. It raises NotFound for what is not the actor's to see (P41)."""

    def declare(explain: Explain) -> Explain:
        if area in EXPLAINS:
            raise ValueError(f"two explain {area}")
        EXPLAINS[area] = explain
        return explain

    return declare


def lists(area: str) -> Callable[[ListMine], ListMine]:
    """Declare what of one's own in an area can be explained, newest first."""

    def declare(mine: ListMine) -> ListMine:
        LISTS[area] = mine
        return mine

    return declare


@permits(*STAFF)
def why(uow: UnitOfWork, actor: Actor, subject: str) -> Explanation:
    """Explain a subject: "lead:7". Raises NotFound."""
    area, _, number = subject.partition(":")
    if area not in EXPLAINS or not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise NotFound("reason", subject)
    return EXPLAINS[area](uow, actor, int(number))


@permits(*STAFF)
def mine(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    """What the actor has been given or what was recorded about them, each area's newest first."""
    return [one for area in EXPLAINS if area in LISTS for one in LISTS[area](uow, actor)]
