"""Who can take a lead, and who was considered when it was given (LED-2, LED-4, LED-8, P32)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.access import Role
from core.away import is_absent, is_away
from core.ids import PersonId
from core.leads.entities import PARTED, Lead
from core.ledger import paused_people, paused_until
from core.notices import Fact
from core.people import Person
from core.ports import UnitOfWork
from core.rulebook import Rulebook, UnknownEntry


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a lead may be assigned to. `unfit` is why they could not claim it themselves."""

    person: Person
    open_leads: int
    unfit: str | None


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a person can't take a lead, and until when, where that is known."""

    reason: str
    until: datetime | None = None


def fits_level(rulebook: Rulebook, level: str, klass: str) -> bool:
    """Whether a staff level may take a class (LED-2). A level the rulebook doesn't know may take none."""
    try:
        return klass in rulebook.classes_for(level)
    except UnknownEntry:
        return False


def parted(uow: UnitOfWork, lead: Lead) -> frozenset[PersonId]:
    """Those who had the lead and lost it or gave it back; it is offered again without them."""
    return frozenset(e.person for e in uow.leads.story(lead.id) if e.kind in PARTED and e.person is not None)


def barred(
    uow: UnitOfWork, lead: Lead, person: Person, parted: Collection[PersonId], *, collected: bool = False
) -> Barred | None:
    """Why a person can't take a lead by themselves, or None. What one collected oneself is no allocation, which a
    pause does not stop (LED-8)."""
    if not person.is_active:
        return Barred("leaving")
    if person.role is not Role.SALESPERSON:
        return Barred("role")
    if person.id in parted:
        return Barred("parted")
    account = uow.people.account_of(person.id)
    if account is None or not account.reachable:
        return Barred("unreachable")
    if is_absent(uow, person.id, uow.now):
        return Barred("absent")
    until = None if collected else paused_until(uow, person.id)
    if until is not None:
        return Barred("paused", until)
    return None if fits_level(uow.rulebook, person.level, lead.klass) else Barred("level")


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who sells, as a lead is to be given: who can be chosen, and how many are left out for what."""

    candidates: tuple[Candidate, ...]
    away: int
    paused: int
    unreachable: int


def field_for(uow: UnitOfWork, klass: str, parted: Collection[PersonId]) -> Field:
    """Whom a lead can be assigned to: those whose level fits first, then by how few open leads they have."""
    held, reachable, away = uow.leads.open_counts(), uow.people.reachable(), _away(uow)
    paused = paused_people(uow)
    found, left_out = [], {"away": 0, "paused": 0, "unreachable": 0}
    for person in uow.people.active(Role.SALESPERSON):
        out = "unreachable" if person.id not in reachable else "away" if person.id in away else ""
        out = out or ("paused" if person.id in paused else "")
        if out:
            left_out[out] += 1
            continue
        unfit = None if fits_level(uow.rulebook, person.level, klass) else "level"
        found.append(Candidate(person, held.get(person.id, 0), "parted" if person.id in parted else unfit))
    found.sort(key=lambda c: (c.unfit is not None, c.open_leads, c.person.number))
    return Field(tuple(found), left_out["away"], left_out["paused"], left_out["unreachable"])


def _away(uow: UnitOfWork) -> set[PersonId]:
    day = uow.worktime.local_date(uow.now)
    return {one.person for one in uow.absences.on(day) if is_away(uow.worktime, uow.rulebook, one, uow.now)}


def basis_of_claim(person: Person, lead: Lead) -> dict[str, Fact]:
    """What is kept of why a claim was accepted; the offer itself is in the lead's story."""
    return {"level": person.level, "klass": lead.klass}


def basis_of_assignment(uow: UnitOfWork, lead: Lead, person: Person, by: PersonId, name: str) -> Mapping[str, Fact]:
    """Who was considered when a lead was assigned, and by whom; people as numbers, so that each reader is told only
    what they may know."""
    around = field_for(uow, lead.klass, parted(uow, lead))
    return {
        "level": person.level,
        "klass": lead.klass,
        "by": by,
        "by_name": name,
        "considered": [[one.person.id, one.open_leads, one.unfit or ""] for one in around.candidates],
        "away": around.away,
        "paused": around.paused,
        "unreachable": around.unreachable,
    }
