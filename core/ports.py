"""What use cases may lean on: the unit of work and the repositories it gives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.acts import Acts
    from core.approvals.model import Approvals
    from core.audit import Audit
    from core.backups import Backups
    from core.calendar.model import DayChanges
    from core.campaigns import Campaigns
    from core.checkins import Absences, Checkins
    from core.complaints.model import Complaints
    from core.customers.model import Customers, NameKeys
    from core.deadlines import Deadlines
    from core.discipline.model import Violations
    from core.duty.model import Rosters
    from core.groups import Groups
    from core.handover.model import Handovers
    from core.leads import Leads
    from core.ledger import Appeals, Ledger
    from core.notices import Notices
    from core.people import People
    from core.people.proposals import StaffFiles
    from core.reading import Readings
    from core.rulebook import Rulebook
    from core.rules.model import Rules
    from core.tasks import Tasks
    from core.training import Trainings
    from core.visits.model import Visits
    from core.worktime import WorkTime


class UnitOfWork(Protocol):
    """One transaction: everything written through it is committed together, or not at all.

    `now` is one instant for the whole unit (UTC).
    """

    @property
    def now(self) -> datetime: ...
    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force; where a deadline rings, with the figures it was opened with (RULE-4)."""

    @property
    def standing(self) -> Rulebook:
        """The rules as they stand, also where what was opened earlier is judged by those of then."""

    @property
    def worktime(self) -> WorkTime:
        """The company's working time, without anyone's leave."""

    @property
    def deadlines(self) -> Deadlines: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def acts(self) -> Acts: ...
    @property
    def violations(self) -> Violations: ...
    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def trainings(self) -> Trainings: ...
    @property
    def readings(self) -> Readings: ...

    @property
    def audit(self) -> Audit:
        """The trail of what was done (OPS-4)."""

    @property
    def backups(self) -> Backups: ...
    @property
    def people(self) -> People: ...
    @property
    def staff_files(self) -> StaffFiles: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def handovers(self) -> Handovers: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def appeals(self) -> Appeals: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def name_keys(self) -> NameKeys: ...
    @property
    def visits(self) -> Visits: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def complaints(self) -> Complaints: ...
    @property
    def checkins(self) -> Checkins: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def day_changes(self) -> DayChanges: ...
    @property
    def rosters(self) -> Rosters: ...
    @property
    def approvals(self) -> Approvals: ...
