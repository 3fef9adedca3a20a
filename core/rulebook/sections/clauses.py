"""Clauses as the file writes them (RULE-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import Sanction, Section, Text, Words, Yes
from core.rulebook.wording import ProblemKind


class ClauseText(Section):
    """A clause as written in the file, under its id (RULE-3).

    Texts may name settings in braces, `{leads.contact_minutes}`; readers see the figure in force. What stands in
    double brackets, `[[a fine is recorded]]`, holds only once the clause is in force, and is not shown before.
    """

    title: Words
    article: Text
    text: Words
    in_force: Yes = False  # otherwise in shadow: told, but without sanction
    sanction: Sanction | None = None
    for_customers: Yes = False  # customers may read it too, once it is in force


ClauseId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
Clauses: TypeAlias = Mapping[ClauseId, ClauseText]


OWN = "clause"  # the sanction stands in the clause itself
NONE = ""  # a breach is only told

# Every clause that an alert, a sanction or a refusal names (RULE-3), and where its sanction is set:
# a setting of its area, the clause's own, or nowhere. No rulebook is without these clauses.
CLAUSES: dict[str, str] = {
    # groups
    "group.real_name": NONE,
    "group.forbidden": "discipline.sanction",
    "group.leaving": "groups.leaving_sanction",
    "group.sharing": NONE,
    "group.reading": NONE,
    # handover
    "handover.confirm": NONE,
    # checkin
    "checkin.missed": "checkin.miss_sanction",
    "checkin.late": OWN,
    # tasks
    "task.reply": "tasks.sanction",
    "task.due": OWN,
    "routine.due": NONE,
    "help.answer": NONE,
    # customers
    "customer.register_first": NONE,
    "customer.complete": OWN,
    # leads
    "lead.contact": "leads.contact_sanction",
    "lead.record": "leads.record_sanction",
    "lead.allocation": NONE,
    "lead.replacement": NONE,
    "lead.transfer": NONE,
    # classes, blacklist, credit, churn, pool, collisions
    "class.review": NONE,
    "class.downgrade": NONE,
    "blacklist.entry": NONE,
    "blacklist.reentry": NONE,
    "credit.grade": NONE,
    "credit.limit": NONE,
    "churn.warning": NONE,
    "churn.lost": NONE,
    "pool.reclaim": NONE,
    "pool.cycle": NONE,
    "pool.apply": NONE,
    "collision.decide": NONE,
    "collision.breach": "collisions.sanction",
    # visits
    "visit.plan": OWN,
    "visit.log": NONE,
    "visit.cadence": NONE,
    # complaints
    "complaint.first_asked": NONE,
    "complaint.number": NONE,
    "complaint.first_reply": OWN,
    "complaint.handle": OWN,
    "complaint.close": OWN,
    "complaint.power": NONE,
    "complaint.investigate": NONE,
    "complaint.audit": NONE,
    "complaint.major": NONE,
    "complaint.own_fault": NONE,
    "complaint.keep": NONE,
    # repairs
    "repair.accept": NONE,
    "repair.arrive": "repairs.late_sanction",
    "repair.steps": NONE,
    "repair.record": NONE,
    "repair.major": NONE,
    # followups, surveys
    "followup.due": "followups.miss_sanction",
    "followup.project": NONE,
    "survey.ask": NONE,
    "news.consent": NONE,
    # orders, contracts
    "order.step": NONE,
    "order.credit": NONE,
    "contract.remind": NONE,
    "contract.breach": NONE,
    # reception
    "reception.limit": NONE,
    "reception.plan": NONE,
    "gift.approval": NONE,
    # incentives
    "incentive.points": NONE,
    "incentive.ranking": NONE,
    "incentive.parts": NONE,
    # archive, privacy
    "archive.check": NONE,
    "archive.access": NONE,
    "privacy.rights": NONE,
    "privacy.incident": NONE,
    # reports, suggestions
    "report.due": NONE,
    "meeting.material": NONE,
    "suggestion.answer": NONE,
    # approvals
    "approval.decide": NONE,
    # ledger
    "reward.clean_year": NONE,  # its reward stands in ledger.clean_year
    "ledger.appeal": NONE,
}
CLAUSE_IDS = tuple(CLAUSES)


def sanction_key(clause_id: str) -> str | None:
    """The setting of its area in which a clause's sanction stands."""
    where = CLAUSES.get(clause_id, OWN)
    return where if where not in {OWN, NONE} else None


def check_clauses(clauses: Mapping[str, ClauseText]) -> Iterator[Finding]:
    """Every clause the product names is there, and no sanction is set in two places (RULE-3)."""
    for clause_id in CLAUSE_IDS:
        if clause_id not in clauses:
            yield Finding(ProblemKind.MISSING_KEY, (("clauses", clause_id),), got=clause_id)
    for clause_id, clause in clauses.items():
        elsewhere = sanction_key(clause_id)
        if clause.sanction is not None and elsewhere:
            path = ("clauses", clause_id, "sanction")
            yield Finding(ProblemKind.STANDS_ELSEWHERE, (path,), elsewhere)
