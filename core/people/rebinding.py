"""A person with a new phone asks for their record from the new account; once it is approved the old account is off
(ORG-1)."""

from __future__ import annotations

from core import approvals
from core.access import ANYONE, Actor, permits
from core.approvals import Approval, AskedBefore, File, Kind, State, on_decision
from core.errors import NotFound
from core.notices import Fact, Notice, ToPerson, kind
from core.people.links import bind_account
from core.people.register import AccountTaken, Person
from core.ports import UnitOfWork

ASKED = kind("people.rebind_asked")  # to the account that stands for the person so far


@permits(*ANYONE)
def ask_rebind(
    uow: UnitOfWork, actor: Actor, number: str, name: str, account_name: str, username: str, file: File | None = None
) -> Approval:
    """Say from another account who one is, by staff number and name; whoever approves checks it in person. The old
    account is told, and can stop it.

    One answer for everything that does not fit, so that nobody can try out who works here (OPS-2). Raises NotFound,
    AccountTaken, AskedBefore, NoChain, NoApprover.
    """
    person = _claimed(uow, number, name)
    bound = uow.people.by_account(actor.account)
    if bound is not None:
        raise AccountTaken(bound.label)
    before = uow.approvals.open_from(actor.account)
    if before is not None:
        raise AskedBefore(Kind.REBIND, before.id, before.asked_at)
    uow.people.see_account(actor.account, account_name, username, opened=True)
    facts: dict[str, Fact] = {
        "account": actor.account,
        "name": account_name,
        "username": username,
        "number": person.number,
    }
    files = [file] if file else []
    asked = approvals.ask(
        uow, Kind.REBIND, person.id, f"rebind:{person.id}", None, "", facts, files=files, account=actor.account
    )
    uow.notices.tell(Notice(ASKED, ToPerson(person.id), {**facts, "approval": asked.id}, asked.key))
    return asked


def _claimed(uow: UnitOfWork, number: str, name: str) -> Person:
    person = uow.people.by_number(number.strip())
    if person is None or not person.is_staff or name.strip() not in (person.name, person.label):
        raise NotFound("staff record", number)
    return person


@on_decision(Kind.REBIND)
def rebind_decided(uow: UnitOfWork, approval: Approval) -> None:
    """The new account stands for the person; the old one is told that it does not. Raises AccountTaken."""
    if approval.state is not State.APPROVED or approval.account is None:
        return
    bound = uow.people.by_account(approval.account)
    if bound is not None and bound.id != approval.requester:
        raise AccountTaken(bound.label)
    person = uow.people.get(approval.requester)
    uow.people.void_invites(person.id)
    told = {one.acting for one in approval.deciders}
    bind_account(uow, approval.account, person, [one for one in uow.people.admins() if one.id not in told])
