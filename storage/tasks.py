"""Tasks, the parts people have in them, and excuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import AssignmentId, ExcuseId, GroupId, PersonId, TaskId
from core.tasks import Answer, AnswerState, Assignment, Excuse, NewTask, Task, TaskState
from storage.base import Base, UtcDateTime, insert_ignoring, next_number, table
from storage.people import DepartmentRow, PersonRow, label_of


class TaskRow(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index(
            "ix_tasks_open",
            "group_id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("groups.id"))
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    urgent: Mapped[bool]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply_by: Mapped[datetime] = mapped_column(UtcDateTime)
    escalate_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10))
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AssignmentRow(Base):
    __tablename__ = "assignments"
    __table_args__ = (sa.UniqueConstraint("task_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(10))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    medium: Mapped[str] = mapped_column(sa.String(12), default="")
    plan_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_minutes: Mapped[int | None]
    reply_missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class ExcuseRow(Base):
    __tablename__ = "task_excuses"
    __table_args__ = (sa.UniqueConstraint("task_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_T, _A, _E = table(TaskRow), table(AssignmentRow), table(ExcuseRow)
_P, _D = table(PersonRow), table(DepartmentRow)


_TASKS = sa.select(
    _T, label_of(_T.c.giver_id, "giver_label"), label_of(_T.c.closed_by_id, "closer"), _D.c.name.label("department")
).outerjoin(_D, _D.c.id == _T.c.department_id)
_GET = _TASKS.where(_T.c.id == sa.bindparam("row"))
_OPEN = _TASKS.where(_T.c.state == TaskState.OPEN).order_by(_T.c.due_at, _T.c.id)
_OPEN_IN = _OPEN.where(_T.c.group_id == sa.bindparam("place"))
_OPEN_OF = (
    _TASKS.join(_A, _A.c.task_id == _T.c.id)
    .where(_T.c.state == TaskState.OPEN, _A.c.person_id == sa.bindparam("who"), _A.c.state != AnswerState.SOLVED)
    .order_by(_A.c.due_at, _T.c.id)
)
_ALL_PARTS = sa.select(_A, label_of(_A.c.person_id, "label"), label_of(_A.c.closed_by_id, "closer")).order_by(_A.c.id)
_PARTS = _ALL_PARTS.where(_A.c.task_id.in_(sa.bindparam("tasks", expanding=True)))
_PARTS_OF = _ALL_PARTS.where(_A.c.task_id == sa.bindparam("task"))
_TASK_OF = sa.select(_A.c.task_id).where(_A.c.id == sa.bindparam("row"))
_IS_OPEN = sa.select(_T.c.id).where(_T.c.id == _A.c.task_id, _T.c.state == TaskState.OPEN).exists()
_ANSWER = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"), _A.c.state == sa.bindparam("seen"), _IS_OPEN)
    .values(
        state=sa.bindparam("becomes"),
        answered_at=sa.func.coalesce(_A.c.answered_at, sa.bindparam("at", type_=UtcDateTime)),
        answer=sa.bindparam("words"),
        medium=sa.bindparam("sent"),
        plan_at=sa.bindparam("until"),
        solved_at=sa.bindparam("solved"),
        late_minutes=sa.bindparam("late"),
    )
)
_PROMISE = sa.update(_A).where(_A.c.id == sa.bindparam("row")).values(due_at=sa.bindparam("due"), due_missed_at=None)
_SOLVE = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"), _A.c.state != AnswerState.SOLVED)
    .values(state=AnswerState.SOLVED, solved_at=sa.bindparam("at"), closed_by_id=sa.bindparam("who"))
)
_DEFER_REPLY = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(reply_by=sa.bindparam("limit"))
_MISS_REPLY = sa.update(_A).where(_A.c.id == sa.bindparam("row")).values(reply_missed_at=sa.bindparam("at"))
_MISS_DUE = sa.update(_A).where(_A.c.id == sa.bindparam("row")).values(due_missed_at=sa.bindparam("at"))
_CLOSE = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.state == TaskState.OPEN)
    .values(state=sa.bindparam("becomes"), closed_by_id=sa.bindparam("who"), closed_at=sa.bindparam("at"))
)
_PASS_PART = (
    sa.update(_A)
    .where(
        _A.c.id == sa.bindparam("row"),
        _A.c.person_id == sa.bindparam("before"),
        _A.c.state != AnswerState.SOLVED,
        _IS_OPEN,
    )
    .values(
        person_id=sa.bindparam("after"),
        state=sa.case((_A.c.state == AnswerState.WAITING, AnswerState.RECEIVED.value), else_=_A.c.state),
        answered_at=sa.func.coalesce(_A.c.answered_at, sa.bindparam("at", type_=UtcDateTime)),
        reply_missed_at=None,
        due_missed_at=None,
    )
)
_PASS_GIVER = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.giver_id == sa.bindparam("before"), _T.c.state == TaskState.OPEN)
    .values(giver_id=sa.bindparam("after"))
)
_GIVEN_BY = _OPEN.where(_T.c.giver_id == sa.bindparam("who"))
_EXCUSES = sa.select(_E, label_of(_E.c.decided_by_id, "decider"))
_EXCUSE = _EXCUSES.where(_E.c.id == sa.bindparam("row"))
_EXCUSES_OF = _EXCUSES.where(_E.c.task_id == sa.bindparam("of")).order_by(_E.c.id)
_NUMBER = next_number(TaskRow)
_FILE = insert_ignoring(ExcuseRow, on=["task_id", "person_id"])
_DECIDE = (
    sa.update(_E)
    .where(_E.c.id == sa.bindparam("row"), _E.c.decided_at.is_(None))
    .values(lifted=sa.bindparam("how"), decided_by_id=sa.bindparam("who"), decided_at=sa.bindparam("at"))
)

_DROP = sa.delete(_E).where(_E.c.id == sa.bindparam("row"), _E.c.decided_at.is_(None))


def assignment_from(row: Any) -> Assignment:
    return Assignment(
        AssignmentId(row.id),
        PersonId(row.person_id),
        row.label,
        AnswerState(row.state),
        row.answered_at,
        row.answer,
        row.medium,
        row.plan_at,
        row.due_at,
        row.late_minutes,
        row.reply_missed_at,
        row.due_missed_at,
        row.solved_at,
        row.closer,
    )


def task_from(row: Any, assignments: Sequence[Assignment]) -> Task:
    return Task(
        TaskId(row.id),
        None if row.group_id is None else GroupId(row.group_id),
        PersonId(row.giver_id),
        row.giver_label,
        row.department or "",
        row.text,
        row.urgent,
        row.given_at,
        row.reply_by,
        row.escalate_at,
        row.due_at,
        TaskState(row.state),
        row.closer,
        row.closed_at,
        tuple(assignments),
    )


def excuse_from(row: Any) -> Excuse:
    return Excuse(
        ExcuseId(row.id),
        TaskId(row.task_id),
        PersonId(row.person_id),
        row.text,
        row.filed_at,
        row.lifted,
        row.decider,
        row.decided_at,
    )


class SqlTasks:
    """The tasks within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Task]:
        rows = self._c.execute(statement, values).all()
        parts: dict[int, list[Assignment]] = {row.id: [] for row in rows}
        for part in self._parts(list(parts)):
            parts[part.task_id].append(assignment_from(part))
        return [task_from(row, parts[row.id]) for row in rows]

    def _parts(self, tasks: list[int]) -> Iterable[Any]:
        if len(tasks) == 1:
            return self._c.execute(_PARTS_OF, {"task": tasks[0]})
        return self._c.execute(_PARTS, {"tasks": tasks}) if tasks else ()

    def add(self, task: NewTask, people: Sequence[PersonId]) -> Task:
        values = {
            "group_id": task.group,
            "giver_id": task.giver,
            "department_id": task.department,
            "text": task.text,
            "urgent": task.urgent,
            "given_at": task.given_at,
            "reply_by": task.reply_by,
            "escalate_at": task.escalate_at,
            "due_at": task.due_at,
            "state": TaskState.OPEN,
        }
        added = self._c.execute(sa.insert(_T).values({**values, **_NUMBER}).returning(_T.c.id)).scalar_one()
        part = {"task_id": added, "state": AnswerState.WAITING, "due_at": task.due_at}
        self._c.execute(sa.insert(_A), [{**part, "person_id": person} for person in people])
        return self.get(TaskId(added))

    def get(self, task: TaskId) -> Task:
        found = self._many(_GET, row=task)
        if not found:
            raise NotFound("task", str(task))
        return found[0]

    def of_assignment(self, assignment: AssignmentId) -> Task:
        found = self._c.execute(_TASK_OF, {"row": assignment}).scalar()
        if found is None:
            raise NotFound("task", "")
        return self.get(TaskId(found))

    def answer(
        self, assignment: AssignmentId, seen: AnswerState, answer: Answer, at: datetime, late_minutes: int | None
    ) -> bool:
        solved = answer.state is AnswerState.SOLVED
        values = {
            "row": assignment,
            "seen": seen,
            "becomes": answer.state,
            "at": at,
            "words": answer.text,
            "sent": answer.medium,
            "until": answer.until,
            "solved": at if solved else None,
            "late": late_minutes,
        }
        return bool(self._c.execute(_ANSWER, values).rowcount)

    def promise(self, assignment: AssignmentId, due_at: datetime) -> None:
        self._c.execute(_PROMISE, {"row": assignment, "due": due_at})

    def solve_for(self, assignment: AssignmentId, by: PersonId, at: datetime) -> None:
        self._c.execute(_SOLVE, {"row": assignment, "who": by, "at": at})

    def defer_reply(self, task: TaskId, limit: datetime) -> None:
        self._c.execute(_DEFER_REPLY, {"row": task, "limit": limit})

    def miss_reply(self, assignment: AssignmentId, limit: datetime) -> None:
        self._c.execute(_MISS_REPLY, {"row": assignment, "at": limit})

    def miss_due(self, assignment: AssignmentId, limit: datetime) -> None:
        self._c.execute(_MISS_DUE, {"row": assignment, "at": limit})

    def pass_part(self, assignment: AssignmentId, before: PersonId, after: PersonId, at: datetime) -> bool:
        values = {"row": assignment, "before": before, "after": after, "at": at}
        return bool(self._c.execute(_PASS_PART, values).rowcount)

    def pass_giver(self, task: TaskId, before: PersonId, after: PersonId) -> bool:
        return bool(self._c.execute(_PASS_GIVER, {"row": task, "before": before, "after": after}).rowcount)

    def given_by(self, person: PersonId) -> list[Task]:
        return self._many(_GIVEN_BY, who=person)

    def close(self, task: TaskId, state: TaskState, by: PersonId, at: datetime) -> bool:
        closed = self._c.execute(_CLOSE, {"row": task, "becomes": state, "who": by, "at": at})
        return bool(closed.rowcount)

    def open_of(self, person: PersonId) -> list[Task]:
        return self._many(_OPEN_OF, who=person)

    def open_in(self, group: GroupId) -> list[Task]:
        return self._many(_OPEN_IN, place=group)

    def open(self) -> list[Task]:
        return self._many(_OPEN)

    def file_excuse(self, task: TaskId, person: PersonId, text: str, at: datetime) -> Excuse | None:
        values = {"task_id": task, "person_id": person, "text": text, "filed_at": at}
        if self._c.execute(_FILE[self._c.dialect.name], values).rowcount == 0:
            return None
        return next(excuse for excuse in self.excuses_of(task) if excuse.person == person)

    def excuse(self, excuse: ExcuseId) -> Excuse:
        row = self._c.execute(_EXCUSE, {"row": excuse}).first()
        if row is None:
            raise NotFound("excuse", str(excuse))
        return excuse_from(row)

    def excuses_of(self, task: TaskId) -> list[Excuse]:
        return [excuse_from(row) for row in self._c.execute(_EXCUSES_OF, {"of": task})]

    def drop_excuse(self, excuse: ExcuseId) -> None:
        self._c.execute(_DROP, {"row": excuse})

    def decide_excuse(self, excuse: ExcuseId, lifted: bool, by: PersonId | None, at: datetime) -> bool:
        decided = self._c.execute(_DECIDE, {"row": excuse, "how": lifted, "who": by, "at": at})
        return bool(decided.rowcount)
