"""What a complaint is, what can be refused about one, and the rows it is kept in (CMP-1 to CMP-7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NewType, Protocol

from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.ids import AccountId, ComplaintId, CustomerId, GroupId, PersonId
from core.notices import Fact, kind

IntakeId = NewType("IntakeId", int)

ASK = kind("complaint.ask")  # to the customer: what is it, or which of your cases is it about
RECEIPT = kind("complaint.receipt")  # to the customer: number, owner, what comes next and by when
ADDED = kind("complaint.added")  # to the customer: your message was passed on
RELAY = kind("complaint.relay")  # to the owner: what the customer sent
REPLY = kind("complaint.reply")  # to the customer: what the owner says
STEP = kind("complaint.step")  # to the customer: the case has moved on
SOLUTION = kind("complaint.solution")  # to the customer: the result, to accept or not
PROMISED = kind("complaint.promised")  # to the customer: why it takes longer, and until when
CARD = kind("complaint.card")  # to the desk's group: the case as it stands, edits itself
OWN = kind("complaint.own")  # to the owner: the same with the buttons of the present step, edits itself
SHOWN = kind("complaint.shown")  # to staff who opened a case
MAJOR = kind("complaint.major")  # to directors and the GM: a major case has come in
BOUNCED = kind("complaint.bounced")  # to the owner: the customer cannot be reached in the chat
ANSWERED = kind("complaint.answered")  # to the owner: the customer accepted the solution, or did not
URGED = kind("complaint.urged", duty=True)  # to owner and group: the customer asks for haste
SLIP = kind("complaint.slip", duty=True)  # 催办单, to owner, manager and group: a deadline has passed
SLIPS = kind("complaint.slips", duty=True)  # the daily list of what is overdue
AUDIT = kind("complaint.audit")  # 查办单, to the owner and the manager: closed late, why
WIDENED = kind("complaint.widened")  # to the admins: numbers of this month have become longer

SORT = DeadlineKind("complaint.sort")
FIRST_REPLY = DeadlineKind("complaint.first_reply")
HANDLE = DeadlineKind("complaint.handle")
CLOSE = DeadlineKind("complaint.close")
DELIVERY = DeadlineKind("complaint.delivery")


class Step(StrEnum):
    """How far a complaint has come; each is something done (CMP-5)."""

    REGISTERED = "registered"
    VERIFIED = "verified"
    PLAN = "plan"
    SOLVING = "solving"
    TOLD = "told"
    REVISIT = "revisit"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What came of looking into it (CMP-4)."""

    VALID = "valid"
    INVALID = "invalid"


class Direction(StrEnum):
    IN = "in"  # from the customer
    OUT = "out"  # to the customer in the chat
    PHONE = "phone"  # to the customer by telephone


@dataclass(frozen=True, slots=True)
class Content:
    """One message: its text, and what was attached as the platform's file id. `media` is photo, voice …"""

    text: str = ""
    media: str = ""
    file: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.file


@dataclass(frozen=True, slots=True)
class Complaint:
    """A customer's case, complaint or not (CMP-4).

    `account` is None for a customer without a chat account. `accepted` is the customer's answer to the solution
    of this `round`. `basis` is why the first owner was chosen. `text` is what it is about in the customer's words;
    all messages are kept beside it. Due instants keep the figures the case was registered with (RULE-4).
    """

    id: ComplaintId
    number: str
    account: AccountId | None
    customer: str
    phone: str
    kind: str
    severity: str
    is_complaint: bool
    about_product: bool
    text: str
    product: Mapping[str, str]
    step: Step
    round: int
    verdict: Verdict | None
    accepted: bool | None
    owner: PersonId | None
    registered_by: PersonId | None
    group: GroupId | None
    created_at: datetime
    first_reply_due: datetime
    handle_due: datetime
    close_due: datetime
    first_reply_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    urged_at: datetime | None
    basis: Mapping[str, Fact] | None = None

    @property
    def subject(self) -> str:
        return f"complaint:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.step is not Step.CLOSED

    @property
    def target(self) -> tuple[DeadlineKind, datetime]:
        """The one deadline that counts now: before a first reply nothing else does (P23)."""
        if self.first_reply_at is None:
            return FIRST_REPLY, self.first_reply_due
        if self.handled_at is None:
            return HANDLE, self.handle_due
        return CLOSE, self.close_due


