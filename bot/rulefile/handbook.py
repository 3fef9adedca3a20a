"""The reference page of all settings, clauses and presets, made from the models: docs/rulebook-settings.md.

`python -m bot.rulefile.handbook` writes it anew; a test holds the page against the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, get_args, get_origin

from core.rulebook import PRESETS, Rulebook, Words, default, labels
from core.rulebook.entries import Explained
from core.rulebook.loading import has_section
from core.rulebook.saying import say
from core.rulebook.sections import SECTIONS, Choice, Sanction, ShiftRule
from core.rulebook.sections.clauses import CLAUSES, NONE, OWN
from core.rulebook.sections.waiting import is_clause_waiting, is_waiting
from core.rulebook.shape import EACH, Setting, bare, bounds_of, is_model, settings_of

PAGE = Path(__file__).parents[2] / "docs" / "rulebook-settings.md"
_HEAD = """\
# 制度文件的全部设置 · All settings of the rulebook

由程序生成，与程序一致。怎么写、怎么检查见 [rulebook.md](rulebook.md)。
带 `.` 的键写成下一层；列表和表里每一项的键写在项内。

Generated, and held against the program by a test. How to write and check a file: [rulebook.md](rulebook.md).
A dot leads one level down; keys of the entries of a list or a table stand within the entry.

⏳ 可以先写，目前没有功能使用 · may be written already, no function acts on it yet.
"""
_COLUMNS = ("| 键 key | 含义 | meaning | 可填 value | 默认 default |", "|---|---|---|---|---|")
_FORMS: dict[Any, str] = {
    bool: "`true` `false`",
    str: "文字 text",
    int: "整数 number",
    time: "`HH:MM`",
    date: "`YYYY-MM-DD`",
    Words: "`{ zh: …, en: … }`",
    Sanction: "处罚 sanction ¹",
    ShiftRule: "`09:00-12:00`",
    Choice: "`{ key: …, title: { zh: …, en: … } }`",
}
_LONGEST = 60  # characters of a default that are shown


def page() -> str:
    """The whole page."""
    book = default()
    parts = [_HEAD, *(_section(book, section) for section in SECTIONS if section != "clauses")]
    return "\n".join([*parts, _sanctions(), _presets(), _clauses(book)])


def _section(book: Rulebook, section: str) -> str:
    words = labels.of_section(section)
    shown = {entry.key: entry for entry in Explained(book).section(section)}
    mark = " ⏳" if is_waiting(section) else ""
    lines = [
        f"## {section} · {words.zh} · {words.en}{mark}",
        "",
        "| 键 key | 含义 | meaning | 可填 value | 默认 default |",
    ]
    lines.append("|---|---|---|---|---|")
    for setting in settings_of(section):
        said = labels.of_setting(setting)
        key = setting.key.removeprefix(f"{section}.")
        entry = shown.get(setting.key)
        usual = _usual(entry.value, setting) if entry else _names(book, setting)
        mark = " ⏳" if is_waiting(setting.key) and not is_waiting(section) else ""
        lines.append(f"| `{key}`{mark} | {said.zh} | {said.en} | {_form(setting)} | {usual} |")
    return "\n".join([*lines, ""])


def _usual(value: Any, setting: Setting) -> str:
    if isinstance(value, tuple) and value and is_model(type(value[0])) and not isinstance(value[0], tuple(_FORMS)):
        return f"{len(value)} 项 entries"
    text = _code(value) or say(value, setting.unit, "zh_CN")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _code(value: Any) -> str:
    """Words as they are written in the file; "" for what is no word of it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    words = value if isinstance(value, tuple) else (value,)
    known = words and all(isinstance(word, str) and labels.of_option(word) for word in words)
    return " ".join(f"`{word}`" for word in words) if known else ""


def _names(book: Rulebook, setting: Setting) -> str:
    """The names of a table's entries; nothing for what stands within each entry."""
    if EACH in setting.path:
        return ""
    found: Any = book
    for part in setting.path:
        found = getattr(found, str(part))
    names = list(found) if isinstance(found, Mapping) else [getattr(one, "key", "") or one.name for one in found]
    return " ".join(f"`{name}`" for name in names) or say(None, "", "zh_CN")


def _form(setting: Setting) -> str:
    if setting.options:
        listed = " ".join(f"`{option}`" for option in setting.options)
        return f"列表 list: {listed}" if _is_list(setting.type) else listed
    form = _one(_item(setting.type), setting)
    return f"列表 list: {form}" if _is_list(setting.type) else form


def _one(kind: Any, setting: Setting) -> str:
    if setting.unit:
        unit = labels.of_unit(setting.unit)
        named = " ".join(dict.fromkeys(filter(None, (unit.zh, unit.en))))
        return " ".join(filter(None, (named or "整数 number", bounds_of(setting.type))))
    if get_origin(kind) not in {None, tuple} or kind is None:
        return "表：名称 → 内容 table"
    return _FORMS.get(kind, "`{ … }`" if is_model(kind) else "文字 text")


def _is_list(kind: Any) -> bool:
    return get_origin(bare(kind)) is tuple


def _item(kind: Any) -> Any:
    kind = bare(kind)
    return bare(get_args(kind)[0]) if get_origin(kind) is tuple else kind


def _sanctions() -> str:
    parts = [f"`{name}` {_part(name)}" for name in Sanction.model_fields]
    return "¹ 处罚 sanction: `{ warning: true, fine_yuan: 50 }`. " + "; ".join(parts) + ". `{}`: 只提醒 only told.\n"


def _part(name: str) -> str:
    words = labels.of_part(f"sanction.{name}")
    return f"{words.zh} {words.en}" if words else name


def _presets() -> str:
    lines = ["## 预设覆盖哪几章 · Which sections a preset has", "", "| 预设 preset | 章 sections |", "|---|---|"]
    for preset in PRESETS[1:]:
        sections = " ".join(f"`{section}`" for section in SECTIONS if has_section(preset, section))
        lines.append(f"| `{preset}` | {sections} |")
    return "\n".join([*lines, ""])


def _clauses(book: Rulebook) -> str:
    return "\n".join(["## 条款 · Clauses", "", *_clause_rows(book), ""])


def _clause_rows(book: Rulebook) -> Iterator[str]:
    yield "| 条款 clause | 条号 | 标题 | title | 处罚写在 sanction set in |"
    yield "|---|---|---|---|---|"
    for clause in book.clauses.values():
        where = CLAUSES.get(clause.id, OWN)
        place = {NONE: "只提醒 only told", OWN: "`sanction`"}.get(where, f"`{where}`")
        mark = " ⏳" if is_clause_waiting(clause.id) else ""
        yield f"| `{clause.id}`{mark} | {clause.article} | {clause.title.zh} | {clause.title.en} | {place} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
