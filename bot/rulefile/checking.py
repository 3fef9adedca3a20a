"""What `keguan rulebook check` says of a file without mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from bot.terminal import Texts
from core.rulebook import Rulebook
from core.rulebook.sections.clauses import CLAUSES, NONE


def passed(book: Rulebook, file: str, texts: Texts) -> Iterator[str]:
    """The version, how many clauses are in force, and what is written but does nothing by itself."""
    yield texts.t("✓ {file}: version {version}", file=file, version=book.version)
    force = len(book.search_clauses(in_force=True))
    yield texts.t("  {n} clauses, {force} of them in force", n=len(book.clauses), force=force)
    for clause in book.clauses.values():
        if clause.sanction is not None and CLAUSES.get(clause.id, NONE) == NONE:
            yield texts.t(
                "· {place}: nobody notices a breach of {clause} by itself; its sanction holds where a manager "
                "enters one by hand.",
                place=book.explain(f"clauses.{clause.id}.sanction").place,
                clause=clause.id,
            )
