"""Settings of several sections that do not go together, and figures that clause texts name (RULE-1, RULE-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.rulebook.book import build_worktime, flatten
from core.rulebook.problems import Finding, Path, near
from core.rulebook.sections import (
    AppealRules,
    ClauseText,
    CompanyRules,
    LedgerRules,
    WorktimeRules,
    check_class_named,
)
from core.rulebook.wording import ProblemKind
from core.worktime import WorkTimeError

NAMED = re.compile(r"\{([^{}]*)\}")  # a setting named in a clause's text
BRACKETS = re.compile(r"\[\[|\]\]")  # around what holds only in force


def check_classes_named(sections: Mapping[str, Any]) -> Iterator[Finding]:
    """Value classes that other sections name exist; asked when all sections are well written."""
    classes = sections["classes"]
    for index, cadence in enumerate(sections["visits"].cadence):
        paths: tuple[Path, ...] = (("visits", "cadence", index, "of"), ("visits", "cadence"))
        yield from check_class_named((*paths, ("presets", "visits")), cadence.of, classes)
    paths = (("blacklist", "reentry_class"), ("presets", "blacklist"))
    yield from check_class_named(paths, sections["blacklist"].reentry_class, classes)


def check_buildable(company: CompanyRules, rules: WorktimeRules) -> Iterator[Finding]:
    """core.worktime accepts it too; only asked when the section itself has no finding."""
    try:
        build_worktime(company, rules)
    except WorkTimeError as error:
        yield Finding(ProblemKind.UNUSABLE, (("worktime", "shifts"), ("worktime",)), got=str(error))


def figures(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The settings a clause's text may name: dotted key to value as written."""
    shown = {name: rules.model_dump(mode="json") for name, rules in sections.items() if name != "clauses"}
    return {k: v for k, v in flatten(shown).items() if isinstance(v, (int, str)) and not isinstance(v, bool)}


def check_brackets(clauses: Mapping[str, ClauseText]) -> Iterator[Finding]:
    """Double brackets of clause texts come in pairs, none within another."""
    for clause_id, clause in clauses.items():
        for language in ("zh", "en"):
            marks = "".join(BRACKETS.findall(getattr(clause.text, language)))
            if marks.replace("[[]]", ""):
                path = ("clauses", clause_id, "text", language)
                yield Finding(ProblemKind.BAD_FORMAT, (path,), "[[ … ]]", marks)


def check_named(clauses: Mapping[str, ClauseText], known: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings named in clause texts exist."""
    for clause_id, clause in clauses.items():
        for language in ("zh", "en"):
            for key in NAMED.findall(getattr(clause.text, language)):
                if key not in known:
                    path = ("clauses", clause_id, "text", language)
                    yield Finding(ProblemKind.UNKNOWN_FIGURE, (path,), got=f"{{{key}}}", near=near(key, known))


def check_ledger_clauses(
    ledger: LedgerRules, appeals: AppealRules, clauses: Mapping[str, ClauseText]
) -> Iterator[Finding]:
    """Clauses that the ledger and appeals name exist."""
    named: list[tuple[Path, str]] = [(("ledger", "by_hand", clause_id), clause_id) for clause_id in ledger.by_hand]
    named += [(("ledger", "counts", key, "clause"), rule.clause) for key, rule in ledger.counts.items()]
    named += [(("appeals", "pauses_go_on", at), clause_id) for at, clause_id in enumerate(appeals.pauses_go_on)]
    named.append((("ledger", "clean_year", "without"), ledger.clean_year.without))
    for path, clause_id in named:
        if clause_id not in clauses:
            yield Finding(ProblemKind.UNKNOWN_NAME, (path,), "clauses", clause_id, near(clause_id, clauses))
