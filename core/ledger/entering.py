"""Entering sanctions and rewards by hand, within what the clause allows (LGR-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.access import MANAGERS, Actor, permits
from core.errors import NotFound
from core.ids import EntryId, PersonId
from core.ledger.entries import BARE, Case, Effect, Entry, NotAllowed, WordsNeeded
from core.ledger.reasons import visible_case
from core.ledger.sanctions import AMOUNTS, MARKS, Breach, effects_of, record
from core.matters import MATTERS
from core.notices import Fact
from core.people import Person, is_superior, one_person
from core.ports import UnitOfWork
from core.rulebook import Allowance, Clause, Range, Rulebook, Sanction

MOST_CAUSE = 500


@dataclass(frozen=True, slots=True)
class Choosable:
    """An effect that may be entered by hand under a clause, and its bounds; both 0 where it has no amount."""

    effect: Effect
    least: int = 0
    most: int = 0

    @property
    def is_good(self) -> bool:
        return self.effect is Effect.REWARD or (self.effect is Effect.POINTS and self.most > 0)

    @property
    def is_bad(self) -> bool:
        return self.effect is not Effect.REWARD and (self.effect is not Effect.POINTS or self.least < 0)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry being made by hand. `files` are (kind, platform's file id); `refs` what it is about ("lead:7")."""

    person: PersonId
    clause: str
    effect: Effect
    amount: int
    cause: str
    words: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    refs: tuple[str, ...] = ()
    serious: bool = False
    key: str = field(default="", kw_only=True)  # of the form, so that it has its effect once


def choosable(rulebook: Rulebook, clause: str) -> list[Choosable]:
    """What may be entered by hand under a clause: what the rulebook allows there, else what the clause costs."""
    allowed = rulebook.ledger.by_hand.get(clause)
    return _of_cost(rulebook.cost_of(clause) or Sanction()) if allowed is None else _of_allowance(allowed)


def _of_cost(cost: Sanction) -> list[Choosable]:
    return [
        Choosable(effect, min(amount, 1) if effect is not Effect.POINTS else amount, amount)
        for effect, amount in effects_of(cost)
    ]


def _of_allowance(allowed: Allowance) -> list[Choosable]:
    found = [Choosable(Effect.NOTED)] if allowed.noted else []
    found += [Choosable(effect) for effect, name in MARKS.items() if getattr(allowed, name)]
    for effect, name in AMOUNTS.items():
        bounds: Range | None = getattr(allowed, name, None)
        if bounds is not None:
            found.append(Choosable(effect, bounds.least, bounds.most))
    return found


def clauses_for(rulebook: Rulebook, text: str, *, good: bool) -> list[Clause]:
    """The clauses under which a reward, or a sanction, may be entered by hand."""
    return [
        clause
        for clause in rulebook.search_clauses(text)
        if any(one.is_good if good else one.is_bad for one in choosable(rulebook, clause.id))
    ]


def counts_serious(rulebook: Rulebook, clause: str) -> bool:
    """Whether it matters under this clause if a case is serious (CMP-11)."""
    rules = [rule for rule in rulebook.ledger.counts.values() if rule.clause == clause]
    return any(step.serious for rule in rules for step in rule.steps)


@permits(*MANAGERS)
def whom(uow: UnitOfWork, actor: Actor, text: str) -> Person:
    """The person below the actor who is meant. Raises NotFound, SeveralFound, NotAllowed for oneself."""
    person = one_person(uow, text)
    if person.id == actor.person:
        raise NotAllowed("self")
    if not is_superior(uow, actor, person):
        raise NotFound("person", text)
    return person


@permits(*MANAGERS)
def enter(uow: UnitOfWork, actor: Actor, draft: Draft) -> list[Entry]:
    """Enter a sanction or reward by hand, within what the clause allows (LGR-1).

    Raises NotFound for a person the actor is not above or an unknown clause, NotAllowed, WordsNeeded without a cause.
    """
    person = uow.people.get(draft.person)
    if not is_superior(uow, actor, person):
        raise NotFound("person", str(draft.person))
    if draft.clause not in uow.rulebook.clauses:
        raise NotFound("clause", draft.clause)
    if not draft.cause.strip():
        raise WordsNeeded("cause")
    _check_effect(uow.rulebook, draft)
    evidence: dict[str, Fact] = {}
    if draft.words:
        evidence["words"] = list(draft.words)
    if draft.files:
        evidence["files"] = [list(file) for file in draft.files]
    if draft.refs:
        evidence["refs"] = list(draft.refs)
    found = Breach(
        person.id,
        draft.clause,
        draft.refs[0] if draft.refs else f"person:{person.id}",
        evidence,
        f"hand|{draft.key or occurrence_key(actor, uow.now)}",
        draft.cause.strip()[:MOST_CAUSE],
        draft.serious,
        actor.staff_id,
    )
    return record(uow, found, [(draft.effect, draft.amount)])


@permits(*MANAGERS)
def subjects(uow: UnitOfWork, actor: Actor, named: Sequence[tuple[str, str]]) -> list[str]:
    """The subjects that were named (area, number) and are the actor's to see; a complaint by the number
    that people use."""
    found = []
    for area, number in named:
        try:
            found.append(_subject(uow, actor, area, number))
        except NotFound:
            continue
    return found


def _subject(uow: UnitOfWork, actor: Actor, area: str, number: str) -> str:
    matter = MATTERS.get(area)
    id_ = matter.find(uow, number) if matter else None
    if matter is None or id_ is None:
        raise NotFound(area, number)
    matter.require(uow, actor, id_)
    return f"{area}:{id_}"


@permits(*MANAGERS)
def shown_case(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> tuple[str, Case]:
    """A case the actor may see, with the person's label. Raises NotFound."""
    case = visible_case(uow, actor, entry_id)
    return uow.people.get(case.person).label, case


def occurrence_key(actor: Actor, at: datetime) -> str:
    return f"{actor.staff_id}|{at.isoformat()}"


def _check_effect(rulebook: Rulebook, draft: Draft) -> None:
    allowed = {one.effect: one for one in choosable(rulebook, draft.clause)}
    found = allowed.get(draft.effect)
    if found is None:
        raise NotAllowed("effect", draft.clause)
    if draft.effect in BARE:
        return
    if not found.least <= draft.amount <= found.most or draft.amount == 0:
        raise NotAllowed("amount", draft.clause, found.least, found.most)
