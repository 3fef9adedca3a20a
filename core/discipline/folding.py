"""Folding: what a text says once the tricks are taken out of it (ORG-5).

Full-width, circled and mathematical letters, Cyrillic and Greek look-alikes, traditional and look-alike characters
become plain ones; what can't be seen and what only stands between goes. Every character is folded once and
remembered, so that a long text costs a few passes of the interpreter's own machinery.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

Pair: TypeAlias = int  # two characters next to each other, as one number
_UNITS = f"utf-16-{'le' if sys.byteorder == 'little' else 'be'}"
_SAME = frozenset(code << 16 | code for code in (*range(ord("a"), ord("z") + 1), *range(0x3400, 0xA000)))
_DATA = Path(__file__).with_name("data")
BREAK = "\n"  # ends a sentence or a part of one: words do not reach over it
SOFT = " "  # stands between characters without ending anything
_ENDS = frozenset('\n\r。！？；，、：…!?;,:()（）[]【】{}《》<>「」『』“”"‘’\u2028\u2029')
_KEPT = re.compile(r"[a-z0-9\u3400-\u9fff\U00020000-\U0003134f]")
_TOKEN = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_LEET = str.maketrans("01345789", "oieastbg")
_LEET_ONE = str.maketrans("01345789", "oleastbg")
_SINGLES = re.compile(r"(?<![a-z0-9])[a-z](?: [a-z](?![a-z0-9])){2,}")
_THREE = re.compile(r"([^\d\n ])\1{2,}")
_DOUBLED = re.compile(r"(?:([^\d\n ])\1){2,}")
FEWEST_APART = 3  # characters standing apart that are read together
SHORTEST_LEET = 4


@cache
def _lookalikes() -> dict[str, str]:
    """Each character of the look-alike list with the plain one it stands for."""
    found: dict[str, str] = {}
    for line in (_DATA / "lookalikes.txt").read_text("utf-8").splitlines():
        plain, _, others = line.partition("#")[0].partition(" ")
        found.update(dict.fromkeys(others.replace(" ", ""), plain))
    return found


class _Table(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_one(chr(code))
        if len(self) < 100_000:  # noqa: PLR2004  # all there are in use; nobody fills memory with rare ones
            self[code] = folded
        return folded


def _fold_one(char: str) -> str:
    if char in _ENDS:
        return BREAK
    known = _lookalikes().get(char)
    if known is not None:
        return known
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return "" if char not in "\t\v\f" else SOFT
    return "".join(_plain(one) for one in unicodedata.normalize("NFKD", char).casefold())


def _plain(char: str) -> str:
    """One character of a decomposed one."""
    char = _lookalikes().get(char, char)
    if char in _ENDS:
        return BREAK
    if _KEPT.match(char):
        return char
    return "" if unicodedata.category(char) in ("Mn", "Me", "Cf") else SOFT


_TABLE = _Table()


def plain(text: str) -> str:
    """The text in small plain characters: letters, digits, Chinese, and marks for what stood between."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the forms in which words are looked for: `tight`, without anything between characters but the ends of
    sentences, and its `pairs` of neighbours; `tokens`, its Latin words in order; `spread`, what stood apart character
    by character."""

    tight: str
    pairs: set[Pair]
    tokens: tuple[str, ...]
    spread: tuple[str, ...]


def fold(text: str) -> Folded:
    """A message's text in the forms in which it is searched."""
    spaced = plain(text)
    tight = spaced.replace(SOFT, "")
    pairs = pairs_of(tight)
    if _is_padded(tight, pairs):
        spaced = _shortened(spaced)
        tight = _undoubled(_shortened(tight))
        pairs = pairs_of(tight)
    tokens = tuple(_tokens(spaced))
    return Folded(tight, pairs, tokens, (*_apart(tight), *_spelt(spaced, tokens)))


def pairs_of(text: str) -> set[Pair]:
    """All pairs of neighbours in a text. Read as numbers out of its bytes: that takes a third of the time of making a
    tuple for each."""
    raw = text.encode(_UNITS, "surrogatepass")
    found: set[Pair] = set()
    for part in (raw, raw[2:]):
        found.update(memoryview(part[: len(part) & ~3]).cast("I"))
    return found


def pairs_in_order(text: str) -> list[Pair]:
    raw = text.encode(_UNITS, "surrogatepass")
    return [int.from_bytes(raw[at : at + 4], sys.byteorder) for at in range(0, len(raw) - 2, 2)]


def _is_padded(tight: str, pairs: set[Pair]) -> bool:
    """Whether characters are repeated as they only are in disguise: three times, or two doubles in a row."""
    doubled = [chr(pair & 0xFFFF) for pair in _SAME & pairs]
    return any(3 * char in tight for char in doubled) or (len(doubled) > 1 and _DOUBLED.search(tight) is not None)


def fold_word(text: str) -> str:
    """A listed word as it stands in a folded text."""
    return _undoubled(_shortened(plain(text).replace(SOFT, "").replace(BREAK, "")))


def words_of(text: str) -> tuple[str, ...]:
    """The Latin words of a listed one."""
    return tuple(_TOKEN.findall(plain(text)))


def _undoubled(text: str) -> str:
    """赌赌博博 is 赌博; 妈妈 stays."""
    return _DOUBLED.sub(lambda found: found[0][::2], text)


def _shortened(text: str) -> str:
    """赌赌赌博 is 赌博."""
    return _THREE.sub(r"\1", text)


def _apart(tight: str) -> Iterator[str]:
    """Characters each of which stands between ends of sentences: 裸，聊，视，频."""
    for single, parts in groupby(tight.split(BREAK), lambda part: len(part) == 1):
        if single and len(word := "".join(parts)) >= FEWEST_APART:
            yield word


def _is_single(token: str) -> bool:
    return len(token) == 1


def _tokens(spaced: str) -> Iterator[str]:
    for token in _TOKEN.findall(spaced):
        yield token
        if not token.isalpha() and not token.isdigit():
            yield from _LETTERS.findall(token)
            if len(token) >= SHORTEST_LEET:
                yield token.translate(_LEET)
                yield token.translate(_LEET_ONE)


def _spelt(spaced: str, tokens: tuple[str, ...]) -> Iterator[str]:
    """Words written letter by letter: c a s i n o."""
    if sum(map(_is_single, tokens)) >= FEWEST_APART:
        for found in _SINGLES.findall(spaced):
            yield found.replace(SOFT, "")
