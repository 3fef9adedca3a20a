"""Who is proposed for what: the superior's by nature goes to the superior, everything else to the colleague of the
same role who serves the region, then of the same department, then with the least to do (LED-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.checkins import is_absent
from core.handover.holdings import HOLDINGS
from core.handover.model import NewItem, Why
from core.ids import PersonId
from core.people import Person
from core.people.holdings import Held, Holding
from core.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody who could have a thing, why, and how many such things they have."""

    person: Person
    why: Why
    load: int


class Colleagues:
    """Whoever can be asked now: bound, reachable, neither away nor leaving; with what they have already."""

    def __init__(self, uow: UnitOfWork, leaver: Person, keeper: Person | None) -> None:
        self._uow, self._leaver, self._keeper = uow, leaver, keeper
        self._there = [one for one in uow.people.active() if one.id != leaver.id and _can_be_asked(uow, one)]
        self._loads: dict[str, Counter[PersonId]] = {}

    def for_thing(self, holding: Holding, held: Held) -> list[Proposal]:
        """The best first."""
        load = self._load(holding)
        fitting = [one for one in self._pool(holding) if self._fits(holding, held, one)]
        proposals = [Proposal(one, self._why(held, one), load[one.id]) for one in fitting]
        return sorted(proposals, key=_best_first)

    def take(self, holding: Holding, person: PersonId) -> None:
        """Count something that is proposed to somebody, so that the next goes to another."""
        self._load(holding)[person] += 1

    def _pool(self, holding: Holding) -> Sequence[Person]:
        if holding.to_superior:
            return [self._keeper] if self._keeper else []
        return [one for one in self._there if one.role is self._leaver.role]

    def _fits(self, holding: Holding, held: Held, person: Person) -> bool:
        return not holding.unfit(self._uow, held, person) and holding.suits(self._uow, held, person)

    def _why(self, held: Held, person: Person) -> Why:
        if self._keeper is not None and person.id == self._keeper.id:
            return Why.SUPERIOR
        if held.region and held.region in person.regions:
            return Why.REGION
        return Why.DEPARTMENT if person.department == self._leaver.department else Why.LOAD

    def _load(self, holding: Holding) -> Counter[PersonId]:
        if holding.area not in self._loads:
            self._loads[holding.area] = Counter(dict(holding.load(self._uow)))
        return self._loads[holding.area]


def _best_first(proposal: Proposal) -> tuple[int, int, str]:
    order = (Why.REGION, Why.SUPERIOR, Why.DEPARTMENT, Why.LOAD)
    return order.index(proposal.why), proposal.load, proposal.person.number


def _can_be_asked(uow: UnitOfWork, person: Person) -> bool:
    account = uow.people.account_of(person.id)
    return account is not None and account.reachable and not is_absent(uow, person.id, uow.now)


def everything_of(uow: UnitOfWork, person: Person) -> Mapping[str, Sequence[Held]]:
    """All that is a person's, by area; areas in which they hold nothing are left out."""
    found = {area: holding.held_by(uow, person) for area, holding in HOLDINGS.items()}
    return {area: held for area, held in found.items() if held}


def listed(uow: UnitOfWork, leaver: Person, keeper: Person | None) -> list[NewItem]:
    """Everything of the leaver's with a receiver proposed; the keeper where nobody else fits."""
    colleagues = Colleagues(uow, leaver, keeper)
    return [
        _new_item(colleagues, HOLDINGS[area], one, keeper)
        for area, held in everything_of(uow, leaver).items()
        for one in held
    ]


def _new_item(colleagues: Colleagues, holding: Holding, held: Held, keeper: Person | None) -> NewItem:
    best = next(iter(colleagues.for_thing(holding, held)), None)
    if best is None and keeper is not None:
        best = Proposal(keeper, Why.SUPERIOR, 0)
    if best is not None:
        colleagues.take(holding, best.person.id)
    receiver, why = (best.person.id, best.why) if best else (None, None)
    return NewItem(holding.area, held.subject, held.title, held.region, held.due, receiver, why)
