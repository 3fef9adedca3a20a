"""What a lead is, what can happen to it, and why somebody is refused (LED-1 to LED-6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from core.errors import KeguanError, NotUnderstood
from core.ids import GroupId, LeadId, PersonId
from core.notices import Fact


class LeadState(StrEnum):
    """Where a lead stands. Only `held` and `contacted` have an owner."""

    OFFERED = "offered"  # open to be claimed
    HELD = "held"  # somebody has it and has to contact the customer
    CONTACTED = "contacted"  # the customer was contacted
    WAITING = "waiting"  # for a manager to assign it
    WON = "won"
    LOST = "lost"


OWNED = (LeadState.HELD, LeadState.CONTACTED)
UNOWNED = (LeadState.OFFERED, LeadState.WAITING)
OPEN = (*UNOWNED, *OWNED)


class EventKind(StrEnum):
    """What happened to a lead. Quotas and statistics count these, never the present state (P28)."""

    REGISTERED = "registered"
    OFFERED = "offered"
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    CONTACTED = "contacted"  # said so, without words
    REPORTED = "reported"  # progress in words
    OVERDUE = "overdue"  # no progress in time
    UNREACHED = "unreached"  # no progress in time, but the notice never arrived (P46)
    GIVEN_BACK = "given_back"
    HANDED_OVER = "handed_over"  # from somebody who leaves to their successor
    HANDED_UP = "handed_up"  # to the manager, to be assigned
    UNRECORDED = "unrecorded"  # nothing entered in the record in time
    WON = "won"
    LOST = "lost"


# Who had one of these on a lead does not get it again by claiming.
PARTED = (EventKind.OVERDUE, EventKind.GIVEN_BACK)


class Result(StrEnum):
    """How the customer answered."""

    INTERESTED = "interested"
    APPOINTMENT = "appointment"
    NOT_REACHABLE = "not_reachable"
    NOT_INTERESTED = "not_interested"


@dataclass(frozen=True, slots=True)
class Draft:
    """A lead as it is entered. `phone` is E.164; `expected` is in yuan, None while not given."""

    source: str = ""
    name: str = ""
    phone: str = ""
    need: str = ""
    region: str = ""
    expected: int | None = None
    urgent: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields still to ask for, in order; region may stay empty."""
        given = {
            "source": bool(self.source),
            "name": bool(self.name),
            "phone": bool(self.phone),
            "need": bool(self.need),
            "expected": self.expected is not None,
        }
        return tuple(field for field, there in given.items() if not there)


@dataclass(frozen=True, slots=True)
class Lead:
    """A customer's enquiry to be followed up.

    `klass` is the class it had at registration (LED-2); `turn` counts how often it was given to somebody;
    `groups` are the sales groups that show its card. Names are labels as of the time they were written.
    """

    id: LeadId
    source: str
    name: str
    company: str  # the normalised company name, for the duplicate check
    phone: str
    need: str
    region: str
    expected: int
    klass: str
    urgent: bool
    registered_by: PersonId
    registered_name: str
    registered_at: datetime
    state: LeadState
    owner: PersonId | None
    owner_name: str
    owner_since: datetime | None
    contacted_at: datetime | None
    recorded_at: datetime | None
    closed_at: datetime | None
    turn: int
    groups: tuple[GroupId, ...]

    @property
    def subject(self) -> str:
        return f"lead:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class NewLead:
    draft: Draft
    company: str
    klass: str
    registered_by: PersonId
    registered_name: str
    at: datetime
    state: LeadState
    groups: tuple[GroupId, ...]


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """One line of a lead's story. `until` is when the next step was due; `day` is the agreed appointment; `basis`
    why it was given to this person."""

    kind: EventKind
    person: PersonId | None
    who: str
    at: datetime
    text: str = ""
    result: Result | None = None
    until: datetime | None = None
    day: date | None = None
    basis: Mapping[str, Fact] | None = None


