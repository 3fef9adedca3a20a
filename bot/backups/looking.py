"""What the doctor finds of backups."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.backups.place import folder_of
from bot.clock import SystemClock
from bot.settings import Settings
from bot.terminal import Texts, rulebook_of
from core.rulebook import Rulebook, RulebookError
from storage.backups.errors import KeyUnusable
from storage.backups.rows import last_good
from storage.backups.sealing import Keys
from storage.engine import make_engine


def place(settings: Settings, texts: Texts) -> Iterator[str]:
    """What is wrong with the keys and the folder."""
    try:
        Keys(settings.backup_keys.get_secret_value())
    except KeyUnusable as error:
        yield texts.t("Keys of backups can't be used: no. {n} of KEGUAN_BACKUP_KEYS is none.", **error.facts)
    folder = folder_of(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield texts.t(
            "The folder of backups {folder} can't be written to: {detail}.", folder=folder, detail=error.strerror
        )


def age(settings: Settings, texts: Texts) -> Iterator[str]:
    """Whether there is a backup, and a new one; asked of a database that can be used."""
    try:
        rulebook = rulebook_of(settings)
    except RulebookError:
        return  # found elsewhere
    if rulebook.backup.daily:
        yield from _age(settings, texts, rulebook)


def _age(settings: Settings, texts: Texts, rulebook: Rulebook) -> Iterator[str]:
    engine = make_engine(settings.store_url, read_only=True)
    try:
        with engine.connect() as connection:
            last = last_good(connection)
    finally:
        engine.dispose()
    now = SystemClock().now()
    if last is None:
        at = f"{rulebook.backup.at:%H:%M}"
        yield texts.t("There is no backup yet: the next one is made at {at}; `keguan backup` makes one now.", at=at)
    elif now - last > timedelta(hours=rulebook.backup.tell_after_hours):
        yield _old(texts, last.astimezone(rulebook.zone), now)


def _old(texts: Texts, last: datetime, now: datetime) -> str:
    return texts.t(
        "The last good backup is of {at}, {hours} hours ago. `keguan backup` makes one and says what is wrong.",
        at=f"{last:%Y-%m-%d %H:%M}",
        hours=int((now - last) / timedelta(hours=1)),
    )
