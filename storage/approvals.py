"""Requests for approval, who decides, their trace and files, and delegations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.approvals.model import (
    ALL,
    Approval,
    Decider,
    Delegation,
    Event,
    File,
    Happening,
    Kind,
    NewApproval,
    Note,
    Slice,
    Standing,
    State,
    Step,
)
from core.errors import NotFound
from core.ids import AccountId, ApprovalId, DeciderId, DelegationId, PersonId
from storage.base import Base, Json, UtcDateTime, next_number, table
from storage.people import DepartmentRow, PersonRow, label_of

OPEN_ONLY = sa.text("state = 'open'")
WAITING_ONLY = sa.text("standing = 'waiting'")


class ApprovalRow(Base):
    __tablename__ = "approvals"
    __table_args__ = (
        sa.Index(
            "uq_approvals_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=OPEN_ONLY,
            postgresql_where=OPEN_ONLY,
        ),
        sa.Index("ix_approvals_requester", "requester_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    requester_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    account_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    subject: Mapped[str] = mapped_column(sa.String(60))
    amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.Text)
    facts: Mapped[Any] = mapped_column(Json)
    steps: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(10))
    step: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_seconds: Mapped[int | None]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class DeciderRow(Base):
    __tablename__ = "approval_deciders"
    __table_args__ = (
        sa.Index(
            "ix_approval_deciders_waiting",
            "acting_id",
            sqlite_where=WAITING_ONLY,
            postgresql_where=WAITING_ONLY,
        ),
        sa.Index("ix_approval_deciders_acting", "acting_id", "settled_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(sa.ForeignKey("approvals.id"), index=True)
    step: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    acting_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    standing: Mapped[str] = mapped_column(sa.String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text)
    questioned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApprovalEventRow(Base):
    __tablename__ = "approval_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(sa.ForeignKey("approvals.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(sa.String(12))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    whose_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.Text)


class ApprovalFileRow(Base):
    __tablename__ = "approval_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(sa.ForeignKey("approvals.id"), index=True)
    media: Mapped[str] = mapped_column(sa.String(12))
    file: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DelegationRow(Base):
    __tablename__ = "delegations"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


_A, _S, _E, _F, _G = (
    table(ApprovalRow),
    table(DeciderRow),
    table(ApprovalEventRow),
    table(ApprovalFileRow),
    table(DelegationRow),
)
_P, _D = table(PersonRow), table(DepartmentRow)


_FILES_OF = sa.select(sa.func.count()).where(_F.c.approval_id == _A.c.id).scalar_subquery().label("files")
_APPROVALS = sa.select(
    _A, label_of(_A.c.requester_id, "requester_label"), label_of(_A.c.settled_by_id, "settler"), _FILES_OF
)
_SKIP: sa.BindParameter[Any] = sa.bindparam("skip")
_MOST: sa.BindParameter[Any] = sa.bindparam("most")
_WHO: sa.BindParameter[Any] = sa.bindparam("who")
_IS_OPEN = _A.c.state == State.OPEN
_IS_WAITING = _S.c.standing == Standing.WAITING
_HAS_DECIDED = _S.c.standing.in_([Standing.APPROVED, Standing.REJECTED])


def _with_say(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(_S.c.approval_id == _A.c.id, *conditions)


_GET = _APPROVALS.where(_A.c.id == sa.bindparam("row"))
_OF_DECIDER = sa.select(_S.c.approval_id).where(_S.c.id == sa.bindparam("row"))
_OPEN_ON = _APPROVALS.where(_A.c.kind == sa.bindparam("sort"), _A.c.subject == sa.bindparam("about"), _IS_OPEN)
_OPEN_FROM = _APPROVALS.where(_A.c.account_id == sa.bindparam("acc"), _IS_OPEN)
_ALL_OPEN = _APPROVALS.where(_IS_OPEN).order_by(_A.c.id)
_WAITS = _with_say(_IS_WAITING, _S.c.acting_id == _WHO)
_DECIDED = _with_say(_HAS_DECIDED, _S.c.acting_id == _WHO)
_WAITING_FOR = (
    _APPROVALS.where(_IS_OPEN, _WAITS)
    .order_by(sa.func.coalesce(_A.c.due_at, _A.c.asked_at), _A.c.id)
    .limit(_MOST)
    .offset(_SKIP)
)
_OF_RIGHT = _APPROVALS.where(
    _IS_OPEN, _with_say(_IS_WAITING, sa.or_(_S.c.acting_id == _WHO, _S.c.person_id == _WHO))
).order_by(_A.c.id)
_ASKED_BY = (
    _APPROVALS.where(_A.c.requester_id == _WHO)
    .order_by(sa.case((_IS_OPEN, 0), else_=1), _A.c.id.desc())
    .limit(_MOST)
    .offset(_SKIP)
)
_DECIDED_BY = _APPROVALS.where(_DECIDED).order_by(_A.c.id.desc()).limit(_MOST).offset(_SKIP)
_COUNTS = sa.select(
    sa.select(sa.func.count()).select_from(_A).where(_IS_OPEN, _WAITS).scalar_subquery().label("waiting"),
    sa.select(sa.func.count()).select_from(_A).where(_A.c.requester_id == _WHO).scalar_subquery().label("mine"),
    sa.select(sa.func.count()).select_from(_A).where(_DECIDED).scalar_subquery().label("decided"),
)
_SAYS = (
    sa.select(_S, label_of(_S.c.person_id, "label"), label_of(_S.c.acting_id, "acting_label"))
    .where(_S.c.approval_id.in_(sa.bindparam("approvals", expanding=True)))
    .order_by(_S.c.id)
)
_NUMBER = next_number(ApprovalRow)
_ADD: dict[str, Any] = {
    "sqlite": sqlite.insert(_A).values(_NUMBER).on_conflict_do_nothing().returning(_A.c.id),
    "postgresql": postgresql.insert(_A).values(_NUMBER).on_conflict_do_nothing().returning(_A.c.id),
}
_AT_THIS_STEP = (
    sa.select(_A.c.id).where(_A.c.id == _S.c.approval_id, _A.c.step == _S.c.step, _IS_OPEN).correlate(_S).exists()
)
_MY_SAY = (_S.c.id == sa.bindparam("row"), _IS_WAITING, _S.c.acting_id == sa.bindparam("by"))
_DECIDE = (
    sa.update(_S)
    .where(*_MY_SAY, _AT_THIS_STEP)
    .values(
        standing=sa.bindparam("becomes"),
        reason=sa.bindparam("words"),
        settled_at=sa.bindparam("at"),
        questioned_at=None,
    )
)
_RELEASE = (
    sa.update(_S)
    .where(_S.c.id == sa.bindparam("row"), _IS_WAITING)
    .values(standing=sa.bindparam("becomes"), settled_at=sa.bindparam("at"), questioned_at=None)
)
_QUESTION = (
    sa.update(_S)
    .where(*_MY_SAY, _S.c.questioned_at.is_(None), _AT_THIS_STEP)
    .values(question=sa.bindparam("words"), questioned_at=sa.bindparam("at"))
)
_UNQUESTION = (
    sa.update(_S)
    .where(_S.c.id == sa.bindparam("row"), _IS_WAITING, _S.c.questioned_at.is_not(None))
    .values(questioned_at=None)
)
_ENTER = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"), _A.c.step == sa.bindparam("seen"), _IS_OPEN)
    .values(step=sa.bindparam("becomes"))
)
_CLOCK = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"))
    .values(due_at=sa.bindparam("due"), left_seconds=sa.bindparam("rest"))
)
_SETTLE = (
    sa.update(_A)
    .where(_A.c.id == sa.bindparam("row"), _IS_OPEN)
    .values(
        state=sa.bindparam("becomes"),
        settled_at=sa.bindparam("at"),
        settled_by_id=sa.bindparam("by"),
        due_at=None,
        left_seconds=None,
    )
)
_EVENTS = (
    sa.select(_E, label_of(_E.c.by_id, "by"), label_of(_E.c.whose_id, "whose"), label_of(_E.c.to_id, "to"))
    .where(_E.c.approval_id == sa.bindparam("of"))
    .order_by(_E.c.id)
)
_FILES = sa.select(_F.c.media, _F.c.file).where(_F.c.approval_id == sa.bindparam("of")).order_by(_F.c.id)
_DELEGATIONS = sa.select(_G, label_of(_G.c.person_id, "label"), label_of(_G.c.to_id, "to_label"))
_DELEGATION = _DELEGATIONS.where(_G.c.id == sa.bindparam("row"))
_HOLDS = (
    _DELEGATIONS.where(
        _G.c.person_id == _WHO, _G.c.starts_at <= sa.bindparam("at"), _G.c.ends_at > sa.bindparam("at")
    )
    .order_by(_G.c.id.desc())
    .limit(1)
)
_STANDING = _DELEGATIONS.where(_G.c.person_id == _WHO, _G.c.ends_at > sa.bindparam("at")).order_by(_G.c.starts_at)
_END = (
    sa.update(_G)
    .where(_G.c.id == sa.bindparam("row"), _G.c.ends_at > sa.bindparam("at"))
    .values(ends_at=sa.bindparam("at"))
)


def decider_from(row: Any) -> Decider:
    return Decider(
        DeciderId(row.id),
        row.step,
        PersonId(row.person_id),
        row.label,
        PersonId(row.acting_id),
        row.acting_label,
        Standing(row.standing),
        row.since,
        row.settled_at,
        row.reason,
        row.question,
        row.questioned_at,
    )


def approval_from(row: Any, deciders: Sequence[Decider]) -> Approval:
    return Approval(
        ApprovalId(row.id),
        Kind(row.kind),
        PersonId(row.requester_id),
        row.requester_label,
        None if row.account_id is None else AccountId(row.account_id),
        row.subject,
        row.amount,
        row.reason,
        row.facts,
        State(row.state),
        row.step,
        tuple(Step.read(step) for step in row.steps),
        row.asked_at,
        row.due_at,
        None if row.left_seconds is None else timedelta(seconds=row.left_seconds),
        row.settled_at,
        None if row.settled_by_id is None else PersonId(row.settled_by_id),
        row.settler,
        row.files,
        tuple(deciders),
    )


def delegation_from(row: Any) -> Delegation:
    return Delegation(
        DelegationId(row.id),
        PersonId(row.person_id),
        row.label,
        PersonId(row.to_id),
        row.to_label,
        row.starts_at,
        row.ends_at,
    )


class SqlApprovals:
    """The requests within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Approval]:
        rows = self._c.execute(statement, values).all()
        says: dict[int, list[Decider]] = {row.id: [] for row in rows}
        if rows:
            for say in self._c.execute(_SAYS, {"approvals": list(says)}):
                says[say.approval_id].append(decider_from(say))
        return [approval_from(row, says[row.id]) for row in rows]

    def add(self, new: NewApproval, at: datetime) -> Approval | None:
        values = {
            "kind": new.kind,
            "requester_id": new.requester,
            "account_id": new.account,
            "subject": new.subject,
            "amount": new.amount,
            "reason": new.reason,
            "facts": dict(new.facts),
            "steps": [step.written() for step in new.steps],
            "state": State.OPEN,
            "step": 0,
            "asked_at": at,
        }
        added = self._c.execute(_ADD[self._c.dialect.name], values).scalar()
        return None if added is None else self.get(ApprovalId(added))

    def get(self, approval: ApprovalId) -> Approval:
        found = self._many(_GET, row=approval)
        if not found:
            raise NotFound("approval", str(approval))
        return found[0]

    def of_decider(self, decider: DeciderId) -> Approval:
        found = self._c.execute(_OF_DECIDER, {"row": decider}).scalar()
        if found is None:
            raise NotFound("approval", "")
        return self.get(ApprovalId(found))

    def open_on(self, kind: Kind, subject: str) -> Approval | None:
        return next(iter(self._many(_OPEN_ON, sort=kind, about=subject)), None)

    def open_from(self, account: AccountId) -> Approval | None:
        return next(iter(self._many(_OPEN_FROM, acc=account)), None)

    def add_decider(self, approval: ApprovalId, step: int, person: PersonId, acting: PersonId, at: datetime) -> None:
        values = {
            "approval_id": approval,
            "step": step,
            "person_id": person,
            "acting_id": acting,
            "standing": Standing.WAITING,
            "since": at,
            "reason": "",
            "question": "",
        }
        self._c.execute(sa.insert(_S), values)

    def decide(self, decider: DeciderId, by: PersonId, how: Standing, reason: str, at: datetime) -> bool:
        values = {"row": decider, "by": by, "becomes": how, "words": reason, "at": at}
        return bool(self._c.execute(_DECIDE, values).rowcount)

    def release(self, decider: DeciderId, how: Standing, at: datetime) -> bool:
        return bool(self._c.execute(_RELEASE, {"row": decider, "becomes": how, "at": at}).rowcount)

    def question(self, decider: DeciderId, by: PersonId, text: str, at: datetime) -> bool:
        return bool(self._c.execute(_QUESTION, {"row": decider, "by": by, "words": text, "at": at}).rowcount)

    def unquestion(self, decider: DeciderId) -> bool:
        return bool(self._c.execute(_UNQUESTION, {"row": decider}).rowcount)

    def enter(self, approval: ApprovalId, seen: int, step: int) -> bool:
        return bool(self._c.execute(_ENTER, {"row": approval, "seen": seen, "becomes": step}).rowcount)

    def set_clock(self, approval: ApprovalId, due_at: datetime | None, left: timedelta | None) -> None:
        rest = None if left is None else int(left.total_seconds())
        self._c.execute(_CLOCK, {"row": approval, "due": due_at, "rest": rest})

    def settle(self, approval: ApprovalId, state: State, by: PersonId | None, at: datetime) -> bool:
        return bool(self._c.execute(_SETTLE, {"row": approval, "becomes": state, "by": by, "at": at}).rowcount)

    def note(self, approval: ApprovalId, note: Note, at: datetime) -> None:
        values = {
            "approval_id": approval,
            "at": at,
            "what": note.what,
            "by_id": note.by,
            "whose_id": note.whose,
            "to_id": note.to,
            "text": note.text,
        }
        self._c.execute(sa.insert(_E), values)

    def events(self, approval: ApprovalId) -> list[Event]:
        rows = self._c.execute(_EVENTS, {"of": approval})
        return [Event(row.at, Happening(row.what), row.by, row.whose, row.to, row.text) for row in rows]

    def attach(self, approval: ApprovalId, file: File, at: datetime) -> None:
        values = {"approval_id": approval, "media": file.media, "file": file.file, "at": at}
        self._c.execute(sa.insert(_F), values)

    def files(self, approval: ApprovalId) -> list[File]:
        return [File(row.media, row.file) for row in self._c.execute(_FILES, {"of": approval})]

    def waiting_for(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        return self._many(_WAITING_FOR, who=person, skip=part.skip, most=part.most)

    def of_right(self, person: PersonId) -> list[Approval]:
        return self._many(_OF_RIGHT, who=person)

    def asked_by(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        return self._many(_ASKED_BY, who=person, skip=part.skip, most=part.most)

    def decided_by(self, person: PersonId, part: Slice = ALL) -> list[Approval]:
        return self._many(_DECIDED_BY, who=person, skip=part.skip, most=part.most)

    def counts(self, person: PersonId) -> tuple[int, int, int]:
        row = self._c.execute(_COUNTS, {"who": person}).one()
        return row.waiting, row.mine, row.decided

    def open(self) -> list[Approval]:
        return self._many(_ALL_OPEN)

    def delegate(self, person: PersonId, to: PersonId, starts_at: datetime, ends_at: datetime) -> Delegation:
        values = {"person_id": person, "to_id": to, "starts_at": starts_at, "ends_at": ends_at}
        added = self._c.execute(sa.insert(_G).values(values).returning(_G.c.id)).scalar_one()
        return self.delegation(DelegationId(added))

    def delegation(self, delegation: DelegationId) -> Delegation:
        row = self._c.execute(_DELEGATION, {"row": delegation}).first()
        if row is None:
            raise NotFound("delegation", str(delegation))
        return delegation_from(row)

    def delegation_of(self, person: PersonId, at: datetime) -> Delegation | None:
        row = self._c.execute(_HOLDS, {"who": person, "at": at}).first()
        return None if row is None else delegation_from(row)

    def delegations_of(self, person: PersonId, since: datetime) -> list[Delegation]:
        return [delegation_from(row) for row in self._c.execute(_STANDING, {"who": person, "at": since})]

    def end_delegation(self, delegation: DelegationId, at: datetime) -> bool:
        return bool(self._c.execute(_END, {"row": delegation, "at": at}).rowcount)
