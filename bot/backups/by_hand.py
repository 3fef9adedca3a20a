"""What `keguan backup` and its parts do and say."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.backups.place import folder_of, job_of
from bot.clock import SystemClock
from bot.settings import Settings
from bot.terminal import Texts, rulebook_or_end, settings_or_end
from core.access import SYSTEM
from core.backups import Outcome, note
from core.rulebook import Rulebook
from storage import migrate
from storage.backups.making import Made, make, stored
from storage.backups.packing import read_head
from storage.backups.restoring import verify
from storage.backups.sealing import Keys
from storage.store import Store

HASH = 12  # digits shown


def make_one(texts: Texts, to: Path | None) -> str:
    """Make a backup and note it in the database; what to say. Raises BackupError."""
    settings = settings_or_end()
    rulebook, clock = rulebook_or_end(settings), SystemClock()
    made = make(job_of(settings, rulebook, clock.now(), to))
    if migrate.current(settings.store_url) == migrate.head():
        asyncio.run(_noted(settings, rulebook, made))
    said = texts.t(
        "✓ {file}: {rows} rows, {size} MB, {seconds} s, checked.",
        file=made.file,
        rows=made.rows,
        size=f"{made.size / 1e6:.1f}",
        seconds=made.seconds,
    )
    return said if made.sealed else f"{said}\n{not_sealed(texts)}"


def not_sealed(texts: Texts) -> str:
    return texts.t("· Not encrypted: KEGUAN_BACKUP_KEYS is empty. `keguan backup key` makes one.")


async def _noted(settings: Settings, rulebook: Rulebook, made: Made) -> None:
    store = Store(settings.store_url, SystemClock(), rulebook, cause="keguan")
    store.start()
    try:
        await store.do(note, SYSTEM, outcome(made))
    finally:
        store.close()


def outcome(made: Made) -> Outcome:
    return Outcome(made.file.name, made.size, made.seconds, made.rows, made.trail, made.sealed, made.removed)


def listed(texts: Texts) -> list[str]:
    """The backups of the folder. Raises BackupError."""
    settings = settings_or_end()
    zone = rulebook_or_end(settings).zone
    found = stored(folder_of(settings))
    if not found:
        return [texts.t("No backup in {folder} yet.", folder=folder_of(settings))]
    return [
        f"{one.at.astimezone(zone):%Y-%m-%d %H:%M} {one.size / 1e6:>8.1f} MB  {_sealed(texts, one.file)}  {one.file}"
        for one in found
    ]


def _sealed(texts: Texts, file: Path) -> str:
    key = read_head(file).key
    return texts.t("key {key}", key=key) if key else texts.t("not encrypted")


def verified(texts: Texts, file: Path) -> list[str]:
    """Everything that restoring would look at. Raises BackupError."""
    settings = settings_or_end()
    head, manifest = verify(file, Keys(settings.backup_keys.get_secret_value()), settings.data_dir)
    width = max(len(table) for table in manifest.tables)
    lines = [
        f"{table:<{width}} {rows:>9} {digest[:HASH]}" for table, (rows, digest) in manifest.tables.items() if rows
    ]
    at = head.made_at.astimezone(rulebook_or_end(settings).zone)
    end = texts.t(
        "✓ Of {at}, version {schema}, {n} rows in {m} tables, trail whole up to {trail}.",
        at=f"{at:%Y-%m-%d %H:%M}",
        schema=head.schema,
        n=manifest.rows,
        m=len(manifest.tables),
        trail=manifest.trail.partition(":")[0] or "0",
    )
    return [*lines, end]
