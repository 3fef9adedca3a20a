"""The sections of a rulebook: what a company sets, with units (RULE-1). One module an area.

The models hold shape and units only. Figures stand in the presets: no field has a default but emptiness.

A new section is: its model (and its cross-check) in a module here, a line in `SECTIONS` and, if it has a check, in
`CHECKS`; a field of `core.rulebook.book.Rulebook`; its figures and clauses in `presets/default/<section>.yaml`; its
clauses in `CLAUSES` (clauses.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.rulebook.problems import Finding
from core.rulebook.sections.base import (
    WEEKDAYS,
    Choice,
    Language,
    Sanction,
    Section,
    StaffRole,
    Weekday,
    Words,
)
from core.rulebook.sections.checkin import CheckinRules, check_checkin
from core.rulebook.sections.clauses import CLAUSE_IDS, CLAUSES, Clauses, ClauseText, check_clauses, sanction_key
from core.rulebook.sections.company import CompanyRules, InviteRules, OutageRules
from core.rulebook.sections.complaints import CloseDays, ComplaintKind, ComplaintRules, Handling, check_complaints
from core.rulebook.sections.customers import CustomerRules, check_customers
from core.rulebook.sections.groups import GroupRules
from core.rulebook.sections.leads import LeadClass, LeadRules, check_leads
from core.rulebook.sections.tasks import TaskRules, check_tasks
from core.rulebook.sections.visits import VisitRules, check_visits
from core.rulebook.sections.worktime import (
    DutyRules,
    OfficialYear,
    OwnHours,
    QuietRules,
    ShiftRule,
    WorktimeRules,
    check_worktime,
)

__all__ = [
    "CHECKS",
    "CLAUSES",
    "CLAUSE_IDS",
    "SECTIONS",
    "WEEKDAYS",
    "CheckinRules",
    "Choice",
    "ClauseText",
    "Clauses",
    "CloseDays",
    "CompanyRules",
    "ComplaintKind",
    "ComplaintRules",
    "CustomerRules",
    "DutyRules",
    "GroupRules",
    "Handling",
    "InviteRules",
    "Language",
    "LeadClass",
    "LeadRules",
    "OfficialYear",
    "OutageRules",
    "OwnHours",
    "QuietRules",
    "Sanction",
    "Section",
    "ShiftRule",
    "StaffRole",
    "TaskRules",
    "VisitRules",
    "Weekday",
    "Words",
    "WorktimeRules",
    "sanction_key",
]

# In the order in which people read them; clauses are laid out in this order too.
SECTIONS: dict[str, Any] = {
    "company": CompanyRules,
    "worktime": WorktimeRules,
    "quiet": QuietRules,
    "duty": DutyRules,
    "invites": InviteRules,
    "outage": OutageRules,
    "groups": GroupRules,
    "checkin": CheckinRules,
    "tasks": TaskRules,
    "customers": CustomerRules,
    "leads": LeadRules,
    "visits": VisitRules,
    "complaints": ComplaintRules,
    "clauses": Clauses,
}

# What each section finds wrong between its own settings.
CHECKS: dict[str, Callable[[Any], Iterator[Finding]]] = {
    "worktime": check_worktime,
    "checkin": check_checkin,
    "tasks": check_tasks,
    "customers": check_customers,
    "leads": check_leads,
    "visits": check_visits,
    "complaints": check_complaints,
    "clauses": check_clauses,
}
