"""Requests that somebody has to approve: their steps, who decides, what happened (APR-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.ids import AccountId, ApprovalId, DeciderId, DelegationId, PersonId
from core.notices import Facts

REMIND = DeadlineKind("approval.remind")  # the step's time is nearly over
DUE = DeadlineKind("approval.due")  # the step's time is over: on to the next superior
ANSWER = DeadlineKind("approval.answer")  # a question to the requester has stood for too long
BEGINS = DeadlineKind("delegation.begins")
ENDS = DeadlineKind("delegation.ends")
CLAUSE = "approval.decide"
MOST_WORDS = 500  # characters of a reason, a question, an answer


class Kind(StrEnum):
    """What can need approval. The rulebook says by whom."""

    LEAVE = "leave"
    TRIP = "trip"
    EXCUSE = "excuse"
    REBIND = "rebind"
    CALENDAR = "calendar"
    CREDIT = "credit"
    BLACKLIST = "blacklist"
    ACCESS = "access"
    LEAD_REPLACEMENT = "lead_replacement"
    RESOURCE = "resource"
    COMPENSATION = "compensation"
    GIFT = "gift"
    ORDER = "order"


class State(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What became of one person's say in a step."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    MOVED = "moved"  # somebody else decides in their place: time was over, or they were away
    SPARED = "spared"  # not needed any more: a colleague decided, or the request was withdrawn


class Happening(StrEnum):
    """What can happen to a request; its trace is made of these."""

    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    QUESTION = "question"
    ANSWER = "answer"
    UNANSWERED = "unanswered"
    NOTE = "note"  # the requester added something
    ATTACHED = "attached"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    ABSENT = "absent"  # moved on because the approver is away or left
    DELEGATED = "delegated"
    RETURNED = "returned"  # a delegation is over
    SKIPPED = "skipped"  # the rulebook passes over a step without an approver
    ONCE = "once"  # whoever decides this step has approved an earlier one


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain, with the figures the request was made under (RULE-4).

    `who` holds superior, department_head, role:NAME or person:NUMBER. Time to decide is `minutes` of working time
    or `days`, working days; one of the two. `remind_minutes` of working time before its end a reminder is sent.
    """

    who: tuple[str, ...]
    countersign: bool
    minutes: int | None
    days: int | None
    remind_minutes: int
    escalates: bool
    if_empty: str
    if_requester: str
    if_absent: str

    def written(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Step:
        return cls(**{**kept, "who": tuple(kept["who"])})


@dataclass(frozen=True, slots=True)
class Decider:
    """One person's say in one step. `person` has the right, `acting` uses it: the same, or their delegate.
    `question` is what they want to know before, while it is open."""

    id: DeciderId
    step: int
    person: PersonId
    label: str
    acting: PersonId
    acting_label: str
    standing: Standing
    since: datetime
    settled_at: datetime | None
    reason: str
    question: str
    questioned_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        return self.standing is Standing.WAITING

    @property
    def is_delegated(self) -> bool:
        return self.acting != self.person


@dataclass(frozen=True, slots=True)
class Approval:
    """A request on its way. `step` counts from 0; `due_at` is None while a question is open, `left` then what
    remains of the step's working time. `account` is where the requester is told, where it is not their own
    private chat (a new phone's account)."""

    id: ApprovalId
    kind: Kind
    requester: PersonId
    label: str
    account: AccountId | None
    subject: str
    amount: int | None
    reason: str
    facts: Facts
    state: State
    step: int
    steps: tuple[Step, ...]
    asked_at: datetime
    due_at: datetime | None
    left: timedelta | None
    settled_at: datetime | None
    settled_by: PersonId | None
    settled_label: str
    files: int
    deciders: tuple[Decider, ...]

    @property
    def key(self) -> str:
        """What its deadlines and notices are about."""
        return f"approval:{self.id}"

    @property
    def sort(self) -> str:
        """The sort of its subject: task of "task:7"."""
        return self.subject.partition(":")[0]

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def waiting(self) -> list[Decider]:
        return [one for one in self.deciders if one.is_waiting]

    @property
    def at_step(self) -> list[Decider]:
        return [one for one in self.deciders if one.step == self.step]

    @property
    def questions(self) -> list[Decider]:
        """Those who wait for the requester's answer, the longest first."""
        asked = [one for one in self.waiting if one.questioned_at is not None]
        return sorted(asked, key=lambda one: one.questioned_at or self.asked_at)

    @property
    def has_approved(self) -> set[PersonId]:
        """Everybody who has said yes so far, in their own right or another's."""
        said = [one for one in self.deciders if one.standing is Standing.APPROVED]
        return {who for one in said for who in (one.person, one.acting)}

    def decider(self, decider: DeciderId) -> Decider:
        return next(one for one in self.deciders if one.id == decider)

    def waits_for(self, person: PersonId | None) -> Decider | None:
        """The open say of a person, if they have one."""
        return next((one for one in self.waiting if one.acting == person), None)

    def concerns(self, person: PersonId | None) -> bool:
        """Whether it is somebody's to see: their own, or theirs to decide now or before (P41)."""
        return person == self.requester or any(person in (one.person, one.acting) for one in self.deciders)


@dataclass(frozen=True, slots=True)
class NewApproval:
    kind: Kind
    requester: PersonId
    subject: str
    amount: int | None
    reason: str
    facts: Facts
    steps: tuple[Step, ...]
    account: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a request's trace. `whose` is whose right was used, `to` who got it."""

    at: datetime
    what: Happening
    by: str
    whose: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """Evidence: a kind of file (photo, document, voice …) and its id at the platform."""

    media: str
    file: str


@dataclass(frozen=True, slots=True)
class Delegation:
    """Somebody decides in another's place for a while (代理)."""

    id: DelegationId
    person: PersonId
    label: str
    to: PersonId
    to_label: str
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        return f"delegation:{self.id}"


# Refusals -------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoChain(KeguanError):
    """The rulebook has no chain for this; the area decides in its own way."""

    kind: Kind


@dataclass(eq=False)
class NoApprover(KeguanError):
    """Nobody is there who could approve."""

    kind: Kind


@dataclass(eq=False)
class AskedBefore(KeguanError):
    """The same is waiting for approval already."""

    kind: Kind
    approval: ApprovalId
    at: datetime


@dataclass(eq=False)
class TooLate(KeguanError):
    """A press or word came after the matter had moved on (P17).

    Reasons: approved, rejected, withdrawn (the whole request); decided (by oneself), step (a colleague decided for
    the same step), moved (to somebody else), asked (a question is open).
    """

    rests_on: ClassVar[str | None] = "approval.decide"

    reason: str
    by: str = ""
    at: datetime | None = None


@dataclass(eq=False)
class NotYourDecision(KeguanError):
    """Somebody concerned, but not the one who decides now."""

    rests_on: ClassVar[str | None] = "approval.decide"

    labels: tuple[str, ...]


@dataclass(eq=False)
class WordsRefused(KeguanError):
    """A reason, question or answer that is missing or too long."""

    most: int
    missing: bool = False


@dataclass(eq=False)
class TooManyFiles(KeguanError):
    most: int


@dataclass(eq=False)
class DelegateRefused(KeguanError):
    """Reasons: self, days (more than `most`), past, unbound."""

    reason: str
    label: str = ""
    most: int = 0


# Repository -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """An event to be written down."""

    what: Happening
    by: PersonId | None = None
    whose: PersonId | None = None
    to: PersonId | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list: how many to skip, how many to give."""

    skip: int
    most: int


ALL = Slice(0, 1_000)


class Approvals(Protocol):
    """The requests on record."""

    def add(self, new: NewApproval, at: datetime) -> Approval | None:
        """None where one of the kind on the subject is open."""

    def get(self, approval: ApprovalId) -> Approval:
        """Raises NotFound."""

    def of_decider(self, decider: DeciderId) -> Approval:
        """Raises NotFound."""

    def open_on(self, kind: Kind, subject: str) -> Approval | None: ...
    def open_from(self, account: AccountId) -> Approval | None:
        """An open request made from an account that stands for nobody yet."""

    def add_decider(
        self, approval: ApprovalId, step: int, person: PersonId, acting: PersonId, at: datetime
    ) -> None: ...
    def decide(self, decider: DeciderId, by: PersonId, how: Standing, reason: str, at: datetime) -> bool:
        """Settle a say that waits for `by`, in the step the open request is at; False where it is not so."""

    def release(self, decider: DeciderId, how: Standing, at: datetime) -> bool:
        """End a waiting say as MOVED or SPARED."""

    def question(self, decider: DeciderId, by: PersonId, text: str, at: datetime) -> bool:
        """Ask the requester; False where the say is not waiting for `by`, or a question is open."""

    def unquestion(self, decider: DeciderId) -> bool:
        """End a question; False where none is open."""

    def enter(self, approval: ApprovalId, seen: int, step: int) -> bool:
        """Go on from the step that was seen."""

    def set_clock(self, approval: ApprovalId, due_at: datetime | None, left: timedelta | None) -> None: ...
    def settle(self, approval: ApprovalId, state: State, by: PersonId | None, at: datetime) -> bool:
        """End an open request; False where it was over before."""

    def note(self, approval: ApprovalId, note: Note, at: datetime) -> None: ...
    def events(self, approval: ApprovalId) -> list[Event]:
        """Oldest first."""

    def attach(self, approval: ApprovalId, file: File, at: datetime) -> None: ...
    def files(self, approval: ApprovalId) -> list[File]: ...
    def waiting_for(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        """Open requests that wait for the person to decide, soonest due first."""

    def of_right(self, person: PersonId) -> list[Approval]:
        """Open requests in which the person has a waiting say, used by themselves or a delegate."""

    def asked_by(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        """Newest first; open ones before settled ones."""

    def decided_by(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        """What the person approved or rejected, newest first."""

    def counts(self, person: PersonId) -> tuple[int, int, int]:
        """How many requests wait for the person, are theirs, were decided by them."""

    def open(self) -> list[Approval]: ...
    def delegate(self, person: PersonId, to: PersonId, starts_at: datetime, ends_at: datetime) -> Delegation: ...
    def delegation(self, delegation: DelegationId) -> Delegation:
        """Raises NotFound."""

    def delegation_of(self, person: PersonId, at: datetime) -> Delegation | None:
        """The one that holds at an instant."""

    def delegations_of(self, person: PersonId, since: datetime) -> list[Delegation]:
        """Those given by the person that are not over."""

    def end_delegation(self, delegation: DelegationId, at: datetime) -> bool:
        """Cancel one; False where it was over or cancelled before."""
