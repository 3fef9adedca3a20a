"""The trail on the command line: verify, show, export (OPS-4). Nothing here imports the chat platform's library."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot.clock import SystemClock
from bot.settings import Settings
from bot.terminal import Texts, plain
from bot.views import audit as views
from bot.views.base import Viewer
from core.audit import Head, Trace
from core.ids import PersonId
from core.people import one_person
from storage.audit import anchors, triggers
from storage.audit.sealing import export, remove_sealed, seal
from storage.audit.verify import Fault, Verdict, verify
from storage.engine import make_engine
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

SOUND, BROKEN, UNUSABLE = 0, 1, 2  # what a command ends with


class Unusable(Exception):
    """What was given, or the database, can't be used; in words."""


def examine(
    settings: Settings, texts: Texts, url: str, first: int, known: Sequence[str], archives: Sequence[Path]
) -> tuple[int, list[str]]:
    """Walk the trail; how the command ends, and what it says. Raises Unusable."""
    heads = [_anchor(texts, one) for one in known] + anchors.read(settings.data_dir / anchors.FILE)
    engine = make_engine(url or settings.store_url, read_only=True)
    try:
        if not sa.inspect(engine).has_table("audit_trail"):
            raise Unusable(texts.t("There is no trail in this database yet: `keguan db upgrade` brings it."))
        verdict = verify(engine, first=first, anchors=heads, archives=archives)
        with engine.connect() as connection:
            guarded = not triggers.missing(connection)
    finally:
        engine.dispose()
    sound = verdict.fault is None and guarded
    return (SOUND if sound else BROKEN), _findings(texts, verdict, len(heads), guarded=guarded)


def _anchor(texts: Texts, text: str) -> Head:
    head = anchors.parse(text)
    if head is None:
        form = "1234:9f2c…"
        raise Unusable(
            texts.t("“{text}” is no anchor: it looks like {form}, 64 digits after the colon.", text=text, form=form)
        )
    return head


def _findings(texts: Texts, verdict: Verdict, known: int, *, guarded: bool) -> list[str]:
    found = [_fault(texts, verdict, verdict.fault) if verdict.fault else _sound(texts, verdict, known)]
    if not guarded:
        found.append(texts.t("✗ Triggers that see every write are missing or changed; a start puts them back."))
    if verdict.waiting:
        found.append(texts.t("· {n} writes past the program wait to be entered.", n=verdict.waiting))
    return found


def _sound(texts: Texts, verdict: Verdict, known: int) -> str:
    if verdict.head is None:
        return texts.t("✓ The trail is empty.")
    return texts.t(
        "✓ {n} lines, none changed, none missing. Anchors met: {known}. End: {head}",
        n=verdict.lines,
        known=known,
        head=verdict.head,
    )


def _fault(texts: Texts, verdict: Verdict, fault: Fault) -> str:
    seq = verdict.seq
    words = {
        Fault.CHANGED: texts.t("line {seq} was changed", seq=seq),
        Fault.MISSING: texts.t("line {seq} is missing", seq=seq),
        Fault.MOVED: texts.t("line {seq} does not follow the one before it", seq=seq),
        Fault.CUT: texts.t("the end is cut off: line {seq} and what came after it was there once", seq=seq),
        Fault.REWRITTEN: texts.t("the trail was written anew, line {seq} is not the one known", seq=seq),
        Fault.SEAL: texts.t("lines up to {seq} were taken out, and no seal covers that", seq=seq),
    }
    return texts.t("✗ {words}. Lines sound before it: {n}", words=words[fault], n=verdict.lines)


def lines(v: Viewer, found: Sequence[Trace], about: str | None) -> list[str]:
    """Lines of the trail as plain text."""
    return [plain(views.trace(v, one, about)) for one in found] or [plain(v.t("Nothing in the trail."))]


def about(v: Viewer, text: str) -> str | None:
    """The subject that was typed, if any. Raises Unusable."""
    subject = views.read_subject(text) if text else None
    if text and subject is None:
        raise Unusable(plain(views.help_text(v)))
    return subject


async def find(
    store: Store, v: Viewer, subject: str | None, person: str, since: datetime | None, most: int
) -> list[Trace]:
    """The newest lines that fit. `since` is a day of the company's."""

    def look(uow: SqlUnitOfWork) -> list[Trace]:
        after = None if since is None else since.replace(tzinfo=v.zone)
        whose: PersonId | None = one_person(uow, person).id if person else None
        return uow.audit.newest(most, subject=subject, person=whose, since=after)

    return await store.look(look)


async def take_out(store: Store, texts: Texts, before: datetime, file: Path) -> str:
    """Move what is older into a sealed file; what to say. Raises FileExistsError."""
    await remove_sealed(store)
    engine = make_engine(store.url, read_only=True)
    try:
        written = await asyncio.to_thread(export, engine, before, file)
    finally:
        engine.dispose()
    if written is None:
        return texts.t("Nothing older than {day} is in the trail.", day=f"{before:%Y-%m-%d}")
    await seal(store, written, SystemClock().now())
    return texts.t(
        "✓ Lines {first}–{upto} are sealed in {file} ({hash}…). Keep it: `keguan audit verify --archive` reads it.",
        first=written.first,
        upto=written.upto,
        file=file,
        hash=written.file_hash[:16],
    )
