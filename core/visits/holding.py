"""Visit plans and next steps change hands when somebody leaves (ORG-8). Those at the leaver's own customers go with
the customer; visits themselves stay whose they were."""

from __future__ import annotations

from collections.abc import Sequence

from core.ids import CustomerId, PlanId, VisitId
from core.people import Person
from core.people.holdings import Held, Holding, Moved, number_of
from core.ports import UnitOfWork
from core.visits.logging import NEXT
from core.visits.logging import subject_of as visit_subject
from core.visits.model import MOST_PURPOSE, Visit
from core.visits.planning import show_plan, subject_of, watch_plan


class Plans(Holding):
    """A planned visit, or the next step that came of one. The day was arranged with the customer, so it is kept."""

    area = "visits"
    covers = frozenset({"visit_plans.person_id", "visits.person_id"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        plans = [
            Held(subject_of(plan.id), f"{plan.day:%m-%d} {plan.customer_name}")
            for plan in uow.visits.open_plans(person.id)
            if not _is_own(uow, plan.customer, person)
        ]
        steps = [
            Held(visit_subject(visit.id), f"{visit.next_on:%m-%d} {visit.customer_name}")
            for visit in uow.visits.coming(person.id)
            if visit.next_on is not None and not _is_own(uow, visit.customer, person)
        ]
        return [*plans, *steps]

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        number = number_of(subject)
        if subject.startswith("plan:"):
            done = _pass_plan(uow, PlanId(number), leaver, receiver)
        else:
            done = _pass_step(uow, uow.visits.get(VisitId(number)), leaver, receiver)
        return Moved() if done else None

    def follow(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person) -> None:
        if not subject.startswith("customer:"):
            return
        customer = CustomerId(number_of(subject))
        for plan in uow.visits.open_plans(leaver.id):
            if plan.customer == customer:
                _pass_plan(uow, plan.id, leaver, receiver)
        for visit in uow.visits.open_next(leaver.id, customer):
            _pass_step(uow, visit, leaver, receiver)


def _is_own(uow: UnitOfWork, customer: CustomerId, person: Person) -> bool:
    return uow.customers.get(customer).owner == person.id


def _pass_plan(uow: UnitOfWork, plan: PlanId, leaver: Person, receiver: Person) -> bool:
    if not uow.visits.pass_plan(plan, leaver.id, receiver.id):
        return False
    show_plan(uow, uow.visits.plan(plan))
    return True


def _pass_step(uow: UnitOfWork, visit: Visit, leaver: Person, receiver: Person) -> bool:
    """A next step becomes a plan of the receiver's: the visit it came of stays the leaver's."""
    if visit.person != leaver.id or visit.next_on is None or not uow.visits.set_next(visit.id, None):
        return False
    uow.deadlines.cancel(visit_subject(visit.id), NEXT)
    day = max(visit.next_on, uow.worktime.local_date(uow.now))
    made = uow.visits.add_plan(visit.customer, receiver.id, day, visit.said[:MOST_PURPOSE], uow.now)
    watch_plan(uow, made)
    return True
