"""What happens when a case takes too long: urge slips at once and daily, and the customer's own urging (CMP-7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.access import Actor, permits
from core.complaints.model import (
    CARD,
    CLOSE,
    FIRST_REPLY,
    HANDLE,
    OWN,
    SLIP,
    SLIPS,
    URGED,
    Complaint,
    Trace,
    UrgedAlready,
)
from core.complaints.registering import CUSTOMERS
from core.complaints.telling import desk_of, heads, own_case, owner_of, tell
from core.deadlines import Deadline, on_due
from core.errors import AlreadySettled
from core.ids import ComplaintId
from core.ledger import sanction
from core.notices import Fact, Notice, Receiver, ToGroup, ToPerson, Urgency
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Rulebook

CATCH_UP = timedelta(hours=8)


@on_due(FIRST_REPLY)
def first_reply_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    _passed(uow, deadline, "complaint.first_reply")


@on_due(HANDLE)
def handling_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    _passed(uow, deadline, "complaint.handle")


@on_due(CLOSE)
def closing_missed(uow: UnitOfWork, deadline: Deadline) -> None:
    _passed(uow, deadline, "complaint.close")


def _passed(uow: UnitOfWork, deadline: Deadline, clause: str) -> None:
    """An urge slip to the owner, those above and the desk; the ledger as the clause provides."""
    complaint = uow.complaints.get(ComplaintId(deadline.number))
    if not complaint.is_open or _is_met(complaint, deadline):
        return
    for to in _addressees(uow, complaint):
        mine = to == (ToPerson(complaint.owner) if complaint.owner is not None else None)
        tell(uow, complaint, SLIP, to, clause=clause, key=deadline.key, missed=deadline.kind, mine=mine)
    uow.complaints.add_step(complaint.id, Trace(complaint.round, f"overdue.{deadline.kind}", "", "", uow.now))
    _sanction(uow, complaint, deadline, clause)


def _is_met(complaint: Complaint, deadline: Deadline) -> bool:
    """Replied, or handled, in the meantime; and before a first reply no other target counts (P23)."""
    if deadline.kind == FIRST_REPLY:
        return complaint.first_reply_at is not None
    if complaint.first_reply_at is None:
        return True
    return deadline.kind == HANDLE and complaint.handled_at is not None


def _addressees(uow: UnitOfWork, complaint: Complaint) -> list[Receiver]:
    owner: list[Receiver] = [ToPerson(complaint.owner)] if complaint.owner is not None else []
    group = desk_of(uow, complaint)
    desk: list[Receiver] = [ToGroup(group.id)] if group else []
    above: list[Receiver] = [ToPerson(person) for person in heads(uow, complaint)]
    return [*owner, *above, *desk]


def _sanction(uow: UnitOfWork, complaint: Complaint, deadline: Deadline, clause: str) -> None:
    """Only whom the case had reached is held to account (P46)."""
    rule, owner = uow.rulebook.clause(clause).sanction, owner_of(uow, complaint)
    if rule is None or owner is None:
        return
    group = desk_of(uow, complaint)
    reached = uow.notices.was_delivered(complaint.subject, OWN, ToPerson(owner.id)) or (
        group is not None and uow.notices.was_delivered(complaint.subject, CARD, ToGroup(group.id))
    )
    if not reached:
        return
    evidence: dict[str, Fact] = {"number": complaint.number, "due": deadline.due_at, "created": complaint.created_at}
    sanction(uow, owner.id, clause, rule, complaint.subject, evidence, deadline.key)


# The daily list -----------------------------------------------------------------------------------------


def _urging_time(rulebook: Rulebook, day: date) -> datetime | None:
    worktime = rulebook.working_time
    if not worktime.is_workday(day):
        return None
    return worktime.instant(day, rulebook.complaints.urge_daily_at)


@every("complaint.urge", _urging_time, catch_up=CATCH_UP)
def urge_daily(uow: UnitOfWork, run: RoundRun) -> None:
    """What is overdue, one list for each owner, manager and desk, on every working day until it is done (CMP-7)."""
    lists: dict[Receiver, list[Fact]] = {}
    for complaint in uow.complaints.open_cases():
        target, due = complaint.target
        if due > uow.now or (complaint.first_reply_at is None and _is_deferred(uow, complaint)):
            continue
        owner = owner_of(uow, complaint)
        line: dict[str, Fact] = {
            "id": complaint.id,
            "number": complaint.number,
            "customer": complaint.customer,
            "owner": owner.label if owner else "",
            "target": target,
            "due": due,
        }
        for to in _addressees(uow, complaint):
            lists.setdefault(to, []).append(line)
    for to, lines in lists.items():
        facts: dict[str, Fact] = {"cases": lines, "late": run.missed}
        key = f"complaint.urge|{run.day.isoformat()}"
        uow.notices.tell(Notice(SLIPS, to, facts, "complaints", "complaint.handle", key=key, urgency=Urgency.ROUTINE))


def _is_deferred(uow: UnitOfWork, complaint: Complaint) -> bool:
    """The bot was not there when it fell due, and the grace after that still runs (P21)."""
    due = uow.deadlines.due_of(complaint.subject, FIRST_REPLY)
    return due is not None and due > uow.now


# The customer's own urging ------------------------------------------------------------------------------


@permits(*CUSTOMERS)
def urge(uow: UnitOfWork, actor: Actor, complaint_id: ComplaintId) -> tuple[Complaint, str]:
    """The customer asks for haste: owner and desk are told, at most once in the cool-down. Gives the owner's label.

    Raises UrgedAlready within it, AlreadySettled for a closed case.
    """
    complaint = own_case(uow, actor, complaint_id)
    if not complaint.is_open:
        raise AlreadySettled("complaint", complaint.step)
    pause = timedelta(minutes=uow.rulebook.complaints.urge_cooldown_minutes)
    if not uow.complaints.urge(complaint.id, uow.now, uow.now - pause):
        last = uow.complaints.get(complaint.id).urged_at or uow.now
        raise UrgedAlready(last, last + pause)
    uow.complaints.add_step(complaint.id, Trace(complaint.round, "urged", actor.name, "", uow.now))
    owner: list[Receiver] = [ToPerson(complaint.owner)] if complaint.owner is not None else []
    group = desk_of(uow, complaint)
    for to in [*owner, *([ToGroup(group.id)] if group else [])]:
        tell(uow, complaint, URGED, to, at=uow.now)
    person = owner_of(uow, complaint)
    return complaint, person.label if person else ""
