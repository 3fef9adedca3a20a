"""From a company's file to its rulebook: presets under it, checks over it (RULE-1, RULE-2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.rulebook import checks
from core.rulebook.book import Clause, Origin, Rulebook
from core.rulebook.mistakes import finding_of, own_errors, shown
from core.rulebook.problems import Finding, Path, RulebookError, dotted, near, problem_of
from core.rulebook.sections import CHECKS, SECTIONS, ClauseText, Words
from core.rulebook.source import Document, parse, read_text
from core.rulebook.wording import ProblemKind

DEFAULT = "default"
PRESETS = (DEFAULT, "group", "allocation", "manufacturing", "service", "pharma", "property")

_FOLDER = FilePath(__file__).with_name("presets")
# Tables with names of the company's own: `name: ~` takes an entry of the preset away.
TABLES: tuple[Path, ...] = (
    ("leads", "levels"),
    ("worktime", "shifts"),
    ("worktime", "official"),
    ("worktime", "departments"),
    ("worktime", "people"),
    ("duty", "roster"),
    ("routines", "items"),
    ("followups", "plans"),
    ("privacy", "levels"),
    ("reports", "items"),
    ("reports", "meetings"),
    ("approvals", "chains"),
    ("ledger", "by_hand"),
    ("ledger", "counts"),
    ("clauses",),
)


def load(path: str | FilePath) -> Rulebook:
    """Read a company's rulebook. Raises RulebookError with every mistake of the file."""
    file = FilePath(path)
    return loads(read_text(file), str(file))


def loads(text: str, name: str = "rules.yaml") -> Rulebook:
    """Read a rulebook from its text; `name` is the file named in problems. Raises RulebookError."""
    return _build(parse(text, name))


@lru_cache(maxsize=1)
def default() -> Rulebook:
    """The default preset as it is shipped."""
    return loads(f"preset: {DEFAULT}", DEFAULT)


@lru_cache(maxsize=len(PRESETS))
def _preset(name: str) -> tuple[Document, ...]:
    """The files of a preset: one file, or a folder with one for each section and its clauses."""
    files = [_FOLDER / name / f"{section}.yaml" for section in SECTIONS]
    documents = tuple(
        parse(file.read_text("utf-8"), f"{name}/{file.name}" if file.parent != _FOLDER else file.name)
        for file in [_FOLDER / f"{name}.yaml", *files]
        if file.exists()
    )
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise RulebookError(problems)
    return documents


def has_section(preset: str, section: str) -> bool:
    """Whether a preset says anything about a section."""
    return any(section in document.settings for document in _preset(preset))


class _Layers:
    """Settings laid over each other, remembering for each value whose it is."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.origins: dict[Path, Origin] = {}

    def lay(self, section: str, document: Document, preset: str | None) -> None:
        """Lay a document's section over what is there, key by key."""
        if section in document.settings:
            self._over(self.settings, section, document.settings[section], (section,), (document, preset))

    def _over(
        self, target: dict[str, Any], key: str, value: Any, path: Path, source: tuple[Document, str | None]
    ) -> None:
        if value is None and path[:-1] in TABLES:
            target.pop(key, None)
            return
        if not isinstance(value, dict):
            target[key] = value
            self._remember(path, *source)
            return
        self._remember(path, *source)  # of what nobody has set in it: the parts of a sanction that are left out
        inner = target.get(key)
        target[key] = dict(inner) if isinstance(inner, dict) else {}
        for name, part in value.items():
            self._over(target[key], name, part, (*path, name), source)

    def _remember(self, path: Path, document: Document, preset: str | None) -> None:
        place = document.places[path]
        self.origins[path] = Origin(dotted(path), preset, document.file, place.line, place.column)


def _build(document: Document) -> Rulebook:
    findings: list[Finding] = []
    layers = _layered(document, findings) if document.settings else _Layers()
    sections = _validated(layers.settings, findings) if document.settings else {}
    # A value that could not be read is told once; that it is then missing only follows.
    unread = {p.key for p in document.problems if p.kind is ProblemKind.NOT_PLAIN}
    found = (problem_of(finding, document.file, document.places) for finding in findings)
    problems = [*document.problems, *(problem for problem in found if problem.key not in unread)]
    if problems:
        raise RulebookError(problems)
    clauses = _filled(sections["clauses"], checks.figures(sections))
    book = Rulebook(**{**sections, "clauses": clauses})
    book._origins.update(_with_items(layers.origins, document))
    return book


