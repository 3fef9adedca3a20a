"""Who is told what of the ledger's entries: one message for a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.access import Role
from core.ids import EntryId, PersonId
from core.ledger.entries import Effect, Entry
from core.notices import Fact, Notice, NoticeKind, ToPerson, Urgency, kind
from core.people import superior_of
from core.ports import UnitOfWork

ENTRY = kind("ledger.entry")  # to the manager, and to the person when the clause is in force
REVERSAL = kind("ledger.reversal")

PROPOSALS = (Effect.DEMOTION, Effect.DISMISSAL)  # the general manager hears of them


def case_subject(case: EntryId) -> str:
    return f"entry:{case}"


def facts_of(uow: UnitOfWork, entries: Sequence[Entry]) -> dict[str, Fact]:
    """What a message about entries of one case may show."""
    head = entries[0]
    by = uow.people.get(head.decided_by).label if head.decided_by is not None else ""
    return {
        "entry": head.case,
        "label": uow.people.get(head.person).label,
        "effects": [[one.effect, one.amount] for one in entries],
        "until": max((one.until for one in entries if one.until is not None), default=None),
        "subject": head.subject,
        "in_force": head.in_force,
        "evidence": dict(head.evidence),
        "cause": head.cause,
        "by": by,
        "good": all(one.is_good for one in entries),
        "appeal_by": head.appeal_by,
    }


def tell_entries(uow: UnitOfWork, notice: NoticeKind, entries: Sequence[Entry], by: PersonId | None = None) -> None:
    """One message for entries of one case: to those above, and to the person where the clause is in force. Who
    entered it sees the answer to that instead."""
    head = entries[0]
    facts = facts_of(uow, entries)
    for to in dict.fromkeys(_told(uow, entries)):
        if to != by:
            uow.notices.tell(
                Notice(
                    notice,
                    ToPerson(to),
                    {**facts, "mine": to == head.person},
                    subject=case_subject(head.case),
                    clause=head.clause,
                    urgency=Urgency.ROUTINE,
                )
            )


def _told(uow: UnitOfWork, entries: Sequence[Entry]) -> Iterable[PersonId]:
    head = entries[0]
    superior = superior_of(uow, uow.people.get(head.person))
    if superior is not None:
        yield superior.id
    if any(one.effect in PROPOSALS for one in entries):
        yield from (gm.id for gm in uow.people.active(Role.GM) if gm.id != head.person)
    if head.in_force:
        yield head.person
