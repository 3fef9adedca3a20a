"""Settings that a company can write already, and that no area acts on yet.

Whoever writes one is told so by the file check. An area that begins to use a setting takes it out of here; a test
holds the list against the code.
"""

from __future__ import annotations

from core.rulebook.sections.clauses import CLAUSES

WAITING = frozenset(
    {
        "routines",
        "help",
        "customers.stages",
        "leads.order",
        "leads.newcomer_months",
        "leads.newcomer_percent",
        "classes",
        "blacklist",
        "credit",
        "churn",
        "pool",
        "collisions",
        "visits.cadence",
        "visits.remind_days_before",
        "visits.compliance_on",
        "visits.travel_word_on",
        "complaints.investigate_working_days",
        "complaints.opinion_working_days",
        "complaints.audit_answer_working_days",
        "complaints.return_tolerance_percent",
        "complaints.own_fault",
        "complaints.major",
        "complaints.keep_months",
        "complaints.keep_important_months",
        "repairs",
        "followups",
        "surveys",
        "orders",
        "contracts",
        "reception",
        "incentives",
        "archive",
        "privacy",
        "reports",
        "suggestions",
    }
)


def is_waiting(key: str) -> bool:
    """Whether no area acts on a setting yet: `visits.cadence.0.of`, `repairs`."""
    parts = key.split(".")
    return any(".".join(parts[:used]) in WAITING for used in (1, 2))


# Clauses that rest on such settings, by the first word of their ids, and single ones of areas that are there.
_AREAS = frozenset(
    {
        "routine",
        "help",
        "class",
        "blacklist",
        "credit",
        "churn",
        "pool",
        "collision",
        "repair",
        "followup",
        "survey",
        "news",
        "order",
        "contract",
        "reception",
        "gift",
        "incentive",
        "privacy",
        "report",
        "meeting",
        "suggestion",
    }
)
_SINGLE = frozenset(
    {
        "lead.allocation",
        "lead.replacement",
        "lead.transfer",
        "visit.cadence",
        "complaint.power",
        "complaint.investigate",
        "complaint.audit",
        "complaint.major",
        "complaint.own_fault",
        "complaint.keep",
        "archive.check",
        "archive.access",
    }
)


def is_clause_waiting(clause_id: str) -> bool:
    """Whether no area acts on a clause yet."""
    return clause_id in CLAUSES and (clause_id in _SINGLE or clause_id.split(".", maxsplit=1)[0] in _AREAS)