def _with_items(origins: dict[Path, Origin], document: Document) -> dict[Path, Origin]:
    """Origins with the lines of list items and their keys, where the list is the file's own."""
    own = {
        path: Origin(dotted(path), file=document.file, line=place.line, column=place.column)
        for path, place in document.places.items()
        if any(isinstance(part, int) for part in path)
    }
    return {**origins, **own}


def _layered(document: Document, findings: list[Finding]) -> _Layers:
    chosen = _chosen(document.settings, findings)
    layers = _Layers()
    for section in SECTIONS:
        for preset in dict.fromkeys((DEFAULT, chosen[section])):
            for part in _preset(preset):
                layers.lay(section, part, preset)
        layers.lay(section, document, None)
    known = ("preset", "presets", *SECTIONS)
    for key in document.settings:
        if key not in known:
            findings.append(Finding(ProblemKind.UNKNOWN_KEY, ((key,),), near=near(key, known)))
    return layers


def _chosen(settings: Mapping[str, Any], findings: list[Finding]) -> dict[str, str]:
    """The preset of each section: of `presets`, else of `preset`, else default (RULE-2)."""
    whole = settings.get("preset", DEFAULT)
    if not _is_preset(whole, ("preset",), findings):
        whole = DEFAULT
    chosen = dict.fromkeys(SECTIONS, str(whole))
    single = settings.get("presets", {})
    if not isinstance(single, dict):
        findings.append(Finding(ProblemKind.WRONG_TYPE, (("presets",),), "mapping", shown(single)))
        return chosen
    for section, name in single.items():
        path = ("presets", section)
        if section not in SECTIONS:
            findings.append(Finding(ProblemKind.UNKNOWN_KEY, (path,), near=near(section, SECTIONS)))
        elif _is_preset(name, path, findings, section):
            chosen[section] = name
    return chosen


def _is_preset(name: Any, path: Path, findings: list[Finding], section: str | None = None) -> bool:
    known = [p for p in PRESETS if section is None or has_section(p, section)]
    if isinstance(name, str) and name in known:
        return True
    hint = near(name, known) if isinstance(name, str) else None
    findings.append(Finding(ProblemKind.NOT_ALLOWED, (path,), " | ".join(known), shown(name), hint))
    return False


@lru_cache(maxsize=len(SECTIONS))
def _adapter(section: str) -> TypeAdapter[Any]:
    return TypeAdapter(SECTIONS[section])


def _validated(settings: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The sections that are well written; `findings` gets what is wrong in and between them."""
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        try:
            sections[section] = _adapter(section).validate_python(settings[section])
        except ValidationError as error:
            findings += (finding_of(section, detail) for detail in own_errors(error))
    found = {name: list(check(sections[name])) for name, check in CHECKS.items() if name in sections}
    findings += (finding for of_section in found.values() for finding in of_section)
    if "company" in sections and found.get("worktime") == []:
        findings += checks.check_buildable(sections["company"], sections["worktime"])
    if "clauses" in sections:
        findings += checks.check_brackets(sections["clauses"])
    if len(sections) == len(SECTIONS):
        findings += checks.check_classes_named(sections)
        findings += checks.check_named(sections["clauses"], checks.figures(sections))
        findings += checks.check_ledger_clauses(sections["ledger"], sections["appeals"], sections["clauses"])
    return sections


def _filled(clauses: Mapping[str, ClauseText], figures: Mapping[str, Any]) -> dict[str, Clause]:
    """Clauses with their ids, and with the figures their texts name (RULE-3)."""

    def fill(text: str) -> str:
        return checks.NAMED.sub(lambda named: str(figures[named[1]]), text)

    return {
        clause_id: Clause(
            id=clause_id,
            title=clause.title,
            article=clause.article,
            text=Words(zh=fill(clause.text.zh), en=fill(clause.text.en)),
            in_force=clause.in_force,
            sanction=clause.sanction,
            for_customers=clause.for_customers,
            named=tuple(dict.fromkeys(checks.NAMED.findall(f"{clause.text.zh} {clause.text.en}"))),
        )
        for clause_id, clause in clauses.items()
    }
