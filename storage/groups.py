"""Bound groups and the guests in them. The chat's id stands here alone, so that a migration changes one row (P45)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.groups import Group, Guest, Purpose
from core.ids import AccountId, ChatId, DepartmentId, GroupId, GuestId
from storage.base import Base, UtcDateTime, Words, insert_ignoring, table, upsert
from storage.compiled import Compiled
from storage.memory import Memory


class GroupRow(Base):
    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    title: Mapped[str] = mapped_column(sa.String(140))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    purposes: Mapped[Any] = mapped_column(Words)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bound: Mapped[bool]


class GuestRow(Base):
    __tablename__ = "guests"
    __table_args__ = (sa.UniqueConstraint("group_id", "account_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id"))
    account_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    name: Mapped[str] = mapped_column(sa.String(140))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    listed_on: Mapped[str] = mapped_column(sa.String(10), server_default="")


class MemberRow(Base):
    """Who was seen to join or to leave a group. Whoever was there before the bot has no row."""

    __tablename__ = "members"
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_self: Mapped[bool]  # left of their own accord


_T, _U, _M = table(GroupRow), table(GuestRow), table(MemberRow)


def _select() -> sa.Select[Any]:
    departments = sa.table("departments", sa.column("id"), sa.column("name"))
    return sa.select(_T, departments.c.name.label("department_name")).outerjoin(
        departments, departments.c.id == _T.c.department_id
    )


_ALL = _select().where(_T.c.bound).order_by(_T.c.id)
_GET = Compiled(_select().where(_T.c.id == sa.bindparam("row")))
_AT = _select().where(_T.c.chat_id == sa.bindparam("chat"), _T.c.bound)
_SAVE = upsert(GroupRow, on=["chat_id"], update=["title", "department_id", "purposes", "bound_at", "bound"])
_REMOVE = sa.update(_T).where(_T.c.id == sa.bindparam("row")).values(bound=False)
_RENAME = sa.update(_T).where(_T.c.chat_id == sa.bindparam("chat")).values(title=sa.bindparam("called"))
_MOVE = sa.update(_T).where(_T.c.chat_id == sa.bindparam("old")).values(chat_id=sa.bindparam("new"))
_IS_BOUND = sa.select(_T.c.bound).where(_T.c.id == sa.bindparam("row"))
_GUEST = sa.select(_U).where(_U.c.id == sa.bindparam("row"))
_GUEST_IN = sa.select(_U).where(_U.c.group_id == sa.bindparam("in_group"), _U.c.account_id == sa.bindparam("acc"))
_MEET = insert_ignoring(GuestRow, on=["group_id", "account_id"])
_MEMBER_HERE = (_M.c.group_id == sa.bindparam("place"), _M.c.account_id == sa.bindparam("acc"))
_MEMBER = sa.select(_M).where(*_MEMBER_HERE)
_ENTER = insert_ignoring(MemberRow, on=["group_id", "account_id"])
_COME_BACK = (
    sa.update(_M)
    .where(*_MEMBER_HERE, _M.c.left_at.is_not(None))
    .values(joined_at=sa.bindparam("at"), left_at=None, by_self=False)
)
_GO = (
    sa.update(_M)
    .where(*_MEMBER_HERE, _M.c.left_at.is_(None))
    .values(left_at=sa.bindparam("at"), by_self=sa.bindparam("own"))
)
_LIST = (
    sa.update(_U)
    .where(_U.c.group_id == sa.bindparam("place"), _U.c.asked_at <= sa.bindparam("until"), _U.c.listed_on == "")
    .values(listed_on=sa.bindparam("day"))
)
_ON_LIST = (
    sa.select(_U)
    .where(_U.c.group_id == sa.bindparam("place"), _U.c.listed_on == sa.bindparam("day"))
    .order_by(_U.c.id)
)
_NOWHERE = 0  # no chat has this id


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


def guest_from(row: Any) -> Guest:
    return Guest(
        GuestId(row.id), GroupId(row.group_id), AccountId(row.account_id), row.name, row.asked_at, row.listed_on
    )


class SqlGroups:
    """The bound groups within one unit of work."""

    def __init__(self, connection: sa.Connection, memory: Memory) -> None:
        self._c, self._memory = connection, memory

    def get(self, group: GroupId) -> Group:
        row = _GET.first(self._c, {"row": group})
        if row is None:
            raise NotFound("group", str(group))
        return group_from(row)

    def at(self, chat: ChatId) -> Group | None:
        row = self._c.execute(_AT, {"chat": chat}).first()
        return None if row is None else group_from(row)

    def all(self) -> list[Group]:
        def read() -> tuple[Group, ...]:
            return tuple(group_from(row) for row in self._c.execute(_ALL))

        return list(self._memory.recall(_ALL, read))

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

    def rename(self, chat: ChatId, title: str) -> None:
        self._c.execute(_RENAME, {"chat": chat, "called": title})

    def migrate(self, old: ChatId, new: ChatId) -> GroupId | None:
        group = self.at(old)
        if group is None:
            return None  # told twice, by the old chat and by the new one
        if self.at(new) is not None:
            self.remove(group.id)  # the new chat was bound by hand before the move was told
            return None
        # A former binding of the new chat changes places with the group's: chats' ids are unique.
        for source, target in ((new, _NOWHERE), (old, new), (_NOWHERE, old)):
            self._c.execute(_MOVE, {"old": source, "new": target})
        return group.id

    def is_bound(self, group: GroupId) -> bool:
        return bool(self._c.execute(_IS_BOUND, {"row": group}).scalar())

    def guest(self, guest: GuestId) -> Guest | None:
        row = self._c.execute(_GUEST, {"row": guest}).first()
        return None if row is None else guest_from(row)

    def guest_in(self, group: GroupId, account: AccountId) -> Guest | None:
        row = self._c.execute(_GUEST_IN, {"in_group": group, "acc": account}).first()
        return None if row is None else guest_from(row)

    def add_guest(self, group: GroupId, account: AccountId, name: str, at: datetime) -> Guest | None:
        values = {"group_id": group, "account_id": account, "name": name, "asked_at": at}
        added = self._c.execute(_MEET[self._c.dialect.name], values)
        return self.guest_in(group, account) if added.rowcount else None

    def joined_at(self, group: GroupId, account: AccountId) -> datetime | None:
        row = self._c.execute(_MEMBER, {"place": group, "acc": account}).first()
        found: datetime | None = None if row is None else row.joined_at
        return found

    def note_joined(self, group: GroupId, account: AccountId, at: datetime) -> datetime | None:
        before = self._c.execute(_MEMBER, {"place": group, "acc": account}).first()
        values = {"group_id": group, "account_id": account, "joined_at": at, "left_at": None, "by_self": False}
        if before is None:
            self._c.execute(_ENTER[self._c.dialect.name], values)
            return None
        left: datetime | None = before.left_at if before.by_self else None
        self._c.execute(_COME_BACK, {"place": group, "acc": account, "at": at})
        return left

    def note_left(self, group: GroupId, account: AccountId, at: datetime, *, by_self: bool) -> bool:
        values = {"group_id": group, "account_id": account, "joined_at": None, "left_at": at, "by_self": by_self}
        if self._c.execute(_ENTER[self._c.dialect.name], values).rowcount:
            return True
        return bool(self._c.execute(_GO, {"place": group, "acc": account, "at": at, "own": by_self}).rowcount)

    def put_on_list(self, group: GroupId, asked_until: datetime, day: str) -> int:
        return int(self._c.execute(_LIST, {"place": group, "until": asked_until, "day": day}).rowcount)

    def on_list(self, group: GroupId, day: str) -> list[Guest]:
        return [guest_from(row) for row in self._c.execute(_ON_LIST, {"place": group, "day": day})]

    def forget_guests(self, account: AccountId | None, group: GroupId | None) -> list[Guest]:
        statement = sa.delete(_U).returning(_U)
        if account is not None:
            statement = statement.where(_U.c.account_id == account)
        if group is not None:
            statement = statement.where(_U.c.group_id == group)
        return [guest_from(row) for row in self._c.execute(statement).all()]
