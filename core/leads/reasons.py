"""Why a lead went to somebody: the offer, the claim or the choice of whoever assigned it (LED-3, LED-4)."""

from __future__ import annotations

from collections.abc import Mapping

from core.access import Actor
from core.ids import LeadId, PersonId
from core.leads.entities import PARTED, EventKind, Lead, LeadEvent
from core.leads.offering import oversees, seen
from core.leads.telling import CONTACT, CONTACT_CLAUSE
from core.notices import Fact
from core.ports import UnitOfWork
from core.reasons import Explanation, Mine, Reason, explains, lists

GIVEN = (EventKind.CLAIMED, EventKind.ASSIGNED, EventKind.HANDED_OVER)
MOST_MINE = 5
MOST_NAMED = 12


@explains("lead")
def why_lead(uow: UnitOfWork, actor: Actor, number: int) -> Explanation:
    lead = seen(uow, actor, LeadId(number))
    story, names = uow.leads.events(lead.id), oversees(uow, actor, lead)
    last = next((event for event in reversed(story) if event.kind in GIVEN), None)
    given = last if lead.owner is not None else None
    offers = [event.at for event in story if event.kind is EventKind.OFFERED and (not given or event.at <= given.at)]
    reasons = [Reason("lead.registered", {"at": lead.registered_at, "by": lead.registered_name, "klass": lead.klass})]
    if offers:
        reasons.append(Reason("lead.offered", {"at": offers[-1], "times": len(offers), "groups": len(lead.groups)}))
    parted = [event for event in story if event.kind in PARTED and (not given or event.at <= given.at)]
    reasons += [
        Reason("lead.parted", {"kind": event.kind, "at": event.at, "who": event.who if names else ""})
        for event in parted
    ]
    if given is not None:
        reasons += [_given(given), *_considered(uow, given, names=names)]
        due = uow.deadlines.due_of(lead.subject, CONTACT)
        reasons += [Reason("lead.due", {"at": due})] if due is not None else []
    return Explanation(lead.subject, "lead.allocation" if given else CONTACT_CLAUSE, tuple(reasons), lead.subject)


def _given(given: LeadEvent) -> Reason:
    basis = given.basis or {}
    facts: dict[str, Fact] = {
        "how": given.kind,
        "at": given.at,
        "who": given.who,
        "from": given.text if given.kind is EventKind.HANDED_OVER else "",
        "by": basis.get("by_name", ""),
        "level": basis.get("level", ""),
        "klass": basis.get("klass", ""),
    }
    return Reason("lead.given", facts)


def _considered(uow: UnitOfWork, given: LeadEvent, *, names: bool) -> list[Reason]:
    """Who could have been chosen: by name for those who oversee the lead, for others how many."""
    basis: Mapping[str, Fact] = given.basis or {}
    considered = [one for one in _list(basis.get("considered")) if isinstance(one, list)]
    if not considered:
        return []
    own = next((one for one in considered if one[0] == given.person), None)
    fit = [one for one in considered if not one[2]]
    people: list[Fact] = []
    if names:
        people = [
            {"label": uow.people.get(PersonId(int(str(who)))).label, "open": held, "unfit": unfit}
            for who, held, unfit in considered[:MOST_NAMED]
        ]
    return [
        Reason(
            "lead.considered",
            {
                "fit": len(fit),
                "level": sum(1 for one in considered if one[2] == "level"),
                "parted": sum(1 for one in considered if one[2] == "parted"),
                "open": own[1] if own else None,
                "least": min((int(str(one[1])) for one in fit), default=None),
                "away": basis.get("away", 0),
                "paused": basis.get("paused", 0),
                "unreachable": basis.get("unreachable", 0),
                "people": people,
            },
        )
    ]


def _list(value: Fact) -> list[Fact]:
    return value if isinstance(value, list) else []


@lists("lead")
def my_leads(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    own: list[Lead] = sorted(uow.leads.open_of(actor.staff_id), key=lambda lead: lead.id, reverse=True)
    return [Mine(lead.subject, {"klass": lead.klass, "name": lead.name}) for lead in own[:MOST_MINE]]
