"""What clauses in shadow would have cost: counted for those who may put them in force (RULE-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.access import Actor, permits
from core.ids import PersonId
from core.notices import Fact, Notice, ToPerson, Urgency
from core.people import Person
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Clause, Rulebook
from core.rulebook.sections import WEEKDAYS
from core.rules.deciding import DECIDERS
from core.rules.model import TRIAL, Switch, WouldHave

CATCH_UP = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trial:
    """A clause in shadow, with what it would have cost in a span."""

    clause: Clause
    found: tuple[WouldHave, ...]
    planned: Switch | None

    @property
    def entries(self) -> int:
        return sum(one.entries for one in self.found)


@dataclass(frozen=True, slots=True)
class Trials:
    """All clauses in shadow, those that would have cost most entries first; counted from `since` on."""

    since: datetime
    until: datetime
    clauses: tuple[Trial, ...]


@permits(*DECIDERS)
def trials(uow: UnitOfWork, actor: Actor) -> Trials:
    """The clauses in shadow, with what they would have cost in the last seven days."""
    return _trials(uow, uow.now - WEEK, uow.now + timedelta(seconds=1))  # what was written just now counts


def _trials(uow: UnitOfWork, since: datetime, until: datetime) -> Trials:
    counted = uow.rules.would_have(since, until)
    planned = {one.clause: one for one in uow.rules.switches() if one.from_at > uow.now}
    found = [
        Trial(clause, tuple(one for one in counted if one.clause == clause.id), planned.get(clause.id))
        for clause in uow.rulebook.clauses.values()
        if not clause.in_force
    ]
    return Trials(since, until, tuple(sorted(found, key=lambda one: -one.entries)))


def report_time(rulebook: Rulebook, day: date) -> datetime | None:
    """Once a week: on its weekday, or on the first working day after it."""
    worktime, rules = rulebook.working_time, rulebook.trial
    behind = (day.weekday() - WEEKDAYS.index(rules.report_on)) % 7
    earlier = (day - timedelta(days=ago) for ago in range(1, behind + 1))
    if not worktime.is_workday(day) or any(worktime.is_workday(one) for one in earlier):
        return None
    return worktime.instant(day, rules.report_at)


@every("rules.trial", report_time, CATCH_UP)
def report(uow: UnitOfWork, run: RoundRun) -> None:
    """What the last seven days would have cost; nothing is sent where it would have cost nothing."""
    midnight = uow.worktime.instant(run.day, time(0))
    found = _trials(uow, midnight - WEEK, midnight)
    facts = facts_of(found)
    if not facts["clauses"]:
        return
    for person in deciders(uow):
        uow.notices.tell(
            Notice(
                TRIAL,
                ToPerson(person.id),
                facts,
                "rulebook",
                key=f"rules.trial|{run.day}",
                urgency=Urgency.ROUTINE,
            )
        )


def facts_of(found: Trials) -> dict[str, Fact]:
    """Those that would have cost something."""
    told: list[Fact] = [_clause_facts(one) for one in found.clauses if one.found]
    return {"since": found.since, "until": found.until - timedelta(seconds=1), "clauses": told}


def _clause_facts(one: Trial) -> Fact:
    return {
        "id": one.clause.id,
        "article": one.clause.article,
        "title": {"zh": one.clause.title.zh, "en": one.clause.title.en},
        "found": [[f.effect, f.entries, f.amount, f.people] for f in one.found],
        "planned": one.planned.from_at if one.planned else None,
    }


def deciders(uow: UnitOfWork) -> Sequence[Person]:
    """Who may put clauses in force."""
    found: dict[PersonId, Person] = {person.id: person for person in uow.people.admins()}
    for role in DECIDERS:
        found.update({person.id: person for person in uow.people.active(role)})
    return list(found.values())
