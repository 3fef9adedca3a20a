"""Editions of the rulebook, and clauses switched on and off between them (RULE-3, RULE-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.ids import PersonId
from core.notices import kind
from core.rulebook import Change

if TYPE_CHECKING:
    from core.rulebook import Rulebook

EditionId = NewType("EditionId", int)
SwitchId = NewType("SwitchId", int)

CHANGED = kind("rules.changed")  # to the groups: what is different from now on
PLANNED = kind("rules.planned")  # to the groups: a clause comes into force on a day
CALLED_OFF = kind("rules.called_off")  # to the groups: it does not, after all
BAD_FILE = kind("rules.bad_file")  # to the admins: the file could not be taken, the running rulebook stays
TRIAL = kind("rules.trial")  # to those who may put in force: what clauses in shadow would have cost

SWITCH = DeadlineKind("rules.switch")


class Cause(StrEnum):
    """What made an edition."""

    FIRST = "first"  # the rulebook the installation began with
    FILE = "file"  # the company's file was changed
    SWITCH = "switch"  # a clause was put in force, or back into shadow, in the chat


@dataclass(frozen=True, slots=True)
class Mark:
    """Since when a clause is as it is: its last change, and the instant it came into force (None: in shadow)."""

    changed_at: datetime | None
    in_force_since: datetime | None


@dataclass(frozen=True, slots=True)
class NewEdition:
    """The rulebook as it is from `since` on.

    `base` is the version of the content it was made from, the company's file; `in_force` are the clauses in force,
    which the chat may have decided otherwise than the file. `version` is that of both together.
    """

    version: str
    base: str
    since: datetime
    in_force: frozenset[str]
    cause: Cause
    by: str  # 部门-姓名; empty where a file was changed without anybody saying so
    person: PersonId | None
    changes: tuple[Change, ...]
    marks: Mapping[str, Mark]
    follows: EditionId = EditionId(0)  # the edition before; no two follow the same


@dataclass(frozen=True, slots=True)
class Edition(NewEdition):
    """One that is recorded."""

    id: EditionId = EditionId(0)


class SwitchState(StrEnum):
    PLANNED = "planned"  # its instant is still to come, or has come and the bell has not rung yet
    STANDING = "standing"  # it holds against what the file says
    ENDED = "ended"  # a later switch or a later word of the file holds
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Switch:
    """A decision in the chat that a clause is in force, or in shadow, from an instant on."""

    id: SwitchId
    clause: str
    in_force: bool
    from_at: datetime
    state: SwitchState
    person: PersonId
    by: str
    decided_at: datetime

    @property
    def subject(self) -> str:
        return f"switch:{self.id}"


@dataclass(frozen=True, slots=True)
class WouldHave:
    """Entries of one effect under a clause that is not in force. `amount` is their sum."""

    clause: str
    effect: str
    entries: int
    amount: int
    people: int


@dataclass(eq=False)
class SwitchedAlready(KeguanError):
    """The clause is in force or in shadow already, or somebody has settled when it will be."""

    clause: str
    in_force: bool
    from_at: datetime | None = None
    by: str = ""


@dataclass(eq=False)
class DayPassed(KeguanError):
    """A clause is put in force from a day to come; nothing is made a breach afterwards."""

    clause: str


class Rules(Protocol):
    """The editions and switches that are kept."""

    def latest(self) -> Edition | None: ...
    def edition(self, version: str) -> Edition | None:
        """The last edition of this version."""

    def history(self, most: int) -> list[Edition]:
        """Newest first."""

    def before(self, at: datetime) -> Edition | None:
        """The last edition that began before an instant."""

    def content(self, base: str) -> str | None:
        """What `written_out` gave for this version of the file."""

    def record(self, edition: NewEdition, book: Rulebook) -> Edition | None:
        """None where another process has recorded what follows the same edition."""

    def switches(self) -> list[Switch]:
        """Those planned and standing, in the order in which they take effect."""

    def switch(self, switch: SwitchId) -> Switch: ...
    def plan(
        self, clause: str, in_force: bool, from_at: datetime, person: PersonId, by: str, at: datetime
    ) -> Switch | None:
        """Plan a switch; None where one of the clause is planned already."""

    def settle(self, switch: Switch) -> bool:
        """A planned one holds from now on, and ends the clause's standing one; False where it is not planned any
        more."""

    def call_off(self, switch: Switch, person: PersonId, at: datetime) -> bool:
        """Take a planned one back; False where it is not planned any more."""

    def end(self, clauses: Sequence[str], *states: SwitchState) -> None:
        """End the switches of these clauses that are in one of these states."""

    def would_have(self, since: datetime, until: datetime) -> list[WouldHave]:
        """Entries without effect, written in a span and not taken back, most first."""
