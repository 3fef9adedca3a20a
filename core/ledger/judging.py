"""Deciding appeals: who does, by when, who is next, and what a verdict does to the case (LGR-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.access import MANAGERS, Actor, Role, permits
from core.away import is_absent
from core.deadlines import Deadline, on_due
from core.errors import NotFound
from core.ids import AppealId, EntryId, PersonId
from core.ledger.appealing import (
    CLAUSE,
    DECIDE,
    DECIDED,
    INSTANCES,
    JUDGED,
    NOBODY,
    PASSED_ON,
    REMIND,
    REMINDED,
    TO_JUDGE,
    Appeal,
    AppealSettled,
    AppealState,
    Ending,
    Item,
    SomebodyElseDecides,
    Verdict,
)
from core.ledger.entries import LOWERABLE, TIMED, Case, Entry, NewEntry, NotAllowed, WordsNeeded
from core.ledger.pauses import ends_at
from core.ledger.reversing import reverse_all
from core.ledger.telling import facts_of
from core.notices import Fact, Notice, NoticeKind, ToPerson
from core.people import Person, PersonStatus, chain_above, is_superior
from core.ports import UnitOfWork

MOST_REASON = 500
DECIDERS = (Role.ADMIN, *MANAGERS)

# Who decides ---------------------------------------------------------------------------------------------


def decider_for(uow: UnitOfWork, case: Case, appeal: Appeal) -> PersonId | None:
    """Who is to decide: the nearest superior who neither issued the entry nor decided before, at the second
    instance the office of the rulebook. Whoever is away is passed over while somebody else is there."""
    shut_out = _concerned(uow, case) | set(appeal.passed)
    candidates = [one for one in _candidates(uow, case, appeal) if one.id not in shut_out]
    here = [one for one in candidates if not is_absent(uow, one.id, uow.now)]
    return next((one.id for one in (*here, *candidates)), None)


def _candidates(uow: UnitOfWork, case: Case, appeal: Appeal) -> list[Person]:
    rules = uow.rulebook.appeals
    if appeal.instance > 1:
        return uow.people.active(Role(rules.second_to))
    above = [one for one in chain_above(uow, uow.people.get(case.person)) if one.status is PersonStatus.ACTIVE]
    return [*above, *uow.people.active(Role.GM)]


def _concerned(uow: UnitOfWork, case: Case) -> set[PersonId]:
    """Who can't decide: the person, who issued the entry, and who decided at an earlier instance."""
    issuers = {record.entry.decided_by for record in case.records if record.entry.instead_of is None}
    judges = {one.decided_by for one in uow.appeals.of_case(case.id) if one.state in DECIDED}
    return {one for one in {case.person} | issuers | judges if one is not None}


# Handing it over -----------------------------------------------------------------------------------------


def hand_to(uow: UnitOfWork, appeal: Appeal, decider: PersonId | None) -> None:
    """Have somebody decide, with a reminder and a limit; where nobody is left, those who can change that are told."""
    rules = uow.rulebook.appeals
    uow.appeals.assign(appeal.id, decider, appeal.passed)
    uow.deadlines.open(DECIDE, appeal.subject, uow.worktime.add_days(uow.now, rules.decide_days), CLAUSE)
    if decider is None:
        uow.deadlines.cancel(appeal.subject, REMIND)
        _tell_nobody(uow, appeal)
        return
    uow.deadlines.open(REMIND, appeal.subject, uow.worktime.add_days(uow.now, rules.remind_days), CLAUSE)
    show_judge(uow, uow.appeals.get(appeal.id))


def appeal_facts(uow: UnitOfWork, appeal: Appeal) -> dict[str, Fact]:
    """What a message about an appeal may show."""
    case = uow.ledger.case(appeal.case)
    standing = [r.entry for r in case.records if r.entry.instead_of is None] or [case.head]
    return {
        **facts_of(uow, standing),
        "entry_clause": case.head.clause,
        "entry_version": case.head.version,
        "entry_at": case.head.at,
        "appeal": appeal.id,
        "instance": appeal.instance,
        "state": appeal.state,
        "filed_at": appeal.filed_at,
        "reason": appeal.reason,
        "judge": uow.people.get(appeal.decided_by).label if appeal.decided_by is not None else "",
        "ended_at": appeal.ended_at,
        "again_by": appeal.again_by,
        "decide_by": uow.deadlines.due_of(appeal.subject, DECIDE),
        "items": [[item.kind, item.text] for item in uow.appeals.items(appeal.id)],
        "now": [[one.effect, one.amount] for one in case.standing(uow.now)],
    }


