"""Tasks change hands when somebody leaves: those to do, and those they gave (ORG-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from core.hours import hours_of
from core.ids import PersonId, TaskId
from core.people import Person
from core.people.holdings import Held, Holding, Line, Moved, number_of
from core.ports import UnitOfWork
from core.tasks.answering import reschedule
from core.tasks.giving import limits_of
from core.tasks.model import Task
from core.tasks.telling import show

MOST_TITLE = 60


class ToDo(Holding):
    """A person's part in a task. Taking it over is receiving it; the time for the result begins anew. Whoever has
    a part in the task already does both, and the leaver's ends."""

    area = "tasks"
    covers = frozenset({"assignments.person_id"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        parts = [(task, task.of(person.id)) for task in uow.tasks.open_of(person.id)]
        return [Held(task.subject, _title(task), part.due_at) for task, part in parts if part is not None]

    def suits(self, uow: UnitOfWork, held: Held, person: Person) -> bool:
        task = uow.tasks.get(TaskId(held.number))
        return task.giver != person.id and task.of(person.id) is None

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        return Counter(part.person for task in uow.tasks.open() for part in task.unsolved)

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        before = uow.tasks.get(TaskId(number_of(subject)))
        part = before.of(leaver.id)
        if part is None or part.is_solved or not before.is_open:
            return None
        if before.of(receiver.id) is not None:
            uow.tasks.solve_for(part.id, receiver.id, uow.now)
        elif not uow.tasks.pass_part(part.id, leaver.id, receiver.id, uow.now):
            return None
        elif anew:
            uow.tasks.promise(
                part.id, max(part.due_at, limits_of(uow, before.urgent, hours_of(uow, receiver.id)).due_at)
            )
        after = uow.tasks.get(before.id)
        reschedule(uow, before, after)
        show(uow, after)
        mine = after.of(receiver.id)
        return Moved(mine.due_at, anew=anew and mine.due_at != part.due_at) if mine else Moved()

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        task = uow.tasks.get(TaskId(number_of(subject)))
        answers = [(part.answered_at, part.label, part.answer) for part in task.assignments if part.answer]
        given = Line(task.given_at, task.giver_label, task.text)
        return [given, *(Line(at, who, text) for at, who, text in answers if at is not None)]


class Given(Holding):
    """A task somebody gave: who waits for its result."""

    area = "tasks_given"
    covers = frozenset({"tasks.giver_id"})
    to_superior = True

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        return [Held(task.subject, _title(task), task.due_at) for task in uow.tasks.given_by(person.id)]

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        task = TaskId(number_of(subject))
        if not uow.tasks.pass_giver(task, leaver.id, receiver.id):
            return None
        after = uow.tasks.get(task)
        show(uow, after)
        return Moved(after.due_at)

    def history(self, uow: UnitOfWork, subject: str) -> Sequence[Line]:
        return ToDo().history(uow, subject)


def _title(task: Task) -> str:
    flat = " ".join(task.text.split())
    return flat if len(flat) <= MOST_TITLE else flat[: MOST_TITLE - 1] + "…"
