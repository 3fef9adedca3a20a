"""Who is told what of a task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.groups import Purpose, for_purpose
from core.ids import PersonId
from core.notices import Fact, Notice, ToGroup, ToPerson, Urgency, kind
from core.people import superior_of
from core.tasks.model import Assignment, Excuse, Task

if TYPE_CHECKING:
    from core.deadlines import Deadline
    from core.ports import UnitOfWork

CARD = kind("task.card")  # the task and how far it is, in the group and with each person it was given to
ALERT = kind("task.alert")  # to the group and to the giver: these have not answered in time
LATE = kind("task.late")  # to who has not answered in time
ESCALATED = kind("task.escalated")  # to the next superior and the management group
OVERDUE = kind("task.overdue")  # to the group, the giver and the person: not solved by the due time
ANSWERED = kind("task.answered")  # to the giver: solved, or answered after an alert
CLOSED = kind("task.closed")  # to who it was given to: withdrawn or confirmed by a superior
EXCUSE = kind("task.excuse")  # to the superior who decides on an excuse
JUDGED = kind("task.judged")  # to who filed it

CLAUSE = "task.reply"
DUE_CLAUSE = "task.due"


def facts_of(task: Task, parts: Iterable[Assignment], excuses: Iterable[Excuse] = ()) -> dict[str, Fact]:
    """What a card shows of a task."""
    filed = {excuse.person: excuse for excuse in excuses}
    return {
        "task": task.id,
        "text": task.text,
        "urgent": task.urgent,
        "giver": task.giver_label,
        "department": task.department,
        "given_at": task.given_at,
        "reply_by": task.reply_by,
        "due_at": task.due_at,
        "state": task.state,
        "closed_by": task.closed_by,
        "closed_at": task.closed_at,
        "people": [_part_facts(part, filed.get(part.person)) for part in parts],
    }


def _part_facts(part: Assignment, excuse: Excuse | None) -> Fact:
    return {
        "label": part.label,
        "state": part.state,
        "answered_at": part.answered_at,
        "answer": part.answer,
        "medium": part.medium,
        "plan_at": part.plan_at,
        "due_at": part.due_at,
        "late_minutes": part.late_minutes,
        "reply_missed": part.reply_missed_at is not None,
        "due_missed": part.due_missed_at is not None,
        "solved_at": part.solved_at,
        "closed_by": part.closed_by,
        "excuse": excuse_facts(excuse),
    }


def excuse_facts(excuse: Excuse | None) -> Fact:
    if excuse is None:
        return None
    return {
        "excuse": excuse.id,
        "text": excuse.text,
        "filed_at": excuse.filed_at,
        "lifted": excuse.lifted,
        "by": excuse.decided_by,
        "at": excuse.decided_at,
    }


def show(uow: UnitOfWork, task: Task, *changed: Assignment) -> None:
    """Bring the group's card up to date, and the private cards of those whose part changed (all, if none named)."""
    excuses = uow.tasks.excuses_of(task.id)
    if task.group is not None:
        facts = facts_of(task, task.assignments, excuses)
        uow.notices.tell(
            Notice(CARD, ToGroup(task.group), facts, task.subject, CLAUSE, task.subject, urgency=Urgency.ANSWER)
        )
    named = {part.id for part in changed or task.assignments}
    for part in (part for part in task.assignments if part.id in named):
        own = facts_of(task, [part], excuses)
        uow.notices.tell(
            Notice(CARD, ToPerson(part.person), own, task.subject, CLAUSE, task.subject, at_once=task.urgent)
        )


def _tell(uow: UnitOfWork, task: Task, notice: Notice) -> None:
    """Tell something of a task; of an urgent one also in quiet hours (P19)."""
    uow.notices.tell(replace(notice, at_once=task.urgent))


def was_reached(uow: UnitOfWork, task: Task, part: Assignment) -> bool:
    """Whether the task came to the person: shown in the group, or in their private chat (P46)."""
    in_group = task.group is not None and uow.notices.was_delivered(task.subject, CARD, ToGroup(task.group))
    return in_group or uow.notices.was_delivered(task.subject, CARD, ToPerson(part.person))


@dataclass(frozen=True, slots=True)
class Missed:
    """Who has not answered: those who could have, those the task never reached, those who were absent."""

    reached: list[Assignment]
    unreached: list[Assignment]
    absent: list[Assignment]


