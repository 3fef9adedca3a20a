"""Lists of forbidden words, and finding them in a folded text (ORG-5).

An entry is a word or a phrase; parts joined by `+` must all be in the message, and a part may give choices with `/`.
Chinese is found anywhere, also with single characters written in pinyin; Latin words are found as whole words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product
from pathlib import Path

from core.discipline.folding import Folded, fold_word, words_of
from core.discipline.posts import Category

_DATA = Path(__file__).with_name("data")
ALLOWED = "allowed"
MOST_MIXED = 3  # characters of a word up to which mixtures with pinyin are looked for
SHORTEST_PINYIN = 6  # letters below which a word's pinyin is too like other words
SHORTEST_SPELT, LONGEST_SPELT = 4, 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed word as it was written."""

    text: str
    category: Category


@cache
def shipped(name: str) -> Mapping[str, tuple[str, ...]]:
    """A list that comes with the product: words by category, and under `allowed` the phrases that are harmless. A
    line `@name = a / b` names choices for the lines below it."""
    found: dict[str, list[str]] = {}
    choices: dict[str, str] = {}
    heading = ""
    for line in (_DATA / f"{name}.txt").read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("["):
            heading = text.strip("[]")
        elif text.startswith("@") and " = " in text:
            named, _, choices_of = text.partition(" = ")
            choices[named] = choices_of
        elif text:
            words = (word.strip() for word in text.split("|"))
            found.setdefault(heading, []).extend("+".join(choices.get(p, p) for p in w.split("+")) for w in words)
    return {name: tuple(words) for name, words in found.items()}


def is_latin(text: str) -> bool:
    return text.isascii()


class Index:
    """Words ready to be found. `find` gives the entries whose parts are all in a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._parts: dict[str, list[tuple[Entry, int]]] = {}  # an atom: the entries it belongs to
        self._needs: dict[Entry, int] = {}
        self._grams: dict[tuple[str, str], list[str]] = {}  # by the first two characters
        self._single: dict[str, list[str]] = {}  # atoms of one character
        self._latin: dict[str, list[tuple[str, ...]]] = {}  # by the first word
        for entry in entries:
            self._enter(entry)
        self._pairs = self._grams.keys()

    def _enter(self, entry: Entry) -> None:
        parts = [part for part in entry.text.split("+") if part.strip()] or [entry.text]
        self._needs[entry] = len(parts)
        for number, part in enumerate(parts):
            for choice in part.split("/"):
                for form in _forms(choice, alone=len(parts) == 1):
                    self._enter_form(form, entry, number)

    def _enter_form(self, form: str, entry: Entry, number: int) -> None:
        known = form in self._parts
        self._parts.setdefault(form, []).append((entry, number))
        if known:
            return
        if is_latin(form):
            tokens = tuple(form.split(" "))
            self._latin.setdefault(tokens[0], []).append(tokens)
        elif len(form) == 1:
            self._single.setdefault(form, []).append(form)
        else:
            self._grams.setdefault((form[0], form[1]), []).append(form)

    def find(self, text: Folded, allowed: Index | None = None) -> list[tuple[Entry, str]]:
        """The entries that are in a text with what was found of them, those left out that stand inside an allowed
        phrase."""
        forms = sorted(set(self._forms_in(text, allowed)))
        present: dict[Entry, dict[int, str]] = {}
        for form in forms:
            for entry, number in self._parts[form]:
                present.setdefault(entry, {}).setdefault(number, form)
        return [
            (entry, "+".join(found[number] for number in sorted(found)))
            for entry, found in present.items()
            if len(found) == self._needs[entry]
        ]

    def _forms_in(self, text: Folded, allowed: Index | None) -> Iterator[str]:
        covered: list[tuple[int, int]] | None = None
        for form, at in self._found(text.tight):
            if covered is None:
                covered = allowed.spans(text.tight) if allowed else []
            if _stands_free(text.tight, form, at, covered):
                yield form
        for part in text.spread:
            yield from (form for form, _ in self._found(part))
            yield from self._latin_in(tuple(_inside(part)), allowed)
        yield from self._latin_in(text.tokens, allowed)

    def _found(self, tight: str) -> Iterator[tuple[str, int]]:
        """(form, first place) of everything listed."""
        for pair in self._pairs & set(pairwise(tight)):
            for form in self._grams[pair]:
                at = tight.find(form)
                if at >= 0:
                    yield form, at
        if self._single:
            for char in self._single.keys() & set(tight):
                yield char, tight.find(char)

    def spans(self, tight: str) -> list[tuple[int, int]]:
        """Where anything listed stands."""
        return [(at, at + len(form)) for form, first in self._found(tight) for at in _places(tight, form, first)]

    def _latin_in(self, tokens: tuple[str, ...], allowed: Index | None) -> Iterator[str]:
        for first in self._latin.keys() & set(tokens):
            for wanted in self._latin[first]:
                if _follow(tokens, wanted) and not (allowed and allowed.knows(wanted)):
                    yield " ".join(wanted)

    def knows(self, tokens: tuple[str, ...]) -> bool:
        return " ".join(tokens) in self._parts


def _forms(part: str, *, alone: bool) -> Iterator[str]:
    """The forms in which a part of an entry is looked for."""
    folded = fold_word(part)
    if is_latin(folded):
        tokens = words_of(part)
        if tokens:
            yield " ".join(tokens)
        return
    yield folded
    if alone and len(folded) > 1 and all(not char.isascii() for char in folded):
        yield from _with_pinyin(folded)


def _with_pinyin(word: str) -> Iterator[str]:
    """赌博: 赌bo, du博, dubo, du bo."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # only where a list is read; it takes a while to load

    syllables = [str(one) for one in lazy_pinyin(word)]
    if len(syllables) != len(word) or not all(one.isascii() for one in syllables):
        return
    if len(word) <= MOST_MIXED:
        for choice in product(*zip(word, syllables, strict=True)):
            mixed = "".join(choice)
            if mixed != word and not mixed.isascii():
                yield mixed
    if len("".join(syllables)) >= SHORTEST_PINYIN:
        yield "".join(syllables)
        yield " ".join(syllables)


def _inside(spelt: str) -> Iterator[str]:
    """Every word there might be in letters that stood apart."""
    for start in range(len(spelt)):
        for end in range(start + SHORTEST_SPELT, min(len(spelt), start + LONGEST_SPELT) + 1):
            yield spelt[start:end]


def _places(text: str, form: str, at: int) -> Iterator[int]:
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _stands_free(text: str, form: str, first: int, covered: list[tuple[int, int]]) -> bool:
    """Whether a form stands somewhere outside all allowed phrases."""
    if not covered:
        return True
    return any(
        not any(start <= at and at + len(form) <= end for start, end in covered) for at in _places(text, form, first)
    )


def _follow(tokens: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether the words stand one after the other."""
    if len(wanted) == 1:
        return True
    width = len(wanted)
    return any(tokens[at : at + width] == wanted for at in range(len(tokens) - width + 1))


@lru_cache(maxsize=8)
def index_of(entries: tuple[Entry, ...]) -> Index:
    """The index of a list; kept, for building one takes far longer than using it."""
    return Index(entries)
