"""The rulebook in force, and the small questions asked of it (RULE-1, RULE-3)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, PrivateAttr

from core.rulebook.problems import Path, UnknownEntry, near
from core.rulebook.searching import search
from core.rulebook.sections import (
    WEEKDAYS,
    AppealRules,
    ApprovalRules,
    ArchiveRules,
    AuditRules,
    BackupRules,
    BlacklistRules,
    CampaignRules,
    CheckinRules,
    ChurnRules,
    ClassRules,
    ClauseText,
    CollisionRules,
    CompanyRules,
    ComplaintKind,
    ComplaintRules,
    ContractRules,
    CreditRules,
    CustomerRules,
    DisciplineRules,
    DutyRules,
    FollowupRules,
    GroupRules,
    HandoverRules,
    HelpRules,
    IncentiveRules,
    InviteRules,
    LeadRules,
    LedgerRules,
    OrderRules,
    OutageRules,
    OwnHours,
    PoolRules,
    PrivacyRules,
    QuietRules,
    ReadingRules,
    ReceptionRules,
    RepairRules,
    ReportRules,
    RoutineRules,
    Sanction,
    ShiftRule,
    SuggestionRules,
    SurveyRules,
    TaskRules,
    TrialRules,
    VisitRules,
    Words,
    WorktimeRules,
    sanction_key,
)
from core.rulebook.sections.worktime import Week
from core.worktime import CompanyDay, NationalCalendar, Shift, WorkTime

_ONLY_IN_FORCE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


class Clause(ClauseText):
    """A clause with its id; figures named in its texts are filled in. `named` are their settings."""

    id: str
    named: tuple[str, ...] = ()

    @property
    def says(self) -> Words:
        """The text as it holds now: what is only for a clause in force is left out while it is in shadow."""
        kept = r"\1" if self.in_force else ""
        return Words(zh=_ONLY_IN_FORCE.sub(kept, self.text.zh), en=_ONLY_IN_FORCE.sub(kept, self.text.en))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting comes from: a line of the company's file, or of a file of a preset."""

    key: str
    preset: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None

    @property
    def place(self) -> str:
        """`rules.yaml:6`, `allocation.yaml:13`; "" where nothing is known."""
        return f"{self.file}:{self.line}" if self.file else ""


