"""What an installation's settings say of backups."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.settings import Settings
from core.backups import Keep
from core.rulebook import Rulebook
from storage.audit import anchors
from storage.backups.making import Job


def program() -> str:
    """This program's version; empty where it was not installed as a package."""
    try:
        return version("keguan")
    except PackageNotFoundError:
        return ""


def folder_of(settings: Settings) -> Path:
    return settings.backup_dir or settings.data_dir / "backups"


def job_of(settings: Settings, rulebook: Rulebook, now: datetime, to: Path | None = None) -> Job:
    """A backup of this installation, into its folder or one file."""
    rules = rulebook.backup.keep
    return Job(
        url=settings.store_url,
        home=settings.data_dir,
        folder=folder_of(settings),
        now=now,
        program=program(),
        rulebook=rulebook.version,
        keys=settings.backup_keys.get_secret_value(),
        rulebook_file=settings.rulebook,
        anchors=settings.data_dir / anchors.FILE,
        to=to,
        keep=Keep(rules.last, rules.daily, rules.weekly, rules.monthly),
        zone=rulebook.company.zone,
    )
