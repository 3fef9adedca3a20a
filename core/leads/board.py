"""Questions about leads: one's own, the team's, the unclaimed ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from core.access import MANAGERS, Actor, Role, permits
from core.ids import LeadId
from core.leads.entities import UNOWNED, EventKind, Lead
from core.leads.offering import REGISTRANTS, oversees, seen
from core.leads.telling import CONTACT, RECORD
from core.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Line:
    """A lead with the next instant that counts for it, if any."""

    lead: Lead
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """What somebody sees of the open leads. Claims and returns are those of the current month."""

    mine: tuple[Line, ...]
    registered: tuple[Line, ...]
    unclaimed: tuple[Line, ...]
    team: tuple[Line, ...]
    claims: int
    returns: int


@permits(*REGISTRANTS)
def board(uow: UnitOfWork, actor: Actor) -> Board:
    """One's own open leads with the time left; for managers also the unclaimed ones and the team's."""
    me = actor.staff_id
    overseen = [lead for lead in uow.leads.open() if oversees(uow, actor, lead)] if actor.has(*MANAGERS) else []
    registered = uow.leads.registered_open(me) if actor.has(Role.SERVICE) else []
    first = uow.worktime.instant(uow.worktime.local_date(uow.now).replace(day=1), time.min)
    return Board(
        _lines(uow, uow.leads.open_of(me)),
        _lines(uow, registered),
        _lines(uow, [lead for lead in overseen if lead.state in UNOWNED]),
        _lines(uow, [lead for lead in overseen if lead.state not in UNOWNED and lead.owner != me]),
        uow.leads.count(me, (EventKind.CLAIMED,), first),
        uow.leads.count(me, (EventKind.GIVEN_BACK, EventKind.OVERDUE), first),
    )


def _lines(uow: UnitOfWork, leads: list[Lead]) -> tuple[Line, ...]:
    made = [Line(lead, _next_due(uow, lead)) for lead in leads]
    return tuple(sorted(made, key=lambda line: (line.due is None, line.due or line.lead.registered_at)))


def _next_due(uow: UnitOfWork, lead: Lead) -> datetime | None:
    """Before the first contact only the contact counts (P23)."""
    return uow.deadlines.due_of(lead.subject, CONTACT) or uow.deadlines.due_of(lead.subject, RECORD)


@permits(*REGISTRANTS)
def one(uow: UnitOfWork, actor: Actor, lead_id: LeadId) -> Lead:
    """One lead, for those who own, registered or oversee it (P41)."""
    return seen(uow, actor, lead_id)