def tell_missed(uow: UnitOfWork, task: Task, missed: Missed, deadline: Deadline) -> None:
    """The first alert: to the group, to the giver, and to each person who has not answered (TSK-2)."""
    facts = facts_of(task, missed.reached)
    facts["accounts"] = _accounts(uow, missed.reached)
    facts["unreached"] = [part.label for part in missed.unreached]
    facts["absent"] = [part.label for part in missed.absent]
    facts["limit"] = deadline.due_at
    key, card = f"{deadline.key}|alert", _alert_card(task, deadline)
    if task.group is not None and missed.reached:
        uow.notices.tell(
            Notice(ALERT, ToGroup(task.group), facts, task.subject, CLAUSE, card, key, at_once=task.urgent)
        )
    if task.of(task.giver) is None:
        uow.notices.tell(
            Notice(ALERT, ToPerson(task.giver), facts, task.subject, CLAUSE, key=key, at_once=task.urgent)
        )
    for part in missed.reached:
        own = {**facts_of(task, [part]), "limit": deadline.due_at}
        uow.notices.tell(
            Notice(
                LATE,
                ToPerson(part.person),
                own,
                task.subject,
                CLAUSE,
                f"late:{part.id}",
                key=key,
                at_once=task.urgent,
            )
        )


def tell_escalated(
    uow: UnitOfWork, task: Task, missed: list[Assignment], above: PersonId | None, deadline: Deadline
) -> None:
    """The next superior and the management groups learn who has not answered (TSK-2)."""
    facts = {**facts_of(task, missed), "limit": task.reply_by}
    key = f"{deadline.key}|escalated"
    if above is not None:
        uow.notices.tell(
            Notice(ESCALATED, ToPerson(above), facts, task.subject, CLAUSE, key=key, at_once=task.urgent)
        )
    department = uow.people.get(task.giver).department
    for group in for_purpose(uow, Purpose.MANAGEMENT, department):
        if group.id != task.group:
            uow.notices.tell(
                Notice(ESCALATED, ToGroup(group.id), facts, task.subject, CLAUSE, key=key, at_once=task.urgent)
            )


def tell_overdue(uow: UnitOfWork, task: Task, missed: list[Assignment], deadline: Deadline) -> None:
    """The second alert: not solved by the due time (TSK-2)."""
    facts = {**facts_of(task, missed), "accounts": _accounts(uow, missed), "limit": deadline.due_at}
    key, card = f"{deadline.key}|overdue", _alert_card(task, deadline)
    if task.group is not None:
        uow.notices.tell(
            Notice(OVERDUE, ToGroup(task.group), facts, task.subject, DUE_CLAUSE, card, key, at_once=task.urgent)
        )
    for person in dict.fromkeys((task.giver, *(part.person for part in missed))):
        part = task.of(person)
        own = facts if part is None else {**facts, **facts_of(task, [part]), "mine": True}
        uow.notices.tell(
            Notice(OVERDUE, ToPerson(person), own, task.subject, DUE_CLAUSE, card, key, at_once=task.urgent)
        )


def _alert_card(task: Task, deadline: Deadline) -> str:
    """Each alert is a card of its own: a message that stays, and to which a reply is an answer to the task."""
    return f"{task.subject}:{deadline.kind}:{deadline.due_at:%Y%m%d%H%M%S}"


def _accounts(uow: UnitOfWork, parts: list[Assignment]) -> list[Fact]:
    """The chat account of each, so that an alert in the group rings with them; 0 where there is none."""
    accounts = [uow.people.account_of(part.person) for part in parts]
    return [account.id if account else 0 for account in accounts]


def tell_giver(uow: UnitOfWork, task: Task, part: Assignment) -> None:
    """The giver learns that it is solved, or that the answer came at last."""
    if part.person == task.giver or not (part.is_solved or part.late_minutes is not None):
        return
    facts = facts_of(task, [part])
    uow.notices.tell(Notice(ANSWERED, ToPerson(task.giver), facts, task.subject, urgency=Urgency.ROUTINE))


def tell_closed(uow: UnitOfWork, task: Task, parts: list[Assignment]) -> None:
    """Whoever had not finished learns that a superior closed the task."""
    for part in parts:
        uow.notices.tell(Notice(CLOSED, ToPerson(part.person), facts_of(task, [part]), task.subject))


def judge_of(uow: UnitOfWork, part: Assignment) -> PersonId | None:
    """Who decides on a person's excuse: the next one above."""
    above = superior_of(uow, uow.people.get(part.person))
    return above.id if above else None
