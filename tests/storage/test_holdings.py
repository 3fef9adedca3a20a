"""Every column that names a person: either a handover moves what hangs on it, or there is a reason why not (ORG-8).

A new table with a person in it makes this test fail until its area says which of the two it is: a `Holding` that
`covers` the column (core/<area>/holding.py, listed in core/handover/holdings.py), or a line here.
"""

from __future__ import annotations

import sqlalchemy as sa

from core.handover import HOLDINGS
from storage.base import Base
from storage.unit_of_work import SqlUnitOfWork

assert SqlUnitOfWork  # with it every table is known

WHO_DID = "who did something stays who did it"
PERSONAL = "is about the person alone and ends with them"
HANDOVER = "is the handover's own record"
REASONS = {
    "accounts.person_id": "taken off at the end of the handover",
    "invites.person_id": "void at the end of the handover",
    "absences.person_id": PERSONAL,
    "absences.cancelled_by": WHO_DID,
    "appeals.decided_by": WHO_DID,
    "appeals.person_id": PERSONAL,
    "approval_events.by_id": WHO_DID,
    "approval_events.to_id": WHO_DID,
    "approval_events.whose_id": WHO_DID,
    "approvals.settled_by_id": WHO_DID,
    "assignments.closed_by_id": WHO_DID,
    "campaign_shares.person_id": WHO_DID,
    "campaigns.opened_by_id": WHO_DID,
    "checkins.person_id": PERSONAL,
    "checkins.excused_by": WHO_DID,
    "clause_switches.called_off_by": WHO_DID,
    "clause_switches.person_id": WHO_DID,
    "clauses_read.person_id": PERSONAL,
    "complaints.registered_by": WHO_DID,
    "customers.created_by": WHO_DID,
    "day_changes.by_id": WHO_DID,
    "delegations.person_id": "without effect once somebody is leaving: nothing waits for them",
    "delegations.to_id": "a delegate who is leaving is passed over",
    "duty_days.by_id": WHO_DID,
    "duty_swaps.giver_id": WHO_DID,
    "duty_swaps.taker_id": WHO_DID,
    "handover_items.receiver_id": HANDOVER,
    "handovers.closed_by_id": HANDOVER,
    "handovers.keeper_id": "the next superior takes it over as soon as the keeper is leaving",
    "handovers.opened_by_id": HANDOVER,
    "handovers.person_id": HANDOVER,
    "lead_events.person_id": WHO_DID,
    "leads.registered_by": WHO_DID,
    "ledger.decided_by": WHO_DID,
    "ledger.person_id": PERSONAL,
    "positions.person_id": PERSONAL,
    "rulebook_editions.person_id": WHO_DID,
    "staff_files.by_id": "a file that waits for its sender's press; theirs alone",
    "task_excuses.decided_by_id": WHO_DID,
    "task_excuses.person_id": PERSONAL,
    "tasks.closed_by_id": WHO_DID,
    "training_parts.person_id": PERSONAL,
    "trainings.held_by_id": WHO_DID,
    "violations.person_id": PERSONAL,
    "visit_remarks.person_id": WHO_DID,
    "withheld.person_id": PERSONAL,
}


def person_columns() -> set[str]:
    """Every column that refers to a member of staff."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }


def test_every_column_that_names_a_person_is_moved_or_has_a_reason() -> None:
    covered = {column for holding in HOLDINGS.values() for column in holding.covers}
    columns = {_as_stored(one) for one in covered}
    named = person_columns()
    assert named - columns - set(REASONS) == set()
    assert columns & set(REASONS) == set()


def test_nothing_is_covered_or_explained_that_is_not_there() -> None:
    covered = {column for holding in HOLDINGS.values() for column in holding.covers}
    named = person_columns()
    assert {_as_stored(one) for one in covered} - named == set()
    assert set(REASONS) - named == set()


def _as_stored(column: str) -> str:
    """`table.attribute` as the database names it."""
    table, _, name = column.partition(".")
    found: sa.Table = Base.metadata.tables[table]
    return f"{table}.{name if name in found.columns else f'{name}_id'}"
