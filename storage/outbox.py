"""The outbox: notices wait here from the commit that made them until the platform has taken them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.ids import AccountId, ChatId, GroupId, MessageId, NoticeId, PersonId
from core.notices import (
    Delivery,
    Facts,
    Notice,
    NoticeKind,
    NoticeState,
    Receiver,
    ToAccount,
    ToGroup,
    ToPerson,
    Urgency,
)
from core.quiet import can_wait
from storage.base import ALL, Base, Json, UtcDateTime, in_slices, insert_ignoring, table, upsert
from storage.compiled import Compiled
from storage.groups import GroupRow
from storage.people import AccountRow


class NoticeRow(Base):
    __tablename__ = "notices"
    __table_args__ = (
        sa.Index(
            "ix_notices_pending",
            "id",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index("ix_notices_subject", "subject", "kind"),
        sa.Index("ix_notices_message", "to_id", "message_id"),
        sa.Index(
            "ix_notices_card",
            "card",
            "to_kind",
            "to_id",
            sqlite_where=sa.text("state = 'pending' AND card IS NOT NULL"),
            postgresql_where=sa.text("state = 'pending' AND card IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    to_kind: Mapped[str] = mapped_column(sa.String(8))
    to_id: Mapped[int] = mapped_column(sa.BigInteger)
    subject: Mapped[str] = mapped_column(sa.String(60))
    facts: Mapped[Any] = mapped_column(Json)
    clause: Mapped[str | None] = mapped_column(sa.String(40))
    rulebook_version: Mapped[str | None] = mapped_column(sa.String(20))
    card: Mapped[str | None] = mapped_column(sa.String(80))
    urgency: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scheduled: Mapped[bool] = mapped_column(server_default=sa.text("false"))  # the clock brought it about
    state: Mapped[str] = mapped_column(sa.String(12))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    error: Mapped[str | None] = mapped_column(sa.Text)


class CardRow(Base):
    """Which message shows a card to a receiver."""

    __tablename__ = "cards"
    card: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    to_kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    to_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.BigInteger, index=True)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A pending notice with what is needed to send it. `chat` is None where there is no way to the receiver."""

    id: NoticeId
    kind: NoticeKind
    to: Receiver
    chat: ChatId | None
    language: str | None
    facts: Facts
    subject: str
    clause: str | None
    version: str | None
    card: str | None
    card_message: MessageId | None
    urgency: Urgency
    created_at: datetime
    held: bool