@dataclass(frozen=True, slots=True)
class NewComplaint:
    month: str  # YYMM of the company's zone
    running: int
    number: str
    account: AccountId | None
    customer: str
    phone: str
    kind: str
    severity: str
    is_complaint: bool
    about_product: bool
    text: str
    owner: PersonId | None
    registered_by: PersonId | None
    group: GroupId | None
    created_at: datetime
    first_reply_due: datetime
    handle_due: datetime
    close_due: datetime
    basis: Mapping[str, Fact] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a case; `complaint` is None while the customer has not said which case it belongs to."""

    complaint: ComplaintId | None
    direction: Direction
    content: Content
    at: datetime
    by: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """One step taken: who, when, and what they noted (CMP-5)."""

    round: int
    step: str
    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Intake:
    """Messages of a customer of which it is not known yet what or which case they are about."""

    id: IntakeId
    account: AccountId
    opened_at: datetime
    settled: bool

    @property
    def subject(self) -> str:
        return f"intake:{self.id}"


@dataclass(frozen=True, slots=True)
class Overview:
    """A case as a list or card shows it."""

    complaint: Complaint
    owner: str
    next_step: Step | None
    trail: tuple[Trace, ...] = ()
    reachable: bool = False
    files: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What staff register for a customer; `record` is the one of the archive, if it is known to be that."""

    kind: str
    customer: str
    phone: str = ""
    contents: tuple[Content, ...] = field(default_factory=tuple)
    record: CustomerId | None = None


@dataclass(eq=False)
class CustomerUnreachable(KeguanError):
    """The customer has no chat account, or blocked the bot: telephone them."""

    number: str
    phone: str


@dataclass(eq=False)
class NotYours(KeguanError):
    """Somebody else is responsible for the case; it can be taken over first (CMP-3)."""

    rests_on: ClassVar[str | None] = "complaint.first_asked"

    number: str
    owner: str


@dataclass(eq=False)
class NoteNeeded(KeguanError):
    """This step is not taken without a few words in writing."""

    number: str


@dataclass(eq=False)
class UrgedAlready(KeguanError):
    """The customer urged a short while ago."""

    at: datetime
    again_at: datetime


@dataclass(eq=False)
class NumbersUsedUp(KeguanError):
    """The month has more complaints than its numbers have digits for, and the rulebook forbids longer ones."""

    rests_on: ClassVar[str | None] = "complaint.number"

    month: str


class Complaints(Protocol):
    """Complaints, their messages, steps and numbers."""

    def next_running(self, month: str) -> int:
        """Take the next running number of a month; it is never given again, also after rows were restored."""

    def add(self, new: NewComplaint) -> Complaint: ...
    def get(self, complaint: ComplaintId) -> Complaint: ...
    def by_number(self, number: str) -> Complaint | None: ...
    def of_account(self, account: AccountId) -> list[Complaint]:
        """Newest first."""

    def account_of_phone(self, phone: str) -> AccountId | None:
        """The account that complained with this phone number last."""

    def open_cases(self) -> list[Complaint]:
        """Oldest first."""

    def load(self) -> Mapping[PersonId, int]:
        """How many open cases each owner has."""

    def hand_over(self, complaint: ComplaintId, before: PersonId | None, after: PersonId) -> bool:
        """Change the owner, if it is still the one named and the case is open."""

    def move(self, before: Complaint, after: Complaint) -> bool:
        """Write the progress of `after`, if step, round and answer are still those of `before`."""

    def note_first_reply(self, complaint: ComplaintId, at: datetime | None) -> None: ...
    def set_due(self, complaint: ComplaintId, handle_due: datetime, close_due: datetime) -> None: ...
    def set_product(self, complaint: ComplaintId, product: Mapping[str, str]) -> None: ...
    def set_phone(self, complaint: ComplaintId, phone: str) -> None: ...
    def set_text(self, complaint: ComplaintId, text: str) -> None: ...
    def urge(self, complaint: ComplaintId, at: datetime, not_after: datetime) -> bool:
        """Note that the customer urged, unless they did after `not_after`."""

    def add_message(self, message: Message, intake: IntakeId | None = None) -> int: ...
    def messages(self, complaint: ComplaintId) -> list[Message]: ...
    def waiting(self, intake: IntakeId) -> list[Message]: ...
    def add_step(self, complaint: ComplaintId, trace: Trace) -> None: ...
    def trail(self, complaint: ComplaintId) -> list[Trace]: ...
    def open_intake(self, account: AccountId) -> Intake | None: ...
    def intake(self, intake: IntakeId) -> Intake: ...
    def add_intake(self, account: AccountId, at: datetime) -> Intake: ...
    def settle(self, intake: IntakeId, complaint: ComplaintId | None) -> bool:
        """Give the waiting messages to a case (or to none), once."""