class Rulebook(BaseModel):
    """A company's rules, complete and validated. `core.rulebook.load` makes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: CompanyRules
    worktime: WorktimeRules
    quiet: QuietRules
    duty: DutyRules
    invites: InviteRules
    outage: OutageRules
    trial: TrialRules
    groups: GroupRules
    discipline: DisciplineRules
    campaigns: CampaignRules
    reading: ReadingRules
    handover: HandoverRules
    checkin: CheckinRules
    tasks: TaskRules
    routines: RoutineRules
    help: HelpRules
    customers: CustomerRules
    leads: LeadRules
    classes: ClassRules
    blacklist: BlacklistRules
    credit: CreditRules
    churn: ChurnRules
    pool: PoolRules
    collisions: CollisionRules
    visits: VisitRules
    complaints: ComplaintRules
    repairs: RepairRules
    followups: FollowupRules
    surveys: SurveyRules
    orders: OrderRules
    contracts: ContractRules
    reception: ReceptionRules
    incentives: IncentiveRules
    archive: ArchiveRules
    audit: AuditRules
    backup: BackupRules
    privacy: PrivacyRules
    reports: ReportRules
    suggestions: SuggestionRules
    approvals: ApprovalRules
    ledger: LedgerRules
    appeals: AppealRules
    clauses: Mapping[str, Clause]

    _origins: dict[Path, Origin] = PrivateAttr(default_factory=dict)
    _company_days: Mapping[date, CompanyDay] = PrivateAttr(default_factory=dict)
    _mornings: Mapping[date, CheckinRules] = PrivateAttr(default_factory=dict)
    _own_hours: dict[tuple[str, str], WorkTime] = PrivateAttr(default_factory=dict)

    @cached_property
    def content(self) -> dict[str, Any]:
        """Everything the rulebook sets, as it would be written in a file."""
        return self.model_dump(mode="json")

    @cached_property
    def version(self) -> str:
        """Short hash of the content; the same settings have the same version wherever they are written."""
        content = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:10]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The company's time zone; all dates and clock times of the rulebook are of it."""
        return ZoneInfo(self.company.zone)

    @cached_property
    def working_time(self) -> WorkTime:
        """The company's working time, without anybody's leave. Built once."""
        return build_worktime(self.company, self.worktime, self._company_days)

    @property
    def company_days(self) -> Mapping[date, CompanyDay]:
        """The days that were set on or off in the chat; they beat those of the file (P13)."""
        return self._company_days

    def with_company_days(self, days: Mapping[date, CompanyDay]) -> Rulebook:
        """The same rules with other company days of the chat; the version is that of the rules alone."""
        laid = self.model_copy()
        laid.__dict__.pop("working_time", None)
        laid._company_days, laid._own_hours = days, {}
        return laid

    def hours_of(self, departments: Sequence[str], number: str = "") -> WorkTime:
        """Working time of a department, given by its name and those above it, nearest first; or of a person in it,
        by staff number. Leave is not taken out. Built once for each."""
        department = next((name for name in departments if name in self.worktime.departments), "")
        number = number if number in self.worktime.people else ""
        if not department and not number:
            return self.working_time
        known = self._own_hours.get((department, number))
        if known is None:
            own = (self.worktime.departments.get(department), self.worktime.people.get(number))
            rules = self.worktime.model_copy(update={"shifts": _laid_over(self.worktime.shifts, own)})
            known = build_worktime(self.company, rules, self._company_days)
            self._own_hours[department, number] = known
        return known

    def checkin_on(self, day: date) -> CheckinRules:
        """The figures of a day's check-in: those it was opened with, where they have changed since (RULE-4)."""
        return self._mornings.get(day, self.checkin)

    def with_mornings(self, opened: Mapping[date, CheckinRules]) -> Rulebook:
        """The same rules, with days whose check-in was opened under others."""
        if opened == self._mornings:
            return self
        laid = self.model_copy()
        laid._mornings = opened
        return laid

    def clause(self, clause_id: str) -> Clause:
        """The clause of this id. Raises UnknownEntry."""
        if clause_id not in self.clauses:
            raise UnknownEntry("clause", clause_id, near(clause_id, self.clauses))
        return self.clauses[clause_id]

    def search_clauses(self, words: str = "", *, in_force: bool | None = None) -> list[Clause]:
        """Clauses that have every word in id, article, title or text; title matches first (`/rules`).

        No words: all. `in_force` keeps only those in force, or only those in shadow.
        """
        return [c for c in search(self.clauses.values(), words) if in_force is None or c.in_force == in_force]

    def cost_of(self, clause_id: str) -> Sanction | None:
        """What a breach costs once the clause is in force: the area's setting where it has one, else the clause's
        own. None where there is no sanction. Raises UnknownEntry."""
        clause = self.clause(clause_id)
        key = sanction_key(clause_id)
        if key is None:
            return clause.sanction
        section, field = key.split(".")
        sanction: Sanction = getattr(getattr(self, section), field)
        return sanction if sanction != Sanction() else None

    def lead_class(self, expected_yuan: int) -> str:
        """The class of a lead by its expected deal (LED-2)."""
        return next(c.name for c in self.leads.classes if expected_yuan >= c.min_yuan or c.min_yuan == 0)

    def classes_for(self, level: str) -> frozenset[str]:
        """The lead classes a staff level may take (LED-2). Raises UnknownEntry."""
        if level not in self.leads.levels:
            raise UnknownEntry("level", level, near(level, self.leads.levels))
        return frozenset(self.leads.levels[level])

    def complaint_kind(self, key: str) -> ComplaintKind:
        """The kind of complaint stored under this key. Raises UnknownEntry."""
        kinds = {kind.key: kind for kind in self.complaints.kinds}
        if key not in kinds:
            raise UnknownEntry("complaint kind", key, near(key, kinds))
        return kinds[key]

    def explain(self, key: str) -> Origin:
        """Where the value of a dotted key comes from. Raises UnknownEntry."""
        return self.origin_of(self.path_of(key), key)

    def origin_of(self, path: Path, key: str) -> Origin:
        """Where the value of a place comes from: of itself, else of what it is a part of."""
        while path and path not in self._origins:
            path = path[:-1]
        origin = self._origins.get(path, Origin(key))
        return Origin(key, origin.preset, origin.file, origin.line, origin.column)

    def path_of(self, key: str) -> Path:
        """A dotted key as a path. Clause ids hold dots themselves, so the longest key that fits wins.

        Raises UnknownEntry.
        """
        value: Any = self.content
        path: Path = ()
        parts = key.split(".")
        while parts:
            step = _longest(value, parts)
            if step is None:
                raise UnknownEntry("setting", key, near(key, flatten(self.content)))
            name, used = step
            path, value, parts = (*path, name), value[name], parts[used:]
        return path


