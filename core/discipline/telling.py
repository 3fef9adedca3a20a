"""Who is told what about a violation. Cards edit themselves, so that a flood of messages is one card (ORG-5)."""

from __future__ import annotations

from datetime import time, timedelta

from core.acts import ActState
from core.discipline.model import (
    CASE,
    CLAUSE,
    CLEARED,
    NO_RIGHT,
    REMOVED,
    REMOVED_HERE,
    RESTORED,
    TRIAL,
    Message,
    State,
    Violation,
)
from core.groups import managers_of
from core.notices import Fact, Notice, ToAccount, ToGroup, ToPerson, Urgency
from core.people import Person, superior_of
from core.ports import UnitOfWork

EVIDENCE = 600  # characters of a message shown on a card; all of it is kept
MOST_TRIALS = 30


def receivers(uow: UnitOfWork, violation: Violation) -> list[Person]:
    """Who decides about a violation: the group's managers, but nobody about themselves."""
    found = [p for p in managers_of(uow, uow.groups.get(violation.group)) if p.id != violation.person]
    if found or violation.person is None:
        return found
    superior = superior_of(uow, uow.people.get(violation.person))
    return [superior] if superior else [p for p in uow.people.admins() if p.id != violation.person]


def facts_of(uow: UnitOfWork, violation: Violation) -> dict[str, Fact]:
    messages = uow.violations.messages(violation.id)
    first = messages[0] if messages else None
    return {
        "violation": violation.id,
        "name": violation.name,
        "guest": violation.person is None,
        "group": uow.groups.get(violation.group).title,
        "category": violation.category,
        "kind": violation.kind,
        "found": violation.found,
        "state": violation.state,
        "at": violation.at,
        "text": first.text[:EVIDENCE] if first else "",
        "media": first.media if first else "",
        "messages": len(messages),
        "standing": sum(message.removal is ActState.NO_RIGHT for message in messages),
        "muted_until": violation.muted_until,
        "expelled": violation.expelled,
        "propose_removal": _is_to_be_proposed(uow, violation),
        "by": violation.decided_by,
        "decided_at": violation.decided_at,
    }


def _is_to_be_proposed(uow: UnitOfWork, violation: Violation) -> bool:
    if violation.person is not None or violation.expelled:
        return False
    rule = uow.rulebook.discipline.repeat
    since = uow.now - timedelta(days=rule.within_days)
    return uow.violations.count_removed(violation.group, violation.account, since) >= rule.propose_removal


def tell_managers(uow: UnitOfWork, violation: Violation) -> None:
    facts = facts_of(uow, violation)
    for person in receivers(uow, violation):
        uow.notices.tell(
            Notice(
                CASE,
                ToPerson(person.id),
                facts,
                subject=violation.subject,
                clause=CLAUSE,
                card=violation.subject,
            )
        )


def tell_sender(uow: UnitOfWork, violation: Violation) -> None:
    """In private with the reason; in the group a few words, where there is no way to the sender."""
    here = not violation.reachable
    uow.notices.tell(
        Notice(
            REMOVED_HERE if here else REMOVED,
            ToGroup(violation.group) if here else ToAccount(violation.account),
            facts_of(uow, violation),
            subject=violation.subject,
            clause=CLAUSE,
            card=violation.subject,
            urgency=Urgency.ROUTINE if here else Urgency.ALERT,
        )
    )


def tell_trial(uow: UnitOfWork, violation: Violation) -> None:
    """One card a group and day, which counts."""
    midnight = uow.worktime.instant(uow.worktime.local_date(uow.now), time(0))
    today = uow.violations.recent((violation.group,), midnight, State.TRIAL)
    facts: dict[str, Fact] = {
        "group": uow.groups.get(violation.group).title,
        "count": len(today),
        "cases": [
            {"name": one.name, "category": one.category, "found": one.found, "at": one.at}
            for one in today[:MOST_TRIALS]
        ],
    }
    for person in receivers(uow, violation):
        uow.notices.tell(
            Notice(
                TRIAL,
                ToPerson(person.id),
                facts,
                subject=violation.subject,
                clause=CLAUSE,
                card=f"trial:{violation.group}:{uow.worktime.local_date(uow.now)}",
                urgency=Urgency.ROUTINE,
            )
        )


def tell_no_right(uow: UnitOfWork, violation: Violation) -> None:
    """To the admins, once a month and group: the bot can't do what it is asked to."""
    month = uow.worktime.local_date(uow.now).strftime("%Y-%m")
    for admin in uow.people.admins():
        facts = {"group": uow.groups.get(violation.group).title}
        key = f"no_right|{violation.group}|{month}"
        uow.notices.tell(Notice(NO_RIGHT, ToPerson(admin.id), facts, subject=violation.subject, key=key))


def tell_restored(uow: UnitOfWork, violation: Violation) -> None:
    """Each message once more, as it was last written."""
    last = {message.message: message for message in uow.violations.messages(violation.id)}
    for message in last.values():
        if message.removal is ActState.DONE and (message.text or message.file_id):
            uow.notices.tell(_put_back(violation, message))


def _put_back(violation: Violation, message: Message) -> Notice:
    facts: dict[str, Fact] = {
        "name": violation.name,
        "by": violation.decided_by,
        "at": message.at,
        "text": message.text,
        "media": message.media,
        "file_id": message.file_id,
    }
    key = f"{violation.subject}|restored|{message.message}"
    return Notice(RESTORED, ToGroup(violation.group), facts, subject=violation.subject, key=key)


def tell_cleared(uow: UnitOfWork, violation: Violation) -> None:
    if violation.reachable:
        facts = {"by": violation.decided_by, "group": uow.groups.get(violation.group).title}
        uow.notices.tell(Notice(CLEARED, ToAccount(violation.account), facts, subject=violation.subject))
