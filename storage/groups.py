"""Bound groups. The chat's id stands here alone, so that a migration changes one row (P45)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.groups import Group, Purpose
from core.ids import ChatId, DepartmentId, GroupId
from storage.base import Base, UtcDateTime, Words, table, upsert


class GroupRow(Base):
    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    title: Mapped[str] = mapped_column(sa.String(140))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    purposes: Mapped[Any] = mapped_column(Words)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bound: Mapped[bool]


_T = table(GroupRow)


def _select() -> sa.Select[Any]:
    departments = sa.table("departments", sa.column("id"), sa.column("name"))
    return sa.select(_T, departments.c.name.label("department_name")).outerjoin(
        departments, departments.c.id == _T.c.department_id
    )


_ALL = _select().where(_T.c.bound).order_by(_T.c.id)
_GET = _select().where(_T.c.id == sa.bindparam("row"))
_AT = _select().where(_T.c.chat_id == sa.bindparam("chat"), _T.c.bound)
_SAVE = upsert(GroupRow, on=["chat_id"], update=["title", "department_id", "purposes", "bound_at", "bound"])
_REMOVE = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(bound=False)
_MIGRATE = sa.update(_T).where(_T.c.chat_id == sa.bindparam("old")).values(chat_id=sa.bindparam("new"))


def group_from(row: Any) -> Group:
    return Group(
        GroupId(row.id),
        ChatId(row.chat_id),
        row.title,
        None if row.department_id is None else DepartmentId(row.department_id),
        row.department_name or "",
        frozenset(Purpose(purpose) for purpose in row.purposes),
        row.bound_at,
    )


class SqlGroups:
    """The bound groups within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def get(self, group: GroupId) -> Group:
        row = self._c.execute(_GET, {"row": group}).first()
        if row is None:
            raise NotFound("group", str(group))
        return group_from(row)

    def at(self, chat: ChatId) -> Group | None:
        row = self._c.execute(_AT, {"chat": chat}).first()
        return None if row is None else group_from(row)

    def all(self) -> list[Group]:
        return [group_from(row) for row in self._c.execute(_ALL)]

    def save(
        self,
        chat: ChatId,
        title: str,
        department: DepartmentId | None,
        purposes: Collection[Purpose],
        at: datetime,
    ) -> Group:
        self._c.execute(
            _SAVE[self._c.dialect.name],
            {
                "chat_id": chat,
                "title": title,
                "department_id": department,
                "purposes": sorted(purposes),
                "bound_at": at,
                "bound": True,
            },
        )
        saved = self.at(chat)
        if saved is None:
            raise NotFound("group", str(chat))
        return saved

    def remove(self, group: GroupId) -> None:
        self._c.execute(_REMOVE, {"row": group})

    def migrate(self, old: ChatId, new: ChatId) -> bool:
        if self.at(new) is not None:
            return False  # told twice: by the old chat and by the new one
        return bool(self._c.execute(_MIGRATE, {"old": old, "new": new}).rowcount)