def _longest(value: Any, parts: list[str]) -> tuple[str | int, int] | None:
    if isinstance(value, list):
        names = [item.get("key", item.get("name")) if isinstance(item, dict) else None for item in value]
        if parts[0] in names:
            return names.index(parts[0]), 1
        known = parts[0].isascii() and parts[0].isdigit() and int(parts[0]) < len(value)
        return (int(parts[0]), 1) if known else None
    if isinstance(value, dict):
        for used in range(len(parts), 0, -1):
            if ".".join(parts[:used]) in value:
                return ".".join(parts[:used]), used
    return None


def _laid_over(week: Week, own: Iterable[OwnHours | None]) -> Week:
    """The week with the weekdays of one's own; what would leave no working time at all is left out."""
    for hours in own:
        laid = {**week, **(hours.shifts if hours else {})}
        week = laid if any(laid.values()) else week
    return week


def build_worktime(
    company: CompanyRules, rules: WorktimeRules, chosen: Mapping[date, CompanyDay] | None = None
) -> WorkTime:
    """The calendar and shifts as working time. `chosen` days beat the file's (P13).

    Raises core.worktime.WorkTimeError.
    """
    chosen = chosen or {}
    on = {day for day, one in chosen.items() if one.works}
    calendar = NationalCalendar(
        extra_holidays=frozenset(day for year in rules.official.values() for day in year.holidays),
        extra_makeup=frozenset(day for year in rules.official.values() for day in year.makeup),
        official_years=frozenset(rules.official),
    )
    return WorkTime(
        zone=ZoneInfo(company.zone),
        week={WEEKDAYS.index(day): _shifts(shifts) for day, shifts in rules.shifts.items()},
        calendar=calendar,
        days_on=frozenset(rules.days_on) - chosen.keys() | on,
        days_off=frozenset(rules.days_off) - chosen.keys() | (chosen.keys() - on),
        makeup_shifts=_shifts(rules.makeup_shifts) or None,
        day_names={day: one.reason for day, one in chosen.items() if one.reason},
    )


def _shifts(rules: tuple[ShiftRule, ...]) -> tuple[Shift, ...]:
    return tuple(Shift(rule.start, rule.end) for rule in sorted(rules, key=lambda rule: rule.start))


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested settings as dotted keys. List items with a key or name go by it; other lists stay whole."""
    if isinstance(value, dict) and value:
        pairs = list(value.items())
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        pairs = [(item.get("key", item.get("name", index)), item) for index, item in enumerate(value)]
    else:
        return {prefix: value}
    found: dict[str, Any] = {}
    for name, inner in pairs:
        found.update(flatten(inner, f"{prefix}.{name}" if prefix else str(name)))
    return found
