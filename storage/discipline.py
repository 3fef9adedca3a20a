"""Violations with their evidence, and what is forbidden and allowed by chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.acts import ActState
from core.discipline.judging import Listed
from core.discipline.model import Message, Sighting, State, Violation
from core.discipline.posts import Category
from core.errors import NotFound
from core.ids import AccountId, GroupId, MessageId, PersonId, ViolationId
from storage.base import Base, UtcDateTime, insert_ignoring, table

LISTS = "discipline"  # touched when what is forbidden or allowed by chat changes


class ViolationRow(Base):
    __tablename__ = "violations"
    __table_args__ = (sa.Index("ix_violations_sender", "group_id", "account_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id"))
    account_id: Mapped[int] = mapped_column(sa.BigInteger)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(140))
    reachable: Mapped[bool]
    category: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[str] = mapped_column(sa.String(10))
    found: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    muted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expelled: Mapped[bool]
    decided_by: Mapped[str] = mapped_column(sa.String(140))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ViolationMessageRow(Base):
    __tablename__ = "violation_messages"
    __table_args__ = (sa.UniqueConstraint("violation_id", "message_id", "mark"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    violation_id: Mapped[int] = mapped_column(sa.ForeignKey("violations.id"))
    message_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    mark: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text)
    media: Mapped[str] = mapped_column(sa.String(12))
    file_id: Mapped[str] = mapped_column(sa.String(200))
    removal: Mapped[str | None] = mapped_column(sa.String(10))


class ListedRow(Base):
    """A word, domain or channel that is forbidden or allowed by chat; `group_id` 0 is the whole company."""

    __tablename__ = "listed"
    __table_args__ = (sa.UniqueConstraint("group_id", "kind", "text"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[str] = mapped_column(sa.String(200))
    allows: Mapped[bool]
    category: Mapped[str] = mapped_column(sa.String(12))
    by: Mapped[str] = mapped_column(sa.String(140))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_V, _M, _L = table(ViolationRow), table(ViolationMessageRow), table(ListedRow)
_GET = sa.select(_V).where(_V.c.id == sa.bindparam("row"))
_OF_MESSAGE = (
    sa.select(_V)
    .join(_M, _M.c.violation_id == _V.c.id)
    .where(
        _V.c.group_id == sa.bindparam("place"),
        _M.c.message_id == sa.bindparam("message"),
        _M.c.mark == sa.bindparam("edit"),
    )
)
_LATEST = (
    sa.select(_V)
    .where(
        _V.c.group_id == sa.bindparam("place"),
        _V.c.account_id == sa.bindparam("acc"),
        _V.c.last_at >= sa.bindparam("since"),
    )
    .order_by(_V.c.id.desc())
    .limit(1)
)
_MESSAGES = sa.select(_M).where(_M.c.violation_id == sa.bindparam("row")).order_by(_M.c.id)
_PUT_MESSAGE = insert_ignoring(ViolationMessageRow, on=["violation_id", "message_id", "mark"])
_GO_ON = sa.update(_V).where(_V.c.id == sa.bindparam("row")).values(last_at=sa.bindparam("until"))
_SETTLE_MESSAGE = (
    sa.update(_M)
    .where(_M.c.violation_id == sa.bindparam("row"), _M.c.message_id == sa.bindparam("message"))
    .values(removal=sa.bindparam("became"))
)
_ASK_REMOVAL = sa.update(_M).where(_M.c.violation_id == sa.bindparam("row")).values(removal=ActState.PENDING)
_DECIDE = (
    sa.update(_V)
    .where(_V.c.id == sa.bindparam("row"), _V.c.state == sa.bindparam("seen"))
    .values(state=sa.bindparam("becomes"), decided_by=sa.bindparam("who"), decided_at=sa.bindparam("when"))
)
_MUTE = sa.update(_V).where(_V.c.id == sa.bindparam("row")).values(muted_until=sa.bindparam("until"))
_EXPEL = (
    sa.update(_V)
    .where(_V.c.id == sa.bindparam("row"), _V.c.expelled.is_(False))
    .values(expelled=True, decided_by=sa.bindparam("who"), decided_at=sa.bindparam("when"))
)
_COUNT = (
    sa.select(sa.func.count())
    .select_from(_V)
    .where(
        _V.c.group_id == sa.bindparam("place"),
        _V.c.account_id == sa.bindparam("acc"),
        _V.c.state == State.REMOVED,
        _V.c.at >= sa.bindparam("since"),
    )
)
_RECENT = (
    sa.select(_V)
    .where(_V.c.group_id.in_(sa.bindparam("places", expanding=True)), _V.c.at >= sa.bindparam("since"))
    .order_by(_V.c.id.desc())
)
_ENTER = insert_ignoring(ListedRow, on=["group_id", "kind", "text"])


def violation_from(row: Any) -> Violation:
    return Violation(
        ViolationId(row.id),
        GroupId(row.group_id),
        AccountId(row.account_id),
        None if row.person_id is None else PersonId(row.person_id),
        row.name,
        row.reachable,
        Category(row.category),
        row.kind,
        row.found,
        State(row.state),
        row.at,
        row.last_at,
        row.muted_until,
        row.expelled,
        row.decided_by,
        row.decided_at,
    )


def message_from(row: Any) -> Message:
    return Message(
        MessageId(row.message_id),
        row.mark,
        row.at,
        row.text,
        row.media,
        row.file_id,
        None if row.removal is None else ActState(row.removal),
    )


def listed_from(row: Any) -> Listed:
    group = GroupId(row.group_id) if row.group_id else None
    return Listed(row.id, group, row.kind, row.text, row.allows, Category(row.category), row.by)


class SqlViolations:
    """The violations within one unit of work."""

    def __init__(self, connection: sa.Connection, touched: set[str]) -> None:
        self._c, self._touched = connection, touched

    def _one(self, statement: sa.Select[Any], **values: object) -> Violation | None:
        row = self._c.execute(statement, values).first()
        return None if row is None else violation_from(row)

    def add(self, sighting: Sighting, state: State, at: datetime) -> Violation:
        values = {
            "group_id": sighting.group,
            "account_id": sighting.account,
            "person_id": sighting.person,
            "name": sighting.name,
            "reachable": sighting.reachable,
            "category": sighting.finding.category,
            "kind": sighting.finding.kind,
            "found": sighting.finding.found[:200],
            "state": state,
            "at": at,
            "last_at": at,
            "expelled": False,
            "decided_by": "",
        }
        added = self._c.execute(sa.insert(_V).values(values).returning(_V.c.id)).scalar_one()
        return self.get(ViolationId(added))

    def add_message(self, violation: ViolationId, sighting: Sighting, at: datetime, *, removing: bool) -> None:
        values = {
            "violation_id": violation,
            "message_id": sighting.message,
            "mark": sighting.mark,
            "at": at,
            "text": sighting.post.text,
            "media": sighting.post.media,
            "file_id": sighting.post.file_id,
            "removal": ActState.PENDING if removing else None,
        }
        self._c.execute(_PUT_MESSAGE[self._c.dialect.name], values)
        self._c.execute(_GO_ON, {"row": violation, "until": at})

    def get(self, violation: ViolationId) -> Violation:
        found = self._one(_GET, row=violation)
        if found is None:
            raise NotFound("violation", str(violation))
        return found

    def of_message(self, group: GroupId, message: MessageId, mark: int) -> Violation | None:
        return self._one(_OF_MESSAGE, place=group, message=message, edit=mark)

    def latest(self, group: GroupId, account: AccountId, since: datetime) -> Violation | None:
        return self._one(_LATEST, place=group, acc=account, since=since)

    def messages(self, violation: ViolationId) -> list[Message]:
        return [message_from(row) for row in self._c.execute(_MESSAGES, {"row": violation})]

    def settle_message(self, violation: ViolationId, message: MessageId, became: ActState) -> None:
        self._c.execute(_SETTLE_MESSAGE, {"row": violation, "message": message, "became": became})

    def ask_removal(self, violation: ViolationId) -> None:
        self._c.execute(_ASK_REMOVAL, {"row": violation})

    def decide(self, violation: ViolationId, seen: State, becomes: State, by: str, at: datetime) -> bool:
        values = {"row": violation, "seen": seen, "becomes": becomes, "who": by, "when": at}
        return bool(self._c.execute(_DECIDE, values).rowcount)

    def mute(self, violation: ViolationId, until: datetime | None) -> None:
        self._c.execute(_MUTE, {"row": violation, "until": until})

    def expel(self, violation: ViolationId, by: str, at: datetime) -> bool:
        return bool(self._c.execute(_EXPEL, {"row": violation, "who": by, "when": at}).rowcount)

    def count_removed(self, group: GroupId, account: AccountId, since: datetime) -> int:
        return int(self._c.execute(_COUNT, {"place": group, "acc": account, "since": since}).scalar_one())

    def recent(self, groups: Sequence[GroupId], since: datetime, state: State | None = None) -> list[Violation]:
        found = [violation_from(row) for row in self._c.execute(_RECENT, {"places": list(groups), "since": since})]
        return [one for one in found if state in (None, one.state)]

    def listed(self) -> list[Listed]:
        return [listed_from(row) for row in self._c.execute(sa.select(_L).order_by(_L.c.id))]

    def enter(
        self, group: GroupId | None, kind: str, text: str, allows: bool, category: Category, by: str, at: datetime
    ) -> bool:
        self._touched.add(LISTS)
        same = (_L.c.group_id == (group or 0), _L.c.kind == kind, _L.c.text == text)
        self._c.execute(sa.delete(_L).where(*same, _L.c.allows.is_not(allows)))
        values = {
            "group_id": group or 0,
            "kind": kind,
            "text": text,
            "allows": allows,
            "category": category,
            "by": by,
            "at": at,
        }
        return bool(self._c.execute(_ENTER[self._c.dialect.name], values).rowcount)

    def strike(self, listed: int) -> Listed | None:
        self._touched.add(LISTS)
        row = self._c.execute(sa.delete(_L).where(_L.c.id == listed).returning(_L)).first()
        return None if row is None else listed_from(row)
