"""Staff files that wait for the press that takes them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.errors import NotFound
from core.ids import PersonId, StaffImportId
from core.people.proposals import FileKind, FileState, KeptFile
from storage.base import Base, Json, UtcDateTime, table


class StaffFileRow(Base):
    __tablename__ = "staff_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(10))
    rows: Mapped[Any] = mapped_column(Json)
    columns: Mapped[Any] = mapped_column(Json)
    makes: Mapped[bool]
    digest: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_T = table(StaffFileRow)
_WAITS = _T.c.state == FileState.PENDING
_REPLACE = sa.update(_T).where(_T.c.by_id == sa.bindparam("who"), _WAITS).values(state=FileState.REPLACED, rows=[])
_SETTLE = sa.update(_T).where(_T.c.id == sa.bindparam("row"), _WAITS).values(state=sa.bindparam("becomes"), rows=[])


class SqlStaffFiles:
    """The files within one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._c = connection

    def keep(
        self,
        by: PersonId | None,
        kind: FileKind,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[str],
        digest: str,
        at: datetime,
    ) -> StaffImportId:
        self._c.execute(_REPLACE, {"who": by})
        values = {
            "by_id": by,
            "kind": kind,
            "state": FileState.PENDING,
            "rows": list(rows),
            "columns": list(columns),
            "makes": False,
            "digest": digest,
            "at": at,
        }
        return StaffImportId(self._c.execute(sa.insert(_T).values(values).returning(_T.c.id)).scalar_one())

    def get(self, file: StaffImportId) -> KeptFile:
        row = self._c.execute(sa.select(_T).where(_T.c.id == file)).first()
        if row is None:
            raise NotFound("file", str(file))
        return KeptFile(
            StaffImportId(row.id),
            None if row.by_id is None else PersonId(row.by_id),
            FileKind(row.kind),
            FileState(row.state),
            row.rows,
            tuple(row.columns),
            row.makes,
            row.digest,
            row.at,
        )

    def note(self, file: StaffImportId, digest: str, *, makes: bool) -> None:
        self._c.execute(sa.update(_T).where(_T.c.id == file).values(digest=digest, makes=makes))

    def settle(self, file: StaffImportId, state: FileState) -> bool:
        return bool(self._c.execute(_SETTLE, {"row": file, "becomes": state}).rowcount)
