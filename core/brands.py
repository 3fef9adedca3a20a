"""The part of a company's name that tells it apart (字号), and the keys under which a name is found again although it
was written otherwise (CUS-2).

A name is region, brand, trade and legal form: 深圳 · 华强 · 电子 · 有限公司. Every record has a dozen keys; those
of a new name find the few records worth comparing letter by letter, so that the check takes the same time however
many there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from core.names import plain
from core.regions import SHORTEST, places, short

SHORTEST_BRAND = 2  # characters
LETTERS = (
    8  # of brand and trade, in which a wrong one is looked for; what comes behind is the same or does not matter
)
MOST_REGIONS = 2
MOST_OF_PLACE = 5  # characters at a name's start that may be a place with a slip in it
KEY_BYTES = 6
MOST_COMPARED = 25  # in each of two ways

# How much of a whole likeness of 100 each way of writing a name otherwise leaves.
NO_REGION = 98.0
OTHER_BRANCH = 97.0
SAME_SOUND = 95.0
ONE_SLIP = 90.0
SAME_INITIALS = 88.0
COUNTED = 80.0
SHORTEST_WITH_SLIP = 4  # characters: of a shorter name one character is too much of it
FEWEST_INITIALS = 4

_BRACKETS = re.compile(r"[(\[{<《〈【「『〔]([^()\[\]{}<>《》〈〉【】「」『』〔〕]*)[)\]}>》〉】」』〕]")
_LATIN = re.compile(r"[a-z]+")
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_COUNTED = re.compile(r"[0-9一二三四五六七八九十百甲乙丙丁东南西北中上下]")


@dataclass(frozen=True, slots=True)
class Words:
    """What in a name is legal form and trade; the rulebook's."""

    suffixes: tuple[str, ...]
    trades: tuple[str, ...]


class Lexicon:
    """The same, ready to be looked up."""

    def __init__(self, words: Words) -> None:
        self.marker = _number(f"words {words!r}")
        self.suffixes = tuple(sorted({plain(s) for s in words.suffixes} - {""}, key=len, reverse=True))
        self.trades = frozenset(plain(t) for t in words.trades) - {""}
        self.longest = max(map(len, self.trades), default=0)

    def trade_of(self, text: str) -> str:
        """The trades a text ends with, at most all but a brand."""
        left = len(text)
        while (size := self._ending(text[:left])) and left - size >= SHORTEST_BRAND:
            left -= size
        return text[left:]

    def key_of(self, text: str) -> str:
        """A plain text without legal suffixes at its end, unless it is nothing else (`names.name_key`)."""
        while (size := next((len(s) for s in self.suffixes if text.endswith(s)), 0)) and len(text) > size:
            text = text[:-size]
        return text

    def is_trade(self, text: str) -> bool:
        """Whether nothing but trades is in a text."""
        while text and (size := self._ending(text)):
            text = text[:-size]
        return not text

    def _ending(self, text: str) -> int:
        sizes = range(min(self.longest, len(text)), 0, -1)
        return next((size for size in sizes if text[-size:] in self.trades), 0)


@lru_cache(maxsize=4)
def lexicon(words: Words) -> Lexicon:
    return Lexicon(words)


@dataclass(frozen=True)
class Parts:
    """A name taken apart; everything in its plain form. `own` is brand and trade, without which nothing is left."""

    regions: tuple[str, ...]
    brand: str
    trade: str
    branch: str

    @property
    def own(self) -> str:
        return self.brand + self.trade

    @cached_property
    def core(self) -> str:
        """The name in one order, however it was written: region, brand, trade."""
        return "".join(self.regions) + self.own

    @cached_property
    def sound(self) -> str:
        """How brand and trade sound, character by character: `huaqiangdianzi`."""
        return "".join(map(_sound, self.own))

    @cached_property
    def spoken(self) -> tuple[str, str]:
        """How the whole reads in words, in full and by first letters: `shenzhenhuaqiangdianzi`, `szhqdz`."""
        read = [_reading(part) for part in (*self.regions, self.brand, self.trade)]
        return "".join(full for full, _ in read), "".join(letters for _, letters in read)


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    from pypinyin import Style, pinyin  # noqa: PLC0415  # takes a third of a second to load

    return character if character.isascii() else str(pinyin(character, style=Style.NORMAL)[0][0])


