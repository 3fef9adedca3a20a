"""Members of work groups who come and go: leaving of one's own accord is recorded (ORG-4)."""

from __future__ import annotations

from collections.abc import Sequence

from core import ledger
from core.access import Actor, Role, permits
from core.groups.guests import ask_names, forget
from core.groups.model import BACK, GONE, LEAVING, Group, managers_of
from core.ids import AccountId, ChatId, PersonId
from core.notices import Fact, Notice, NoticeKind, ToPerson
from core.people import Person, superior_of
from core.ports import UnitOfWork


@permits(Role.SYSTEM)
def joined(uow: UnitOfWork, actor: Actor, chat: ChatId, people: Sequence[tuple[AccountId, str]]) -> None:
    """Accounts joined a work group: guests are asked for their names, and the managers learn who came back."""
    group = uow.groups.at(chat)
    if group is None:
        return
    for account, _ in people:
        left_at = uow.groups.note_joined(group.id, account, uow.now)
        person = uow.people.by_account(account)
        if left_at is not None and person is not None and person.is_active:
            _tell(uow, BACK, group, person, {"left_at": left_at})
    ask_names(uow, group.id, people)


@permits(Role.SYSTEM)
def gone(uow: UnitOfWork, actor: Actor, chat: ChatId, account: AccountId, by_self: bool) -> None:
    """Somebody is in a group no more: a guest is not waited for; staff who left of their own accord have broken a
    rule. Whoever was removed, or is leaving the company, has not."""
    group = uow.groups.at(chat)
    if group is None:
        return
    forget(uow, uow.groups.forget_guests(account, group.id))
    fresh = uow.groups.note_left(group.id, account, uow.now, by_self=by_self)
    person = uow.people.by_account(account)
    if fresh and by_self and person is not None and person.is_active:
        _record(uow, group, person)


def _record(uow: UnitOfWork, group: Group, person: Person) -> None:
    cost = uow.rulebook.groups.leaving_sanction
    subject = f"group:{group.id}"
    evidence: dict[str, Fact] = {"group": group.title, "at": uow.now.isoformat()}
    ledger.sanction(uow, person.id, LEAVING, cost, subject, evidence, f"left|{group.id}|{uow.now.isoformat()}")
    _tell(uow, GONE, group, person, {"in_force": uow.rulebook.clause(LEAVING).in_force})


def _tell(uow: UnitOfWork, kind: NoticeKind, group: Group, person: Person, more: dict[str, Fact]) -> None:
    for receiver in _receivers(uow, group, person):
        facts = {"label": person.label, "title": group.title, "at": uow.now, **more}
        notice = Notice(kind, ToPerson(receiver), facts, subject=f"group:{group.id}", clause=LEAVING)
        uow.notices.tell(notice)


def _receivers(uow: UnitOfWork, group: Group, person: Person) -> list[PersonId]:
    """Who answers for the group; of a manager's own leaving, the next one above."""
    managers = [manager.id for manager in managers_of(uow, group) if manager.id != person.id]
    superior = superior_of(uow, person)
    return managers or ([superior.id] if superior else [])
