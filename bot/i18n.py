"""Texts in the reader's language: English msgids, one Chinese catalogue an area, merged when first used."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
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
    files = sorted((LOCALES / language).glob("*.po"))
    if not files:
        return gettext.NullTranslations()
    merged = Catalog(locale=language)  # one for all areas: a chain of them is walked for each word
    for file in files:
        with file.open("rb") as source:
            for message in read_po(source, locale=language):
                if message.id and message.string and not message.fuzzy:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def supported(code: str | None, default: str) -> str:
    """Our language for a platform's language code."""
    if not code:
        return default
    return "zh_CN" if code.lower().startswith("zh") else "en"
