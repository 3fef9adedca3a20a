"""Holds the catalogues against the code: what is missing, stale, or has other placeholders than its English text.

`python -m bot.texts` prints the faults and ends non-zero; `python -m bot.texts add AREA` appends the missing texts
to an area's catalogue, to be translated there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.i18n import LANGUAGES, LOCALES

KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": (1,), "n": (1, 2), "N_": (1,), "Words": (1,), "Plain": (1,)}
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class TextFault:
    """One text that is not right in one language."""

    language: str
    text: str
    fault: str  # "missing" | "stale" | "placeholders" | "fuzzy" | "contradiction"
    where: str

    def __str__(self) -> str:
        return f"{self.language} {self.fault}: {self.text!r} ({self.where})"


def in_code() -> dict[str, str]:
    """Every msgid in the code, with where it stands."""
    found: dict[str, str] = {}
    root = Path(__file__).parent
    for name, line, message, _, _ in extract_from_dir(root, [("**.py", "python")], keywords=KEYWORDS):
        text = message[0] if isinstance(message, tuple) else message
        found.setdefault(text, f"{name}:{line}")
    return found


def in_catalogues(language: str) -> Iterator[tuple[str, str, list[str], bool]]:
    """(file, msgid, translations, fuzzy) of a language."""
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id:
                    plural = isinstance(message.id, (list, tuple))
                    msgid = message.id[0] if plural else message.id
                    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
                    yield file.name, str(msgid), [str(s or "") for s in strings], message.fuzzy


def _placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def faults() -> list[TextFault]:
    """Everything wrong with the catalogues."""
    code = in_code()
    return [fault for language in LANGUAGES if language != SOURCE for fault in _faults_of(language, code)]


def _faults_of(language: str, code: dict[str, str]) -> Iterator[TextFault]:
    seen: dict[str, list[str]] = {}
    for file, text, translations, fuzzy in in_catalogues(language):
        if text not in code:
            yield TextFault(language, text, "stale", file)
        if fuzzy:
            yield TextFault(language, text, "fuzzy", file)
        if seen.setdefault(text, translations) != translations:
            yield TextFault(language, text, "contradiction", file)
        if any(t and _placeholders(t) != _placeholders(text) for t in translations):
            yield TextFault(language, text, "placeholders", file)
        if not all(translations):
            yield TextFault(language, text, "missing", file)
    for text, where in code.items():
        if text not in seen:
            yield TextFault(language, text, "missing", where)


def add(area: str) -> int:
    """Append what is missing to an area's catalogues, untranslated; how many texts."""
    missing = [fault for fault in faults() if fault.fault == "missing"]
    own = [fault for fault in missing if Path(fault.where.split(":")[0]).stem == area]
    for fault in own:
        with (LOCALES / fault.language / f"{area}.po").open("a", encoding="utf-8") as file:
            text = fault.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            file.write(f'\nmsgid "{text}"\nmsgstr ""\n')
    return len(own)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["add"]:
        sys.stdout.write(f"{add(arguments[1])} texts to translate\n")
        return 0
    found = faults()
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
