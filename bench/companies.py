"""A million made-up companies, named as companies are, and the ways in which people write such a name otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

SECTIONS = dict(re.findall(r"\[(\w+)\]\n([^\[]+)", Path(__file__).with_suffix(".txt").read_text("utf-8")))
CITIES, WIDER, TRADES = (SECTIONS[name].split() for name in ("cities", "wider", "trades"))
BRAND = list(dict.fromkeys("".join(SECTIONS["letters"].split())))
LATIN_TRADES = ("Electronics", "Technology", "Trading", "Industrial", "Logistics", "Medical", "Energy", "Materials")
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
LETTERS = "bcdfghklmnprstvxz", "aeiou"


@dataclass(frozen=True, slots=True)
class Company:
    """A company's name in its parts. `style` is how the region stands in it: "head", "city" (with 市), "brackets",
    "none"."""

    region: str
    style: str
    brand: str
    trade: str
    form: str
    branch: str = ""

    @property
    def name(self) -> str:
        own = self.brand + self.trade
        if self.brand.isascii() and self.trade.isascii():
            own = f"{self.brand} {self.trade} "
        head = {
            "head": self.region + own,
            "city": f"{self.region}市{own}",
            "brackets": f"{own}({self.region})" if own.isascii() else f"{own}（{self.region}）",
            "none": own,
        }[self.style]
        return head + self.form + (f"{self.branch}分公司" if self.branch else "")

    @property
    def initials(self) -> str:
        """As the archive keeps them; read part by part, which is quick."""
        return "".join(_read(part)[1] for part in (self.region, self.brand, self.trade, self.form))


class Maker:
    """Draws companies; the same ones for the same seed."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self._letters = list(accumulate(1 / (n + 20) for n in range(len(BRAND))))
        self.brands = [self._brand() for _ in range(max(count // 4, 1000))]
        self._shares = list(accumulate(1 / (n + 30) ** 0.6 for n in range(len(self.brands))))
        self._cities = list(accumulate(1 / (n + 8) for n in range(len(CITIES))))
        self._trades = list(accumulate(1 / (n + 6) for n in range(len(TRADES))))

    def _brand(self) -> str:
        draw = self.dice.random()
        if draw < 0.06:
            return self._latin()
        length = 2 if draw < 0.55 else 3 if draw < 0.85 else 4
        return "".join(self.dice.choices(BRAND, cum_weights=self._letters, k=length))

    def _latin(self) -> str:
        consonants, vowels = LETTERS
        syllables = (self.dice.choice(consonants) + self.dice.choice(vowels) for _ in range(self.dice.randint(2, 3)))
        return ("".join(syllables) + self.dice.choice(consonants)).capitalize()

    def company(self) -> Company:
        dice = self.dice
        brand = dice.choices(self.brands, cum_weights=self._shares)[0]
        region = dice.choices(CITIES, cum_weights=self._cities)[0] if dice.random() < 0.85 else dice.choice(WIDER)
        if brand.isascii() and dice.random() < 0.3:
            return Company(
                "", "none", brand + dice.choice(("", "tech", "ron")), dice.choice(LATIN_TRADES), "Co., Ltd."
            )
        styles = ("head", "city", "brackets", "none") if region in CITIES else ("head", "head", "brackets", "none")
        style = dice.choices(styles, (55, 30, 10, 5))[0]
        form = dice.choices(FORMS, (88, 5, 5, 2))[0]
        branch = dice.choices(CITIES, cum_weights=self._cities)[0] if dice.random() < 0.03 else ""
        trade = dice.choices(TRADES, cum_weights=self._trades)[0]
        return Company("" if style == "none" else region, style, brand, trade, form, branch)

    def companies(self, count: int, key: Callable[[str], str]) -> list[Company]:
        """Companies that differ in what the archive holds to be a name."""
        made: dict[str, Company] = {}
        while len(made) < count:
            one = self.company()
            made.setdefault(key(one.name), one)
        return list(made.values())


# Ways to write a name otherwise: each gives None where a name cannot be written so --------------------------


def form_dropped(c: Company, _: random.Random) -> str | None:
    return replace(c, form="").name.strip() if not c.branch else None


def form_changed(c: Company, dice: random.Random) -> str | None:
    return replace(c, form=dice.choice([f for f in FORMS if f != c.form])).name if c.form in FORMS else None


def region_dropped(c: Company, _: random.Random) -> str | None:
    return replace(c, style="none", region="").name if c.region else None


def _one_wrong(c: Company, dice: random.Random, among: Callable[[str], list[str]]) -> str | None:
    at = dice.randrange(len(c.brand))
    others = [letter for letter in among(c.brand[at]) if letter != c.brand[at]]
    return replace(c, brand=c.brand[:at] + dice.choice(others) + c.brand[at + 1 :]).name if others else None


def one_wrong_of_three(c: Company, dice: random.Random) -> str | None:
    if c.brand.isascii():
        return _one_wrong(c, dice, lambda _: list("bcdfghklmnprstvxzaeiou"))
    return _one_wrong(c, dice, lambda _: BRAND) if len(c.brand) > 2 else None


def one_wrong_of_two(c: Company, dice: random.Random) -> str | None:
    return _one_wrong(c, dice, lambda _: BRAND) if len(c.brand) == 2 else None


def homophone(c: Company, dice: random.Random) -> str | None:
    return None if c.brand.isascii() else _one_wrong(c, dice, lambda letter: _sounds().get(_sound(letter), []))


def wrong_elsewhere(c: Company, dice: random.Random) -> str | None:
    if not c.region or c.style == "brackets" or len(c.trade) < 2:
        return None
    part = dice.choice(("region", "trade"))
    text = getattr(c, part)
    at = dice.randrange(len(text))
    wrong = text[:at] + dice.choice([letter for letter in BRAND if letter != text[at]]) + text[at + 1 :]
    return replace(c, **{part: wrong}).name


def one_missing(c: Company, dice: random.Random) -> str | None:
    at = dice.randrange(len(c.brand))
    return replace(c, brand=c.brand[:at] + c.brand[at + 1 :]).name if len(c.brand) > 2 else None


def full_width(c: Company, dice: random.Random) -> str | None:
    wide = "".join(chr(ord(x) + 0xFEE0) if "!" <= x <= "~" else x for x in c.name)
    cut = dice.randrange(1, len(wide))
    return f"{wide[:cut]}\u3000{wide[cut:]}"


def brackets_moved(c: Company, _: random.Random) -> str | None:
    if not c.region or c.brand.isascii():
        return None
    return f"{c.brand}（{c.region}）{c.trade}{c.form}" + (f"{c.branch}分公司" if c.branch else "")


def brackets_dropped(c: Company, _: random.Random) -> str | None:
    return c.name.replace("（", "").replace("）", "") if c.style == "brackets" else None


def region_last(c: Company, _: random.Random) -> str | None:
    return replace(c, style="brackets").name if c.region and c.style != "brackets" else None


def pinyin_brand(c: Company, _: random.Random) -> str | None:
    return None if c.brand.isascii() else replace(c, brand=_read(c.brand)[0]).name


def pinyin_whole(c: Company, _: random.Random) -> str | None:
    return None if c.branch or c.brand.isascii() else "".join(_read(p)[0] for p in (c.region, c.brand, c.trade))


def initials_brand(c: Company, _: random.Random) -> str | None:
    return None if c.brand.isascii() else replace(c, brand=_read(c.brand)[1]).name


WAYS: dict[str, Callable[[Company, random.Random], str | None]] = {
    "legal form dropped": form_dropped,
    "legal form another": form_changed,
    "region dropped": region_dropped,
    "wrong of 3+ in brand": one_wrong_of_three,
    "wrong of 2 in brand": one_wrong_of_two,
    "homophone in brand": homophone,
    "wrong in region/trade": wrong_elsewhere,
    "one missing of 3+": one_missing,
    "full width, space": full_width,
    "brackets moved": brackets_moved,
    "brackets dropped": brackets_dropped,
    "region last": region_last,
    "brand in pinyin": pinyin_brand,
    "whole in pinyin": pinyin_whole,
    "brand's initials": initials_brand,
}


@cache
def _read(text: str) -> tuple[str, str]:
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(text)
    return "".join(read), "".join(s[0] for s in read)


def _sound(letter: str) -> str:
    return _read(letter)[0]


_BY_SOUND: dict[str, list[str]] = {}


def _sounds() -> dict[str, list[str]]:
    if not _BY_SOUND:
        for letter in BRAND:
            _BY_SOUND.setdefault(_sound(letter), []).append(letter)
    return _BY_SOUND
