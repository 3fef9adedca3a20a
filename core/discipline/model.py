"""What is kept of violations in work groups, and what is told of them (ORG-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.acts import ActState
from core.discipline.judging import Listed
from core.discipline.posts import Action, Category, Finding, Post
from core.ids import AccountId, GroupId, MessageId, PersonId, ViolationId
from core.notices import kind

REMOVED = kind("discipline.removed")  # to the sender, in private: what was removed and why
REMOVED_HERE = kind("discipline.removed_here")  # to the group, where the sender can't be reached
CASE = kind("discipline.case")  # to the managers: the evidence, and what they may do
TRIAL = kind("discipline.trial")  # to the managers: one summary a day of what would have been removed
NO_RIGHT = kind("discipline.no_right")  # to the admins: the bot may not delete in a group
RESTORED = kind("discipline.restored")  # to the group: a message put back
CLEARED = kind("discipline.cleared")  # to the sender: it was put back

CLAUSE = "group.forbidden"


class State(StrEnum):
    TRIAL = "trial"  # the clause is in shadow: nothing happened
    REPORTED = "reported"  # left standing until a manager decides
    PASSED = "passed"  # a manager let it stand
    REMOVED = "removed"
    RESTORED = "restored"  # removed by mistake, and put back


@dataclass(frozen=True, slots=True)
class Violation:
    """Messages of one sender, close together, for one of which there was a finding. `name` is the 部门-姓名 of staff
    and the account's own name of a guest, who has no `person`."""

    id: ViolationId
    group: GroupId
    account: AccountId
    person: PersonId | None
    name: str
    reachable: bool
    category: Category
    kind: str
    found: str
    state: State
    at: datetime
    last_at: datetime
    muted_until: datetime | None
    expelled: bool
    decided_by: str
    decided_at: datetime | None

    @property
    def subject(self) -> str:
        return f"violation:{self.id}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a violation, kept as evidence and so that it can be put back. `mark` tells its edits apart."""

    message: MessageId
    mark: int
    at: datetime
    text: str
    media: str
    file_id: str
    removal: ActState | None  # None: not to be removed


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message in which something was found, before anything is done about it."""

    group: GroupId
    account: AccountId
    person: PersonId | None
    name: str
    reachable: bool
    message: MessageId
    mark: int
    post: Post
    finding: Finding
    action: Action


class Violations(Protocol):
    """The violations, and what companies forbid and allow by chat."""

    def add(self, sighting: Sighting, state: State, at: datetime) -> Violation: ...
    def add_message(self, violation: ViolationId, sighting: Sighting, at: datetime, *, removing: bool) -> None: ...
    def get(self, violation: ViolationId) -> Violation: ...
    def of_message(self, group: GroupId, message: MessageId, mark: int) -> Violation | None: ...
    def latest(self, group: GroupId, account: AccountId, since: datetime) -> Violation | None: ...
    def messages(self, violation: ViolationId) -> list[Message]: ...
    def settle_message(self, violation: ViolationId, message: MessageId, became: ActState) -> None: ...
    def ask_removal(self, violation: ViolationId) -> None:
        """Its messages are to be removed after all."""

    def decide(self, violation: ViolationId, seen: State, becomes: State, by: str, at: datetime) -> bool:
        """Whether it was still as it was seen."""

    def mute(self, violation: ViolationId, until: datetime | None) -> None: ...
    def expel(self, violation: ViolationId, by: str, at: datetime) -> bool:
        """Whether nobody had done it before."""

    def count_removed(self, group: GroupId, account: AccountId, since: datetime) -> int: ...
    def recent(self, groups: Sequence[GroupId], since: datetime, state: State | None = None) -> list[Violation]:
        """Newest first."""

    def listed(self) -> list[Listed]: ...
    def enter(
        self, group: GroupId | None, kind: str, text: str, allows: bool, category: Category, by: str, at: datetime
    ) -> bool:
        """Forbid or allow by chat; False where it was so already."""

    def strike(self, listed: int) -> Listed | None:
        """Take an entry off the list; None where it is gone."""
