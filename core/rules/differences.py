"""What is different between two editions of the rulebook, clause by clause (RULE-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ledger import effects_of
from core.notices import Fact
from core.rulebook import Change, Clause, Rulebook, Sanction, describe_change
from core.rulebook.differing import Differing, differing
from core.rules.model import Mark

LONGEST_VALUE = 120  # characters of one in an announcement
MOST_TOLD = 8  # clauses and settings in one announcement; the rest is counted


@dataclass(frozen=True, slots=True)
class ClauseState:
    """A clause as people read it, and what a breach costs once it is in force."""

    clause: Clause
    cost: Sanction | None

    def reads_like(self, other: ClauseState) -> bool:
        """Whether nobody would notice a difference."""
        return (self.cost or Sanction()) == (other.cost or Sanction()) and _read(self.clause) == _read(other.clause)


def _read(clause: Clause) -> tuple[object, ...]:
    return clause.title, clause.article, clause.says, clause.in_force


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause that reads differently; None: it was not there, or is no more."""

    id: str
    old: ClauseState | None
    new: ClauseState | None

    @property
    def comes_into_force(self) -> bool:
        was = self.old is not None and self.old.clause.in_force
        return self.new is not None and self.new.clause.in_force and not was


@dataclass(frozen=True, slots=True)
class Differences:
    """Clauses that read differently, and settings that differ without any clause naming them."""

    clauses: tuple[ClauseChange, ...]
    settings: tuple[Differing, ...]

    def __bool__(self) -> bool:
        return bool(self.clauses or self.settings)


def state_of(book: Rulebook, clause_id: str) -> ClauseState | None:
    clause = book.clauses.get(clause_id)
    return None if clause is None else ClauseState(clause, book.cost_of(clause_id))


def differences(old: Rulebook, new: Rulebook) -> tuple[Differences, tuple[Change, ...]]:
    """What people are told, and every setting that differs, for the record."""
    changes = describe_change(old, new)
    ids = (*new.clauses, *(one for one in old.clauses if one not in new.clauses))
    told = [ClauseChange(one, state_of(old, one), state_of(new, one)) for one in ids]
    told = [one for one in told if one.old is None or one.new is None or not one.old.reads_like(one.new)]
    telling = {one.id for one in told}
    others = differing(old, new) if any(not change.key.startswith("clauses.") for change in changes) else []
    return Differences(tuple(told), tuple(one for one in others if not one.clauses & telling)), changes


def marks_of(
    old: Mapping[str, Mark], told: Iterable[ClauseChange], new: Rulebook, since: datetime
) -> dict[str, Mark]:
    """Since when each clause is as it is, carried on from the edition before."""
    marks = {clause: mark for clause, mark in old.items() if clause in new.clauses}
    for change in told:
        if change.new is None:
            continue
        before = marks.get(change.id, Mark(None, None))
        held = since if change.comes_into_force else before.in_force_since
        marks[change.id] = Mark(since, held if change.new.clause.in_force else None)
    return marks


def first_marks(book: Rulebook, since: datetime) -> dict[str, Mark]:
    """Of the rulebook that an installation begins with."""
    return {one.id: Mark(None, since if one.in_force else None) for one in book.clauses.values()}


def facts_of(found: Differences) -> dict[str, Fact]:
    """For a notice: the first few in full, the others counted."""
    clauses, settings = found.clauses[:MOST_TOLD], found.settings[: max(0, MOST_TOLD - len(found.clauses))]
    left = len(found.clauses) + len(found.settings) - len(clauses) - len(settings)
    return {
        "clauses": [_clause_facts(one) for one in clauses],
        "settings": [_setting_facts(one) for one in settings],
        "left": left,
    }


def _setting_facts(one: Differing) -> Fact:
    """A setting in both languages; of a list only what comes and goes."""
    told: dict[str, Fact] = {"key": one.shown.key, "what": {}, "old": {}, "new": {}}
    for language in ("zh", "en"):
        was, now = one.was(language), one.now(language)
        if len(was) > 1 or len(now) > 1:
            was, now = [each for each in was if each not in now], [each for each in now if each not in was]
        said = {"what": one.what(language), "old": _joined(was), "new": _joined(now)}
        told = {**told, **{part: {**_words(told[part]), language: words} for part, words in said.items()}}
    return told


def _words(value: Fact) -> dict[str, Fact]:
    return value if isinstance(value, dict) else {}


def _joined(values: Sequence[str]) -> str:
    text = "; ".join(values) or "–"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _clause_facts(change: ClauseChange) -> Fact:
    shown = change.new or change.old
    if shown is None:
        raise ValueError("a change of nothing")
    return {
        "id": change.id,
        "article": shown.clause.article,
        "title": _both(shown.clause, "title"),
        "old": _state_facts(change.old),
        "new": _state_facts(change.new),
    }


def _state_facts(state: ClauseState | None) -> Fact:
    if state is None:
        return None
    return {
        "article": state.clause.article,
        "title": _both(state.clause, "title"),
        "text": _both(state.clause, "says"),
        "in_force": state.clause.in_force,
        "cost": [[effect, amount] for effect, amount in effects_of(state.cost or Sanction())],
    }


def _both(clause: Clause, field: str) -> Fact:
    words = getattr(clause, field)
    return {"zh": words.zh, "en": words.en}
