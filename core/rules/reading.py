"""Reading the rulebook: the staff search and read every clause, customers those meant for them (RULE-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.access import ANYONE, STAFF, Actor, permits
from core.errors import NotFound
from core.ports import UnitOfWork
from core.rulebook import Clause, Sanction
from core.rules.changing import book_of
from core.rules.deciding import DECIDERS, planned_of
from core.rules.model import Edition, Mark, Switch

MOST_EDITIONS = 20


@dataclass(frozen=True, slots=True)
class Page:
    """One clause to be read.

    `since` is when the edition it is read in began, and None where that is the one in force now. `later` tells that
    the clause reads differently by now; `kept` is false where the edition asked for was not recorded, and the present
    one is shown in its place.
    """

    clause: Clause
    cost: Sanction | None
    mark: Mark
    version: str
    planned: Switch | None = None
    since: datetime | None = None
    later: bool = False
    kept: bool = True
    may_switch: bool = False


def may_read(actor: Actor, clause: Clause) -> bool:
    """The staff any clause; a customer those that are meant for customers and in force (OPS-2)."""
    return actor.is_staff or (clause.for_customers and clause.in_force)


@permits(*STAFF)
def search(uow: UnitOfWork, actor: Actor, text: str) -> list[Clause]:
    """Clauses whose id, article, title or text has the words; all of them where none are given."""
    return uow.rulebook.search_clauses(text)


@permits(*STAFF)
def of_section(uow: UnitOfWork, actor: Actor, section: str) -> list[Clause]:
    """The clauses of an area, in the order of the rulebook. Raises NotFound."""
    found = [clause for clause in uow.rulebook.clauses.values() if section_of(clause.id) == section]
    if not found:
        raise NotFound("section", section)
    return found


@permits(*STAFF)
def sections(uow: UnitOfWork, actor: Actor) -> Mapping[str, int]:
    """The areas that have clauses, with how many."""
    return Counter(section_of(clause_id) for clause_id in uow.rulebook.clauses)


def section_of(clause_id: str) -> str:
    """`lead` of `lead.contact`."""
    return clause_id.partition(".")[0]


@permits(*ANYONE)
def read(uow: UnitOfWork, actor: Actor, clause_id: str, version: str = "") -> Page:
    """One clause: as in force now, or as in an edition. Raises NotFound, also for what the actor may not read."""
    now = uow.rulebook
    if version and version != now.version:
        edition = uow.rules.edition(version)
        if edition is not None:
            return _earlier(uow, actor, clause_id, edition)
    clause = now.clauses.get(clause_id)
    if clause is None or not may_read(actor, clause):
        raise NotFound("clause", clause_id)
    last = uow.rules.latest()
    mark = last.marks.get(clause_id) if last else None
    return Page(
        clause,
        now.cost_of(clause_id),
        mark or Mark(None, None),
        now.version,
        planned=planned_of(uow, clause_id) if actor.is_staff else None,
        kept=not version or version == now.version,
        may_switch=actor.has(*DECIDERS),
    )


def _earlier(uow: UnitOfWork, actor: Actor, clause_id: str, edition: Edition) -> Page:
    """As in an edition that is not the present one."""
    then = book_of(uow, edition, uow.rulebook)
    clause, now = then.clauses.get(clause_id), uow.rulebook.clauses.get(clause_id)
    if clause is None or not may_read(actor, clause):
        raise NotFound("clause", clause_id)
    differs = now is None or (now.says, now.title, now.in_force) != (clause.says, clause.title, clause.in_force)
    later = differs or uow.rulebook.cost_of(clause_id) != then.cost_of(clause_id)
    mark = edition.marks.get(clause_id, Mark(None, None))
    return Page(clause, then.cost_of(clause_id), mark, edition.version, since=edition.since, later=later)


@permits(*STAFF)
def history(uow: UnitOfWork, actor: Actor) -> list[Edition]:
    """The last changes of the rulebook: when, by whom, what; newest first."""
    return uow.rules.history(MOST_EDITIONS)
