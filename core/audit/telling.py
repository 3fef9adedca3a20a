"""The end of the trail, told to the administrators each month: whoever keeps the message holds an anchor outside."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from core.notices import Fact, Notice, ToPerson, Urgency, kind
from core.ports import UnitOfWork
from core.rounds import RoundRun, every
from core.rulebook import Rulebook

ANCHOR = kind("audit.anchor")
CATCH_UP = timedelta(days=3)


def anchor_time(rulebook: Rulebook, day: date) -> datetime | None:
    """On the day of the month that the rulebook names, or the last one of a shorter month."""
    rules = rulebook.audit
    due = min(rules.anchor_day, monthrange(day.year, day.month)[1])
    return rulebook.working_time.instant(day, rules.anchor_at) if day.day == due else None


@every("audit.anchor", anchor_time, CATCH_UP)
def tell_anchor(uow: UnitOfWork, run: RoundRun) -> None:
    """How long the trail is and the hash of its last line, to each administrator."""
    head = uow.audit.head()
    if head is None:
        return
    facts: dict[str, Fact] = {"lines": head.seq, "head": str(head)}
    for person in uow.people.admins():
        uow.notices.tell(
            Notice(
                ANCHOR,
                ToPerson(person.id),
                facts,
                "audit",
                key=f"audit.anchor|{run.day}",
                urgency=Urgency.ROUTINE,
            )
        )
