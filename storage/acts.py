"""Acts wait here from the commit that asked for them until the platform has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.acts import Act, ActKind, ActState, NewAct
from core.ids import AccountId, ActId, ChatId, GroupId, MessageId
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.groups import GroupRow


class ActRow(Base):
    __tablename__ = "acts"
    __table_args__ = (
        sa.Index(
            "ix_acts_pending",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id"))
    subject: Mapped[str] = mapped_column(sa.String(60))
    message_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    account_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10))
    error: Mapped[str | None] = mapped_column(sa.Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_T, _G = table(ActRow), table(GroupRow)
_PUT = insert_ignoring(ActRow, on=["key"])
_PENDING = (
    sa.select(_T, _G.c.chat_id)
    .join(_G, _G.c.id == _T.c.group_id)
    .where(sa.text("acts.state = 'pending'"))
    .order_by(_T.c.id)
    .limit(200)
)
_SETTLE = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.state == ActState.PENDING)
    .values(state=sa.bindparam("becomes"), error=sa.bindparam("why"), done_at=sa.bindparam("at"))
)


def act_from(row: Any) -> Act:
    return Act(
        ActId(row.id),
        ActKind(row.kind),
        GroupId(row.group_id),
        row.subject,
        None if row.message_id is None else MessageId(row.message_id),
        None if row.account_id is None else AccountId(row.account_id),
        row.until,
        ActState(row.state),
    )


class SqlActs:
    """The acts within one unit of work."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._c, self._now = connection, now

    def ask(self, act: NewAct) -> None:
        self._c.execute(
            _PUT[self._c.dialect.name],
            {
                "key": act.key,
                "kind": act.kind,
                "group_id": act.group,
                "subject": act.subject,
                "message_id": act.message,
                "account_id": act.account,
                "until": act.until,
                "state": ActState.PENDING,
                "asked_at": self._now,
            },
        )

    # As the hands see them

    def pending(self) -> list[tuple[Act, ChatId]]:
        """What is to be done, oldest first, with the chat it is to be done in."""
        return [(act_from(row), ChatId(row.chat_id)) for row in self._c.execute(_PENDING)]

    def settle(self, act: Act, state: ActState, why: str | None) -> Act | None:
        """Write back what became of an act; None where that is known already."""
        done = self._c.execute(_SETTLE, {"row": act.id, "becomes": state, "why": why, "at": self._now})
        return replace(act, state=state) if done.rowcount else None
