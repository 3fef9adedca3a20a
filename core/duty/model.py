"""Duties, swaps of them, and what is told about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from core.errors import KeguanError
from core.ids import DepartmentId, PersonId, SwapId
from core.notices import kind

FILLED = kind("duty.filled")  # to the person: on which days they are on duty, or not any more
REMINDER = kind("duty.reminder")  # to the person, the day before
STARTS = kind("duty.starts")  # to the person, when it begins
SHORT = kind("duty.short")  # to managers: days of a holiday without anybody
SWAP = kind("duty.swap")  # to whoever is asked to take a duty, and to whoever asks
SWAPPED = kind("duty.swapped")  # to the superiors: who took whose duty


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody is on duty on a local date."""

    day: date
    person: PersonId
    label: str
    department: DepartmentId


class SwapState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Swap:
    """`giver` wants `taker` to be on duty in their place on `day`; in exchange they take `back`, where it is set."""

    id: SwapId
    day: date
    giver: PersonId
    giver_label: str
    taker: PersonId
    taker_label: str
    back: date | None
    state: SwapState
    asked_at: datetime

    @property
    def subject(self) -> str:
        return f"duty_swap:{self.id}"


@dataclass(eq=False)
class NoRestDay(KeguanError):
    """The roster is for days on which the company does not work, and that are not over."""

    day: date


@dataclass(eq=False)
class NotOnDuty(KeguanError):
    """The person is not on duty that day (any more)."""

    label: str
    day: date


@dataclass(eq=False)
class OnDutyAlready(KeguanError):
    """The person is on duty that day already."""

    label: str
    day: date


class Rosters(Protocol):
    """Who is on duty when. A day that was filled in the chat goes by that; any other by the rulebook."""

    def filled(self, first: date, last: date) -> dict[date, list[Duty]]:
        """The days that were filled in the chat, those with nobody too."""

    def days_of(self, person: PersonId, first: date) -> list[date]:
        """The days from one on that somebody is on duty, as filled in the chat."""

    def fill(self, day: date, people: Collection[PersonId], by: PersonId | None, at: datetime) -> None:
        """Set who is on duty on a day."""

    def replace(self, day: date, before: PersonId, after: PersonId) -> bool:
        """Put one in another's place; False where that one is not on duty, or the other is already."""

    def ask(self, day: date, giver: PersonId, taker: PersonId, back: date | None, at: datetime) -> Swap: ...
    def swap(self, swap: SwapId) -> Swap:
        """Raises NotFound."""

    def settle(self, swap: SwapId, state: SwapState, at: datetime) -> bool:
        """End a swap that is asked for; False where it was ended before."""
