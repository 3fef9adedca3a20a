"""Why a complaint is somebody's: asked first, responsible before, fewest cases, taken over, handed over (CMP-3)."""

from __future__ import annotations

from core.access import MANAGERS, Actor, Role
from core.complaints.holding import HANDED_OVER
from core.complaints.model import Complaint, Trace
from core.complaints.telling import owner_of, seen_by
from core.ids import ComplaintId, PersonId
from core.notices import Fact
from core.ports import UnitOfWork
from core.reasons import Explanation, Mine, Reason, explains, lists

CLAUSE = "complaint.first_asked"
TAKEN = "taken"
MOST_MINE = 5
MOST_NAMED = 12


@explains("complaint")
def why_complaint(uow: UnitOfWork, actor: Actor, number: int) -> Explanation:
    case = seen_by(uow, actor, ComplaintId(number))
    owner = owner_of(uow, case)
    registered: dict[str, Fact] = {
        "number": case.number,
        "at": case.created_at,
        "owner": owner.label if owner else "",
    }
    changes = [one for one in uow.complaints.trail(case.id) if one.step in (TAKEN, HANDED_OVER)]
    reasons = [Reason("complaint.registered", registered)]
    reasons += [_change(one) for one in changes] or _first(uow, actor, case)
    kind, due = case.target
    if case.is_open:
        reasons.append(Reason("complaint.due", {"target": kind, "at": due}))
    return Explanation(case.subject, CLAUSE, tuple(reasons), case.subject)


def _change(one: Trace) -> Reason:
    return Reason("complaint.changed", {"how": one.step, "at": one.at, "by": one.by, "from": one.note})


def _first(uow: UnitOfWork, actor: Actor, case: Complaint) -> list[Reason]:
    """Why the first owner was chosen; colleagues by name for managers alone."""
    basis = case.basis
    if basis is None:
        return []
    considered = basis.get("considered")
    compared = [one for one in considered if isinstance(one, list)] if isinstance(considered, list) else []
    own = next((one[1] for one in compared if one[0] == case.owner), None)
    people: list[Fact] = []
    if actor.has(Role.ADMIN, *MANAGERS):
        people = [
            {"label": uow.people.get(PersonId(int(str(who)))).label, "open": held}
            for who, held in compared[:MOST_NAMED]
        ]
    facts: dict[str, Fact] = {
        "how": basis.get("how"),
        "number": basis.get("number", ""),
        "count": len(compared),
        "open": own,
        "people": people,
    }
    return [Reason("complaint.first", facts)]


@lists("complaint")
def my_complaints(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    own = [case for case in uow.complaints.open_cases() if case.owner == actor.person]
    newest = own[-MOST_MINE:][::-1]
    return [Mine(case.subject, {"shown": case.number, "customer": case.customer}) for case in newest]
