"""Keeping records complete (CUS-3): what is missing, filling it, and who is told when it is not filled in time."""

from __future__ import annotations

from core.customers.model import Customer
from core.deadlines import Deadline, DeadlineKind, on_due
from core.hours import hours_of
from core.ids import CustomerId
from core.ledger import breach
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency, kind
from core.people import superior_of
from core.ports import UnitOfWork
from core.rulebook.sections import CustomerRules

CLAUSE = "customer.complete"
REMIND = DeadlineKind("customer.remind")  # the end of the day of first contact
COMPLETE = DeadlineKind("customer.complete")  # when the record must be complete
INCOMPLETE = kind("customer.incomplete")  # to the owner: what is missing, and until when
OVERDUE = kind("customer.overdue")  # to the owner and the manager: still missing


def missing_parts(customer: Customer, rules: CustomerRules) -> tuple[str, ...]:
    """The required parts that the record lacks, in the rulebook's order."""
    return tuple(field for field in rules.required_fields if not _has(customer, field))


def _has(customer: Customer, field: str) -> bool:
    if field == "phone":
        return bool(customer.phones)
    if field == "contact":
        return bool(customer.contacts)
    if field == "licences":
        return bool(customer.documents)
    return bool(getattr(customer, field))


def subject_of(customer: CustomerId) -> str:
    return f"customer:{customer}"


def watch(uow: UnitOfWork, customer: Customer) -> None:
    """From first contact: a reminder at the end of the day, and the manager told when the days are over (S1.8)."""
    rules = uow.rulebook.customers
    if not missing_parts(customer, rules):
        return
    hours = hours_of(uow, customer.owner)
    due, today = hours.days(rules.complete_within_days), hours.end_of_day()
    if today.at < due.at:
        uow.deadlines.open(REMIND, subject_of(customer.id), today, CLAUSE)
    uow.deadlines.open(COMPLETE, subject_of(customer.id), due, CLAUSE)


def settle(uow: UnitOfWork, customer: Customer) -> None:
    """End the deadlines of a record that is complete by now."""
    if not missing_parts(customer, uow.rulebook.customers):
        uow.deadlines.cancel(subject_of(customer.id), REMIND, COMPLETE)


@on_due(REMIND)
def remind(uow: UnitOfWork, deadline: Deadline) -> None:
    """The day of first contact ends: its owner is told what is missing."""
    customer = uow.customers.get(CustomerId(deadline.number))
    due = uow.deadlines.due_of(deadline.subject, COMPLETE)
    if due is not None and missing_parts(customer, uow.rulebook.customers):
        _tell(uow, INCOMPLETE, customer, deadline, ToPerson(customer.owner), {"due": due})


@on_due(COMPLETE)
def overdue(uow: UnitOfWork, deadline: Deadline) -> None:
    """The days are over: owner and manager are told what is missing."""
    customer = uow.customers.get(CustomerId(deadline.number))
    if not missing_parts(customer, uow.rulebook.customers):
        return
    superior = superior_of(uow, uow.people.get(customer.owner))
    for to in (customer.owner, superior.id if superior else None):
        if to is not None:
            _tell(uow, OVERDUE, customer, deadline, ToPerson(to), {"mine": to == customer.owner})
    if uow.people.get(customer.owner).is_active:
        evidence: dict[str, Fact] = {"text": customer.name, "due": deadline.due_at}
        breach(uow, customer.owner, CLAUSE, deadline.subject, evidence, deadline.key)


def _tell(
    uow: UnitOfWork, notice: NoticeKind, customer: Customer, deadline: Deadline, to: ToPerson, more: dict[str, Fact]
) -> None:
    missing: list[Fact] = list(missing_parts(customer, uow.rulebook.customers))
    facts: dict[str, Fact] = {
        "customer": customer.id,
        "name": customer.name,
        "owner": customer.owner_label,
        "missing": missing,
        **more,
    }
    uow.notices.tell(
        Notice(notice, to, facts, deadline.subject, CLAUSE, key=f"{deadline.key}|{to.id}", urgency=Urgency.ROUTINE)
    )
