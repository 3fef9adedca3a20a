"""Complaints, their messages and steps, and the counters of their numbers (P43)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.complaints.model import (
    Complaint,
    Content,
    Direction,
    Intake,
    IntakeId,
    Message,
    NewComplaint,
    Step,
    Trace,
    Verdict,
)
from core.errors import NotFound
from core.ids import AccountId, ComplaintId, GroupId, PersonId
from storage.base import Base, Json, UtcDateTime, table


class ComplaintCounterRow(Base):
    """The last running number given in a month."""

    __tablename__ = "complaint_counters"
    month: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    last: Mapped[int]


class ComplaintRow(Base):
    __tablename__ = "complaints"
    __table_args__ = (sa.UniqueConstraint("month", "running"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(4))
    running: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    account: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    customer: Mapped[str] = mapped_column(sa.String(140))
    phone: Mapped[str] = mapped_column(sa.String(40), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    severity: Mapped[str] = mapped_column(sa.String(10))
    is_complaint: Mapped[bool]
    about_product: Mapped[bool]
    text: Mapped[str] = mapped_column(sa.Text)
    product: Mapped[Any] = mapped_column(Json)
    step: Mapped[str] = mapped_column(sa.String(12), index=True)
    round: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(sa.String(10))
    accepted: Mapped[bool | None]
    owner: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    registered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    group: Mapped[int | None] = mapped_column("group_id", sa.ForeignKey("groups.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_reply_due: Mapped[datetime] = mapped_column(UtcDateTime)
    handle_due: Mapped[datetime] = mapped_column(UtcDateTime)
    close_due: Mapped[datetime] = mapped_column(UtcDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    basis: Mapped[Any | None] = mapped_column(Json)


class ComplaintIntakeRow(Base):
    __tablename__ = "complaint_intakes"
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled: Mapped[bool]


class ComplaintMessageRow(Base):
    __tablename__ = "complaint_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint: Mapped[int | None] = mapped_column("complaint_id", sa.ForeignKey("complaints.id"), index=True)
    intake: Mapped[int | None] = mapped_column("intake_id", sa.ForeignKey("complaint_intakes.id"), index=True)
    direction: Mapped[str] = mapped_column(sa.String(5))
    text: Mapped[str] = mapped_column(sa.Text)
    media: Mapped[str] = mapped_column(sa.String(12))
    file: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(sa.String(140))


class ComplaintStepRow(Base):
    __tablename__ = "complaint_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint: Mapped[int] = mapped_column("complaint_id", sa.ForeignKey("complaints.id"), index=True)
    round: Mapped[int]
    step: Mapped[str] = mapped_column(sa.String(40))
    by: Mapped[str] = mapped_column(sa.String(140))
    note: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_K, _T, _I = table(ComplaintCounterRow), table(ComplaintRow), table(ComplaintIntakeRow)
_M, _S = table(ComplaintMessageRow), table(ComplaintStepRow)
CLOSED = Step.CLOSED


def _next_running() -> dict[str, Any]:
    """Count up, or begin above the highest number there is, in one statement."""
    first: dict[str, Any] = {"month": sa.bindparam("month"), "last": sa.bindparam("first")}
    made: dict[str, Any] = {}
    inserts: tuple[tuple[str, Any], ...] = (("sqlite", sqlite.insert(_K)), ("postgresql", postgresql.insert(_K)))
    for dialect, insert in inserts:
        lowest = sa.bindparam("first", type_=sa.Integer)
        following = sa.case((_K.c.last + 1 > lowest, _K.c.last + 1), else_=lowest)
        put = insert.values(**first).on_conflict_do_update(index_elements=["month"], set_={"last": following})
        made[dialect] = put.returning(_K.c.last)
    return made


_HIGHEST = sa.select(sa.func.max(_T.c.running)).where(_T.c.month == sa.bindparam("m"))
_NEXT = _next_running()
_ADD = sa.insert(_T).returning(_T.c.id)
_GET = sa.select(_T).where(_T.c.id == sa.bindparam("row"))
_BY_NUMBER = sa.select(_T).where(_T.c.number == sa.bindparam("no"))
_OF_ACCOUNT = sa.select(_T).where(_T.c.account == sa.bindparam("acc")).order_by(_T.c.id.desc())
_OF_PHONE = (
    sa.select(_T.c.account)
    .where(_T.c.phone == sa.bindparam("digits"), _T.c.account.is_not(None))
    .order_by(_T.c.id.desc())
    .limit(1)
)
_OPEN = sa.select(_T).where(_T.c.step != CLOSED).order_by(_T.c.id)
_LOAD = (
    sa.select(_T.c.owner, sa.func.count()).where(_T.c.step != CLOSED, _T.c.owner.is_not(None)).group_by(_T.c.owner)
)
_ONE = sa.update(_T).where(_T.c.id == sa.bindparam("row"))
_HAND_OVER = _ONE.where(
    _T.c.owner.is_not_distinct_from(sa.bindparam("before", type_=sa.Integer)), _T.c.step != CLOSED
).values(owner=sa.bindparam("after"))
_MOVE = _ONE.where(
    _T.c.step == sa.bindparam("was_step"),
    _T.c.round == sa.bindparam("was_round"),
    _T.c.accepted.is_not_distinct_from(sa.bindparam("was_accepted", type_=sa.Boolean)),
).values(
    step=sa.bindparam("to_step"),
    round=sa.bindparam("to_round"),
    verdict=sa.bindparam("to_verdict"),
    accepted=sa.bindparam("to_accepted"),
    handled_at=sa.bindparam("to_handled"),
    closed_at=sa.bindparam("to_closed"),
    handle_due=sa.bindparam("to_handle_due"),
    close_due=sa.bindparam("to_close_due"),
)
_REPLIED = _ONE.values(first_reply_at=sa.bindparam("replied"))
_DUE = _ONE.values(handle_due=sa.bindparam("handle"), close_due=sa.bindparam("close"))
_PRODUCT = _ONE.values(product=sa.bindparam("fields"))
_PHONE = _ONE.values(phone=sa.bindparam("digits"))
_TEXT = _ONE.values(text=sa.bindparam("words"))
_URGE = _ONE.where(
    _T.c.step != CLOSED, sa.or_(_T.c.urged_at.is_(None), _T.c.urged_at <= sa.bindparam("not_after"))
).values(urged_at=sa.bindparam("now"))
_SAY = sa.insert(_M).returning(_M.c.id)
_MESSAGES = sa.select(_M).where(_M.c.complaint_id == sa.bindparam("of")).order_by(_M.c.id)
_WAITING = sa.select(_M).where(_M.c.intake_id == sa.bindparam("of")).order_by(_M.c.id)
_STEP = sa.insert(_S)
_TRAIL = sa.select(_S).where(_S.c.complaint_id == sa.bindparam("of")).order_by(_S.c.id)
_INTAKE = sa.select(_I).where(_I.c.id == sa.bindparam("row"))
_OPEN_INTAKE = sa.select(_I).where(_I.c.account == sa.bindparam("acc"), sa.not_(_I.c.settled))
_NEW_INTAKE = sa.insert(_I).returning(_I.c.id)
_SETTLE = sa.update(_I).where(_I.c.id == sa.bindparam("row"), sa.not_(_I.c.settled)).values(settled=True)
_GIVE = sa.update(_M).where(_M.c.intake_id == sa.bindparam("of")).values(complaint_id=sa.bindparam("to"))


def complaint_from(row: Any) -> Complaint:
    return Complaint(
        ComplaintId(row.id),
        row.number,
        None if row.account is None else AccountId(row.account),
        row.customer,
        row.phone,
        row.kind,
        row.severity,
        row.is_complaint,
        row.about_product,
        row.text,
        row.product,
        Step(row.step),
        row.round,
        None if row.verdict is None else Verdict(row.verdict),
        row.accepted,
        None if row.owner is None else PersonId(row.owner),
        None if row.registered_by is None else PersonId(row.registered_by),
        None if row.group_id is None else GroupId(row.group_id),
        row.created_at,
        row.first_reply_due,
        row.handle_due,
        row.close_due,
        row.first_reply_at,
        row.handled_at,
        row.closed_at,
        row.urged_at,
        row.basis,
    )


def message_from(row: Any) -> Message:
    return Message(
        None if row.complaint_id is None else ComplaintId(row.complaint_id),
        Direction(row.direction),
        Content(row.text, row.media, row.file),
        row.at,
        row.by,
        row.id,
    )


def intake_from(row: Any) -> Intake:
    return Intake(IntakeId(row.id), AccountId(row.account), row.opened_at, row.settled)


class SqlComplaints:
    """Complaints within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Complaint]:
        return [complaint_from(row) for row in self._c.execute(statement, values)]

    def _update(self, statement: sa.Update, complaint: ComplaintId, **values: object) -> bool:
        return bool(self._c.execute(statement, {"row": complaint, **values}).rowcount)

    def next_running(self, month: str) -> int:
        highest = self._c.execute(_HIGHEST, {"m": month}).scalar() or 0
        values = {"month": month, "first": highest + 1}
        return int(self._c.execute(_NEXT[self._c.dialect.name], values).scalar_one())

    def add(self, new: NewComplaint) -> Complaint:
        values = {
            "month": new.month,
            "running": new.running,
            "number": new.number,
            "account": new.account,
            "customer": new.customer,
            "phone": new.phone,
            "kind": new.kind,
            "severity": new.severity,
            "is_complaint": new.is_complaint,
            "about_product": new.about_product,
            "text": new.text,
            "product": {},
            "step": Step.REGISTERED,
            "round": 1,
            "owner": new.owner,
            "registered_by": new.registered_by,
            "group_id": new.group,
            "created_at": new.created_at,
            "first_reply_due": new.first_reply_due,
            "handle_due": new.handle_due,
            "close_due": new.close_due,
            "basis": new.basis,
        }
        return self.get(ComplaintId(self._c.execute(_ADD, values).scalar_one()))

    def get(self, complaint: ComplaintId) -> Complaint:
        found = self._many(_GET, row=complaint)
        if not found:
            raise NotFound("complaint", str(complaint))
        return found[0]

    def by_number(self, number: str) -> Complaint | None:
        return next(iter(self._many(_BY_NUMBER, no=number)), None)

    def of_account(self, account: AccountId) -> list[Complaint]:
        return self._many(_OF_ACCOUNT, acc=account)

    def account_of_phone(self, phone: str) -> AccountId | None:
        found = self._c.execute(_OF_PHONE, {"digits": phone}).scalar()
        return None if found is None else AccountId(found)

    def open_cases(self) -> list[Complaint]:
        return self._many(_OPEN)

    def load(self) -> Mapping[PersonId, int]:
        return {PersonId(owner): int(count) for owner, count in self._c.execute(_LOAD)}

    def hand_over(self, complaint: ComplaintId, before: PersonId | None, after: PersonId) -> bool:
        return self._update(_HAND_OVER, complaint, before=before, after=after)

    def move(self, before: Complaint, after: Complaint) -> bool:
        return self._update(
            _MOVE,
            before.id,
            was_step=before.step,
            was_round=before.round,
            was_accepted=before.accepted,
            to_step=after.step,
            to_round=after.round,
            to_verdict=after.verdict,
            to_accepted=after.accepted,
            to_handled=after.handled_at,
            to_closed=after.closed_at,
            to_handle_due=after.handle_due,
            to_close_due=after.close_due,
        )

    def note_first_reply(self, complaint: ComplaintId, at: datetime | None) -> None:
        self._update(_REPLIED, complaint, replied=at)

    def set_due(self, complaint: ComplaintId, handle_due: datetime, close_due: datetime) -> None:
        self._update(_DUE, complaint, handle=handle_due, close=close_due)

    def set_product(self, complaint: ComplaintId, product: Mapping[str, str]) -> None:
        self._update(_PRODUCT, complaint, fields=dict(product))

    def set_phone(self, complaint: ComplaintId, phone: str) -> None:
        self._update(_PHONE, complaint, digits=phone)

    def set_text(self, complaint: ComplaintId, text: str) -> None:
        self._update(_TEXT, complaint, words=text)

    def urge(self, complaint: ComplaintId, at: datetime, not_after: datetime) -> bool:
        return self._update(_URGE, complaint, now=at, not_after=not_after)

    def add_message(self, message: Message, intake: IntakeId | None = None) -> int:
        values = {
            "complaint_id": message.complaint,
            "intake_id": intake,
            "direction": message.direction,
            "text": message.content.text,
            "media": message.content.media,
            "file": message.content.file,
            "at": message.at,
            "by": message.by,
        }
        return int(self._c.execute(_SAY, values).scalar_one())

    def messages(self, complaint: ComplaintId) -> list[Message]:
        return [message_from(row) for row in self._c.execute(_MESSAGES, {"of": complaint})]

    def waiting(self, intake: IntakeId) -> list[Message]:
        return [message_from(row) for row in self._c.execute(_WAITING, {"of": intake})]

    def add_step(self, complaint: ComplaintId, trace: Trace) -> None:
        values = {
            "complaint_id": complaint,
            "round": trace.round,
            "step": trace.step,
            "by": trace.by,
            "note": trace.note,
            "at": trace.at,
        }
        self._c.execute(_STEP, values)

    def trail(self, complaint: ComplaintId) -> list[Trace]:
        rows = self._c.execute(_TRAIL, {"of": complaint})
        return [Trace(row.round, row.step, row.by, row.note, row.at) for row in rows]

    def open_intake(self, account: AccountId) -> Intake | None:
        row = self._c.execute(_OPEN_INTAKE, {"acc": account}).first()
        return None if row is None else intake_from(row)

    def intake(self, intake: IntakeId) -> Intake:
        row = self._c.execute(_INTAKE, {"row": intake}).first()
        if row is None:
            raise NotFound("intake", str(intake))
        return intake_from(row)

    def add_intake(self, account: AccountId, at: datetime) -> Intake:
        values = {"account": account, "opened_at": at, "settled": False}
        return self.intake(IntakeId(self._c.execute(_NEW_INTAKE, values).scalar_one()))

    def settle(self, intake: IntakeId, complaint: ComplaintId | None) -> bool:
        if self._c.execute(_SETTLE, {"row": intake}).rowcount == 0:
            return False
        self._c.execute(_GIVE, {"of": intake, "to": complaint})
        return True
