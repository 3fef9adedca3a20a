"""The sections of a rulebook: what a company sets, with units (RULE-1). One module an area.

The models hold shape and units only. Figures stand in the presets: no field has a default but emptiness.

A new section is: its model (and its cross-check) in a module here, a line in `SECTIONS` and, if it has a check, in
`CHECKS`; a field of `core.rulebook.book.Rulebook`; its figures and clauses in `presets/default/<section>.yaml`; its
clauses in `CLAUSES` (clauses.py); what people call its settings in `wordlist/`. Then
`python -m bot.rulefile.handbook` writes the page of all settings anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.rulebook.problems import Finding
from core.rulebook.sections.approvals import ApprovalChain, ApprovalKind, ApprovalRules, ApprovalStep, check_approvals
from core.rulebook.sections.audit import AuditRules
from core.rulebook.sections.backup import BackupRules, KeepRules
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
from core.rulebook.sections.campaigns import CampaignRules, ReadingRules
from core.rulebook.sections.checkin import CheckinRules, check_checkin
from core.rulebook.sections.classes import ClassRules, check_class_named, check_classes
from core.rulebook.sections.clauses import CLAUSE_IDS, CLAUSES, Clauses, ClauseText, check_clauses, sanction_key
from core.rulebook.sections.collisions import CollisionRules, check_collisions
from core.rulebook.sections.company import CompanyRules, InviteRules, OutageRules
from core.rulebook.sections.complaints import CloseDays, ComplaintKind, ComplaintRules, Handling, check_complaints
from core.rulebook.sections.customers import CustomerRules, check_customers
from core.rulebook.sections.discipline import DisciplineRules, check_discipline
from core.rulebook.sections.followups import FollowupRules, SurveyRules, check_followups, check_surveys
from core.rulebook.sections.groups import GroupRules
from core.rulebook.sections.handover import HandoverRules, check_handover
from core.rulebook.sections.help import HelpRules, SuggestionRules
from core.rulebook.sections.incentives import IncentiveRules, check_incentives
from core.rulebook.sections.leads import LeadClass, LeadRules, check_leads
from core.rulebook.sections.ledger import (
    Allowance,
    AppealRules,
    CountRule,
    CountStep,
    LedgerRules,
    Range,
    check_appeals,
    check_ledger,
)
from core.rulebook.sections.orders import ContractRules, OrderRules, check_contracts, check_orders
from core.rulebook.sections.pool import PoolRules, check_pool
from core.rulebook.sections.privacy import PrivacyRules, check_privacy
from core.rulebook.sections.reception import ReceptionRules, check_reception
from core.rulebook.sections.recurring import ReportRules, RoutineRules, check_reports, check_routines
from core.rulebook.sections.repairs import RepairRules, check_repairs
from core.rulebook.sections.standing import (
    ArchiveRules,
    BlacklistRules,
    ChurnRules,
    CreditRules,
    check_archive,
    check_blacklist,
    check_churn,
    check_credit,
)
from core.rulebook.sections.tasks import TaskRules, check_tasks
from core.rulebook.sections.trial import TrialRules
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
    "Allowance",
    "AppealRules",
    "ApprovalChain",
    "ApprovalKind",
    "ApprovalRules",
    "ApprovalStep",
    "ArchiveRules",
    "AuditRules",
    "BackupRules",
    "BlacklistRules",
    "CampaignRules",
    "CheckinRules",
    "Choice",
    "ChurnRules",
    "ClassRules",
    "ClauseText",
    "Clauses",
    "CloseDays",
    "CollisionRules",
    "CompanyRules",
    "ComplaintKind",
    "ComplaintRules",
    "ContractRules",
    "CountRule",
    "CountStep",
    "CreditRules",
    "CustomerRules",
    "DisciplineRules",
    "DutyRules",
    "FollowupRules",
    "GroupRules",
    "Handling",
    "HandoverRules",
    "HelpRules",
    "IncentiveRules",
    "InviteRules",
    "KeepRules",
    "Language",
    "LeadClass",
    "LeadRules",
    "LedgerRules",
    "OfficialYear",
    "OrderRules",
    "OutageRules",
    "OwnHours",
    "PoolRules",
    "PrivacyRules",
    "QuietRules",
    "Range",
    "ReadingRules",
    "ReceptionRules",
    "RepairRules",
    "ReportRules",
    "RoutineRules",
    "Sanction",
    "Section",
    "ShiftRule",
    "StaffRole",
    "SuggestionRules",
    "SurveyRules",
    "TaskRules",
    "TrialRules",
    "VisitRules",
    "Weekday",
    "Words",
    "WorktimeRules",
    "check_class_named",
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
    "trial": TrialRules,
    "groups": GroupRules,
    "discipline": DisciplineRules,
    "campaigns": CampaignRules,
    "reading": ReadingRules,
    "handover": HandoverRules,
    "checkin": CheckinRules,
    "tasks": TaskRules,
    "routines": RoutineRules,
    "help": HelpRules,
    "customers": CustomerRules,
    "leads": LeadRules,
    "classes": ClassRules,
    "blacklist": BlacklistRules,
    "credit": CreditRules,
    "churn": ChurnRules,
    "pool": PoolRules,
    "collisions": CollisionRules,
    "visits": VisitRules,
    "complaints": ComplaintRules,
    "repairs": RepairRules,
    "followups": FollowupRules,
    "surveys": SurveyRules,
    "orders": OrderRules,
    "contracts": ContractRules,
    "reception": ReceptionRules,
    "incentives": IncentiveRules,
    "archive": ArchiveRules,
    "audit": AuditRules,
    "backup": BackupRules,
    "privacy": PrivacyRules,
    "reports": ReportRules,
    "suggestions": SuggestionRules,
    "approvals": ApprovalRules,
    "ledger": LedgerRules,
    "appeals": AppealRules,
    "clauses": Clauses,
}

# What each section finds wrong between its own settings.
CHECKS: dict[str, Callable[[Any], Iterator[Finding]]] = {
    "worktime": check_worktime,
    "discipline": check_discipline,
    "checkin": check_checkin,
    "handover": check_handover,
    "tasks": check_tasks,
    "customers": check_customers,
    "leads": check_leads,
    "visits": check_visits,
    "complaints": check_complaints,
    "routines": check_routines,
    "classes": check_classes,
    "blacklist": check_blacklist,
    "credit": check_credit,
    "churn": check_churn,
    "pool": check_pool,
    "collisions": check_collisions,
    "repairs": check_repairs,
    "followups": check_followups,
    "surveys": check_surveys,
    "orders": check_orders,
    "contracts": check_contracts,
    "reception": check_reception,
    "incentives": check_incentives,
    "archive": check_archive,
    "privacy": check_privacy,
    "reports": check_reports,
    "approvals": check_approvals,
    "ledger": check_ledger,
    "appeals": check_appeals,
    "clauses": check_clauses,
}
