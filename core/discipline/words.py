"""Lists of forbidden words, and finding them in a folded text (ORG-5).

An entry is a word or a phrase; parts joined by `+` must all be in the message, and a part may give choices with `/`.
Chinese is found anywhere, also with single characters written in pinyin; Latin words are found as whole words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

from core.discipline.folding import Folded, Pair, fold_word, pairs_in_order, pairs_of, words_of
from core.discipline.posts import Category

_DATA = Path(__file__).with_name("data")
ALLOWED = "allowed"
MOST_MIXED = 3  # characters of a word up to which mixtures with pinyin are looked for
MOST_ASCII = 0x7F
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
        self._grams: dict[Pair, list[tuple[str, tuple[Pair, ...]]]] = {}  # by two of its characters, with the others
        self._single: set[str] = set()  # atoms of one character
        self._latin: dict[str, list[tuple[str, tuple[str, ...]]]] = {}  # by the first word, with the rest
        for entry in entries:
            self._enter(entry)
        self._pairs = frozenset(self._grams)

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
            first_word, *words = form.split(" ")
            self._latin.setdefault(first_word, []).append((form, tuple(words)))
        elif len(form) == 1:
            self._single.add(form)
        else:
            pairs = pairs_in_order(form)
            key = max(pairs, key=_rarity)
            self._grams.setdefault(key, []).append((form, tuple(pair for pair in pairs if pair != key)))

    def find(self, text: Folded, allowed: Index | None = None) -> list[tuple[Entry, str]]:
        """The entries that are in a text with what was found of them, those left out that stand inside an allowed
        phrase."""
        tight, elsewhere = set(self._found(text.tight, text.pairs)), set(self._beside(text, allowed))
        if allowed is not None and self._complete(tight | elsewhere):
            covered = allowed.spans(text)
            tight = {form for form in tight if _stands_free(text.tight, form, covered)}
        return self._complete(tight | elsewhere)

    def _complete(self, forms: set[str]) -> list[tuple[Entry, str]]:
        """The entries all of whose parts are among the forms."""
        present: dict[Entry, dict[int, str]] = {}
        for form in sorted(forms):
            for entry, number in self._parts[form]:
                present.setdefault(entry, {}).setdefault(number, form)
        return [
            (entry, "+".join(found[number] for number in sorted(found)))
            for entry, found in present.items()
            if len(found) == self._needs[entry]
        ]

    def _beside(self, text: Folded, allowed: Index | None) -> Iterator[str]:
        """What is not found in the text as it stands: Latin words, and what stood apart."""
        for part in text.spread:
            yield from self._found(part, pairs_of(part))
            yield from self._latin_in(tuple(_inside(part)), allowed)
        yield from self._latin_in(text.tokens, allowed)

    def _found(self, tight: str, pairs: set[Pair]) -> Iterator[str]:
        """Every form that is in a text. A form is searched for only where all pairs of its characters are there."""
        for pair in self._pairs & pairs:
            for form, rest in self._grams[pair]:
                if not rest or (pairs.issuperset(rest) and form in tight):
                    yield form
        if self._single:
            yield from self._single & set(tight)

    def spans(self, text: Folded) -> list[tuple[int, int]]:
        """Where anything listed stands."""
        tight = text.tight
        return [(at, at + len(form)) for form in self._found(tight, text.pairs) for at in _places(tight, form)]

    def _latin_in(self, tokens: tuple[str, ...], allowed: Index | None) -> Iterator[str]:
        there = set(tokens)
        whole = ""
        for first in self._latin.keys() & there:
            for form, rest in self._latin[first]:
                if allowed is not None and form in allowed:
                    continue
                if rest and there.issuperset(rest):
                    whole = whole or f" {' '.join(tokens)} "
                if not rest or (whole and f" {form} " in whole):
                    yield form

    def __contains__(self, form: str) -> bool:
        return form in self._parts


def _rarity(pair: Pair) -> int:
    """How seldom two characters stand together: Latin letters do so everywhere."""
    return (pair & 0xFFFF > MOST_ASCII) + (pair >> 16 > MOST_ASCII)


def _forms(part: str, *, alone: bool) -> Iterator[str]:
    """The forms in which a part of an entry is looked for."""
    folded = fold_word(part)
    if is_latin(folded):
        tokens = words_of(part)
        if tokens:
            yield " ".join(tokens)
        if len(tokens) > 1:
            yield "".join(tokens)
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


def _places(text: str, form: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _stands_free(text: str, form: str, covered: list[tuple[int, int]]) -> bool:
    """Whether a form stands somewhere outside all allowed phrases."""
    if not covered:
        return True
    return any(not any(start <= at and at + len(form) <= end for start, end in covered) for at in _places(text, form))


@lru_cache(maxsize=8)
def index_of(entries: tuple[Entry, ...]) -> Index:
    """The index of a list; kept, for building one takes far longer than using it."""
    return Index(entries)
