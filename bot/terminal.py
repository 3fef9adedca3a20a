"""What commands of the terminal share: plain texts in a language, and the rulebook that the settings name."""

from __future__ import annotations

import html
import re

from bot.i18n import catalogue
from bot.settings import Settings
from core.rulebook import Rulebook, default, load


class Texts:
    """Plain texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def t(self, text: str, /, **values: object) -> str:
        return self._catalogue.gettext(text).format(**values)


def plain(text: str) -> str:
    """A text without markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def rulebook_of(settings: Settings) -> Rulebook:
    """The company's rulebook, or the default one. Raises RulebookError."""
    return load(settings.rulebook) if settings.rulebook else default()
