"""Reading the rulebook: anyone on the staff may search and read the clauses (RULE-3)."""

from __future__ import annotations

from core.access import STAFF, permits
from core.errors import NotFound
from core.rulebook import Clause, Rulebook, UnknownEntry


@permits(*STAFF)
def search(rulebook: Rulebook, text: str) -> list[Clause]:
    """Clauses whose id, article, title or text holds the words; all of them where none are given."""
    return rulebook.search_clauses(text)


@permits(*STAFF)
def read(rulebook: Rulebook, clause_id: str) -> Clause:
    """One clause. Raises NotFound."""
    try:
        return rulebook.clause(clause_id)
    except UnknownEntry as error:
        raise NotFound("clause", clause_id) from error
