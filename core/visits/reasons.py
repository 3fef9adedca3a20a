"""Why a visit is somebody's: planned by themselves, for a customer of theirs (VIS-2)."""

from __future__ import annotations

from core.access import Actor
from core.ids import PlanId
from core.notices import Fact
from core.ports import UnitOfWork
from core.reasons import Explanation, Mine, Reason, explains, lists
from core.visits.planning import CLAUSE, read_plan, subject_of

MOST_MINE = 5


@explains("plan")
def why_plan(uow: UnitOfWork, actor: Actor, number: int) -> Explanation:
    plan = read_plan(uow, actor, PlanId(number))
    customer = uow.customers.get(plan.customer)
    facts: dict[str, Fact] = {
        "at": plan.at,
        "by": plan.person_label,
        "day": plan.day.isoformat(),
        "name": plan.customer_name,
        "purpose": plan.purpose,
        "owner": customer.owner_label,
        "own": customer.owner == plan.person,
    }
    remarks: list[Fact] = [{"by": one.by, "text": one.text, "at": one.at} for one in uow.visits.remarks(plan.id)]
    return Explanation(
        subject_of(plan.id), CLAUSE, (Reason("plan.made", facts), Reason("plan.remarks", {"remarks": remarks}))
    )


@lists("plan")
def my_plans(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    own = uow.visits.open_plans(actor.staff_id)
    return [
        Mine(subject_of(one.id), {"day": one.day.isoformat(), "name": one.customer_name}) for one in own[:MOST_MINE]
    ]
