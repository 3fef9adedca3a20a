"""Why an entry: the rule, the facts it rests on, which time it is, when it was told, what became of it (LGR-1)."""

from __future__ import annotations

from core.access import Actor, Role
from core.errors import NotFound
from core.ids import EntryId
from core.ledger.appealing import Appeal
from core.ledger.counting import window_start
from core.ledger.entries import TIMED, Case, Entry
from core.ledger.pauses import effective_end, is_running
from core.ledger.telling import ENTRY, case_subject
from core.matters import MATTERS
from core.notices import Fact, ToPerson
from core.people import is_superior
from core.ports import UnitOfWork
from core.reasons import Explanation, Mine, Reason, explains, lists

MOST_MINE = 5
KEPT_APART = {"counted", "serious", "words", "files", "refs"}  # told in steps of their own


def visible_case(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> Case:
    """A case that is the actor's to see: their own if it is in force, of somebody below them, one whose appeal they
    decide, and any for those who read all statements. Raises NotFound (P41)."""
    case = uow.ledger.case(entry_id)
    if case.person == actor.person:
        if case.head.in_force:
            return case
        raise NotFound("entry", str(entry_id))
    if is_superior(uow, actor, uow.people.get(case.person)) or reads_all(uow, actor):
        return case
    if any(actor.person == one.decider or actor.person in one.passed for one in uow.appeals.of_case(case.id)):
        return case
    raise NotFound("entry", str(entry_id))


def reads_all(uow: UnitOfWork, actor: Actor) -> bool:
    """Whether the rulebook lets the actor read everybody's statement (LGR-5)."""
    return actor.has(*(Role(role) for role in uow.rulebook.ledger.statement_readers))


@explains("entry")
def why_entry(uow: UnitOfWork, actor: Actor, number: int) -> Explanation:
    case = visible_case(uow, actor, EntryId(number))
    reasons = [_what(uow, case), _evidence(case.head), *_counted(uow, case), _told(uow, case)]
    reasons += [reason for entry in case.standing(uow.now) for reason in _running(uow, case, entry)]
    reasons += [_appeal(uow, one) for one in uow.appeals.of_case(case.id)]
    reasons += _back(uow, case)
    refs = case.head.evidence.get("refs")
    about = str(refs[0]) if isinstance(refs, list) and refs else case.head.subject
    return Explanation(
        case_subject(case.id),
        case.head.clause,
        tuple(one for one in reasons if one is not None),
        about if _may_open(uow, actor, about) else "",
        bool(case.head.evidence.get("files")),
        case.head.version,
    )


def _may_open(uow: UnitOfWork, actor: Actor, subject: str) -> bool:
    """Whether what an entry rests on is the actor's to see now: a lead may have gone on to somebody else (P41)."""
    area, _, number = subject.partition(":")
    matter = MATTERS.get(area)
    if matter is None or not number.isdigit():
        return False
    try:
        matter.require(uow, actor, int(number))
    except NotFound:
        return False
    return True


def _what(uow: UnitOfWork, case: Case) -> Reason:
    head = case.head
    first = [r.entry for r in case.records if r.entry.instead_of is None]
    by = uow.people.get(head.decided_by).label if head.decided_by is not None else ""
    return Reason(
        "entry",
        {
            "case": case.id,
            "label": uow.people.get(case.person).label,
            "at": head.at,
            "effects": [[one.effect, one.amount] for one in first],
            "by": by,
            "cause": head.cause,
            "in_force": head.in_force,
            "serious": bool(head.evidence.get("serious")),
        },
    )


def _evidence(head: Entry) -> Reason | None:
    facts: dict[str, Fact] = {key: value for key, value in head.evidence.items() if key not in KEPT_APART}
    words = head.evidence.get("words")
    if not facts and not words and head.subject.startswith("person:"):
        return None
    return Reason("evidence", {"facts": facts, "words": words or [], "subject": head.subject})


def _counted(uow: UnitOfWork, case: Case) -> list[Reason]:
    """Which time it was, with the instants of the ones before as they stand now."""
    counted = case.head.evidence.get("counted")
    found = []
    for one in counted if isinstance(counted, list) else []:
        if not isinstance(one, list):
            continue
        nth, months = one
        since = window_start(uow.rulebook.zone, case.head.at, int(str(months)))
        before = [
            r.entry.at
            for r in uow.ledger.breaches(case.person, case.head.clause, since)
            if r.entry.id == r.entry.case and r.entry.id < case.id
        ]
        found.append(Reason("counted", {"nth": nth, "months": months, "before": list(before)}))
    return found


def _told(uow: UnitOfWork, case: Case) -> Reason | None:
    if not case.head.in_force:
        return None
    deliveries = uow.notices.deliveries(case_subject(case.id), ENTRY, ToPerson(case.person))
    at = min((one.sent_at for one in deliveries if one.sent_at and one.message is not None), default=None)
    return Reason("told", {"at": at})


def _running(uow: UnitOfWork, case: Case, entry: Entry) -> list[Reason]:
    if entry.effect not in TIMED or not entry.in_force:
        return []
    record = next(r for r in case.records if r.entry.id == entry.id)
    goes_on = uow.rulebook.appeals.pauses_go_on
    end = effective_end(record, uow.now, goes_on)
    running = is_running(record, uow.now, goes_on)
    return [Reason("pause", {"effect": entry.effect, "until": end, "running": running})]


def _appeal(uow: UnitOfWork, appeal: Appeal) -> Reason:
    judge = appeal.decided_by if appeal.decided_by is not None else appeal.decider
    return Reason(
        "appeal",
        {
            "instance": appeal.instance,
            "state": appeal.state,
            "filed_at": appeal.filed_at,
            "ended_at": appeal.ended_at,
            "judge": uow.people.get(judge).label if judge is not None else "",
            "reason": appeal.reason,
        },
    )


def _back(uow: UnitOfWork, case: Case) -> list[Reason]:
    """What was taken back otherwise than by a verdict, once for each time."""
    verdicts = {one.ended_at for one in uow.appeals.of_case(case.id)}
    found: dict[object, Reason] = {}
    for record in case.records:
        reversal = uow.ledger.reversed_by(record.entry.id)
        if reversal is not None and reversal.at not in verdicts:
            by = uow.people.get(reversal.decided_by).label if reversal.decided_by is not None else ""
            reason = reversal.evidence.get("reason")
            found[reversal.at] = Reason("back", {"at": reversal.at, "by": by, "reason": reason})
    return list(found.values())


@lists("entry")
def my_entries(uow: UnitOfWork, actor: Actor) -> list[Mine]:
    own = [one for one in uow.ledger.of_person(actor.staff_id) if one.in_force and one.id == one.case]
    return [
        Mine(case_subject(one.case), {"effect": one.effect, "amount": one.amount, "clause": one.clause, "at": one.at})
        for one in own[:MOST_MINE]
    ]
