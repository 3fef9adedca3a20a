"""A rulebook as it is kept: written out whole, read back later, and with single clauses switched (RULE-4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.rulebook.book import Rulebook

SAME_FOR_ALL = ("zone", "working_time")  # what is worked out once and does not depend on the clauses


def written_out(book: Rulebook) -> str:
    """Everything the rulebook sets, as JSON."""
    return json.dumps(book.model_dump(mode="json"), ensure_ascii=False)


def read_back(text: str, version: str, like: Rulebook) -> Rulebook:
    """The rulebook of a content that was written out under `version`.

    A content written by an older program lacks settings that have come since: those are as in `like`. One that no
    longer fits at all is `like` itself.
    """
    settings = json.loads(text)
    try:
        book = Rulebook.model_validate(settings)
    except ValidationError:
        try:
            book = Rulebook.model_validate(_completed(settings, like.model_dump(mode="json")))
        except ValidationError:
            return like
    book.__dict__["version"] = version  # known; else it would be worked out from the content
    return book


def _completed(settings: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Section by section what was written out, without what is no longer known, and with what has come since."""
    return {section: _laid_over(known, settings.get(section)) for section, known in like.items()}


def _laid_over(known: Any, kept: Any) -> Any:
    if not isinstance(known, dict) or not isinstance(kept, dict):
        return known if kept is None else kept
    return {**known, **{key: value for key, value in kept.items() if key in known}}


def with_in_force(book: Rulebook, words: Mapping[str, bool], version: str | None = None) -> Rulebook:
    """The rulebook with these clauses in force (True) or in shadow (False), and all else as it is."""
    changed = {
        clause.id: clause.model_copy(update={"in_force": words[clause.id]})
        for clause in book.clauses.values()
        if words.get(clause.id, clause.in_force) != clause.in_force
    }
    if not changed and version in (None, book.version):
        return book
    made = book.model_copy(update={"clauses": {**book.clauses, **changed}})
    for worked_out in made.__dict__.keys() - {*Rulebook.model_fields, *SAME_FOR_ALL}:
        del made.__dict__[worked_out]
    if version is not None:
        made.__dict__["version"] = version
    return made
