"""What waits for somebody, what they asked for, what they decided; and one request with its trace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.access import ANYONE, STAFF, Actor, Role, permits
from core.approvals.asking import is_own
from core.approvals.model import Approval, Decider, Event, File, Slice
from core.approvals.telling import facts_of
from core.errors import NotFound
from core.ids import ApprovalId, MessageId
from core.notices import Fact, ToAccount, ToPerson

if TYPE_CHECKING:
    from core.ports import UnitOfWork

A_PAGE = 5
SUBJECT = "approval:"


class Tab(StrEnum):
    """The three lists."""

    WAITING = "waiting"
    MINE = "mine"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `counts` of all three, in the order of `Tab`."""

    tab: Tab
    items: tuple[Approval, ...]
    page: int
    pages: int
    counts: tuple[int, int, int]


@permits(*STAFF)
def listed(uow: UnitOfWork, actor: Actor, tab: Tab, page: int = 0) -> Page:
    """A page of one of the lists; one past the end is the last."""
    counts = uow.approvals.counts(actor.staff_id)
    pages = max(1, -(-counts[list(Tab).index(tab)] // A_PAGE))
    page = min(page, pages - 1)
    question = {
        Tab.WAITING: uow.approvals.waiting_for,
        Tab.MINE: uow.approvals.asked_by,
        Tab.DECIDED: uow.approvals.decided_by,
    }[tab]
    found = question(actor.staff_id, Slice(page * A_PAGE, A_PAGE))
    return Page(tab, tuple(found), page, pages, counts)


@dataclass(frozen=True, slots=True)
class Detail:
    """A request as somebody may see it: `mine` is their open say, `own` whether they asked for it."""

    approval: Approval
    facts: dict[str, Fact]
    events: tuple[Event, ...]
    files: tuple[File, ...]
    mine: Decider | None
    own: bool


@permits(*ANYONE)
def detail(uow: UnitOfWork, actor: Actor, approval_id: ApprovalId) -> Detail:
    """A request with its trace and files: for whoever asked, whoever decides or decided, and administrators.

    Raises NotFound (P41).
    """
    approval = uow.approvals.get(approval_id)
    if not may_see(actor, approval):
        raise NotFound("approval", str(approval_id))
    return Detail(
        approval,
        facts_of(uow, approval),
        tuple(uow.approvals.events(approval_id)),
        tuple(uow.approvals.files(approval_id)),
        approval.waits_for(actor.person),
        is_own(actor, approval),
    )


def may_see(actor: Actor, approval: Approval) -> bool:
    """Whether it is somebody's to see: theirs, theirs to decide now or before, or an administrator's."""
    return is_own(actor, approval) or approval.concerns(actor.person) or actor.has(Role.ADMIN)


@permits(*ANYONE)
def replied_to(uow: UnitOfWork, actor: Actor, message: MessageId) -> Approval | None:
    """The request that a message in the actor's chat is about, found by its id alone (P44)."""
    to = ToPerson(actor.person) if actor.person is not None else ToAccount(actor.account)
    subject = uow.notices.subject_at(to, message) or ""
    if not subject.startswith(SUBJECT):
        return None
    approval = uow.approvals.get(ApprovalId(int(subject.removeprefix(SUBJECT))))
    return approval if is_own(actor, approval) or approval.concerns(actor.person) else None
