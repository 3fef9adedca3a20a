"""Sharing campaigns and who has shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.campaigns import Campaign, CampaignState, NewCampaign, Share
from core.errors import NotFound
from core.ids import CampaignId, GroupId, PersonId
from storage.base import Base, UtcDateTime, insert_ignoring, table
from storage.people import DepartmentRow, PersonRow


class CampaignRow(Base):
    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id"))
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    photo: Mapped[str] = mapped_column(sa.String(200))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    needs_proof: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(10), index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShareRow(Base):
    __tablename__ = "campaign_shares"
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    proof: Mapped[str] = mapped_column(sa.String(200))


_T, _S, _P, _D = table(CampaignRow), table(ShareRow), table(PersonRow), table(DepartmentRow)
_LABEL = (_D.c.name + "-" + _P.c.name).label("label")
_ALL = (
    sa.select(_T, _LABEL).join(_P, _P.c.id == _T.c.opened_by_id).join(_D, _D.c.id == _P.c.department_id)
)  # fmt: skip
_GET = _ALL.where(_T.c.id == sa.bindparam("row"))
_OPEN = _ALL.where(_T.c.state == CampaignState.OPEN).order_by(_T.c.until, _T.c.id)
_SETTLE = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("row"), _T.c.state == CampaignState.OPEN)
    .values(state=sa.bindparam("becomes"), settled_at=sa.bindparam("when"))
)
_SHARE = insert_ignoring(ShareRow, on=["campaign_id", "person_id"])
_PROVE = (
    sa.update(_S)
    .where(_S.c.campaign_id == sa.bindparam("row"), _S.c.person_id == sa.bindparam("who"), _S.c.proof == "")
    .values(proof=sa.bindparam("file"))
)
_SHARES = (
    sa.select(_S, _LABEL)
    .join(_P, _P.c.id == _S.c.person_id)
    .join(_D, _D.c.id == _P.c.department_id)
    .where(_S.c.campaign_id == sa.bindparam("row"))
    .order_by(_S.c.at, _S.c.person_id)
)


def campaign_from(row: Any) -> Campaign:
    return Campaign(
        GroupId(row.group_id),
        PersonId(row.opened_by_id),
        row.text,
        row.photo,
        row.until,
        row.opened_at,
        row.needs_proof,
        CampaignId(row.id),
        row.label,
        CampaignState(row.state),
    )


class SqlCampaigns:
    """The campaigns within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def add(self, campaign: NewCampaign) -> Campaign:
        values = {
            "group_id": campaign.group,
            "opened_by_id": campaign.opened_by,
            "text": campaign.text,
            "photo": campaign.photo,
            "until": campaign.until,
            "opened_at": campaign.opened_at,
            "needs_proof": campaign.needs_proof,
            "state": CampaignState.OPEN,
        }
        added = self._c.execute(sa.insert(_T).values(values).returning(_T.c.id)).scalar_one()
        return self.get(CampaignId(added))

    def get(self, campaign: CampaignId) -> Campaign:
        row = self._c.execute(_GET, {"row": campaign}).first()
        if row is None:
            raise NotFound("campaign", str(campaign))
        return campaign_from(row)

    def open(self) -> list[Campaign]:
        return [campaign_from(row) for row in self._c.execute(_OPEN)]

    def settle(self, campaign: CampaignId, becomes: CampaignState, at: datetime) -> bool:
        return bool(self._c.execute(_SETTLE, {"row": campaign, "becomes": becomes, "when": at}).rowcount)

    def share(self, campaign: CampaignId, person: PersonId, proof: str, at: datetime) -> bool:
        values = {"campaign_id": campaign, "person_id": person, "at": at, "proof": proof}
        if self._c.execute(_SHARE[self._c.dialect.name], values).rowcount:
            return True
        return bool(proof and self._c.execute(_PROVE, {"row": campaign, "who": person, "file": proof}).rowcount)

    def shares(self, campaign: CampaignId) -> list[Share]:
        rows = self._c.execute(_SHARES, {"row": campaign})
        return [Share(PersonId(row.person_id), row.label, row.at, row.proof) for row in rows]
