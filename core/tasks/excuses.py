"""Excuses for a late answer: filed by the person, judged by the superior (TSK-3)."""

from __future__ import annotations

from dataclasses import dataclass

from core import approvals
from core.access import MANAGERS, STAFF, Actor, permits
from core.approvals import Approval, File, Kind, State, on_decision
from core.errors import AlreadySettled, NotFound
from core.ids import ExcuseId, PersonId, TaskId
from core.ledger import Effect, take_back
from core.notices import Fact, Notice, NoticeKind, ToPerson
from core.people import is_superior
from core.ports import UnitOfWork
from core.tasks.model import Assignment, Excuse, Task, TaskUnclear
from core.tasks.telling import CLAUSE, EXCUSE, JUDGED, excuse_facts, facts_of, judge_of, show

MOST_QUOTED = 200


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
def file_excuse(uow: UnitOfWork, actor: Actor, task_id: TaskId, text: str, file: File | None = None) -> ExcuseFiled:
    """Say why the answer was late, once for each task; it goes the way the rulebook has for excuses, or else to the
    next superior (TSK-3). Raises NotFound, TaskUnclear, AlreadySettled, NoApprover."""
    task, part = _own_part(uow, actor, task_id)
    if not text.strip():
        raise TaskUnclear("text")
    _still_to_file(uow, task, part)
    if approvals.has_chain(uow, Kind.EXCUSE, part.person):
        return _ask(uow, task, part, text.strip(), file)
    judge = judge_of(uow, part)
    if judge is None:
        raise NotFound("person", "")
    excuse = _file(uow, task, part, text.strip())
    _tell(uow, EXCUSE, judge, task, excuse)
    show(uow, task, part)
    return ExcuseFiled(excuse, uow.people.get(judge).label)


def _file(uow: UnitOfWork, task: Task, part: Assignment, text: str) -> Excuse:
    excuse = uow.tasks.file_excuse(task.id, part.person, text, uow.now)
    if excuse is None:
        raise AlreadySettled("excuse", "filed")
    return excuse


def _ask(uow: UnitOfWork, task: Task, part: Assignment, text: str, file: File | None) -> ExcuseFiled:
    """By approval (APR-1)."""
    excuse = _file(uow, task, part, text)
    facts: dict[str, Fact] = {"task": task.id, "text": task.text[:MOST_QUOTED], "giver": task.giver_label}
    facts |= {"given_at": task.given_at.isoformat(), "reply_by": task.reply_by.isoformat()}
    asked = approvals.ask(
        uow, Kind.EXCUSE, part.person, f"excuse:{excuse.id}", None, text, facts, files=[file] if file else []
    )
    show(uow, task, part)
    return ExcuseFiled(uow.tasks.excuse(excuse.id), "、".join(one.acting_label for one in asked.waiting))


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


@on_decision(Kind.EXCUSE, "excuse")
def decided_by_approval(uow: UnitOfWork, approval: Approval) -> None:
    """What was approved is accepted; what was withdrawn can be filed again."""
    excuse = uow.tasks.excuse(ExcuseId(int(approval.subject.rpartition(":")[2])))
    task = uow.tasks.get(excuse.task)
    lifted = approval.state is State.APPROVED
    if approval.state is State.WITHDRAWN:
        uow.tasks.drop_excuse(excuse.id)
    else:
        uow.tasks.decide_excuse(excuse.id, lifted, approval.settled_by, uow.now)
    if lifted:
        _take_back(uow, approval.settled_by, task, excuse)
    part = task.of(excuse.person)
    if part is not None:
        show(uow, task, part)


@permits(*MANAGERS)
def decide(uow: UnitOfWork, actor: Actor, excuse_id: ExcuseId, lifted: bool) -> Excuse:
    """Accept or refuse an excuse that did not go by approval; accepting takes the ledger entries of the late answer
    back, with the excuse as their reason. Open to those above the person; decided once."""
    excuse = uow.tasks.excuse(excuse_id)
    asked = uow.approvals.open_on(Kind.EXCUSE, f"excuse:{excuse_id}")
    if asked is not None or not is_superior(uow, actor, uow.people.get(excuse.person)):
        raise NotFound("excuse", str(excuse_id))
    if not uow.tasks.decide_excuse(excuse_id, lifted, actor.staff_id, uow.now):
        raise AlreadySettled("excuse", "decided", excuse.decided_by, excuse.decided_at)
    task = uow.tasks.get(excuse.task)
    if lifted:
        _take_back(uow, actor.staff_id, task, excuse)
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


def _take_back(uow: UnitOfWork, by: PersonId | None, task: Task, excuse: Excuse) -> None:
    for entry in uow.ledger.of_subject(task.subject):
        stands = entry.effect is not Effect.REVERSAL and uow.ledger.reversed_by(entry.id) is None
        if stands and entry.person == excuse.person and entry.clause == CLAUSE:
            take_back(uow, entry, excuse.text, by)


def _tell(uow: UnitOfWork, kind: NoticeKind, to: PersonId, task: Task, excuse: Excuse) -> None:
    part = task.of(excuse.person)
    facts = {**facts_of(task, [part] if part else []), "excuse": excuse_facts(excuse)}
    card = f"excuse:{excuse.id}" if kind == EXCUSE else None
    uow.notices.tell(Notice(kind, ToPerson(to), facts, task.subject, CLAUSE, card))
