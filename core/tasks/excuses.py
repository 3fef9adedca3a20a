"""Excuses for a late answer: filed by the person, judged by the superior (TSK-3)."""

from __future__ import annotations

from dataclasses import dataclass

from core.access import MANAGERS, STAFF, Actor, permits
from core.errors import AlreadySettled, NotFound
from core.ids import ExcuseId, PersonId, TaskId
from core.ledger import Effect, reverse
from core.notices import Notice, NoticeKind, ToPerson
from core.people import is_superior
from core.ports import UnitOfWork
from core.tasks.model import Assignment, Excuse, Task, TaskUnclear
from core.tasks.telling import CLAUSE, EXCUSE, JUDGED, excuse_facts, facts_of, judge_of, show


@dataclass(frozen=True, slots=True)
class ExcuseFiled:
    """An excuse, and the label of who will decide on it."""

    excuse: Excuse
    judge: str


@permits(*STAFF)
def excuse_hint(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> Task:
    """The task somebody wants to excuse a late answer to; refused where filing would be."""
    task, part = _own_part(uow, actor, task_id)
    _still_to_file(uow, task, part)
    return task


@permits(*STAFF)
def file_excuse(uow: UnitOfWork, actor: Actor, task_id: TaskId, text: str) -> ExcuseFiled:
    """Say why the answer was late, once for each task; the next superior decides (TSK-3)."""
    task, part = _own_part(uow, actor, task_id)
    if not text.strip():
        raise TaskUnclear("text")
    _still_to_file(uow, task, part)
    judge = judge_of(uow, part)
    if judge is None:
        raise NotFound("person", "")
    excuse = uow.tasks.file_excuse(task.id, part.person, text.strip(), uow.now)
    if excuse is None:
        raise AlreadySettled("excuse", "filed")
    _tell(uow, EXCUSE, judge, task, excuse)
    show(uow, task, part)
    return ExcuseFiled(excuse, uow.people.get(judge).label)


def _own_part(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> tuple[Task, Assignment]:
    task = uow.tasks.get(task_id)
    part = task.of(actor.person)
    if part is None or part.reply_missed_at is None:
        raise NotFound("task", str(task_id))
    return task, part


def _still_to_file(uow: UnitOfWork, task: Task, part: Assignment) -> None:
    for excuse in uow.tasks.excuses_of(task.id):
        if excuse.person == part.person:
            raise AlreadySettled("excuse", "filed", part.label, excuse.filed_at)


@permits(*MANAGERS)
def decide(uow: UnitOfWork, actor: Actor, excuse_id: ExcuseId, lifted: bool) -> Excuse:
    """Accept or refuse an excuse; accepting takes the ledger entries of the late answer back, with the excuse as
    their reason. Open to those above the person; decided once."""
    excuse = uow.tasks.excuse(excuse_id)
    if not is_superior(uow, actor, uow.people.get(excuse.person)):
        raise NotFound("excuse", str(excuse_id))
    if not uow.tasks.decide_excuse(excuse_id, lifted, actor.staff_id, uow.now):
        raise AlreadySettled("excuse", "decided", excuse.decided_by, excuse.decided_at)
    task = uow.tasks.get(excuse.task)
    if lifted:
        _take_back(uow, actor, task, excuse)
    decided = uow.tasks.excuse(excuse_id)
    _tell(uow, EXCUSE, actor.staff_id, task, decided)
    _tell(uow, JUDGED, excuse.person, task, decided)
    part = task.of(excuse.person)
    if part is not None:
        judge = judge_of(uow, part)
        if judge is not None and judge != actor.person:
            _tell(uow, EXCUSE, judge, task, decided)
        show(uow, task, part)
    return decided


def _take_back(uow: UnitOfWork, actor: Actor, task: Task, excuse: Excuse) -> None:
    for entry in uow.ledger.of_subject(task.subject):
        stands = entry.effect is not Effect.REVERSAL and uow.ledger.reversed_by(entry.id) is None
        if stands and entry.person == excuse.person and entry.clause == CLAUSE:
            reverse(uow, actor, entry.id, excuse.text)


def _tell(uow: UnitOfWork, kind: NoticeKind, to: PersonId, task: Task, excuse: Excuse) -> None:
    part = task.of(excuse.person)
    facts = {**facts_of(task, [part] if part else []), "excuse": excuse_facts(excuse)}
    card = f"excuse:{excuse.id}" if kind == EXCUSE else None
    uow.notices.tell(Notice(kind, ToPerson(to), facts, task.subject, CLAUSE, card))
