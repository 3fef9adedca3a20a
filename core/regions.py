"""Places as they stand in companies' names: provinces, cities and counties, by their full and their short names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NAMES = re.compile(r'^ *(\d+) (?:province|county)="([^"]*)"', re.MULTILINE)
_YEARS = re.compile(r"\[[^\]]*\]")
_PEOPLES = "壮族 回族 维吾尔 藏族 彝族 苗族 侗族 布依族 朝鲜族 土家族 哈尼族 傣族 白族 景颇族 傈僳族 羌族 蒙古族"
_AUTONOMOUS = re.compile(f"(?:{'|'.join(_PEOPLES.split())})*自治[区州县旗]$")
_KINDS = ("特别行政区", "地区", "省", "市", "盟", "新区", "区", "县", "旗")
_NATION = "中国"  # stands where a region stands, and tells companies apart no better
_NOT_PLACES = frozenset({"市辖区", "县", "省直辖县级行政单位", "省直辖行政单位", "自治区直辖县级行政单位"})
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Places:
    """Names of places with the one form each is known by. `inner` are those so well known that they are taken for
    places also in the middle of a name."""

    outer: dict[str, str]
    inner: dict[str, str]
    longest: int
    heads: frozenset[str]  # what any place begins with, and any well known one ends with: most names fail here
    tails: frozenset[str]

    def at_start(self, text: str) -> tuple[str, str] | None:
        """The place a text begins with: as written, and as it is known."""
        return self._first(text, self.outer, 0)

    def at_end(self, text: str) -> tuple[str, str] | None:
        """The place a text ends with."""
        if text[-SHORTEST:] not in self.tails:
            return None
        ends = (text[-size:] for size in range(min(self.longest, len(text)), SHORTEST - 1, -1))
        return next(((w, self.inner[w]) for w in ends if w in self.inner), None)

    def inside(self, text: str, at: int) -> tuple[str, str] | None:
        """The well known place that begins at a character of a text."""
        return self._first(text, self.inner, at)

    def _first(self, text: str, known: dict[str, str], at: int) -> tuple[str, str] | None:
        if text[at : at + SHORTEST] not in self.heads:
            return None
        words = (text[at : at + size] for size in range(min(self.longest, len(text) - at), SHORTEST - 1, -1))
        return next(((word, known[word]) for word in words if word in known), None)


def short(name: str) -> str:
    """A place without its kind: 深圳市 is 深圳, 广西壮族自治区 is 广西."""
    bare = _AUTONOMOUS.sub("", name)
    if bare != name:
        return bare if len(bare) >= SHORTEST else name
    kind = next((k for k in _KINDS if name.endswith(k) and len(name) - len(k) >= SHORTEST), "")
    return name[: len(name) - len(kind)]


@cache
def places() -> Places:
    """Every place there is or was. A county's or district's short name may be anybody's brand, so only its full name
    counts; a city's counts short."""
    text = (files("stdnum") / "cn" / "loc.dat").read_text("utf-8")
    outer, inner = {_NATION: _NATION}, {_NATION: _NATION}
    for code, written in _NAMES.findall(text):
        for name in _YEARS.sub("", written).split(","):
            if name in _NOT_PLACES or len(name) < SHORTEST:
                continue
            outer[name] = short(name)
            high = len(code) == len("11") or code.endswith("00")
            if high or name.endswith(("市", "新区")):
                outer[short(name)] = short(name)
            if high:
                inner[name] = inner[short(name)] = short(name)
    heads = frozenset(word[:SHORTEST] for word in outer)
    return Places(outer, inner, max(map(len, outer)), heads, frozenset(word[-SHORTEST:] for word in inner))
