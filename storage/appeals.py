"""Appeals against entries of the ledger, and what was given to support them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import AppealId, EntryId, PersonId
from core.ledger import UNDECIDED, Appeal, AppealState, Ending, Item
from storage.base import Base, Json, UtcDateTime, next_number, table

_NOT_WITHDRAWN = sa.text("state != 'withdrawn'")


class AppealRow(Base):
    """An appeal. At one instance there is one that was not withdrawn."""

    __tablename__ = "appeals"
    __table_args__ = (
        sa.Index(
            "uq_appeals_case_instance",
            "case_id",
            "instance",
            unique=True,
            sqlite_where=_NOT_WITHDRAWN,
            postgresql_where=_NOT_WITHDRAWN,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger.id"))
    instance: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(12))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    passed: Mapped[Any] = mapped_column(Json)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    again_by: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppealItemRow(Base):
    """One thing given. Rows are inserted, never changed."""

    __tablename__ = "appeal_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(sa.ForeignKey("appeals.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    text: Mapped[str] = mapped_column(sa.Text)
    file: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_T, _I = table(AppealRow), table(AppealItemRow)
_CONFLICT: dict[str, Any] = {"index_elements": ["case_id", "instance"], "index_where": _NOT_WITHDRAWN}
_NUMBER = next_number(AppealRow)
_FILE = {
    "sqlite": sqlite.insert(AppealRow).values(_NUMBER).on_conflict_do_nothing(**_CONFLICT),
    "postgresql": postgresql.insert(AppealRow).values(_NUMBER).on_conflict_do_nothing(**_CONFLICT),
}
_GET = sa.select(_T).where(_T.c.id == sa.bindparam("row"))
_OF_CASE = sa.select(_T).where(_T.c.case_id == sa.bindparam("head")).order_by(_T.c.id)
_UNDECIDED = _T.c.state.in_([state.value for state in UNDECIDED])
_OF_PERSON = sa.select(_T).where(_T.c.person_id == sa.bindparam("who"), _UNDECIDED).order_by(_T.c.id)
_TO_DECIDE = (
    sa.select(_T)
    .where(_T.c.decider_id == sa.bindparam("who"), _T.c.state == AppealState.OPEN.value)
    .order_by(_T.c.id)
)
_ITEMS = sa.select(_I).where(_I.c.appeal_id == sa.bindparam("row")).order_by(_I.c.id)
_SUBMIT = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.state == AppealState.COLLECTING.value)
    .values(state=AppealState.OPEN.value, submitted_at=sa.bindparam("since"))
)
_ASSIGN = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"))
    .values(decider_id=sa.bindparam("who"), passed=sa.bindparam("before", type_=Json))
)
_END = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.state.in_(sa.bindparam("was", expanding=True)))
    .values(
        state=sa.bindparam("becomes"),
        ended_at=sa.bindparam("at_end"),
        decided_by=sa.bindparam("who"),
        reason=sa.bindparam("why"),
        again_by=sa.bindparam("again"),
    )
)


def appeal_from(row: Any) -> Appeal:
    return Appeal(
        AppealId(row.id),
        EntryId(row.case_id),
        row.instance,
        PersonId(row.person_id),
        AppealState(row.state),
        row.filed_at,
        row.submitted_at,
        None if row.decider_id is None else PersonId(row.decider_id),
        tuple(PersonId(one) for one in row.passed),
        None if row.decided_by is None else PersonId(row.decided_by),
        row.ended_at,
        row.reason,
        row.again_by,
    )


def item_from(row: Any) -> Item:
    return Item(row.kind, row.text, row.file, row.at)


class SqlAppeals:
    """The appeals within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def file(self, case: EntryId, instance: int, person: PersonId, at: datetime) -> Appeal | None:
        values = {
            "case_id": case,
            "instance": instance,
            "person_id": person,
            "state": AppealState.COLLECTING.value,
            "filed_at": at,
            "passed": [],
            "reason": "",
        }
        if self._c.execute(_FILE[self._c.dialect.name], values).rowcount == 0:
            return None
        return self.of_case(case)[-1]

    def get(self, appeal: AppealId) -> Appeal:
        row = self._c.execute(_GET, {"row": appeal}).first()
        if row is None:
            raise NotFound("appeal", str(appeal))
        return appeal_from(row)

    def of_case(self, case: EntryId) -> list[Appeal]:
        return [appeal_from(row) for row in self._c.execute(_OF_CASE, {"head": case})]

    def of_person(self, person: PersonId) -> list[Appeal]:
        return [appeal_from(row) for row in self._c.execute(_OF_PERSON, {"who": person})]

    def to_decide(self, decider: PersonId) -> list[Appeal]:
        return [appeal_from(row) for row in self._c.execute(_TO_DECIDE, {"who": decider})]

    def add_item(self, appeal: AppealId, item: Item) -> None:
        values = {"appeal_id": appeal, "kind": item.kind, "text": item.text, "file": item.file, "at": item.at}
        self._c.execute(sa.insert(_I), values)

    def items(self, appeal: AppealId) -> list[Item]:
        return [item_from(row) for row in self._c.execute(_ITEMS, {"row": appeal})]

    def submit(self, appeal: AppealId, at: datetime) -> bool:
        return bool(self._c.execute(_SUBMIT, {"row": appeal, "since": at}).rowcount)

    def assign(self, appeal: AppealId, decider: PersonId | None, passed: Collection[PersonId]) -> None:
        self._c.execute(_ASSIGN, {"row": appeal, "who": decider, "before": list(passed)})

    def end(self, appeal: AppealId, was: Collection[AppealState], ending: Ending) -> bool:
        values = {
            "row": appeal,
            "was": [state.value for state in was],
            "becomes": ending.state.value,
            "at_end": ending.at,
            "who": ending.by,
            "why": ending.reason,
            "again": ending.again_by,
        }
        return bool(self._c.execute(_END, values).rowcount)
