"""Texts in the reader's language: English msgids, one Chinese catalogue an area, merged when first used."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = ("zh_CN", "en")


def N_(text: str) -> str:
    """Mark a text for translation that is translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of a language. English is the msgids themselves."""
    merged: gettext.NullTranslations = gettext.NullTranslations()
    for file in sorted((LOCALES / language).glob("*.po")):
        compiled = io.BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        texts = gettext.GNUTranslations(compiled)
        texts.add_fallback(merged)
        merged = texts
    return merged


def supported(code: str | None, default: str) -> str:
    """Our language for a platform's language code."""
    if not code:
        return default
    return "zh_CN" if code.lower().startswith("zh") else "en"
