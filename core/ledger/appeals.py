"""Appealing: one tap freezes the case, then words, photos, voice and place are given one by one (LGR-2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.deadlines import Deadline, on_due
from core.errors import NotFound
from core.ids import AppealId, EntryId
from core.ledger.appealing import (
    CLAUSE,
    INSTANCES,
    LAPSED,
    MATERIAL,
    UNDECIDED,
    Appeal,
    AppealRefused,
    AppealSettled,
    AppealState,
    Ending,
    Item,
)
from core.ledger.entries import Case, EntryReversed
from core.ledger.judging import decider_for, hand_to
from core.ledger.moot import tell_ended
from core.ledger.telling import ENTRY, case_subject
from core.notices import Fact, Notice, ToPerson
from core.people import is_superior
from core.ports import UnitOfWork

MOST_TEXT = 1000
MOST_LOOKED_AT = 30  # older ones are long past their days


@dataclass(frozen=True, slots=True)
class Filing:
    """An appeal being made: what was given so far, who would decide, and until when more can be given."""

    appeal: Appeal
    case: Case
    label: str
    items: tuple[Item, ...]
    decider: str
    until: datetime | None


# Until when ----------------------------------------------------------------------------------------------


def appeal_by(uow: UnitOfWork, case: Case) -> datetime | None:
    """Until when a case can be appealed: working days from when it was told, as its entry says; nothing runs while
    the message has not reached the person (P46)."""
    head = case.head
    if head.appeal_by is None:
        return uow.worktime.add_days(head.at, uow.rulebook.appeals.within_days)
    deliveries = uow.notices.deliveries(case_subject(case.id), ENTRY, ToPerson(case.person))
    reached = min((one.sent_at for one in deliveries if one.sent_at and one.message is not None), default=None)
    if reached is None:
        return None
    late = reached - head.at > timedelta(hours=1)  # told much later than entered: the days begin then
    again = uow.worktime.add_days(reached, uow.rulebook.appeals.within_days) if late else head.appeal_by
    return max(head.appeal_by, again)


def _instance(uow: UnitOfWork, case: Case) -> int:
    """Which instance an appeal would now be for. Raises AppealRefused or AppealSettled."""
    appeals = [one for one in uow.appeals.of_case(case.id) if one.state is not AppealState.WITHDRAWN]
    if not appeals:
        until = appeal_by(uow, case)
        if until is not None and uow.now > until:
            raise AppealRefused("late", until)
        return 1
    last = appeals[-1]
    if last.is_open:
        raise _already(uow, last)
    if last.instance >= INSTANCES or last.again_by is None:
        raise AppealRefused("final", last.ended_at)
    if uow.now > last.again_by:
        raise AppealRefused("late", last.again_by)
    return last.instance + 1


def _already(uow: UnitOfWork, appeal: Appeal) -> AppealSettled:
    by = uow.people.get(appeal.decider).label if appeal.decider is not None else ""
    return AppealSettled("appeal", appeal.state, by, appeal.submitted_at or appeal.filed_at)


# Acts ----------------------------------------------------------------------------------------------------


def own_case(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> Case:
    """A case of the actor's own that is in force; anything else does not exist for them (P41)."""
    case = uow.ledger.case(entry_id)
    if case.person != actor.person or not case.head.in_force:
        raise NotFound("entry", str(entry_id))
    return case


@permits(*STAFF)
def appeal(uow: UnitOfWork, actor: Actor, entry_id: EntryId) -> Filing:
    """Appeal a case: from now on it is frozen. Pressed again while material is being given, it goes on with that.

    Raises NotFound, EntryReversed, AppealSettled (it waits for the verdict), AppealRefused.
    """
    case = own_case(uow, actor, entry_id)
    collecting = [one for one in uow.appeals.of_case(case.id) if one.state is AppealState.COLLECTING]
    if collecting:
        return _filing(uow, collecting[0])
    standing = case.standing(uow.now)
    if not standing:
        raise EntryReversed("entry", "reversed")
    if all(entry.is_good for entry in standing):
        raise AppealRefused("reward")
    instance = _instance(uow, case)
    filed = uow.appeals.file(case.id, instance, case.person, uow.now)
    if filed is None:
        raise AppealSettled("appeal", "open")
    if instance > 1 and decider_for(uow, case, filed) is None:
        raise AppealRefused("nobody")
    material = timedelta(hours=uow.rulebook.appeals.material_hours)
    uow.deadlines.open(MATERIAL, filed.subject, uow.now + material, CLAUSE)
    return _filing(uow, filed)


def _filing(uow: UnitOfWork, filed: Appeal) -> Filing:
    case = uow.ledger.case(filed.case)
    decider = decider_for(uow, case, filed)
    return Filing(
        filed,
        case,
        uow.people.get(filed.person).label,
        tuple(uow.appeals.items(filed.id)),
        uow.people.get(decider).label if decider is not None else "",
        uow.deadlines.due_of(filed.subject, MATERIAL),
    )


