"""What commands of the terminal share: plain texts in a language, and the rulebook that the settings name."""

from __future__ import annotations

import html
import re
from pathlib import Path

import typer
from pydantic import ValidationError

from bot.i18n import catalogue
from bot.settings import PREFIX, Settings
from core.rulebook import Rulebook, RulebookError, default, load


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


def language_of(given: str) -> str:
    """The language that a command's option names."""
    return "en" if given.lower().startswith("en") else "zh_CN"


def settings_or_end() -> Settings:
    """The settings, or an end with what is wrong in them."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            typer.echo(f"✗ {PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}", err=True)
        raise typer.Exit(1) from None


def rulebook_or_end(settings: Settings) -> Rulebook:
    """The rulebook that the settings name, or an end with what is wrong in it."""
    try:
        return rulebook_of(settings)
    except RulebookError as error:
        typer.echo(error.chinese(), err=True)
        raise typer.Exit(1) from None


def file_or_end(file: Path, language: str) -> Rulebook:
    """The rulebook of a file, or an end with every mistake in it."""
    try:
        return load(file)
    except RulebookError as error:
        typer.echo(error.chinese() if language == "zh_CN" else str(error))
        raise typer.Exit(1) from None
