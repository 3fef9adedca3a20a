"""Names, phones and codes in the one form in which they are compared, and the forms in which others see them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

HOME = "CN"
SHORTEST_PHONE = 7  # digits; fewer would be shown whole by their ends
TAIL = 4  # digits of a phone by which people remember it
_MARKS = re.compile(r"[\s()\[\]{}<>《》〈〉【】「」『』〔〕“”\"'‘’·•.,、,。;:_\-—–~/\\|*&+]+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$|(?<=\d{7})[-－—](\d{1,6})\s*$", re.IGNORECASE)


# Names of companies -----------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """A name without case, width, spaces and punctuation: `华强（深圳）ＡＢＣ 公司` is `华强深圳abc公司`."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def name_key(name: str, suffixes: Sequence[str]) -> str:
    """The part of a name that tells companies apart (CUS-2): plain, and without legal suffixes at its end.

    A name that is nothing but suffixes stays whole.
    """
    key = plain(name)
    endings = sorted((plain(suffix) for suffix in suffixes), key=len, reverse=True)
    while (ending := next((e for e in endings if e and key.endswith(e)), None)) is not None:
        shorter = key[: -len(ending)]
        if not shorter:
            break
        key = shorter
    return key


def initials(name: str) -> str:
    """First letters of the name's reading, `szhqdz` for 深圳华强电子.

    Characters that read otherwise inside words count both ways: 重庆 is `cq zq`.
    """
    from pypinyin import Style, pinyin  # noqa: PLC0415  # takes a third of a second to load

    text = plain(name)
    in_words = "".join(sounds[0] for sounds in pinyin(text, style=Style.FIRST_LETTER))
    alone = "".join(map(_initial, text))
    return " ".join(dict.fromkeys([in_words, alone])).casefold()


@lru_cache(maxsize=20_000)
def _initial(character: str) -> str:
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return str(pinyin(character, style=Style.FIRST_LETTER)[0][0])


def masked_name(name: str) -> str:
    """A name as those see it whose customer it is not: its first two characters."""
    return name[:2] + "****"


# Phones -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164 (`+8675582345678`), and the extension behind a switchboard, if any."""

    number: str
    extension: str = ""

    def __str__(self) -> str:
        shown = shown_phone(self.number)
        return f"{shown}-{self.extension}" if self.extension else shown


def read_phone(text: str) -> Phone | None:
    """The phone written in a text (mobile, 0755-…, 400-…, +1 …), or None where it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    found = _EXTENSION.search(text)
    extension = (found[1] or found[2]) if found else ""
    if found:
        text = text[: found.start()]
    if re.search(r"[^\d\s()+.\-—–/]", text):
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), extension)


def phone_key(text: str) -> str | None:
    """The E.164 form under which a phone is compared, without its extension."""
    found = read_phone(text)
    return found.number if found else None


def tail(number: str) -> str:
    """The last digits of a number."""
    return number[-TAIL:]


@lru_cache(maxsize=2_000)  # each card of a matter shows the same one again
def shown_phone(number: str) -> str:
    """An E.164 number as it is written at home: `13800001111`, `0755-82345678`, `400-820-8888`."""
    parsed = phonenumbers.parse(number, HOME)
    national = phonenumbers.national_significant_number(parsed)
    if phonenumbers.region_code_for_number(parsed) != HOME:
        return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    if phonenumbers.number_type(parsed) == PhoneNumberType.MOBILE:
        return national
    if national.startswith(("400", "800")):
        return f"{national[:3]}-{national[3:6]}-{national[6:]}"
    area = phonenumbers.length_of_national_destination_code(parsed)
    return f"0{national[:area]}-{national[area:]}" if area else f"0{national}"


def masked_phone(number: str) -> str:
    """An E.164 number as groups and strangers to the customer see it: `138****1234` (ORG-6)."""
    shown = shown_phone(number)
    digits = [character for character in shown if character.isdigit() or character == "+"]
    head = "".join(digits[: -(TAIL + 4)]) or digits[0]
    return f"{head}****{tail(number)}"


def hidden_phone(written: str) -> str:
    """A number as somebody typed it, masked; of what can't be a phone number the ends alone."""
    number = phone_key(written)
    if number is not None:
        return masked_phone(number)
    digits = re.sub(r"\D", "", written)
    return f"{digits[:3]}****{digits[-TAIL:]}" if len(digits) >= SHORTEST_PHONE else "****"


# Codes ------------------------------------------------------------------------------------------------------


def credit_code(text: str) -> str | None:
    """The unified social credit code in a text, or None where form or check digit is wrong (CUS-1)."""
    try:
        return str(uscc.validate(unicodedata.normalize("NFKC", text)))
    except ValidationError:
        return None
