"""`keguan db copy` in words."""

from __future__ import annotations

from typing import Protocol

import sqlalchemy as sa

from bot.terminal import Texts
from storage.copying import Differs, NotCurrent, NotEmpty, copy
from storage.migrate import NewerDatabase, Unfinished

HASH = 12  # digits shown


class Speaks(Protocol):
    """Whatever turns a text into its language."""

    def t(self, text: str, /, **values: object) -> str: ...


def move(source: str, target: str, texts: Texts) -> tuple[int, list[str]]:
    """Copy, and say what arrived; with 1 where it did not."""
    try:
        arrived, verdict = copy(source, target)
    except (sa.exc.OperationalError, sa.exc.ArgumentError, ImportError) as error:
        return 1, [texts.t("✗ The database can't be opened: {detail}", detail=str(error).splitlines()[0])]
    except Unfinished:
        return 1, [unfinished(texts)]
    except NotEmpty as error:
        return 1, [texts.t("✗ The target is not empty: {table} has rows. Name an empty one.", table=error)]
    except (NotCurrent, NewerDatabase):
        return 1, [texts.t("✗ A database is of another version than this program. First: keguan db upgrade")]
    except Differs as error:
        return 1, [texts.t("✗ {table} did not arrive as it was. Empty the target and copy again.", table=error)]
    if verdict.fault is not None:
        return 1, [texts.t("✗ The trail is not whole from line {seq} on: keguan audit verify", seq=verdict.seq)]
    filled = [one for one in arrived if one.rows]
    width = max((len(one.table) for one in filled), default=0)
    lines = [f"{one.table:<{width}} {one.rows:>9} {one.digest[:HASH]}" for one in filled]
    total = sum(one.rows for one in arrived)
    end = texts.t("✓ {n} rows in {m} tables, counts and hashes equal, trail whole.", n=total, m=len(arrived))
    return 0, [*lines, end]


def unfinished(texts: Speaks) -> str:
    """What to do with a target that was half filled."""
    return texts.t("✗ A copy into this database was interrupted. Empty it, or name another, and copy again.")
