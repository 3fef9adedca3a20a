"""The areas that give people something to look after, in the order in which a handover lists them.

A later area adds its holding here; nothing else of a handover changes.
"""

from __future__ import annotations

from core.approvals.holding import Approvals
from core.complaints.holding import Complaints
from core.customers.holding import Customers
from core.duty.holding import Duties
from core.leads.holding import Leads
from core.ledger.holding import Appeals
from core.people.holding import Departments, Reports
from core.people.holdings import Holding
from core.tasks.holding import Given, ToDo
from core.visits.holding import Plans

HOLDINGS: dict[str, Holding] = {
    holding.area: holding
    for holding in (
        Customers(),
        Leads(),
        Complaints(),
        ToDo(),
        Given(),
        Plans(),
        Duties(),
        Approvals(),
        Appeals(),
        Reports(),
        Departments(),
    )
}
