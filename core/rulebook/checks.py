"""Settings that are each well written but do not go together (RULE-1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from core.rulebook.book import AREA_SANCTIONS, CLAUSE_IDS, build_worktime, flatten
from core.rulebook.problems import Finding, Path, near
from core.rulebook.sections import (
    CheckinRules,
    ClauseText,
    CompanyRules,
    ComplaintRules,
    CustomerRules,
    LeadRules,
    ShiftRule,
    TaskRules,
    VisitRules,
    WorktimeRules,
)
from core.rulebook.wording import ProblemKind
from core.worktime import Shift, WorkTimeError

NAMED = re.compile(r"\{([^{}]*)\}")  # a setting named in a clause's text


def _doubles(path: Path, names: Sequence[str]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield Finding(ProblemKind.REPEATED, ((*path, index),), got=name)


def _before(section: str, first: str, second: str, rules: Any, *, or_equal: bool = False) -> Iterator[Finding]:
    """`first` comes before `second`; shown at whichever of the two the file sets."""
    early, late = getattr(rules, first), getattr(rules, second)
    if early < late or (or_equal and early == late):
        return
    sign = "≤" if or_equal else "<"
    yield Finding(
        ProblemKind.ORDER,
        ((section, first), (section, second)),
        f"{section}.{first} {sign} {section}.{second}",
        f"{_shown(early)} / {_shown(late)}",
    )


def _shown(value: Any) -> str:
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


def check_worktime(rules: WorktimeRules) -> Iterator[Finding]:
    """Shifts in order and apart, some working time, days that are not both on and off."""
    for day, shifts in rules.shifts.items():
        yield from _check_shifts(("worktime", "shifts", day), shifts)
    yield from _check_shifts(("worktime", "makeup_shifts"), rules.makeup_shifts)
    if not any(rules.shifts.values()):
        yield Finding(ProblemKind.NO_WORKING_TIME, (("worktime", "shifts"),))
    yield from _apart(("worktime", "days_on"), rules.days_on, ("worktime", "days_off"), rules.days_off)
    for year, official in rules.official.items():
        path = ("worktime", "official", str(year))
        yield from _apart((*path, "makeup"), official.makeup, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "holidays"), official.holidays)
        yield from _of_year(year, (*path, "makeup"), official.makeup)


def _check_shifts(path: Path, shifts: Sequence[ShiftRule]) -> Iterator[Finding]:
    """Each ends after it starts (00:00 is the midnight after), and none runs into the next."""
    spans = [Shift(shift.start, shift.end).span for shift in shifts]
    for index, (start, end) in enumerate(spans):
        if end <= start:
            yield Finding(ProblemKind.ORDER, ((*path, index),), "start < end", str(shifts[index]))
    for first, second in pairwise(sorted(range(len(spans)), key=lambda index: spans[index])):
        if spans[second][0] < spans[first][1]:
            paths = ((*path, second),)
            yield Finding(ProblemKind.OVERLAP, paths, str(shifts[first]), str(shifts[second]))


def _apart(path: Path, days: Sequence[date], other: Path, others: Sequence[date]) -> Iterator[Finding]:
    for index, day in enumerate(days):
        if day in others:
            paths = ((*path, index), (*other, others.index(day)))
            yield Finding(ProblemKind.REPEATED, paths, got=day.isoformat())


def _of_year(year: int, path: Path, days: Sequence[date]) -> Iterator[Finding]:
    for index, day in enumerate(days):
        if day.year != year:
            yield Finding(ProblemKind.OUT_OF_RANGE, ((*path, index),), f"{year}-…", day.isoformat())


def check_checkin(rules: CheckinRules) -> Iterator[Finding]:
    """The window opens, prompts, is due and closes in that order."""
    yield from _before("checkin", "opens_at", "due_at", rules)
    yield from _before("checkin", "due_at", "closes_at", rules, or_equal=True)
    yield from _before("checkin", "prompt_at", "closes_at", rules)
    yield from _doubles(("checkin", "roles"), rules.roles)


def check_tasks(rules: TaskRules) -> Iterator[Finding]:
    """The superior hears of it after the person had the chance to answer."""
    yield from _before("tasks", "reply_minutes", "escalate_minutes", rules)


def check_leads(rules: LeadRules) -> Iterator[Finding]:
    """Classes fall to 0, levels take classes that exist, and every class has takers."""
    names = [c.name for c in rules.classes]
    yield from _doubles(("leads", "sources"), [source.key for source in rules.sources])
    yield from _doubles(("leads", "classes"), names)
    for index, (higher, lower) in enumerate(pairwise(rules.classes), start=1):
        if lower.min_yuan >= higher.min_yuan:
            path = ("leads", "classes", index, "min_yuan")
            yield Finding(ProblemKind.ORDER, (path,), f"< {higher.min_yuan}", str(lower.min_yuan))
    last = len(names) - 1
    if rules.classes[last].min_yuan:
        path = ("leads", "classes", last, "min_yuan")
        yield Finding(ProblemKind.ORDER, (path,), "= 0", str(rules.classes[last].min_yuan))
    for level, taken in rules.levels.items():
        for index, name in enumerate(taken):
            if name not in names:
                taken_at: Path = ("leads", "levels", level, index)
                yield Finding(ProblemKind.UNKNOWN_NAME, (taken_at,), "leads.classes", name, near(name, names))
    for index, name in enumerate(names):
        if not any(name in taken for taken in rules.levels.values()):
            paths = (("leads", "classes", index), ("leads", "levels"))
            yield Finding(ProblemKind.NOT_COVERED, paths, "leads.levels", name)


def check_customers(rules: CustomerRules) -> Iterator[Finding]:
    yield from _doubles(("customers", "types"), [choice.key for choice in rules.types])
    yield from _doubles(("customers", "required_fields"), rules.required_fields)


def check_visits(rules: VisitRules) -> Iterator[Finding]:
    yield from _doubles(("visits", "kinds"), [choice.key for choice in rules.kinds])
    yield from _doubles(("visits", "purposes"), [choice.key for choice in rules.purposes])


def check_complaints(rules: ComplaintRules) -> Iterator[Finding]:
    """No kind takes longer than the most allowed; steps lead from registered to closed."""
    yield from _doubles(("complaints", "kinds"), [kind.key for kind in rules.kinds])
    yield from _doubles(("complaints", "steps"), rules.steps)
    yield from _doubles(("complaints", "product_fields"), rules.product_fields)
    most = rules.handle_max_working_days
    for index, kind in enumerate(rules.kinds):
        days = kind.handle.working_days
        if days is not None and days > most:
            path = ("complaints", "kinds", index, "handle", "working_days")
            paths = (path, ("complaints", "handle_max_working_days"))
            yield Finding(ProblemKind.ORDER, paths, f"≤ complaints.handle_max_working_days ({most})", str(days))
    for index, step in ((0, "registered"), (len(rules.steps) - 1, "closed")):
        if rules.steps[index] != step:
            step_at: Path = ("complaints", "steps", index)
            yield Finding(ProblemKind.NOT_ALLOWED, (step_at,), step, rules.steps[index])


def check_clauses(clauses: Mapping[str, ClauseText]) -> Iterator[Finding]:
    """Every clause the product names is there, and no sanction is set in two places (RULE-3)."""
    for clause_id in CLAUSE_IDS:
        if clause_id not in clauses:
            yield Finding(ProblemKind.MISSING_KEY, (("clauses", clause_id),), got=clause_id)
    for clause_id, clause in clauses.items():
        if clause.sanction is not None and clause_id in AREA_SANCTIONS:
            path = ("clauses", clause_id, "sanction")
            yield Finding(ProblemKind.STANDS_ELSEWHERE, (path,), ".".join(AREA_SANCTIONS[clause_id]))


SECTION_CHECKS: dict[str, Callable[[Any], Iterator[Finding]]] = {
    "worktime": check_worktime,
    "checkin": check_checkin,
    "tasks": check_tasks,
    "leads": check_leads,
    "customers": check_customers,
    "visits": check_visits,
    "complaints": check_complaints,
    "clauses": check_clauses,
}


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


def check_named(clauses: Mapping[str, ClauseText], known: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings named in clause texts exist."""
    for clause_id, clause in clauses.items():
        for language in ("zh", "en"):
            for key in NAMED.findall(getattr(clause.text, language)):
                if key not in known:
                    path = ("clauses", clause_id, "text", language)
                    yield Finding(ProblemKind.UNKNOWN_FIGURE, (path,), got=f"{{{key}}}", near=near(key, known))