Route = Callable[[Notice], list[Notice]]  # to whom it goes in fact


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when what can wait is held back, and whether it is the clock that brings notices about (P19)."""

    until: datetime | None
    scheduled: bool


PENDING_ONLY = sa.text("notices.state = 'pending'")  # written out: a partial index does not fit a parameter
_N, _C, _A, _G = table(NoticeRow), table(CardRow), table(AccountRow), table(GroupRow)
_PUT = Compiled(
    insert_ignoring(NoticeRow, on=["key"]),
    [
        "key",
        "kind",
        "to_kind",
        "to_id",
        "subject",
        "facts",
        "clause",
        "rulebook_version",
        "card",
        "urgency",
        "created_at",
        "not_before",
        "scheduled",
        "state",
    ],
)
_SUPERSEDE = Compiled(
    sa.update(_N)
    .where(
        _N.c.card == sa.bindparam("c"),
        _N.c.to_kind == sa.bindparam("tk"),
        _N.c.to_id == sa.bindparam("ti"),
        PENDING_ONLY,
    )
    .values(state=NoticeState.SUPERSEDED)
)
_PENDING = (
    sa.select(
        _N,
        _C.c.message_id.label("card_message"),
        _A.c.id.label("account_id"),
        _A.c.reachable,
        _A.c.language,
        _G.c.chat_id.label("group_chat"),
    )
    .outerjoin(_C, (_C.c.card == _N.c.card) & (_C.c.to_kind == _N.c.to_kind) & (_C.c.to_id == _N.c.to_id))
    .outerjoin(
        _A,
        ((_N.c.to_kind == "person") & (_A.c.person_id == _N.c.to_id))
        | ((_N.c.to_kind == "account") & (_A.c.id == _N.c.to_id)),
    )
    .outerjoin(_G, (_N.c.to_kind == "group") & (_G.c.id == _N.c.to_id) & _G.c.bound)
    .where(
        PENDING_ONLY,
        sa.or_(_N.c.not_before.is_(None), _N.c.not_before <= sa.bindparam("at")),
        _N.c.id > sa.bindparam("after"),
    )
    .order_by(_N.c.id)
    .limit(500)
)
_NEXT = sa.select(sa.func.min(_N.c.not_before)).where(PENDING_ONLY, _N.c.not_before > sa.bindparam("at"))
_SETTLE = Compiled(
    sa.update(_N)
    .where(_N.c.id == sa.bindparam("row"))
    .values(
        state=sa.bindparam("becomes"),
        sent_at=sa.bindparam("at"),
        message_id=sa.bindparam("message"),
        error=sa.bindparam("why"),
    )
)
_CARD = upsert(CardRow, on=["card", "to_kind", "to_id"], update=["message_id"])
_SHOWN = sa.select(_C.c.message_id).where(
    _C.c.card == sa.bindparam("c"), _C.c.to_kind == sa.bindparam("tk"), _C.c.to_id == sa.bindparam("ti")
)
_CARD_AT = sa.select(_C.c.card).where(
    _C.c.to_kind == sa.bindparam("tk"), _C.c.to_id == sa.bindparam("ti"), _C.c.message_id == sa.bindparam("m")
)
_SUBJECT_AT = (
    sa.select(_N.c.subject)
    .where(_N.c.to_kind == sa.bindparam("tk"), _N.c.to_id == sa.bindparam("ti"), _N.c.message_id == sa.bindparam("m"))
    .order_by(_N.c.id.desc())
    .limit(1)
)
_FORGET_HELD = (
    sa.update(_N)
    .where(_N.c.subject == sa.bindparam("about"), PENDING_ONLY, _N.c.scheduled, _N.c.not_before > sa.bindparam("at"))
    .values(state=NoticeState.SUPERSEDED)
)
_FORGET = sa.delete(_C).where(_C.c.to_kind == sa.bindparam("tk"), _C.c.to_id == sa.bindparam("ti"))
_FORGET_MESSAGES = (
    sa.update(_N)
    .where(_N.c.to_kind == sa.bindparam("tk"), _N.c.to_id == sa.bindparam("ti"), _N.c.message_id.is_not(None))
    .values(message_id=None)
)
_DELIVERIES = (
    sa.select(_N.c.id, _N.c.state, _N.c.sent_at, _N.c.message_id)
    .where(
        _N.c.subject == sa.bindparam("about"),
        _N.c.kind == sa.bindparam("k"),
        _N.c.to_kind == sa.bindparam("tk"),
        _N.c.to_id == sa.bindparam("ti"),
    )
    .order_by(_N.c.id.desc())
)
_OLD = (_N.c.state != NoticeState.PENDING, _N.c.created_at < sa.bindparam("before"))
_LAST_OLD = sa.select(sa.func.max(_N.c.id)).where(*_OLD)
_PURGE = in_slices(_N, *_OLD)


def _address(to: Receiver) -> tuple[str, int]:
    match to:
        case ToPerson(id):
            return "person", id
        case ToGroup(id):
            return "group", id
        case ToAccount(id):
            return "account", id


def _receiver(kind: str, number: int) -> Receiver:
    match kind:
        case "person":
            return ToPerson(PersonId(number))
        case "group":
            return ToGroup(GroupId(number))
        case _:
            return ToAccount(AccountId(number))


def _chat(row: Any) -> ChatId | None:
    if row.to_kind == "group":
        return None if row.group_chat is None else ChatId(row.group_chat)
    return ChatId(row.account_id) if row.account_id is not None and row.reachable else None


def outgoing_from(row: Any) -> Outgoing:
    return Outgoing(
        NoticeId(row.id),
        NoticeKind(row.kind),
        _receiver(row.to_kind, row.to_id),
        _chat(row),
        row.language,
        row.facts,
        row.subject,
        row.clause,
        row.rulebook_version,
        row.card,
        None if row.card_message is None else MessageId(row.card_message),
        Urgency(row.urgency),
        row.created_at,
        row.not_before is not None,
    )


class SqlNotices:
    """The outbox within one unit of work."""

    def __init__(self, connection: sa.Connection, now: datetime, version: str, hold: Hold, route: Route) -> None:
        self._c, self._now, self._version, self._hold, self._route = connection, now, version, hold, route

        self._told: list[dict[str, Any]] = []  # still to be written: a unit's notices go together
        self._shown: dict[tuple[str, str, int], dict[str, Any]] = {}  # the cards among them

    def tell(self, notice: Notice) -> None:
        for one in self._route(notice):
            self._put(one)

    def write(self) -> None:
        """Have what was told in the outbox; before it is asked for, and at the end of the unit."""
        if self._shown:
            _SUPERSEDE.later(self._c, *self._shown.values())
        if self._told:
            _PUT.later(self._c, *self._told)
        self._told, self._shown = [], {}

    def _put(self, notice: Notice) -> None:
        to_kind, to_id = _address(notice.to)
        if notice.card is not None:
            card = notice.card, to_kind, to_id
            if card in self._shown:
                self.write()  # a picture of it that this one takes the place of
            self._shown[card] = {"c": notice.card, "tk": to_kind, "ti": to_id}
        self._told.append(
            {
                "key": f"{notice.key}|{to_kind}:{to_id}" if notice.key else None,
                "kind": notice.kind,
                "to_kind": to_kind,
                "to_id": to_id,
                "subject": notice.subject,
                "facts": dict(notice.facts),
                "clause": notice.clause,
                "rulebook_version": self._version if notice.clause is not None else None,
                "card": notice.card,
                "urgency": notice.urgency,
                "created_at": self._now,
                "not_before": self._not_before(notice, to_kind, to_id),
                "scheduled": self._hold.scheduled,
                "state": NoticeState.PENDING,
            },
        )

    def _not_before(self, notice: Notice, to_kind: str, to_id: int) -> datetime | None:
        """When it may leave: what can wait, at the end of the quiet hours (P19). An edit wakes nobody."""
        quiet = self._hold.until
        if quiet is None or not can_wait(notice, scheduled=self._hold.scheduled):
            return notice.not_before
        shown = {"c": notice.card, "tk": to_kind, "ti": to_id}
        if notice.card is not None and self._c.execute(_SHOWN, shown).first() is not None:
            return notice.not_before
        return max(quiet, notice.not_before or quiet)

    def forget_held(self, subject: str) -> None:
        """Leave out what rings of this subject said in the quiet hours and nobody has read yet (P15)."""
        self.write()
        self._c.execute(_FORGET_HELD, {"about": subject, "at": self._now})

    def deliveries(self, subject: str, kind: NoticeKind, to: Receiver) -> list[Delivery]:
        to_kind, to_id = _address(to)
        self.write()
        rows = self._c.execute(_DELIVERIES, {"about": subject, "k": kind, "tk": to_kind, "ti": to_id})
        return [
            Delivery(
                NoticeId(row.id),
                NoticeState(row.state),
                row.sent_at,
                None if row.message_id is None else MessageId(row.message_id),
            )
            for row in rows
        ]

    def was_delivered(self, subject: str, kind: NoticeKind, to: Receiver) -> bool:
        return any(d.state is NoticeState.SENT for d in self.deliveries(subject, kind, to))

    def subject_at(self, to: Receiver, message: MessageId) -> str | None:
        self.write()
        to_kind, to_id = _address(to)
        found: str | None = self._c.execute(_SUBJECT_AT, {"tk": to_kind, "ti": to_id, "m": message}).scalar()
        return found

    def card_at(self, to: Receiver, message: MessageId) -> str | None:
        self.write()
        to_kind, to_id = _address(to)
        found: str | None = self._c.execute(_CARD_AT, {"tk": to_kind, "ti": to_id, "m": message}).scalar()
        return found

    def forget_cards(self, to: Receiver) -> None:
        self.write()
        to_kind, to_id = _address(to)
        for statement in (_FORGET, _FORGET_MESSAGES):
            self._c.execute(statement, {"tk": to_kind, "ti": to_id})


class SqlOutbox:
    """The same rows as the sender sees them."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._c, self._now = connection, now

    def pending(self, after: NoticeId) -> list[Outgoing]:
        """Notices to send now with ids above `after`, oldest first, at most 500."""
        return [outgoing_from(row) for row in self._c.execute(_PENDING, {"at": self._now, "after": after})]

    def next_instant(self) -> datetime | None:
        """When the next notice that is held back may leave."""
        found: datetime | None = self._c.execute(_NEXT, {"at": self._now}).scalar()
        return found

    def shown_at(self, notice: Outgoing) -> MessageId | None:
        """The message that shows the notice's card by now."""
        to_kind, to_id = _address(notice.to)
        found = self._c.execute(_SHOWN, {"c": notice.card, "tk": to_kind, "ti": to_id}).scalar()
        return None if found is None else MessageId(found)

    def settle(
        self, notice: Outgoing, state: NoticeState, message: MessageId | None = None, error: str | None = None
    ) -> None:
        """Write back what became of a notice; a card remembers the message that shows it."""
        _SETTLE.run(self._c, {"row": notice.id, "becomes": state, "at": self._now, "message": message, "why": error})
        if notice.card is not None and message is not None:
            to_kind, to_id = _address(notice.to)
            self._c.execute(
                _CARD[self._c.dialect.name],
                {"card": notice.card, "to_kind": to_kind, "to_id": to_id, "message_id": message},
            )

    def last_old(self, before: datetime) -> int:
        """The last notice from before then that waits no more; a look through all of them."""
        return self._c.execute(_LAST_OLD, {"before": before}).scalar() or 0

    def purge(self, before: datetime, upto: int = ALL, most: int = ALL) -> int:
        """Forget old notices that are not waiting any more, of those up to an id so many at most."""
        return int(self._c.execute(_PURGE, {"before": before, "upto": upto, "most": most}).rowcount)
