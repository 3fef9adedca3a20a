"""What `keguan restore` does and says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.backups.place import job_of
from bot.clock import SystemClock
from bot.settings import Settings
from bot.terminal import Texts, rulebook_or_end, settings_or_end
from core.access import SYSTEM
from core.backups import Return, came_back
from core.rulebook import Rulebook
from storage.backups import checking
from storage.backups.errors import NotEmpty
from storage.backups.restoring import (
    Prepared,
    file_of,
    prepared,
    replace_beside,
    replace_file,
    replace_on_server,
    rulebook_in,
)
from storage.backups.sealing import Keys
from storage.engine import is_sqlite
from storage.store import Store


def restore(
    texts: Texts, file: Path, database: str, *, exchange: bool, agreed: Callable[[str], bool]
) -> list[str] | None:
    """Verify, ask, replace; what to say, None where it was not agreed to. Raises BackupError."""
    settings = settings_or_end()
    rulebook, now = rulebook_or_end(settings), SystemClock().now()
    target = database or settings.store_url
    keys = Keys(settings.backup_keys.get_secret_value())
    with prepared(file, target, settings.data_dir, keys) as ready:
        if ready.filled and not is_sqlite(target) and not exchange:
            raise NotEmpty
        if not agreed("\n".join(_question(texts, ready, rulebook, target))):
            return None
        asyncio.run(_noted(ready, rulebook))
        own = target == settings.store_url
        beside = replace_beside(ready, settings.data_dir, now) if own else []
        aside = _replaced(ready, target, settings, rulebook, now, exchange=exchange)
        differs = own and _other_rulebook(ready, settings)
    said = [texts.t("✓ Restored, as of {at}.", at=_local(rulebook, ready.head.made_at))]
    for kept in [*([aside] if aside else []), *beside]:
        said.append(texts.t("· What was there is kept: {file}", file=kept))
    if differs:
        said.append(texts.t("· The rulebook file is another one now than in the backup; nothing of it was changed."))
    return said


def _replaced(
    ready: Prepared, target: str, settings: Settings, rulebook: Rulebook, now: datetime, *, exchange: bool
) -> Path | None:
    if is_sqlite(target):
        return replace_file(ready.database, file_of(target), now)
    job = replace(job_of(settings, rulebook, now), url=target)
    return replace_on_server(ready.database, target, exchange=exchange, job=job)


async def _noted(ready: Prepared, rulebook: Rulebook) -> None:
    """The trail itself tells that it goes on from an older state."""
    store = Store(checking.url_of(ready.database), SystemClock(), rulebook, cause="keguan")
    store.start()
    try:
        await store.do(came_back, SYSTEM, Return(ready.head.made_at, ready.manifest.trail, ready.before or 0))
    finally:
        store.close()
    checking.fold(ready.database)


def _question(texts: Texts, ready: Prepared, rulebook: Rulebook, target: str) -> list[str]:
    where = str(file_of(target)) if is_sqlite(target) else target.rpartition("@")[2]
    said = [
        texts.t(
            "Backup of {at}, {n} rows, verified. It takes the place of {where}.",
            at=_local(rulebook, ready.head.made_at),
            n=ready.manifest.rows,
            where=where,
        )
    ]
    if ready.before is not None:
        now, then = _end(rulebook, ready.before, ready.before_at), _end(rulebook, ready.trail, ready.last_at)
        said.append(texts.t("Trail: ends at line {now}, then at line {then}.", now=now, then=then))
    elif ready.filled:
        said.append(texts.t("What is there can't be read."))
    return said


def _end(rulebook: Rulebook, lines: int, at: str) -> str:
    if not at:
        return str(lines)
    return f"{lines} ({_local(rulebook, datetime.fromisoformat(at).replace(tzinfo=UTC))})"


def _local(rulebook: Rulebook, at: datetime) -> str:
    return f"{at.astimezone(rulebook.zone):%Y-%m-%d %H:%M}"


def _other_rulebook(ready: Prepared, settings: Settings) -> bool:
    kept = rulebook_in(ready)
    if kept is None or settings.rulebook is None or not settings.rulebook.exists():
        return False
    return kept.read_bytes() != settings.rulebook.read_bytes()
