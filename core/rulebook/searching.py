"""Finding clauses by what somebody types: words, first letters of the reading, an article, an id (RULE-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from core.names import initials, plain

if TYPE_CHECKING:
    from core.rulebook.book import Clause

# Where a word was found, best first.
_NAMED, _TITLE, _HEADLINE, _READING, _TEXT, _NOWHERE = range(6)


def search(clauses: Iterable[Clause], words: str) -> list[Clause]:
    """Clauses that have every word, those whose title has them first; all of them where there are no words."""
    wanted = [plain(word) for word in words.split() if plain(word)]
    if not wanted:
        return list(clauses) if not words.strip() else []
    ranked = [(_rank(clause, wanted), clause) for clause in clauses]
    return [clause for rank, clause in sorted(ranked, key=lambda one: one[0]) if rank[0] != _NOWHERE]


def _rank(clause: Clause, wanted: Sequence[str]) -> tuple[int, int]:
    """The worst place of any word, and how much more the title says than what was asked for."""
    worst = max(_place(clause, word) for word in wanted)
    said = sum(len(word) for word in wanted)
    return worst, abs(len(plain(clause.title.zh)) - said) if worst == _TITLE else 0


def _place(clause: Clause, word: str) -> int:
    if word in {plain(clause.id), plain(clause.article)}:
        return _NAMED
    if word in plain(f"{clause.title.zh} {clause.title.en}"):
        return _TITLE
    if word in plain(f"{clause.id} {clause.article}"):
        return _HEADLINE
    if len(word) > 1 and word.isascii() and word.isalpha() and word in _reading(clause.title.zh):
        return _READING
    return _TEXT if word in plain(f"{clause.says.zh} {clause.says.en}") else _NOWHERE


@lru_cache(maxsize=4096)
def _reading(title: str) -> str:
    return initials(title)
