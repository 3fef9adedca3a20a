"""Tasks, the people they are given to, their answers and excuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from core.deadlines import DeadlineKind
from core.errors import KeguanError
from core.hours import Hours, hours_in, hours_of
from core.ids import AssignmentId, DepartmentId, ExcuseId, GroupId, PersonId, TaskId
from core.people import chain_above

if TYPE_CHECKING:
    from core.ports import UnitOfWork

REPLY = DeadlineKind("task.reply")  # everybody has answered by then (TSK-2)
ESCALATE = DeadlineKind("task.escalate")  # who has not by then is reported to the next superior (TSK-2)
DUE = DeadlineKind("task.due")  # the earliest instant at which somebody's part is to be solved (TSK-2)


class TaskState(StrEnum):
    OPEN = "open"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


class AnswerState(StrEnum):
    """How far one person is with a task."""

    WAITING = "waiting"
    RECEIVED = "received"
    PLANNED = "planned"
    SOLVED = "solved"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person's part in a task.

    `due_at` is the instant promised or required; `late_minutes` counts from the reply limit to the first answer
    (working minutes, or minutes by the clock of an urgent task); `reply_missed_at` and `due_missed_at` are the
    limits that passed; `medium` tells what an answer without words was (photo, voice …); `closed_by` is the label
    of a superior who confirmed in the person's place.
    """

    id: AssignmentId
    person: PersonId
    label: str
    state: AnswerState
    answered_at: datetime | None
    answer: str
    medium: str
    plan_at: datetime | None
    due_at: datetime
    late_minutes: int | None
    reply_missed_at: datetime | None
    due_missed_at: datetime | None
    solved_at: datetime | None
    closed_by: str

    @property
    def is_waiting(self) -> bool:
        return self.state is AnswerState.WAITING

    @property
    def is_solved(self) -> bool:
        return self.state is AnswerState.SOLVED


@dataclass(frozen=True, slots=True)
class Task:
    """Something a manager wants done. `department` is the name of the department it was given to, if to one;
    `group` the group that shows its card."""

    id: TaskId
    group: GroupId | None
    giver: PersonId
    giver_label: str
    department: str
    text: str
    urgent: bool
    given_at: datetime
    reply_by: datetime
    escalate_at: datetime
    due_at: datetime
    state: TaskState
    closed_by: str
    closed_at: datetime | None
    assignments: tuple[Assignment, ...]

    @property
    def subject(self) -> str:
        return f"task:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state is TaskState.OPEN

    @property
    def waiting(self) -> list[Assignment]:
        return [a for a in self.assignments if a.is_waiting]

    @property
    def unsolved(self) -> list[Assignment]:
        return [a for a in self.assignments if not a.is_solved]

    def of(self, person: PersonId | None) -> Assignment | None:
        """The person's part, if they have one."""
        return next((a for a in self.assignments if a.person == person), None)


@dataclass(frozen=True, slots=True)
class NewTask:
    group: GroupId | None
    giver: PersonId
    department: DepartmentId | None
    text: str
    urgent: bool
    given_at: datetime
    reply_by: datetime
    escalate_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says to a task: how far it is, in which words or medium, and until when (for a plan)."""

    state: AnswerState
    text: str = ""
    medium: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why an answer was late, and what the superior decided; `lifted` is None until then (TSK-3)."""

    id: ExcuseId
    task: TaskId
    person: PersonId
    text: str
    filed_at: datetime
    lifted: bool | None
    decided_by: str
    decided_at: datetime | None


@dataclass(eq=False)
class TaskUnclear(KeguanError):
    """A task was given without saying to whom, or without saying what."""

    missing: str  # "person" | "text" | "number"


@dataclass(eq=False)
class NotYours(KeguanError):
    """Only those the task was given to, or their superiors, may do this."""

    labels: tuple[str, ...]


@dataclass(eq=False)
class GivenUpward(KeguanError):
    """A task can't be given to one's own superior."""

    label: str


class Tasks(Protocol):
    """The tasks on record."""

    def add(self, task: NewTask, people: Sequence[PersonId]) -> Task: ...
    def get(self, task: TaskId) -> Task:
        """Raises NotFound."""

    def of_assignment(self, assignment: AssignmentId) -> Task:
        """The task a part belongs to. Raises NotFound."""

    def answer(
        self, assignment: AssignmentId, seen: AnswerState, answer: Answer, at: datetime, late_minutes: int | None
    ) -> bool:
        """Record an answer, unless the part has left the state it was `seen` in, or the task is closed."""

    def promise(self, assignment: AssignmentId, due_at: datetime) -> None:
        """The part is due at another instant from now on; a limit missed before counts no more."""

    def solve_for(self, assignment: AssignmentId, by: PersonId, at: datetime) -> None:
        """A superior confirms the part as solved."""

    def defer_reply(self, task: TaskId, limit: datetime) -> None:
        """The answer is asked for by another instant from now on."""

    def miss_reply(self, assignment: AssignmentId, limit: datetime) -> None: ...
    def miss_due(self, assignment: AssignmentId, limit: datetime) -> None: ...
    def pass_part(self, assignment: AssignmentId, before: PersonId, after: PersonId, at: datetime) -> bool:
        """Give somebody's unsolved part of an open task to another, who has received it by that."""

    def pass_giver(self, task: TaskId, before: PersonId, after: PersonId) -> bool:
        """Make somebody else the giver of an open task."""

    def given_by(self, person: PersonId) -> list[Task]:
        """Open tasks somebody gave, soonest due first."""

    def close(self, task: TaskId, state: TaskState, by: PersonId, at: datetime) -> bool:
        """Close an open task; False where it was closed before."""

    def open_of(self, person: PersonId) -> list[Task]:
        """Open tasks in which the person's own part is unsolved, soonest due first."""

    def open_in(self, group: GroupId) -> list[Task]: ...
    def open(self) -> list[Task]: ...
    def file_excuse(self, task: TaskId, person: PersonId, text: str, at: datetime) -> Excuse | None:
        """The excuse, or None where the person has filed one for the task before."""

    def excuse(self, excuse: ExcuseId) -> Excuse:
        """Raises NotFound."""

    def excuses_of(self, task: TaskId) -> list[Excuse]: ...
    def decide_excuse(self, excuse: ExcuseId, lifted: bool, by: PersonId | None, at: datetime) -> bool:
        """Decide once; False where it was decided before. `by` is None where the rulebook itself did."""

    def drop_excuse(self, excuse: ExcuseId) -> None:
        """Forget one that was not decided."""


def manages(uow: UnitOfWork, manager: PersonId | None, task: Task) -> bool:
    """Whether somebody gave the task, or is above whoever gave it or whoever it was given to."""
    if manager is None:
        return False
    if manager == task.giver:
        return True
    below = {task.giver, *(a.person for a in task.assignments)}
    return any(above.id == manager for one in below for above in chain_above(uow, uow.people.get(one)))


def hours_for(uow: UnitOfWork, task: Task) -> Hours:
    """The hours a task runs by: those of the department it was given to, or of its one person."""
    department = uow.people.find_department(task.department) if task.department else None
    return hours_in(uow, department.id) if department else hours_of(uow, task.assignments[0].person)


def sees(uow: UnitOfWork, person: PersonId | None, group: GroupId | None, task: Task) -> bool:
    """Whether a task is somebody's to see: their own, their people's, or shown in the group they speak in (P41)."""
    here = group is not None and group == task.group
    return here or task.of(person) is not None or manages(uow, person, task)
