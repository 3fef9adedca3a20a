"""What a visit and a plan for one are (VIS-2, VIS-3), and how they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from core.errors import KeguanError
from core.geo import Point, Source
from core.ids import CustomerId, PersonId, PlanId, VisitId

MOST_SAID = 2000  # characters of what was said
MOST_PURPOSE = 200
MOST_COMMENT = 500
FARTHEST_DAYS = 366  # a day further ahead is a slip of the finger


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as it was sent during a visit."""

    point: Point
    proof: Source


@dataclass(frozen=True, slots=True)
class Report:
    """A visit as it was told: `kind` is a key of the rulebook's list, `next_on` the day of the next step."""

    customer: CustomerId
    kind: str
    said: str
    photos: tuple[str, ...] = ()
    spot: Spot | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit on record. `distance_m` is from the customer's address; `jumped` means that nobody travels so fast
    from the place of the visit before; `next_open` that the next step is still to come."""

    id: VisitId
    customer: CustomerId
    customer_name: str
    person: PersonId
    person_label: str
    kind: str
    said: str
    photos: tuple[str, ...]
    spot: Spot | None
    distance_m: int | None
    jumped: bool
    next_on: date | None
    next_open: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class NewVisit:
    report: Report
    person: PersonId
    distance_m: int | None
    jumped: bool
    at: datetime


class PlanState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit that is planned for a day."""

    id: PlanId
    customer: CustomerId
    customer_name: str
    person: PersonId
    person_label: str
    day: date
    purpose: str
    state: PlanState
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """What a superior said to a plan; empty is a nod."""

    by: str
    text: str
    at: datetime


@dataclass(eq=False)
class DayRefused(KeguanError):
    """A day that a visit cannot be planned for: `reason` is "past", "far" or "unclear"."""

    text: str
    reason: str


@dataclass(eq=False)
class TextRefused(KeguanError):
    """Nothing was said, or more than `most` characters."""

    most: int


@dataclass(eq=False)
class PhotosFull(KeguanError):
    """More photos than a visit keeps."""

    most: int


@dataclass(eq=False)
class WhichCustomer(KeguanError):
    """None of the actor's customers fits a text, or several do."""

    text: str
    names: tuple[str, ...]


class Visits(Protocol):
    """Visits and plans."""

    def add(self, new: NewVisit) -> Visit: ...
    def get(self, visit: VisitId) -> Visit:
        """Raises NotFound."""

    def last(self, person: PersonId, limit: int) -> list[Visit]:
        """Newest first."""

    def last_placed(self, person: PersonId) -> tuple[Point, datetime] | None:
        """Where and when a visit with a place was logged last."""

    def open_next(self, person: PersonId, customer: CustomerId) -> list[Visit]:
        """Visits whose next step at the customer is still to come."""

    def coming(self, person: PersonId) -> list[Visit]:
        """The same at all customers, soonest first."""

    def set_next(self, visit: VisitId, day: date | None) -> bool:
        """Move the next step, or end it; False where it has ended already."""

    def add_plan(self, customer: CustomerId, person: PersonId, day: date, purpose: str, at: datetime) -> Plan: ...
    def plan(self, plan: PlanId) -> Plan:
        """Raises NotFound."""

    def settle_plan(self, plan: PlanId, state: PlanState) -> bool:
        """False where it is not open any more."""

    def open_plans(self, person: PersonId) -> list[Plan]:
        """Soonest first."""

    def pass_plan(self, plan: PlanId, before: PersonId, after: PersonId) -> bool:
        """Make an open plan somebody else's, if it is still `before`'s."""

    def at_customer(self, customer: CustomerId, limit: int) -> list[Visit]:
        """Everybody's visits there, newest first."""

    def remark(self, plan: PlanId, person: PersonId, text: str, at: datetime) -> None: ...
    def remarks(self, plan: PlanId) -> Sequence[Remark]: ...