def _own(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> Appeal:
    found = uow.appeals.get(appeal_id)
    if found.person != actor.person:
        raise NotFound("appeal", str(appeal_id))
    return found


@permits(*STAFF)
def filing(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> Filing:
    """One's own appeal while material is being given."""
    found = _own(uow, actor, appeal_id)
    if found.state is not AppealState.COLLECTING:
        raise _already(uow, found)
    return _filing(uow, found)


@permits(*STAFF)
def give(uow: UnitOfWork, actor: Actor, appeal_id: AppealId, item: Item) -> Filing:
    """Add words, a photo, a voice message, a file or a place to one's appeal."""
    found = filing(uow, actor, appeal_id)
    if len(found.items) >= uow.rulebook.appeals.max_items:
        raise AppealRefused("full", most=uow.rulebook.appeals.max_items)
    uow.appeals.add_item(appeal_id, replace(item, text=item.text[:MOST_TEXT], at=uow.now))
    return filing(uow, actor, appeal_id)


@permits(*STAFF)
def submit(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> Filing:
    """Hand the appeal to who decides. Raises AppealRefused where nothing was given."""
    found = filing(uow, actor, appeal_id)
    if not found.items:
        raise AppealRefused("empty")
    _submit(uow, found.appeal)
    return _filing(uow, uow.appeals.get(appeal_id))


def _submit(uow: UnitOfWork, filed: Appeal) -> None:
    if not uow.appeals.submit(filed.id, uow.now):
        raise _already(uow, filed)
    uow.deadlines.cancel(filed.subject, MATERIAL)
    opened = uow.appeals.get(filed.id)
    hand_to(uow, opened, decider_for(uow, uow.ledger.case(opened.case), opened))


@permits(*STAFF)
def withdraw(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> Appeal:
    """Take one's appeal back: the case counts again."""
    found = _own(uow, actor, appeal_id)
    if not uow.appeals.end(found.id, UNDECIDED, Ending(AppealState.WITHDRAWN, uow.now, actor.staff_id)):
        raise _already(uow, found)
    uow.deadlines.cancel(found.subject)
    after = uow.appeals.get(found.id)
    if found.state is AppealState.OPEN:
        tell_ended(uow, after)
    return after


@on_due(MATERIAL)
def material_due(uow: UnitOfWork, deadline: Deadline) -> None:
    """What was given by then is handed on; where nothing was, the case counts again (P16)."""
    filed = uow.appeals.get(AppealId(deadline.number))
    if filed.state is not AppealState.COLLECTING:
        return
    if uow.appeals.items(filed.id):
        _submit(uow, filed)
        return
    uow.appeals.end(filed.id, (AppealState.COLLECTING,), Ending(AppealState.WITHDRAWN, uow.now))
    facts: dict[str, Fact] = {"appeal": filed.id, "entry": filed.case, "again_by": _still(uow, filed)}
    uow.notices.tell(Notice(LAPSED, ToPerson(filed.person), facts, filed.subject, CLAUSE))


def _still(uow: UnitOfWork, filed: Appeal) -> datetime | None:
    """Until when it can be appealed all the same."""
    by = appeal_by(uow, uow.ledger.case(filed.case))
    return by if by is not None and by > uow.now else None


# Questions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Appealable:
    """A case of one's own that can be appealed now."""

    case: Case
    until: datetime | None


@permits(*STAFF)
def appealable(uow: UnitOfWork, actor: Actor) -> list[Appealable]:
    """One's own cases that can be appealed now, newest first, among the last ones."""
    heads = [one for one in uow.ledger.of_person(actor.staff_id) if one.id == one.case and one.in_force]
    found = []
    for entry in heads[:MOST_LOOKED_AT]:
        case = uow.ledger.case(entry.id)
        if all(one.is_good for one in case.standing(uow.now)):
            continue
        try:
            _instance(uow, case)
        except (AppealRefused, AppealSettled):
            continue
        found.append(Appealable(case, appeal_by(uow, case)))
    return found


@permits(*STAFF)
def my_appeals(uow: UnitOfWork, actor: Actor) -> list[Filing]:
    """One's own appeals that are not decided."""
    return [_filing(uow, one) for one in uow.appeals.of_person(actor.staff_id)]


@permits(Role.ADMIN, *MANAGERS)
def to_decide(uow: UnitOfWork, actor: Actor) -> list[Filing]:
    """The appeals that wait for the actor."""
    return [_filing(uow, one) for one in uow.appeals.to_decide(actor.staff_id)]


@permits(*STAFF)
def material(uow: UnitOfWork, actor: Actor, appeal_id: AppealId) -> list[Item]:
    """What was given to support an appeal, for the person, who decides, and those above. Raises NotFound."""
    found = uow.appeals.get(appeal_id)
    concerned = actor.person in (found.person, found.decider, found.decided_by)
    if not concerned and not is_superior(uow, actor, uow.people.get(found.person)):
        raise NotFound("appeal", str(appeal_id))
    return uow.appeals.items(appeal_id)
