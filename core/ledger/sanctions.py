"""Recording what a breach costs, and what the nth time brings on top (LGR-1, LED-7, LED-8, CMP-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.ids import PersonId
from core.ledger.counting import Counted, count, window_start
from core.ledger.entries import TIMED, Effect, Entry, NewEntry
from core.ledger.pauses import ends_at
from core.ledger.telling import ENTRY, tell_entries
from core.notices import Fact
from core.ports import UnitOfWork
from core.rulebook import Sanction

AMOUNTS: dict[Effect, str] = {
    Effect.FINE: "fine_yuan",
    Effect.WITHHOLD: "withhold_allocations",
    Effect.PAUSE: "pause_days",
    Effect.OFF_DUTY: "off_duty_days",
    Effect.POINTS: "points",
    Effect.REWARD: "reward_yuan",
}
MARKS: dict[Effect, str] = {
    Effect.WARNING: "warning",
    Effect.DEMOTION: "demotion",
    Effect.DISMISSAL: "dismissal",
}


def sanction(
    uow: UnitOfWork,
    person: PersonId,
    clause: str,
    cost: Sanction,
    subject: str,
    evidence: Mapping[str, Fact],
    occurrence: str,
    *,
    serious: bool = False,
) -> list[Entry]:
    """Record what a breach costs, once per occurrence, and show it to the manager in one message (LGR-1).

    Where the rulebook counts breaches of the clause, what the nth time costs comes on top; a breach that costs
    nothing is then noted, so that it counts. In shadow mode (the clause is not in force) the person is not told,
    since nothing happens to them.
    """
    return record(uow, Breach(person, clause, subject, evidence, occurrence, serious=serious), effects_of(cost))


def breach(
    uow: UnitOfWork, person: PersonId, clause: str, subject: str, evidence: Mapping[str, Fact], occurrence: str
) -> list[Entry]:
    """The same at the cost that the rulebook sets for the clause."""
    cost = uow.rulebook.cost_of(clause) or Sanction()
    return sanction(uow, person, clause, cost, subject, evidence, occurrence)


@dataclass(frozen=True, slots=True)
class Breach:
    """One occurrence of one person under one clause."""

    person: PersonId
    clause: str
    subject: str
    evidence: Mapping[str, Fact]
    occurrence: str
    cause: str = ""
    serious: bool = False
    by: PersonId | None = None


def effects_of(cost: Sanction) -> list[tuple[Effect, int]]:
    """What a rulebook's sanction means, as (effect, amount); nothing where the breach is only told."""
    marks = [(effect, 0) for effect, name in MARKS.items() if getattr(cost, name)]
    amounts = [(effect, getattr(cost, name)) for effect, name in AMOUNTS.items() if getattr(cost, name)]
    return marks + amounts


def merged(effects: Iterable[tuple[Effect, int]]) -> list[tuple[Effect, int]]:
    """Effects of one case, each once: yuan, counts and points add up, of spans of days the longest counts."""
    found: dict[Effect, int] = {}
    for effect, amount in effects:
        before = found.get(effect, 0)
        found[effect] = max(before, amount) if effect in TIMED else before + amount
    if len(found) > 1:
        found.pop(Effect.NOTED, None)  # that it counts goes without saying
    return list(found.items())


def record(uow: UnitOfWork, found: Breach, effects: list[tuple[Effect, int]]) -> list[Entry]:
    """Enter a case once, with what its count brings on top, and tell it."""
    in_force = uow.rulebook.clause(found.clause).in_force
    counted = _counted(uow, found, in_force=in_force)
    effects = effects + [one for c in counted if c.step for one in effects_of(c.step)]
    if counted and not effects:
        effects = [(Effect.NOTED, 0)]
    evidence = dict(found.evidence)
    if counted:
        evidence["counted"] = [[c.nth, c.rule.months] for c in counted]
    if found.serious:
        evidence["serious"] = True
    entries = _write(uow, found, merged(effects), evidence, in_force=in_force)
    if entries:
        tell_entries(uow, ENTRY, entries, found.by)
    return entries


def _write(
    uow: UnitOfWork, found: Breach, effects: list[tuple[Effect, int]], evidence: dict[str, Fact], *, in_force: bool
) -> list[Entry]:
    """The entries of a case; none where the occurrence was recorded before. The first is the case's head."""
    entries: list[Entry] = []
    key = f"{found.occurrence}|{found.clause}|{found.person}"
    appeal_by = uow.worktime.add_days(uow.now, uow.rulebook.appeals.within_days) if in_force else None
    for effect, amount in effects:
        new = NewEntry(
            found.person,
            found.clause,
            effect,
            amount,
            found.subject,
            evidence,
            in_force,
            uow.now,
            f"{key}|{effect}" if entries else key,
            found.by,
            case=entries[0].case if entries else None,
            cause=found.cause,
            until=ends_at(uow.rulebook.zone, uow.now, amount) if effect in TIMED else None,
            appeal_by=appeal_by,
        )
        entry = uow.ledger.add(new)
        if entry is None:
            return entries
        entries.append(entry)
    return entries


def _counted(uow: UnitOfWork, found: Breach, *, in_force: bool) -> list[Counted]:
    rules = [rule for rule in uow.rulebook.ledger.counts.values() if rule.clause == found.clause]
    if not rules:
        return []
    zone = uow.rulebook.zone
    since = window_start(zone, uow.now, max(rule.months for rule in rules))
    before = uow.ledger.breaches(found.person, found.clause, since)
    return count(rules, before, zone, uow.now, in_force=in_force, serious=found.serious)
