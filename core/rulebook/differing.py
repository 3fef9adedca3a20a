"""Settings that differ between two rulebooks, in people's words (RULE-4)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from core.rulebook import labels
from core.rulebook.book import Rulebook
from core.rulebook.entries import Entry, Explained
from core.rulebook.saying import say, say_entry
from core.rulebook.shape import WHOLE


@dataclass(frozen=True, slots=True)
class Differing:
    """One setting that differs; None: it is not there."""

    old: Entry | None
    new: Entry | None

    @property
    def shown(self) -> Entry:
        entry = self.new or self.old
        if entry is None:
            raise ValueError("a difference of nothing")
        return entry

    @property
    def clauses(self) -> set[str]:
        """The clauses that rest on it, before or after."""
        return {clause.id for entry in (self.old, self.new) if entry for clause in entry.clauses}

    def what(self, language: str) -> str:
        """What the setting is called, with the names of the entries it stands in."""
        entry = self.shown
        words = labels.of_setting(entry.setting).say(language)
        names = [say(name, "", language) for name in entry.within]
        return f"{words} [{' '.join(names)}]" if names else words

    def was(self, language: str) -> list[str]:
        return _said(self.old, language)

    def now(self, language: str) -> list[str]:
        return _said(self.new, language)


def differing(old: Rulebook, new: Rulebook) -> list[Differing]:
    """The settings whose values are not the same, in the order of the new rulebook."""
    before = {entry.key: entry for entry in Explained(old).whole()}
    after = {entry.key: entry for entry in Explained(new).whole()}
    found = [Differing(before.get(key), after.get(key)) for key in dict.fromkeys((*after, *before))]
    return [one for one in found if _value(one.old) != _value(one.new)]


def values(entry: Entry, language: str) -> list[str]:
    """The value of a setting; of a list without names each entry by itself."""
    listed = entry.value
    if isinstance(listed, tuple) and listed and isinstance(listed[0], BaseModel) and not isinstance(listed[0], WHOLE):
        return [say_entry(one, entry.setting.path, language) for one in listed]
    return [say(listed, entry.setting.unit, language)]


def _value(entry: Entry | None) -> object:
    return None if entry is None or entry.is_left_out else entry.value


def _said(entry: Entry | None, language: str) -> list[str]:
    if entry is None or entry.is_left_out:
        return [say(None, "", language)]
    return values(entry, language)
