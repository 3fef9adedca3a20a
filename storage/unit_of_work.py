"""The unit of work: the repositories of one transaction."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import cast

import sqlalchemy as sa

from core.duty.model import Duty
from core.duty.roster import on_duty, route
from core.notices import DUTY_KINDS, Notice
from core.quiet import quiet_until
from core.rulebook import Rulebook
from core.worktime import WorkTime
from storage.acts import SqlActs
from storage.appeals import SqlAppeals
from storage.approvals import SqlApprovals
from storage.audit import SqlAudit
from storage.backups.rows import SqlBackups
from storage.calendar import SqlDayChanges
from storage.campaigns import SqlCampaigns
from storage.checkins import SqlAbsences, SqlCheckins
from storage.complaints import SqlComplaints
from storage.customers import SqlCustomers
from storage.deadlines import SqlDeadlines
from storage.discipline import SqlViolations
from storage.duty import SqlRosters
from storage.groups import SqlGroups
from storage.handover import SqlHandovers
from storage.inbox import SqlInbox
from storage.leads import SqlLeads
from storage.ledger import SqlLedger
from storage.memory import Memory
from storage.name_keys import SqlNameKeys
from storage.outbox import Hold, SqlNotices, SqlOutbox
from storage.people import SqlPeople
from storage.processes import SqlProcesses
from storage.quick import Quick
from storage.rounds import SqlRounds
from storage.rules import SqlRules
from storage.staff_files import SqlStaffFiles
from storage.tasks import SqlTasks
from storage.training import SqlReadings, SqlTrainings
from storage.visits import SqlVisits
from storage.watched import IDENTITIES, Watched


class SqlUnitOfWork:
    """Gives use cases their repositories, all on one connection. See `core.ports.UnitOfWork`."""

    def __init__(
        self,
        connection: sa.Connection,
        now: datetime,
        rulebook: Rulebook,
        views: list[str] | None = None,
        *,
        scheduled: bool = False,
        process: int | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._connection = connection
        self._memory = Memory() if memory is None else memory  # of the whole transaction
        self._c = cast("sa.Connection", Quick(connection))
        self._views = views
        self._now = now
        self._process = process  # which of several processes this is
        self._scheduled = scheduled  # the clock asks for it, and nobody
        self._rulebook = self._standing = rulebook
        self.touched: set[str] = set()

    def _watched(self) -> sa.Connection:
        """For the repositories that say who is who: what they write ends the identities that are remembered."""
        return cast("sa.Connection", Watched(self._c, self.touched, IDENTITIES, self._memory))

    def under(self, rulebook: Rulebook) -> None:
        """Judge by an earlier rulebook what was opened under it (RULE-4). What is opened now is of the standing one;
        nor do working days change back."""
        self._rulebook = rulebook

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def rulebook(self) -> Rulebook:
        return self._rulebook

    @property
    def standing(self) -> Rulebook:
        return self._standing

    @property
    def worktime(self) -> WorkTime:
        return self._standing.working_time

    @cached_property
    def _quiet_until(self) -> datetime | None:
        return quiet_until(self._standing, self._now)

    @cached_property
    def _on_duty(self) -> list[Duty]:
        return on_duty(self, self.worktime.local_date(self._now))

    def _route(self, notice: Notice) -> list[Notice]:
        """On a holiday to those on duty (ORG-9); on any other day it costs a look at the calendar."""
        return route(self, notice, self._on_duty) if notice.kind in DUTY_KINDS else [notice]

    def _forget_held(self, subject: str) -> None:
        """A deadline was met or taken back: what the night's rings have to tell of it is out of date (P15)."""
        if self._quiet_until is not None:
            self.notices.forget_held(subject)

    @cached_property
    def deadlines(self) -> SqlDeadlines:
        self.touched.add("deadlines")
        return SqlDeadlines(self._c, self._now, self._standing.version, self._forget_held)

    @cached_property
    def notices(self) -> SqlNotices:
        self.touched.add("notices")
        hold = Hold(self._quiet_until, scheduled=self._scheduled)
        return SqlNotices(self._c, self._now, self._rulebook.version, hold, self._route)

    @cached_property
    def acts(self) -> SqlActs:
        self.touched.add("acts")
        return SqlActs(self._c, self._now)

    @cached_property
    def violations(self) -> SqlViolations:
        return SqlViolations(self._c, self.touched)

    @cached_property
    def campaigns(self) -> SqlCampaigns:
        return SqlCampaigns(self._c)

    @cached_property
    def trainings(self) -> SqlTrainings:
        return SqlTrainings(self._c)

    @cached_property
    def readings(self) -> SqlReadings:
        return SqlReadings(self._c)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self._c, self._views)

    @cached_property
    def backups(self) -> SqlBackups:
        return SqlBackups(self._c, self._now, self.touched)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._watched(), self._memory)

    @cached_property
    def groups(self) -> SqlGroups:
        return SqlGroups(self._watched(), self._memory)

    @cached_property
    def staff_files(self) -> SqlStaffFiles:
        return SqlStaffFiles(self._c)

    @cached_property
    def handovers(self) -> SqlHandovers:
        return SqlHandovers(self._c)

    @cached_property
    def ledger(self) -> SqlLedger:
        return SqlLedger(self._c, self._rulebook.version)

    @cached_property
    def rules(self) -> SqlRules:
        return SqlRules(self._c, self.touched)

    @cached_property
    def appeals(self) -> SqlAppeals:
        return SqlAppeals(self._c)

    @cached_property
    def customers(self) -> SqlCustomers:
        return SqlCustomers(self._c, self._now)

    @cached_property
    def name_keys(self) -> SqlNameKeys:
        return SqlNameKeys(self._c)

    @cached_property
    def visits(self) -> SqlVisits:
        return SqlVisits(self._c)

    @cached_property
    def leads(self) -> SqlLeads:
        return SqlLeads(self._c)

    @cached_property
    def complaints(self) -> SqlComplaints:
        return SqlComplaints(self._c)

    @cached_property
    def checkins(self) -> SqlCheckins:
        return SqlCheckins(self._c)

    @cached_property
    def absences(self) -> SqlAbsences:
        return SqlAbsences(self._c)

    @cached_property
    def tasks(self) -> SqlTasks:
        return SqlTasks(self._c)

    @cached_property
    def rosters(self) -> SqlRosters:
        return SqlRosters(self._c)

    @cached_property
    def day_changes(self) -> SqlDayChanges:
        return SqlDayChanges(self._c, self.touched)

    @cached_property
    def approvals(self) -> SqlApprovals:
        return SqlApprovals(self._c)

    def close(self) -> None:
        """Write what was kept for the end."""
        if "notices" in self.__dict__:
            self.notices.write()

    # Mechanisms that use cases do not see ---------------------------------------------------------------

    @property
    def connection(self) -> sa.Connection:
        """For what storage itself does in a unit of work."""
        return self._connection

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._c, self._now, self._process, self.touched)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._c, self._now)

    @cached_property
    def processes(self) -> SqlProcesses:
        return SqlProcesses(self._c)

    @cached_property
    def rounds(self) -> SqlRounds:
        return SqlRounds(self._c, self._now)
