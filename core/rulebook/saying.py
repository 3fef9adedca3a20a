"""Values of settings as people read them, in Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from core.rulebook import labels
from core.rulebook.problems import Path
from core.rulebook.sections import Choice, Sanction, Words
from core.rulebook.shape import EACH, WHOLE, setting_at

_NONE = Words(zh="无", en="none")
_TRUTH = {True: Words(zh="是", en="yes"), False: Words(zh="否", en="no")}
_TIGHT = frozenset({"percent", "day_of_month", "month_of_year"})  # written without a space before the unit


def say(value: Any, unit: str, language: str) -> str:
    """A value with its unit; what is a word of the file is said in the reader's language."""
    if value is None or (not isinstance(value, (bool, int)) and value in ((), [], {}, "")):
        return _NONE.say(language)
    if isinstance(value, bool):
        return _TRUTH[value].say(language)
    if isinstance(value, int):
        return _figure(value, unit, language)
    if isinstance(value, (tuple, list)):
        return _joined((say(one, unit, language) for one in value), language)
    if isinstance(value, Sanction):
        return _sanction(value, language)
    if isinstance(value, Words):
        return value.say(language)
    if isinstance(value, Choice):
        return value.title.say(language)
    return _other(value, unit, language)


def say_entry(value: BaseModel, path: Path, language: str) -> str:
    """An entry of a list without names, part by part: `A · GM · 1 · 6 months`. What is not set is left out."""
    return " · ".join(
        _part(getattr(value, name), (*path, EACH, name), language)
        for name in type(value).model_fields
        if _is_set(getattr(value, name))
    )


def _is_set(value: Any) -> bool:
    return value is not None and value is not False and (isinstance(value, int) or bool(value))


def _part(value: Any, path: Path, language: str) -> str:
    setting = setting_at(path)
    if value is True and setting is not None:
        return labels.of_setting(setting).say(language)
    if isinstance(value, tuple) and isinstance(value[0], BaseModel) and not isinstance(value[0], WHOLE):
        return " → ".join(f"({say_entry(one, path, language)})" for one in value)
    return say(value, setting.unit if setting else "", language)


def _other(value: Any, unit: str, language: str) -> str:
    if isinstance(value, Mapping):
        return _joined((f"{key}: {say(one, unit, language)}" for key, one in value.items()), language)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    option = labels.of_option(value) if isinstance(value, str) else None
    return option.say(language) if option else str(value)


def _figure(value: int, unit: str, language: str) -> str:
    word = labels.of_unit(unit).say(language)
    if not word:
        return str(value)
    if unit in _TIGHT:
        return f"{value}{word}"
    if language == "en" and value == 1 and word.endswith("s"):
        word = word.removesuffix("s")
    number = f"{value:,}" if unit == "yuan" else str(value)
    return f"{number} {word}"


def _sanction(value: Sanction, language: str) -> str:
    parts = []
    for name in type(value).model_fields:
        given = getattr(value, name)
        if given:
            words = labels.of_part(f"sanction.{name}")
            said = words.say(language) if words else name
            amount = "" if given is True else f" {_figure(given, 'yuan' if name.endswith('_yuan') else '', language)}"
            parts.append(f"{said}{amount}")
    return _joined(parts, language) if parts else _NONE.say(language)


def _joined(parts: Any, language: str) -> str:
    return ("，" if language != "en" else ", ").join(parts)
