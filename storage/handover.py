"""Handovers and what goes from hand to hand in them. Every step is a conditional update."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.handover.model import (
    CHOOSABLE,
    PENDING,
    Choice,
    Counts,
    Handover,
    Item,
    ItemState,
    NewItem,
    State,
    Why,
)
from core.ids import HandoverId, HandoverItemId, PersonId
from core.people.holdings import Moved
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.people import DepartmentRow, PersonRow, label_of


class HandoverRow(Base):
    """A handover. `open_person` holds the person while it is open, so that a second one can't begin."""

    __tablename__ = "handovers"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    open_person: Mapped[int | None] = mapped_column(unique=True)
    keeper_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(10))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    giver_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seal: Mapped[str] = mapped_column(sa.String(64), default="")


class HandoverItemRow(Base):
    __tablename__ = "handover_items"
    __table_args__ = (sa.UniqueConstraint("handover_id", "area", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("handovers.id"))
    area: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    region: Mapped[str] = mapped_column(sa.String(60))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anew: Mapped[bool] = mapped_column(default=False)
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    why: Mapped[str | None] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(10))
    answer: Mapped[str] = mapped_column(sa.String(500), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_time: Mapped[bool] = mapped_column(default=False)


class HandoverClientRow(Base):
    """A customer without a chat, whom the receiver tells; `task` once they were asked to."""

    __tablename__ = "handover_clients"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("handover_items.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    phone: Mapped[str] = mapped_column(sa.String(40))
    asked: Mapped[bool] = mapped_column(default=False)


_H, _I, _C = table(HandoverRow), table(HandoverItemRow), table(HandoverClientRow)
_P, _D = table(PersonRow), table(DepartmentRow)


_HANDOVERS = sa.select(
    _H,
    label_of(_H.c.person_id, "label"),
    label_of(_H.c.keeper_id, "keeper_label"),
    label_of(_H.c.opened_by_id, "opened_label"),
    label_of(_H.c.closed_by_id, "closed_label"),
)
_GET = _HANDOVERS.where(_H.c.id == sa.bindparam("row"))
_OPEN_OF = _HANDOVERS.where(_H.c.open_person == sa.bindparam("who"))
_LATEST = _HANDOVERS.order_by(_H.c.open_person.is_(None), _H.c.id.desc()).limit(sa.bindparam("most"))
_PUT = insert_ignoring(HandoverRow, on=["open_person"])
_IS_OPEN = _H.c.state == State.OPEN
_SIGN_GIVER = (
    sa.update(_H)
    .where(_H.c.id == sa.bindparam("row"), _IS_OPEN, _H.c.giver_signed_at.is_(None))
    .values(giver_signed_at=sa.bindparam("at"))
)
_CLOSE = (
    sa.update(_H)
    .where(_H.c.id == sa.bindparam("row"), _IS_OPEN)
    .values(
        state=sa.bindparam("becomes"),
        open_person=None,
        closed_by_id=sa.bindparam("who"),
        closed_at=sa.bindparam("at"),
        seal=sa.bindparam("sealed"),
    )
)
_ITEMS = sa.select(_I, label_of(_I.c.receiver_id, "receiver_label")).order_by(_I.c.area, _I.c.id)
_OF_HANDOVER = _I.c.handover_id == sa.bindparam("of")
_ITEM = _ITEMS.where(_I.c.id == sa.bindparam("row"))
_ALL_ITEMS = _ITEMS.where(_OF_HANDOVER)
_OF_AREA = _ALL_ITEMS.where(_I.c.area == sa.bindparam("kind"))
_OF_RECEIVER = _ALL_ITEMS.where(
    _I.c.receiver_id == sa.bindparam("who"),
    _I.c.state.in_([ItemState.OFFERED, ItemState.ACCEPTED, ItemState.MOVED]),
)
_ACCEPTED = _ALL_ITEMS.where(_I.c.state == ItemState.ACCEPTED).limit(sa.bindparam("most"))
_LIST = insert_ignoring(HandoverItemRow, on=["handover_id", "area", "subject"])
_AGAIN = (
    sa.update(_I)
    .where(
        _OF_HANDOVER,
        _I.c.area == sa.bindparam("kind"),
        _I.c.subject == sa.bindparam("what"),
        _I.c.state.in_([ItemState.MOVED, ItemState.GONE]),
    )
    .values(state=ItemState.LISTED, receiver_id=sa.bindparam("who"), why=sa.bindparam("reason"), moved_at=None)
)
_CHOOSABLE = _I.c.state.in_(CHOOSABLE)
_CHOOSE = (
    sa.update(_I)
    .where(_I.c.id == sa.bindparam("row"), _CHOOSABLE)
    .values(state=ItemState.LISTED, receiver_id=sa.bindparam("who"), why=sa.bindparam("reason"), answer="")
)
_TO_OFFER = (_OF_HANDOVER, _I.c.state == ItemState.LISTED, _I.c.receiver_id.is_not(None))
_ASKED = sa.select(_I.c.receiver_id).where(*_TO_OFFER).distinct().order_by(_I.c.receiver_id)
_OFFER = sa.update(_I).where(*_TO_OFFER).values(state=ItemState.OFFERED)
_ANSWER = (
    sa.update(_I)
    .where(
        _I.c.id.in_(sa.bindparam("rows", expanding=True)),
        _I.c.receiver_id == sa.bindparam("who"),
        _I.c.state == ItemState.OFFERED,
    )
    .values(
        state=sa.bindparam("becomes"),
        answer=sa.bindparam("words"),
        answered_at=sa.bindparam("at"),
        in_time=sa.bindparam("yes"),
    )
)
_FALL = (
    sa.update(_I)
    .where(_OF_HANDOVER, _CHOOSABLE)
    .values(state=ItemState.ACCEPTED, receiver_id=sa.bindparam("who"), why=Why.SUPERIOR, in_time=False)
)
_SETTLE = (
    sa.update(_I)
    .where(_I.c.id == sa.bindparam("row"), _I.c.state == ItemState.ACCEPTED)
    .values(
        state=sa.bindparam("becomes"),
        moved_at=sa.bindparam("at"),
        due_at=sa.bindparam("limit"),
        anew=sa.bindparam("fresh"),
    )
)
_DROP = (
    sa.update(_I)
    .where(_OF_HANDOVER, _I.c.state.in_(PENDING))
    .values(state=ItemState.GONE, moved_at=sa.bindparam("at"))
)
_COUNTS = (
    sa.select(_I.c.area, _I.c.state, sa.func.count().label("n"))
    .where(_OF_HANDOVER, _I.c.state != ItemState.GONE)
    .group_by(_I.c.area, _I.c.state)
)
_TO_TELL = (
    sa.select(_C.c.id, _C.c.name, _C.c.phone)
    .join(_I, _I.c.id == _C.c.item_id)
    .where(_OF_HANDOVER, _I.c.receiver_id == sa.bindparam("who"), ~_C.c.asked)
    .order_by(_C.c.id)
)
_ASK = sa.update(_C).where(_C.c.id.in_(sa.bindparam("rows", expanding=True))).values(asked=True)


def handover_from(row: Any) -> Handover:
    return Handover(
        HandoverId(row.id),
        PersonId(row.person_id),
        row.label,
        PersonId(row.keeper_id),
        row.keeper_label,
        None if row.opened_by_id is None else PersonId(row.opened_by_id),
        row.opened_label,
        row.reason,
        State(row.state),
        row.opened_at,
        row.due_at,
        row.giver_signed_at,
        row.closed_at,
        row.closed_label,
        row.seal,
    )


def item_from(row: Any) -> Item:
    return Item(
        HandoverItemId(row.id),
        HandoverId(row.handover_id),
        row.area,
        row.subject,
        row.title,
        row.region,
        row.due_at,
        row.anew,
        None if row.receiver_id is None else PersonId(row.receiver_id),
        row.receiver_label,
        None if row.why is None else Why(row.why),
        ItemState(row.state),
        row.answer,
        row.answered_at,
        row.moved_at,
        row.in_time,
    )


class SqlHandovers:
    """The handovers within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def _one(self, statement: sa.Select[Any], **values: object) -> Handover | None:
        row = self._c.execute(statement, values).first()
        return None if row is None else handover_from(row)

    def _many(self, statement: sa.Select[Any], **values: object) -> list[Item]:
        return [item_from(row) for row in self._c.execute(statement, values)]

    def open(
        self, person: PersonId, keeper: PersonId, by: PersonId | None, reason: str, at: datetime, due_at: datetime
    ) -> Handover | None:
        values = {
            "person_id": person,
            "open_person": person,
            "keeper_id": keeper,
            "opened_by_id": by,
            "reason": reason,
            "state": State.OPEN,
            "opened_at": at,
            "due_at": due_at,
            "seal": "",
        }
        if self._c.execute(_PUT[self._c.dialect.name], values).rowcount == 0:
            return None
        return self.open_of(person)

    def get(self, handover: HandoverId) -> Handover:
        found = self._one(_GET, row=handover)
        if found is None:
            raise NotFound("handover", str(handover))
        return found

    def open_of(self, person: PersonId) -> Handover | None:
        return self._one(_OPEN_OF, who=person)

    def latest(self, limit: int) -> list[Handover]:
        return [handover_from(row) for row in self._c.execute(_LATEST, {"most": limit})]

    def set_keeper(self, handover: HandoverId, keeper: PersonId) -> None:
        self._c.execute(sa.update(_H).where(_H.c.id == handover).values(keeper_id=keeper))

    def set_due(self, handover: HandoverId, due_at: datetime) -> None:
        self._c.execute(sa.update(_H).where(_H.c.id == handover).values(due_at=due_at))

    def sign_giver(self, handover: HandoverId, at: datetime) -> bool:
        return bool(self._c.execute(_SIGN_GIVER, {"row": handover, "at": at}).rowcount)

    def close(self, handover: HandoverId, state: State, by: PersonId | None, at: datetime, seal: str) -> bool:
        values = {"row": handover, "becomes": state, "who": by, "at": at, "sealed": seal}
        return bool(self._c.execute(_CLOSE, values).rowcount)

    def list_items(self, handover: HandoverId, items: Sequence[NewItem]) -> int:
        return sum(self._list(handover, item) for item in items)

    def _list(self, handover: HandoverId, item: NewItem) -> int:
        values = _values(handover, item, ItemState.LISTED)
        if self._c.execute(_LIST[self._c.dialect.name], values).rowcount:
            return 1
        again = {
            "of": handover,
            "kind": item.area,
            "what": item.subject,
            "who": item.receiver,
            "reason": item.why,
        }
        return self._c.execute(_AGAIN, again).rowcount

    def note_moved(self, handover: HandoverId, item: NewItem, at: datetime) -> None:
        values = {**_values(handover, item, ItemState.MOVED), "moved_at": at}
        self._c.execute(_LIST[self._c.dialect.name], values)

    def item(self, item: HandoverItemId) -> Item:
        found = self._many(_ITEM, row=item)
        if not found:
            raise NotFound("handover_item", str(item))
        return found[0]

    def items(self, handover: HandoverId, area: str | None = None) -> list[Item]:
        return self._many(_ALL_ITEMS, of=handover) if area is None else self._many(_OF_AREA, of=handover, kind=area)

    def items_of(self, handover: HandoverId, receiver: PersonId) -> list[Item]:
        return self._many(_OF_RECEIVER, of=handover, who=receiver)

    def accepted(self, handover: HandoverId, limit: int) -> list[Item]:
        return self._many(_ACCEPTED, of=handover, most=limit)

    def counts(self, handover: HandoverId) -> list[Counts]:
        by_area: dict[str, dict[ItemState, int]] = {}
        for row in self._c.execute(_COUNTS, {"of": handover}):
            by_area.setdefault(row.area, {})[ItemState(row.state)] = row.n
        return [_counted(area, states) for area, states in sorted(by_area.items())]

    def choose(self, item: HandoverItemId, choice: Choice) -> bool:
        values = {"row": item, "who": choice.receiver, "reason": choice.why}
        return bool(self._c.execute(_CHOOSE, values).rowcount)

    def offer(self, handover: HandoverId, at: datetime) -> list[PersonId]:
        asked = [PersonId(row.receiver_id) for row in self._c.execute(_ASKED, {"of": handover})]
        self._c.execute(_OFFER, {"of": handover})
        return asked

    def answer(
        self, items: Collection[HandoverItemId], receiver: PersonId, becomes: ItemState, text: str, at: datetime
    ) -> int:
        values = {
            "rows": list(items),
            "who": receiver,
            "becomes": becomes,
            "words": text,
            "at": at,
            "yes": becomes is ItemState.ACCEPTED,
        }
        return self._c.execute(_ANSWER, values).rowcount

    def fall(self, handover: HandoverId, to: PersonId, at: datetime) -> int:
        return self._c.execute(_FALL, {"of": handover, "who": to}).rowcount

    def settle(self, item: HandoverItemId, becomes: ItemState, at: datetime, moved: Moved) -> None:
        values = {"row": item, "becomes": becomes, "at": at, "limit": moved.due, "fresh": moved.anew}
        self._c.execute(_SETTLE, values)

    def drop(self, handover: HandoverId, at: datetime) -> None:
        self._c.execute(_DROP, {"of": handover, "at": at})

    def add_client(self, item: HandoverItemId, name: str, phone: str) -> None:
        self._c.execute(sa.insert(_C), {"item_id": item, "name": name, "phone": phone, "asked": False})

    def untold(self, handover: HandoverId, receiver: PersonId) -> list[tuple[str, str]]:
        found = self._c.execute(_TO_TELL, {"of": handover, "who": receiver}).all()
        self._c.execute(_ASK, {"rows": [row.id for row in found]})
        return list(dict.fromkeys((row.name, row.phone) for row in found))


def _values(handover: HandoverId, item: NewItem, state: ItemState) -> dict[str, Any]:
    return {
        "handover_id": handover,
        "area": item.area,
        "subject": item.subject,
        "title": item.title[:200],
        "region": item.region,
        "due_at": item.due_at,
        "receiver_id": item.receiver,
        "why": item.why,
        "state": state,
        "anew": False,
        "answer": "",
        "in_time": False,
    }


def _counted(area: str, states: dict[ItemState, int]) -> Counts:
    return Counts(
        area,
        sum(states.values()),
        states.get(ItemState.LISTED, 0),
        states.get(ItemState.OFFERED, 0) + states.get(ItemState.ACCEPTED, 0),
        states.get(ItemState.REFUSED, 0),
        states.get(ItemState.MOVED, 0),
    )
