"""What `keguan rulebook check` says of a file without mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from bot.terminal import Texts
from core.rulebook import Rulebook
from core.rulebook.entries import Explained
from core.rulebook.sections.clauses import CLAUSES, NONE
from core.rulebook.sections.waiting import is_clause_waiting, is_waiting


def passed(book: Rulebook, file: str, texts: Texts) -> Iterator[str]:
    """The version, how many clauses are in force, and what is written but does nothing by itself."""
    yield texts.t("✓ {file}: version {version}", file=file, version=book.version)
    force = len(book.search_clauses(in_force=True))
    yield texts.t("  {n} clauses, {force} of them in force", n=len(book.clauses), force=force)
    yield from _by_hand_only(book, texts)
    yield from _waiting(book, texts)


def _by_hand_only(book: Rulebook, texts: Texts) -> Iterator[str]:
    for clause in book.clauses.values():
        if clause.sanction is not None and CLAUSES.get(clause.id, NONE) == NONE:
            yield texts.t(
                "· {place}: nobody notices a breach of {clause} by itself; its sanction holds where a manager "
                "enters one by hand.",
                place=book.explain(f"clauses.{clause.id}.sanction").place,
                clause=clause.id,
            )


def _waiting(book: Rulebook, texts: Texts) -> Iterator[str]:
    """What the company has written itself, and no function acts on yet."""
    own = (entry for entry in Explained(book).whole() if is_waiting(entry.key))
    first = {entry.origin.place: entry for entry in reversed(list(own)) if entry.origin.preset is None}
    for entry in sorted(first.values(), key=lambda entry: entry.origin.line or 0):
        place, key = entry.origin.place, entry.key
        yield texts.t("· {place}: no function acts on {key} yet.", place=place, key=key)
    for clause in book.search_clauses(in_force=True):
        if is_clause_waiting(clause.id):
            place = book.explain(f"clauses.{clause.id}.in_force").place
            yield texts.t("· {place}: no function acts on {key} yet.", place=place, key=clause.id)
