"""What somebody most likely meant by a value that cannot be read (RULE-1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path as FilePath

from core.rulebook.problems import near
from core.rulebook.source import parse

_FIGURE = re.compile(r"\d+")
_CLOCKS = re.compile(r"(?<!\d)(\d):(?=\d)")
_CLOCK_OR_SPAN = re.compile(r"\d\d:\d\d( *- *\d\d:\d\d)?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TRUTH = {"yes": "true", "on": "true", "是": "true", "no": "false", "off": "false", "否": "false"}
_OPTIONS = FilePath(__file__).with_name("wordlist") / "options.yaml"


def figure(value: object) -> str | None:
    """The number in a text: 30 of `30分钟`, of `"30"`, of `３０`."""
    found = _FIGURE.findall(_narrow(value)) if isinstance(value, str) else []
    return found[0] if len(found) == 1 else None


def truth(value: object) -> str | None:
    """true or false for a word that means it."""
    return _TRUTH.get(value.strip().lower()) if isinstance(value, str) else None


def listed(value: object) -> str | None:
    """A single value as the list it should be."""
    return f"[{value}]" if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def written(value: object) -> str | None:
    """A clock time, a span or a date in the form that is read: `09:00` of `9：00`, `2026-10-01` of `2026/10/1`."""
    if not isinstance(value, str):
        return None
    plain = _narrow(value).strip()
    day = _DATE.fullmatch(plain)
    if day:
        meant = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
        return meant if meant != value else None
    clocks = _CLOCKS.sub(r"0\1:", plain.replace("~", "-").replace("至", "-"))
    return clocks if clocks != value and _CLOCK_OR_SPAN.fullmatch(clocks) else None


def option(value: object, known: Iterable[str]) -> str | None:
    """The word that is written for what was written: `salesperson` of `业务员`, `major` of `majr`."""
    names = list(known)
    said = _by_words().get(str(value), [])
    return next((name for name in said if name in names), None) or near(str(value), names)


@cache
def _by_words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, words in parse(_OPTIONS.read_text("utf-8"), _OPTIONS.name).settings.items():
        for word in words:
            found.setdefault(word, []).append(name)
    return found


def _narrow(text: str) -> str:
    """Full-width letters, digits and colons as usual ones."""
    return unicodedata.normalize("NFKC", text)
