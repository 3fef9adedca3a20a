"""What people call the settings, their units and the words in them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from core.rulebook.problems import Path
from core.rulebook.sections import Words
from core.rulebook.shape import Setting, setting_at
from core.rulebook.source import parse

_FOLDER = FilePath(__file__).with_name("wordlist")
# Files that hold no settings: what they name stands in a table of its own.
_TABLES = ("options", "parts", "sections", "shared")

UNITS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "count": ("", ""),
    "times": ("次", "times"),
    "metres": ("米", "m"),
    "seconds": ("秒", "seconds"),
    "minutes": ("分钟", "minutes"),
    "working_minutes": ("工作分钟", "working minutes"),
    "hours": ("小时", "hours"),
    "working_hours": ("工作小时", "working hours"),
    "days": ("天", "days"),
    "working_days": ("个工作日", "working days"),
    "months": ("个月", "months"),
    "day_of_month": ("日", ""),
    "month_of_year": ("月", ""),
    "yuan": ("元", "yuan"),
    "percent": ("%", "%"),
    "score": ("分", "points"),
    "points": ("分", "points"),
    "stars": ("星", "stars"),
}


@cache
def _table(name: str) -> Mapping[str, Words]:
    file = _FOLDER / f"{name}.yaml"
    settings: dict[str, Any] = parse(file.read_text("utf-8"), file.name).settings
    return {key: Words(zh=words[0], en=words[1]) for key, words in settings.items()}


@cache
def of_settings() -> Mapping[str, Words]:
    """The words of every setting, by its dotted key without names of entries."""
    found: dict[str, Words] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        if file.stem not in _TABLES:
            found.update(_table(file.stem))
    return found


def of_section(section: str) -> Words:
    """What a section is called."""
    return _table("sections").get(section, Words(zh=section, en=section))


def of_setting(setting: Setting) -> Words:
    """What a setting is called; its key where nobody has found words for it."""
    return _of(setting) or Words(zh=setting.key, en=setting.key)


def _of(setting: Setting) -> Words | None:
    last = str(setting.path[-1])
    return of_settings().get(setting.key) or _table("shared").get(last) or _table("parts").get(f"sanction.{last}")


def of_part(key: str) -> Words | None:
    """What a part of a sanction or of a clause is called: `sanction.fine_yuan`."""
    return _table("parts").get(key)


def of_option(word: str) -> Words | None:
    """How people read a word that stands for a value."""
    return _table("options").get(word)


def of_unit(unit: str) -> Words:
    zh, en = UNITS.get(unit, ("", ""))
    return Words.model_construct(zh=zh, en=en)


def of_place(path: Path) -> Words:
    """What the setting of a place in a rulebook is called, or else what it is a part of."""
    for end in range(len(path), 1, -1):
        setting = setting_at(path[:end])
        words = _of(setting) if setting else None
        if words is not None:
            return words
    return of_section(str(path[0]))
