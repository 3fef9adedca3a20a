"""Which rulebook is in force at an instant: the company's file, with what was decided in the chat laid over it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from core.rulebook import Rulebook
from core.rulebook.content import with_in_force
from core.rules.model import Switch

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


class Shelf:
    """The company's file and the switches over it.

    A switch holds from its instant on, to the microsecond, whoever asks and whatever was recorded of it by then.
    """

    def __init__(self, base: Rulebook, switches: Iterable[Switch] = ()) -> None:
        self.base = base
        self.switches = sorted(switches, key=lambda one: (one.from_at, one.id))
        self._book, self._since, self._until = base, BEGINNING, END
        if self.switches:
            self._turn(self.switches[0].from_at)

    def at(self, now: datetime) -> Rulebook:
        """The rulebook in force at an instant."""
        if not self._since <= now < self._until:
            self._turn(now)
        return self._book

    def _turn(self, now: datetime) -> None:
        past = [one for one in self.switches if one.from_at <= now]
        book = with_in_force(self.base, {one.clause: one.in_force for one in past})
        since = max((one.from_at for one in past), default=BEGINNING)
        until = min((one.from_at for one in self.switches if one.from_at > now), default=END)
        self._book, self._since, self._until = book, since, until


def as_opened(opened: Rulebook, now: Rulebook) -> Rulebook:
    """The rulebook by which something that was opened earlier is judged (RULE-4): with the figures of then; and a
    clause that was in shadow then, or is in shadow by now, has no effect."""
    if opened.version == now.version:
        return now
    milder = {
        clause.id: False
        for clause in opened.clauses.values()
        if clause.in_force and not (clause.id in now.clauses and now.clauses[clause.id].in_force)
    }
    return with_in_force(opened, milder, opened.version)
