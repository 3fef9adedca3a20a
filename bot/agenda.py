"""The agenda: which rounds fall on which instants around today, worked out once for a day and a rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.rounds import ROUNDS, Round
from core.rulebook import Rulebook

AHEAD = 15  # days looked ahead for the next round


@dataclass(frozen=True, slots=True)
class Planned:
    """A round on a date, with its instant."""

    at: datetime
    day: date
    round: Round

    @property
    def key(self) -> tuple[str, date, datetime]:
        """What has run has run; moved to another instant by a new rulebook it is looked at again."""
        return self.round.name, self.day, self.at


class Agenda:
    """Plans anew where the date or the rulebook has changed. `settled` need no second look: they have run, or are of
    before this installation."""

    def __init__(self) -> None:
        self.settled: set[tuple[str, date, datetime]] = set()
        self._planned: list[Planned] = []
        self._of: tuple[date, int, Rulebook] | None = None

    def due(self, rulebook: Rulebook, now: datetime) -> list[Planned]:
        """What should have begun by now, is worth catching up and is not settled; in the order of the rounds."""
        return [
            one
            for one in self._plans(rulebook, now)
            if one.at <= now <= one.at + one.round.catch_up and one.key not in self.settled
        ]

    def upcoming(self, rulebook: Rulebook, now: datetime) -> datetime | None:
        """When the next round begins."""
        return min((one.at for one in self._plans(rulebook, now) if one.at > now), default=None)

    def _plans(self, rulebook: Rulebook, now: datetime) -> list[Planned]:
        today = rulebook.working_time.local_date(now)
        known = self._of
        if known is None or known[:2] != (today, len(ROUNDS)) or known[2] is not rulebook:
            self._planned = [one for each in ROUNDS.values() for one in _days(each, rulebook, today)]
            self.settled &= {one.key for one in self._planned}
            self._of = today, len(ROUNDS), rulebook
        return self._planned


def _days(one: Round, rulebook: Rulebook, today: date) -> list[Planned]:
    """A round from the day before which nothing of it could be caught up any more."""
    days = (today + timedelta(days=ahead) for ahead in range(-1 - one.catch_up.days, AHEAD))
    return [Planned(at, day, one) for day in days for at in (one.plan(rulebook, day),) if at is not None]
