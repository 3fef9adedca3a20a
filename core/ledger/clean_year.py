"""The reward for a year without complaints (CMP-11): proposed to each superior, who gives it with one tap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from core.access import MANAGERS, Actor, Role, permits
from core.errors import NotFound
from core.ids import PersonId
from core.ledger.entries import Effect, Entry
from core.ledger.sanctions import Breach, record
from core.ledger.statements import statement_day
from core.notices import Fact, Notice, ToPerson, Urgency, kind
from core.people import Person, Snapshot
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Rulebook

CLAUSE = "reward.clean_year"
CLEAN_YEAR = kind("ledger.clean_year")  # to each superior: whose year was without a case
CATCH_UP = timedelta(days=20)
JANUARY = 1
MOST_NAMES = 60


def _plan(rulebook: Rulebook, day: date) -> datetime | None:
    if day.month != JANUARY or statement_day(rulebook, day) != day or not rulebook.ledger.clean_year.roles:
        return None
    return rulebook.working_time.instant(day, rulebook.ledger.statement_at)


@every("ledger.clean_year", _plan, catch_up=CATCH_UP)
def propose(uow: UnitOfWork, run: RoundRun) -> None:
    """Tell each superior who of theirs had no case last year. Who was there all year the superior knows."""
    year = run.day.year - 1
    ranks, teams = Snapshot(uow), dict[PersonId, list[str]]()
    for person in _clean(uow, year, ranks.people.values()):
        above = ranks.above(person.id)
        if above is not None:
            teams.setdefault(above.id, []).append(person.label)
    for boss, labels in teams.items():
        facts: dict[str, Fact] = {
            "year": year,
            "labels": list(labels[:MOST_NAMES]),
            "count": len(labels),
            "reward": uow.rulebook.ledger.clean_year.reward_yuan,
        }
        key = f"clean_year|{year}|{boss}"
        uow.notices.tell(
            Notice(CLEAN_YEAR, ToPerson(boss), facts, "statement", CLAUSE, key=key, urgency=Urgency.ROUTINE)
        )


def _clean(uow: UnitOfWork, year: int, people: Iterable[Person]) -> list[Person]:
    """Those of the rewarded roles who have no standing case of the year."""
    rule = uow.rulebook.ledger.clean_year
    roles = {Role(role) for role in rule.roles}
    return [
        person
        for person in people
        if person.is_active and person.role in roles and not _had_case(uow, person.id, rule.without, year)
    ]


def _had_case(uow: UnitOfWork, person: PersonId, clause: str, year: int) -> bool:
    zone = uow.rulebook.zone
    start, end = (datetime.combine(date(at, 1, 1), time(), zone) for at in (year, year + 1))
    found = uow.ledger.breaches(person, clause, start)
    return any(one.entry.at < end and one.stands(uow.now) for one in found)


@permits(*MANAGERS)
def reward_clean_year(uow: UnitOfWork, actor: Actor, year: int) -> list[Entry]:
    """Give the reward to all of one's people who had no case in the year that is over; once for each.

    Raises NotFound for any other year.
    """
    if year != uow.worktime.local_date(uow.now).year - 1:
        raise NotFound("year", str(year))
    ranks, rewarded = Snapshot(uow), list[Entry]()
    for person in _clean(uow, year, ranks.people.values()):
        above = ranks.above(person.id)
        if above is not None and above.id == actor.person:
            rewarded += _reward(uow, person.id, year, actor.staff_id)
    return rewarded


def _reward(uow: UnitOfWork, person: PersonId, year: int, by: PersonId) -> list[Entry]:
    found = Breach(person, CLAUSE, f"person:{person}", {"year": year}, f"clean_year|{year}", by=by)
    return record(uow, found, [(Effect.REWARD, uow.rulebook.ledger.clean_year.reward_yuan)])
