"""Every setting of a file: what it is called, its value and unit, where it comes from, the clauses on it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.terminal import Texts
from core.rulebook import Rulebook, labels
from core.rulebook.differing import values
from core.rulebook.entries import Entry, Explained
from core.rulebook.problems import near
from core.rulebook.sections import SECTIONS
from core.rulebook.sections.waiting import is_waiting


def explained(book: Rulebook, section: str, texts: Texts) -> list[str] | None:
    """Lines for one section, or for all where none is named. None: there is no such section."""
    if section and section not in SECTIONS:
        return None
    reader = Explained(book)
    lines: list[str] = []
    for name in (section,) if section else SECTIONS:
        waits = " · " + texts.t("no function acts on it yet") if is_waiting(name) else ""
        lines += ["", f"{name} · {labels.of_section(name).say(texts.language)}{waits}"]
        lines += _clauses(book, texts) if name == "clauses" else _settings(reader, name, texts)
    return lines[1:]


def unknown(section: str, texts: Texts) -> str:
    """There is no such section; the nearest, or all of them."""
    meant = near(section, SECTIONS)
    if meant:
        return texts.t("There is no section {section}; did you mean {near}?", section=section, near=meant)
    return texts.t("There is no section {section}. There are: {all}", section=section, all=" ".join(SECTIONS))


def _settings(reader: Explained, section: str, texts: Texts) -> Iterator[str]:
    for entry in reader.section(section):
        if not entry.is_left_out:
            first, *others = values(entry, texts.language)
            yield f"  {entry.key} = {first}  ({entry.origin.place})"
            yield from (f"      {other}" for other in others)
            yield f"      {_about(entry, texts)}"


def _about(entry: Entry, texts: Texts) -> str:
    words = labels.of_setting(entry.setting).say(texts.language)
    clauses = [f"{clause.article} {clause.title.say(texts.language)}" for clause in entry.clauses]
    single = is_waiting(entry.key) and not is_waiting(str(entry.setting.path[0]))
    waits = [texts.t("no function acts on it yet")] if single else []
    return " · ".join([words, *clauses, *waits])


def _clauses(book: Rulebook, texts: Texts) -> Iterator[str]:
    for clause in book.clauses.values():
        state = texts.t("in force") if clause.in_force else texts.t("shadow")
        place = book.explain(f"clauses.{clause.id}.text.zh").place
        yield f"  {clause.id} = {clause.article} {clause.title.say(texts.language)} [{state}]  ({place})"
        yield f"      {clause.says.say(texts.language)}"