@dataclass(eq=False)
class AlreadyClaimed(KeguanError):
    """Somebody has the lead. `mine`: it is the one who asks."""

    lead: LeadId
    by: str
    at: datetime
    mine: bool = False


@dataclass(eq=False)
class NotOffered(KeguanError):
    """The lead is not open to claims: a manager assigns it."""

    lead: LeadId


@dataclass(eq=False)
class Unfit(KeguanError):
    """A person can't be given the lead. `mine`: it is the one who asks."""

    rests_on: ClassVar[str | None] = "lead.allocation"

    lead: LeadId | None
    reason: str  # "leaving" | "role" | "level" | "parted" | "absent" | "unreachable" | "paused"
    label: str
    mine: bool
    klass: str
    level: str
    until: datetime | None = None  # the end of a pause


@dataclass(eq=False)
class NoLongerYours(KeguanError):
    """Somebody who had the lead acts on it after it went on (P17)."""

    rests_on: ClassVar[str | None] = "lead.contact"

    lead: LeadId
    owner: str


@dataclass(eq=False)
class RecordFirst(KeguanError):
    """A lead is closed only after its progress was entered."""

    rests_on: ClassVar[str | None] = "lead.record"

    lead: LeadId


@dataclass(eq=False)
class DuplicateLead(KeguanError):
    """There is an open lead of the same phone or company, or a customer on record. `by` is who registered the
    lead or looks after the customer, filled for those who may know (P40)."""

    rests_on: ClassVar[str | None] = "customer.register_first"

    field: str  # "phone" | "company" | "customer"
    lead: LeadId | None
    since: datetime
    by: str


class AmountUnclear(NotUnderstood):
    """A text that is no amount of money."""


class DayUnclear(NotUnderstood):
    """A text that is no coming day."""


class Leads(Protocol):
    """The leads and their events."""

    def add(self, new: NewLead) -> Lead | None:
        """The lead, or None where an open one has the phone already."""

    def get(self, lead: LeadId) -> Lead:
        """Raises NotFound."""

    def take(self, lead: LeadId, person: PersonId, label: str, at: datetime, states: Collection[LeadState]) -> bool:
        """Give the lead to a person if it has no owner and is in one of the states; one of several succeeds."""

    def release(self, lead: LeadId, person: PersonId, becomes: LeadState) -> bool:
        """Take it from the person, if it is still theirs."""

    def hand_over(self, lead: LeadId, before: PersonId, after: PersonId, label: str, at: datetime) -> bool:
        """Give an owned lead to somebody else, if `before` still has it; a new turn begins."""

    def contact(self, lead: LeadId, person: PersonId, at: datetime) -> bool:
        """Note the first contact, if the lead is the person's and had none."""

    def record(self, lead: LeadId, person: PersonId, at: datetime) -> bool:
        """Note that progress was entered, the first time in a turn."""

    def close(self, lead: LeadId, was: LeadState, owner: PersonId | None, becomes: LeadState, at: datetime) -> bool:
        """End the lead, if state and owner are still those that were seen."""

    def log(self, lead: LeadId, event: LeadEvent) -> None: ...
    def events(self, lead: LeadId) -> list[LeadEvent]:
        """Oldest first."""

    def story(self, lead: LeadId) -> list[LeadEvent]:
        """The same without what each was based on, which grows with the company."""

    def count(self, person: PersonId, kinds: Collection[EventKind], since: datetime) -> int:
        """How many such events a person has had since then (P28)."""

    def open_of(self, person: PersonId) -> list[Lead]: ...
    def open_counts(self) -> dict[PersonId, int]:
        """How many open leads each owner has."""

    def registered_open(self, person: PersonId) -> list[Lead]: ...
    def open(self) -> list[Lead]: ...
    def open_with_phone(self, phone: str) -> Lead | None: ...
    def open_with_company(self, company: str) -> Lead | None: ...
