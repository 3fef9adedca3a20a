"""The tables of the trail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, UtcDateTime

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class TraceRow(Base):
    """One line of the trail. Rows are inserted, never changed; those covered by a seal may be taken out.

    What the hash covers is kept as text and numbers that read the same from every database.
    """

    __tablename__ = "audit_trail"
    __table_args__ = (
        sa.Index("ix_audit_trail_subject_seq", "subject", "seq"),
        sa.Index("ix_audit_trail_person_seq", "person", "seq"),
    )
    seq: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(sa.String(26))
    chat: Mapped[int | None] = mapped_column(sa.BigInteger)
    account: Mapped[int | None] = mapped_column(sa.BigInteger)
    person: Mapped[int | None]
    who: Mapped[str] = mapped_column(sa.String(140))
    role: Mapped[str] = mapped_column(sa.String(20))
    act: Mapped[str] = mapped_column(sa.String(80))
    subject: Mapped[str] = mapped_column(sa.String(120))
    changes: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[str] = mapped_column(sa.String(20))
    cause: Mapped[str] = mapped_column(sa.String(160))
    previous: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class PendingRow(Base):
    """What triggers saw and no line of the trail holds yet: emptied by every commit of ours. `unit` tells units of
    work apart on PostgreSQL. What was written past the program waits here for its next commit."""

    __tablename__ = "audit_pending"
    n: Mapped[int] = mapped_column(BIG, primary_key=True)
    unit: Mapped[str | None] = mapped_column(sa.String(60))
    tbl: Mapped[str] = mapped_column(sa.String(63))
    op: Mapped[str] = mapped_column(sa.String(1))
    old: Mapped[str | None] = mapped_column(sa.Text)
    new: Mapped[str | None] = mapped_column(sa.Text)


class SaltRow(Base):
    """What the hidden values of a subject were hashed with. Without it they can't be guessed any more (CUS-15)."""

    __tablename__ = "audit_salts"
    subject: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(16))


class SealRow(Base):
    """The trail's lines up to `upto` were exported to a file of that hash; `digest` is the last one's hash."""

    __tablename__ = "audit_seals"
    id: Mapped[int] = mapped_column(primary_key=True)
    upto: Mapped[int] = mapped_column(BIG, unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    lines: Mapped[int]
    file: Mapped[str] = mapped_column(sa.String(200))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
