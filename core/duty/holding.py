"""Days on duty change hands when somebody leaves (ORG-8, ORG-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.duty.model import FILLED
from core.duty.roster import LOOK_AHEAD_DAYS, is_on_duty, rosters
from core.duty.swapping import exchange
from core.ids import PersonId
from core.notices import Fact, Notice, ToPerson, Urgency
from core.people import Person
from core.people.holdings import Held, Holding, Moved, number_of
from core.ports import UnitOfWork
from core.worktime.values import DAY


class Duties(Holding):
    """A day on the roster, filled in the chat or by the rulebook. Whoever is on duty that day already can't be it
    twice."""

    area = "duties"
    covers = frozenset({"duties.person_id"})

    def held_by(self, uow: UnitOfWork, person: Person) -> Sequence[Held]:
        days = [day for day, people in _coming(uow).items() if person.id in people]
        return [Held(f"duty:{day.toordinal()}", day.isoformat()) for day in days]

    def unfit(self, uow: UnitOfWork, held: Held, person: Person) -> str:
        return "duty" if is_on_duty(uow, person.id, date.fromordinal(held.number)) else ""

    def load(self, uow: UnitOfWork) -> Mapping[PersonId, int]:
        listed = [person for people in _coming(uow).values() for person in people]
        return {person: listed.count(person) for person in listed}

    def move(self, uow: UnitOfWork, subject: str, leaver: Person, receiver: Person, *, anew: bool) -> Moved | None:
        day = date.fromordinal(number_of(subject))
        people = [one.person for one in rosters(uow, day, day).get(day, [])]
        if leaver.id not in people:
            return None
        if receiver.id in people:  # the one for whom the day was left over; nobody is on duty twice
            uow.rosters.fill(day, [one for one in people if one != leaver.id], None, uow.now)
            return Moved()
        exchange(uow, day, leaver.id, receiver.id)
        facts: dict[str, Fact] = {"added": [day.isoformat()], "dropped": [], "by": leaver.label}
        uow.notices.tell(Notice(FILLED, ToPerson(receiver.id), facts, "duty", urgency=Urgency.ROUTINE))
        return Moved()


def _coming(uow: UnitOfWork) -> dict[date, list[PersonId]]:
    today = uow.worktime.local_date(uow.now)
    found = rosters(uow, today, today + DAY * LOOK_AHEAD_DAYS)
    return {day: [one.person for one in duties] for day, duties in found.items()}