def show_judge(uow: UnitOfWork, appeal: Appeal) -> None:
    """Bring the card of who decides up to date."""
    if appeal.decider is not None:
        _tell(uow, TO_JUDGE, appeal.decider, appeal, card=appeal.card)


def _tell(
    uow: UnitOfWork, kind: NoticeKind, to: PersonId, appeal: Appeal, card: str | None = None, **more: Fact
) -> None:
    facts = {**appeal_facts(uow, appeal), **more, "mine": to == appeal.person}
    uow.notices.tell(Notice(kind, ToPerson(to), facts, appeal.subject, CLAUSE, card))


def _tell_nobody(uow: UnitOfWork, appeal: Appeal) -> None:
    told = {one.id for one in (*uow.people.admins(), *uow.people.active(Role.GM))} - {appeal.person}
    for to in sorted(told):
        _tell(uow, NOBODY, to, appeal)


# The verdict ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """An appeal as who decides sees it: the case, what was given, and what was decided before."""

    appeal: Appeal
    case: Case
    label: str
    items: tuple[Item, ...]
    before: tuple[Appeal, ...]
    standing: tuple[Entry, ...]


@permits(*DECIDERS)
def judgement(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> Judgement:
    """The appeal, for who is to decide it. Raises SomebodyElseDecides, AppealSettled; NotFound for those whom it
    does not concern."""
    appeal = uow.appeals.get(appeal_id)
    _must_decide(uow, actor, appeal)
    case = uow.ledger.case(appeal.case)
    return Judgement(
        appeal,
        case,
        uow.people.get(appeal.person).label,
        tuple(uow.appeals.items(appeal.id)),
        tuple(one for one in uow.appeals.of_case(case.id) if one.state in DECIDED),
        tuple(case.standing(uow.now)),
    )


def _must_decide(uow: UnitOfWork, actor: Actor, appeal: Appeal) -> None:
    passed = actor.person in appeal.passed
    above = actor.person != appeal.person and is_superior(uow, actor, uow.people.get(appeal.person))
    if actor.person != appeal.decider and not above and not passed:
        raise NotFound("appeal", str(appeal.id))
    if appeal.state is not AppealState.OPEN:
        by = uow.people.get(appeal.decided_by).label if appeal.decided_by is not None else ""
        raise AppealSettled("appeal", appeal.state, by, appeal.ended_at)
    if actor.person != appeal.decider:
        raise SomebodyElseDecides(uow.people.get(appeal.decider).label if appeal.decider is not None else "")


@permits(*DECIDERS)
def decide(
    uow: UnitOfWork,
    actor: Actor,
    appeal_id: AppealId,
    verdict: Verdict,
    reason: str,
    smaller: Mapping[EntryId, int] | None = None,
) -> Appeal:
    """Give the verdict, with a reason. `smaller` says for a reduction what each entry becomes; 0 takes it back.

    Raises what `judgement` raises, WordsNeeded without a reason, NotAllowed for what is no reduction.
    """
    found = judgement(uow, actor, appeal_id)
    if not reason.strip():
        raise WordsNeeded("verdict")
    lowered = _lowered(found, smaller or {}) if verdict is Verdict.REDUCE else {}
    reason = reason.strip()[:MOST_REASON]
    ending = Ending(AppealState(verdict), uow.now, actor.staff_id, reason, _again_by(uow, found.appeal, verdict))
    if not uow.appeals.end(appeal_id, (AppealState.OPEN,), ending):
        raise AppealSettled("appeal", "open")
    uow.deadlines.cancel(found.appeal.subject)
    if verdict is not Verdict.UPHOLD:
        changed = found.standing if verdict is Verdict.LIFT else [e for e in found.standing if e.id in lowered]
        reverse_all(uow, changed, reason, actor.staff_id)
        for entry in changed:
            _replace(uow, found, entry, lowered.get(entry.id, 0), actor.staff_id)
    decided = uow.appeals.get(appeal_id)
    _tell_verdict(uow, decided)
    return decided


def _lowered(found: Judgement, smaller: Mapping[EntryId, int]) -> dict[EntryId, int]:
    """The entries that change, with their new amounts. Raises NotAllowed."""
    standing = {entry.id: entry for entry in found.standing}
    if not set(smaller) <= set(standing) or not smaller:
        raise NotAllowed("effect")
    for entry_id, amount in smaller.items():
        entry = standing[entry_id]
        most = entry.amount - 1 if entry.effect in LOWERABLE else 0
        if not 0 <= amount <= most:
            raise NotAllowed("amount", entry.clause, 0, most)
    return dict(smaller)


def _replace(uow: UnitOfWork, found: Judgement, entry: Entry, amount: int, by: PersonId) -> None:
    """The smaller entry in the place of one that was taken back. Days of a pause that were served count."""
    if amount == 0:
        return
    until = None
    if entry.effect in TIMED:
        record = next(r for r in found.case.records if r.entry.id == entry.id)
        until = ends_at(uow.rulebook.zone, entry.at, amount)
        for span in record.frozen:
            if entry.at <= span.start < until and entry.clause not in uow.rulebook.appeals.pauses_go_on:
                until += (span.end or uow.now) - span.start
    uow.ledger.add(
        NewEntry(
            entry.person,
            entry.clause,
            entry.effect,
            amount,
            entry.subject,
            entry.evidence,
            entry.in_force,
            uow.now,
            f"reduced|{entry.id}",
            by,
            case=entry.case,
            cause=entry.cause,
            until=until,
            appeal_by=entry.appeal_by,
            instead_of=entry.id,
        )
    )


def _again_by(uow: UnitOfWork, appeal: Appeal, verdict: Verdict) -> datetime | None:
    """Until when the person can go to the second instance; None where there is none."""
    if verdict is Verdict.LIFT or appeal.instance >= INSTANCES:
        return None
    case = uow.ledger.case(appeal.case)
    further = replace(appeal, instance=appeal.instance + 1, passed=(*appeal.passed, *_present(appeal)))
    if decider_for(uow, case, further) is None:
        return None
    return uow.worktime.add_days(uow.now, uow.rulebook.appeals.second_within_days)


def _present(appeal: Appeal) -> Iterable[PersonId]:
    return () if appeal.decider is None else (appeal.decider,)


def _tell_verdict(uow: UnitOfWork, appeal: Appeal) -> None:
    """The person, who issued the entry, and the person's superior learn the verdict; the decider's card shows it."""
    show_judge(uow, appeal)
    case = uow.ledger.case(appeal.case)
    issuers = [r.entry.decided_by for r in case.records if r.entry.instead_of is None]
    above = chain_above(uow, uow.people.get(appeal.person))[:1]
    for to in dict.fromkeys([appeal.person, *issuers, *(one.id for one in above)]):
        if to is not None and to != appeal.decided_by:
            _tell(uow, JUDGED, to, appeal)


# Time ----------------------------------------------------------------------------------------------------


@on_due(REMIND)
def remind(uow: UnitOfWork, deadline: Deadline) -> None:
    """Half way: who decides is reminded; one who left meanwhile is replaced at once."""
    appeal = uow.appeals.get(AppealId(deadline.number))
    if appeal.state is not AppealState.OPEN or appeal.decider is None:
        return
    if uow.people.get(appeal.decider).status is not PersonStatus.ACTIVE:
        _pass_on(uow, appeal)
        return
    _tell(uow, REMINDED, appeal.decider, appeal)


@on_due(DECIDE)
def limit_passed(uow: UnitOfWork, deadline: Deadline) -> None:
    """No verdict in time: the next one decides, and both learn it."""
    appeal = uow.appeals.get(AppealId(deadline.number))
    if appeal.state is AppealState.OPEN:
        _pass_on(uow, appeal)


def _pass_on(uow: UnitOfWork, appeal: Appeal) -> None:
    before = appeal.decider
    tried = replace(appeal, passed=(*appeal.passed, *_present(appeal)))
    following = decider_for(uow, uow.ledger.case(appeal.case), tried)
    if following is None and before is not None and uow.people.get(before).status is PersonStatus.ACTIVE:
        hand_to(uow, appeal, before)  # nobody else is left: it stays theirs, and those who can help know
        _tell(uow, REMINDED, before, appeal)
        _tell_nobody(uow, uow.appeals.get(appeal.id))
        return
    hand_to(uow, tried, following)
    now = uow.appeals.get(appeal.id)
    told = [*_present(appeal), appeal.person] if following is not None else []
    for to in told:
        _tell(uow, PASSED_ON, to, now, judge=uow.people.get(following).label if following is not None else "")
