"""What people hold, area by area: what has to go to somebody else before a person can leave (ORG-8).

An area that gives people something to look after adds a `Holding` (`core/<area>/holding.py`) and names it in
`core/handover/holdings.py`. A test walks all columns that name a person and asks for a holding or a reason.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.ids import AccountId, PersonId
from core.people.register import Person
from core.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Held:
    """One open thing that is somebody's. `subject` is its name among all areas (lead:7), `title` what people know
    it by, `due` its running limit, `region` where it belongs."""

    subject: str
    title: str
    due: datetime | None = None
    region: str = ""

    @property
    def number(self) -> int:
        return number_of(self.subject)


def number_of(subject: str) -> int:
    """The id in a subject: 7 of "lead:7"."""
    return int(subject.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to: the limit the receiver has, and whether it began anew with them (P35)."""

    due: datetime | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody outside the company who is told of their new contact: in the chat where they have one."""

    name: str
    account: AccountId | None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened before, for whoever goes on (P38)."""

    at: datetime
    who: str
    text: str


class Holding(ABC):
    """What one area gives people to look after.

    `covers` are the columns that name whoever holds it. `to_superior`: it is the next superior's by nature,
    otherwise a colleague's of the same role.
    """

    area: ClassVar[str]
    covers: ClassVar[frozenset[str]]
    to_superior: ClassVar[bool] = False

    @abstractmethod
    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        """Everything open that is the person's."""

    @abstractmethod
    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        """Make it the receiver's, if it still is the leaver's: a conditional update. `anew` lets its limit begin
        with the receiver. None where it is the leaver's no more."""

    def step_back(self, uow: UnitOfWork, leaver: Person) -> Sequence[tuple[Held, PersonId]]:
        """Somebody begins to hand over: what can't wait goes on at once, by the area's rule. What went to whom."""
        return ()

    def leave(self, uow: UnitOfWork, leaver: Person) -> None:  # noqa: B027 most areas have nothing to end
        """Somebody has left: what is nobody else's ends."""

    def unfit(self, uow: UnitOfWork, held: Held, person: Person) -> str:
        """Why somebody can't have it at all; "" where they can."""
        return ""

    def suits(self, uow: UnitOfWork, held: Held, person: Person) -> bool:
        """Whether it would be proposed to somebody who can have it."""
        return True

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        """How many such things each person has."""
        return {}

    def follow(  # noqa: B027 on most areas nothing hangs
        self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person
    ) -> None:
        """Something of any area went from one to the other: what hangs on it goes along."""

    def clients(self, uow: UnitOfWork, subject: str, leaver: Person) -> Sequence[Client]:
        """Who outside the company has the leaver as their contact because of it."""
        return ()

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        """What happened before, newest last."""
        return ()
