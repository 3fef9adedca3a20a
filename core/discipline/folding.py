"""Folding: what a text says once the tricks are taken out of it (ORG-5).

Full-width, circled and mathematical letters, Cyrillic and Greek look-alikes, traditional and look-alike characters
become plain ones; what can't be seen and what only stands between goes. Every character is folded once and
remembered, so that a long text costs a few passes of the interpreter's own machinery.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

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
_APART = re.compile(r"(?:[\u3400-\u9fff]\n){2,}[\u3400-\u9fff]")
_THREE = re.compile(r"([^\d\n ])\1{2,}")
_DOUBLED = re.compile(r"(?:([^\d\n ])\1){2,}")
MANY = 60  # characters to replace beyond which one pass over the text is quicker than one for each
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
    changing = [char for char in set(text) if _TABLE[ord(char)] != char]
    if len(changing) > MANY:
        return text.translate(_TABLE)
    marks = [char for char in changing if _TABLE[ord(char)] in (BREAK, SOFT, "")]
    for char in changing:
        if char not in marks:
            text = text.replace(char, _TABLE[ord(char)])
    for char in marks:
        text = text.replace(char, _TABLE[ord(char)])
    return text


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the forms in which words are looked for: `tight`, without anything between characters but the ends of
    sentences; `tokens`, its Latin words in order; `spread`, what stood apart letter by letter."""

    tight: str
    tokens: tuple[str, ...]
    spread: tuple[str, ...]


def fold(text: str) -> Folded:
    """A message's text in the forms in which it is searched."""
    spaced = plain(text)
    tight = spaced.replace(SOFT, "")
    apart = tuple(found.replace(BREAK, "") for found in _APART.findall(tight)) if BREAK in tight else ()
    return Folded(_thinned(tight), tuple(_tokens(spaced)), apart + tuple(_spelt(spaced)))


def fold_word(text: str) -> str:
    """A listed word as it stands in a folded text."""
    return _thinned(plain(text).replace(SOFT, "").replace(BREAK, ""))


def words_of(text: str) -> tuple[str, ...]:
    """The Latin words of a listed one."""
    return tuple(_TOKEN.findall(plain(text)))


def _thinned(text: str) -> str:
    """Without repetition that only disguises: 赌赌赌博 and 赌赌博博 are 赌博; 妈妈 stays."""
    if not any(one == other for one, other in set(pairwise(text))):
        return text
    return _DOUBLED.sub(lambda found: found[0][::2], _THREE.sub(r"\1", text))


def _tokens(spaced: str) -> Iterator[str]:
    for token in _TOKEN.findall(spaced):
        yield token
        if not token.isalpha() and not token.isdigit():
            yield from _LETTERS.findall(token)
            if len(token) >= SHORTEST_LEET:
                yield token.translate(_LEET)
                yield token.translate(_LEET_ONE)


def _spelt(spaced: str) -> Iterator[str]:
    """Words written letter by letter: c a s i n o."""
    if SOFT in spaced:
        for found in _SINGLES.findall(spaced):
            yield found.replace(SOFT, "")