@lru_cache(maxsize=20_000)
def _reading(part: str) -> tuple[str, str]:
    """A part of a name in pinyin, and its first letters; what is Latin stays."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    read: list[tuple[str, str]] = []
    for run in _RUNS.findall(part):
        read += [(run, run)] if run.isascii() else [(sound, sound[:1]) for sound in lazy_pinyin(run)]
    return "".join(full for full, _ in read), "".join(letters for _, letters in read)


# Taking a name apart ----------------------------------------------------------------------------------------


def take_apart(name: str, known: Lexicon) -> Parts:
    """Region, brand, trade and branch of a name."""
    regions: list[str] = []
    text = _without_bracketed(unicodedata.normalize("NFKC", name), regions)
    head, branch = _split(known.key_of(plain(text)), known)
    own = _without_regions(head, regions, known)
    trade = known.trade_of(own)
    return Parts(tuple(dict.fromkeys(regions)), own[: len(own) - len(trade)], trade, branch)


def _without_bracketed(text: str, regions: list[str]) -> str:
    def out(found: re.Match[str]) -> str:
        place = places().outer.get(plain(found[1]))
        if place is None:
            return found[0]
        regions.append(place)
        return ""

    return _BRACKETS.sub(out, text)


def _split(key: str, known: Lexicon) -> tuple[str, str]:
    """A company and its branch: 华强有限公司广州(分公司) is 华强 and 广州."""
    for suffix in known.suffixes:
        at = key.find(suffix, SHORTEST_BRAND) if len(suffix) > SHORTEST_BRAND else -1
        if at > 0:
            return known.key_of(key[:at]), key[at + len(suffix) :]
    return key, ""


def _without_regions(text: str, regions: list[str], known: Lexicon) -> str:
    """A name without its places, as long as a brand is left."""
    before = len(regions)
    while (found := places().at_start(text)) and _is_own(text[len(found[0]) :], known):
        regions.append(found[1])
        text = text[len(found[0]) :]
    if len(regions) > before:
        return text
    if (found := places().at_end(text)) and _is_own(text[: -len(found[0])], known):
        regions.append(found[1])
        return text[: -len(found[0])]
    return _without_inner(text, regions, known)


def _without_inner(text: str, regions: list[str], known: Lexicon) -> str:
    for at in range(SHORTEST_BRAND, len(text) - SHORTEST_BRAND):
        if (found := places().inside(text, at)) and _is_own(text[:at], known):
            regions.append(found[1])
            return text[:at] + text[at + len(found[0]) :]
    return text


def _is_own(text: str, known: Lexicon) -> bool:
    return len(text) >= SHORTEST_BRAND and not known.is_trade(text)


# Keys -------------------------------------------------------------------------------------------------------


def keys_of(name: str, known: Lexicon) -> frozenset[int]:
    """The keys under which a record is kept. Among them is the one that tells with which words they were made."""
    return frozenset((known.marker, *map(_number, _kept(take_apart(name, known)))))


def sought_keys(parts: Parts) -> frozenset[int]:
    """The keys under which records are kept that a name may mean."""
    own, first = parts.own, parts.own[:LETTERS]
    texts = set(_kept(parts))
    for place in _places(parts):
        texts.update(f"slip {place} {text}" for text in _one_less(own[: LETTERS + 1]))
        texts.update((f"slip {place} {first}", f"slip {place} {own[: LETTERS - 1]}"))
    if not parts.regions:  # a place may be there, with a slip in it
        texts.update(f"own {own[cut:]}" for cut in range(1, MOST_OF_PLACE + 1) if len(own) - cut > SHORTEST_BRAND)
    return frozenset(map(_number, texts))


def _kept(parts: Parts) -> Iterator[str]:
    own = parts.own
    yield f"own {own}"
    yield f"brand {parts.brand}"
    yield f"sound {parts.sound}"
    spoken, initials = parts.spoken
    yield f"spoken {spoken}"
    yield f"initials {initials}"
    for place in _places(parts):
        yield f"own {place} {own}"
        yield f"brand {place} {parts.brand}"
        yield f"slip {place} {own[:LETTERS]}"
        for text in _one_less(own[:LETTERS]):
            yield f"slip {place} {text}"


def _places(parts: Parts) -> tuple[str, ...]:
    here = (*parts.regions[:MOST_REGIONS], *((parts.branch,) if parts.branch else ()))
    return here or ("",)


def _one_less(text: str) -> Iterable[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=KEY_BYTES).digest())


# Likeness ---------------------------------------------------------------------------------------------------


def likeness(a: Parts, b: Parts) -> float:
    """How alike two names are: 0 nothing in common, 100 the same but for legal form, order and punctuation."""
    score = max(_letters(a.core, b.core), _written_otherwise(a, b))
    if a.regions != b.regions and _may_be_one_place(a, b):
        score = max(score, NO_REGION / 100 * _letters(a.own, b.own))
    return score if a.branch == b.branch else score * OTHER_BRANCH / 100


def _letters(a: str, b: str) -> float:
    score = fuzz.ratio(a, b)
    if OSA.distance(a, b, score_cutoff=1) != 1:
        return score
    if _counted(a, b):
        return min(score, COUNTED)
    return max(score, ONE_SLIP) if min(len(a), len(b)) >= SHORTEST_WITH_SLIP else score


def _counted(a: str, b: str) -> bool:
    """Whether two names differ by a number or a direction, which tell companies apart on purpose: 二厂 is no slip for
    三厂, nor 华东 for 华南."""
    here, there = set(a) - set(b), set(b) - set(a)
    return bool(here and there) and all(map(_COUNTED.match, here | there))


def _written_otherwise(a: Parts, b: Parts) -> float:
    """Likeness of names in pinyin, with characters that sound the same, or with a slip in their place."""
    if a.sound == b.sound and _may_be_one_place(a, b):
        return SAME_SOUND
    if _misspelt_place(a, b) or _misspelt_place(b, a):
        return ONE_SLIP
    if not (_LATIN.search(a.own) or _LATIN.search(b.own)):
        return 0.0
    if a.spoken[0] == b.spoken[0]:
        return SAME_SOUND
    return SAME_INITIALS if a.spoken[1] == b.spoken[1] and len(a.spoken[1]) >= FEWEST_INITIALS else 0.0


def _may_be_one_place(a: Parts, b: Parts) -> bool:
    """Whether one name tells no more than the other of where the company is: 深圳, 广东深圳, or nothing."""
    here, there = set(a.regions), set(b.regions)
    return here <= there or there <= here


def _misspelt_place(a: Parts, b: Parts) -> bool:
    """Whether what is before b's brand in a is b's place with one wrong character: 深训市 for 深圳."""
    if a.regions or not b.regions or not a.own.endswith(b.own):
        return False
    place = short(a.own[: len(a.own) - len(b.own)])
    return len(place) >= SHORTEST and any(OSA.distance(place, known, score_cutoff=1) == 1 for known in b.regions)


def likest(parts: Parts, names: Sequence[tuple[str, str, float]], known: Lexicon) -> list[tuple[float, int]]:
    """The names most like one, with their places in the list, the likest first.

    Each comes with its name key and the weight of the keys by which it was found. Compared part by part are those
    that weigh most and those that share most letters.
    """
    by_weight = sorted(range(len(names)), key=lambda at: (-names[at][2], at))[:MOST_COMPARED]
    keys = [key for _, key, _ in names]
    by_letters = (at for _, _, at in process.extract(parts.core, keys, scorer=fuzz.ratio, limit=MOST_COMPARED))
    compared = dict.fromkeys([*by_weight, *by_letters])
    scored = [(likeness(parts, take_apart(names[at][0], known)), at) for at in compared]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1]))
