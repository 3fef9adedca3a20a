"""What is wrong with an installation, in words, with what to do about it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.backups import looking
from bot.clock import SystemClock
from bot.getme import NotAnswered, ask, username
from bot.settings import Settings, unknown_names
from bot.terminal import Texts, rulebook_of
from core.rulebook import RulebookError, default
from storage.migrate import current, head
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}", re.ASCII)
PORTS = (None, 443, 80, 88, 8443)
LOCK_PATIENCE = 2.0  # seconds a writer may take before the database counts as locked
LOOK_AHEAD = timedelta(days=60)  # deadlines rarely reach further
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. A fault keeps the bot from working; anything else is worth knowing."""

    fault: bool
    text: str


def examine(settings: Settings, texts: Texts) -> list[Finding]:
    """Everything that can be found wrong; an empty list is a clean bill."""
    checks: tuple[Callable[[Settings, Texts], Iterator[Finding]], ...] = (
        _names,
        _token,
        _folder,
        _rules,
        _database,
        _backups,
    )
    return [finding for check in checks for finding in check(settings, texts)]


def _names(settings: Settings, texts: Texts) -> Iterator[Finding]:
    for name in unknown_names():
        yield Finding(False, texts.t("{name} is no setting; misspelt? .env.example lists them all.", name=name))


def _token(settings: Settings, texts: Texts) -> Iterator[Finding]:
    token = settings.bot_token.get_secret_value()
    if not token:
        yield Finding(True, texts.t("KEGUAN_BOT_TOKEN is missing. BotFather gives it: put it into .env."))
    elif not TOKEN.fullmatch(token):
        yield Finding(True, texts.t("KEGUAN_BOT_TOKEN is no token: it looks like 123456789:ABC… Copy it once more."))
    else:
        yield from _platform(settings, texts)


def _platform(settings: Settings, texts: Texts) -> Iterator[Finding]:
    try:
        username(settings)
    except NotAnswered as error:
        base = settings.api_base
        if error.reason == "refused":
            yield Finding(True, texts.t("{base} refuses the token. Was it revoked? BotFather: /token", base=base))
        else:
            text = texts.t(
                "{base} can't be reached: {detail}. Check the network or KEGUAN_API_BASE.",
                base=base,
                detail=error.detail,
            )
            yield Finding(True, text)
    else:
        yield from _webhook(settings, texts)


def _webhook(settings: Settings, texts: Texts) -> Iterator[Finding]:
    """What keeps the platform from bringing updates, and what it says of it."""
    try:
        known = ask(settings, "getWebhookInfo")
    except NotAnswered:
        return
    ours, url = settings.webhook_url, str(known.get("url", ""))
    if not ours:
        if url:
            yield Finding(False, texts.t("Telegram has a webhook; `keguan run` takes it back and fetches updates."))
        return
    address = urlsplit(ours)
    if address.scheme != "https":
        yield Finding(settings.is_telegram, texts.t("KEGUAN_WEBHOOK_URL must begin with https://."))
    if address.port not in PORTS:
        yield Finding(
            settings.is_telegram, texts.t("Telegram brings updates to the ports 443, 80, 88 and 8443 only.")
        )
    if not url.startswith(ours.rstrip("/") + "/"):
        yield Finding(False, texts.t("Telegram does not know the webhook yet; `keguan run` tells it."))
    elif known.get("last_error_message"):
        text = texts.t(
            "Telegram could not bring updates: {reason}. {n} wait there.",
            reason=known["last_error_message"],
            n=known.get("pending_update_count", 0),
        )
        yield Finding(False, text)


def _folder(settings: Settings, texts: Texts) -> Iterator[Finding]:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        text = texts.t("The folder {folder} can't be written to: {detail}.", folder=folder, detail=error.strerror)
        yield Finding(True, text)


def _rules(settings: Settings, texts: Texts) -> Iterator[Finding]:
    try:
        rulebook = rulebook_of(settings)
    except RulebookError as error:
        for problem in error.problems:
            yield Finding(True, problem.chinese() if texts.language == "zh_CN" else str(problem))
        return
    worktime = rulebook.working_time
    today = worktime.local_date(SystemClock().now())
    if worktime.is_provisional(today, today + LOOK_AHEAD):
        yield Finding(
            False,
            texts.t(
                "The make-up workdays of {year} are not known yet. Once they are announced, enter them in the "
                "rulebook under worktime.official.",
                year=(today + LOOK_AHEAD).year,
            ),
        )


def _database(settings: Settings, texts: Texts) -> Iterator[Finding]:
    file = _file(settings)
    if file is not None and not file.exists():
        yield Finding(False, texts.t("There is no database yet; the first `keguan run` makes it."))
        return
    if file is not None and (locked := _locked(file)):
        yield Finding(True, texts.t("The database {file} can't be used: {detail}.", file=file, detail=locked))
        return
    if current(settings.store_url) != head():
        yield Finding(
            False, texts.t("The database is of an older version; `keguan run` or `keguan db upgrade` lifts it.")
        )
        return
    yield from _company(settings, texts)
    yield from (Finding(False, text) for text in looking.age(settings, texts))


def _file(settings: Settings) -> Path | None:
    """The SQLite file; None for a database server."""
    url = settings.store_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _locked(file: Path) -> str:
    """Why nothing can be written to the database file; empty where it can."""
    try:
        with closing(sqlite3.connect(file, timeout=LOCK_PATIENCE, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        return str(error)
    return ""


def _company(settings: Settings, texts: Texts) -> Iterator[Finding]:
    def counted(uow: SqlUnitOfWork) -> tuple[int, int, list[str]]:
        bound = [(person, uow.people.account_of(person.id)) for person in uow.people.active()]
        silent = [person.label for person, account in bound if account is not None and not account.reachable]
        reached = [person for person in uow.people.admins() if uow.people.account_of(person.id)]
        return len(reached), len(uow.groups.all()), silent

    store = Store(settings.store_url, SystemClock(), default())
    store.start()
    try:
        admins, groups, silent = asyncio.run(store.look(counted))
    finally:
        store.close()
    if not admins:
        yield Finding(
            False, texts.t("Nobody is administrator yet: `keguan owner-link` gives the link for the first.")
        )
    if not groups:
        yield Finding(False, texts.t("No group is bound yet: add the bot to one and send /bind there."))
    if silent:
        names = "、".join(silent[:MOST_NAMED])
        yield Finding(
            False, texts.t("{n} can't be written to, they stopped the bot: {names}", n=len(silent), names=names)
        )


def _backups(settings: Settings, texts: Texts) -> Iterator[Finding]:
    yield from (Finding(False, text) for text in looking.place(settings, texts))
