"""Help between departments, and suggestions (TSK-7, ORG-11)."""

from __future__ import annotations

from core.rulebook.sections.base import Count, Section, StaffRole, WorkDays, WorkMinutes, Yes, Yuan


class HelpRules(Section):
    """A request from one department to another (TSK-7)."""

    accept_minutes: WorkMinutes
    decided_by: StaffRole  # where the two disagree
    decide_working_days: WorkDays
    solve_first: Yes  # whoever can may solve first and write the slip afterwards
    slip_working_days: WorkDays  # for writing it


class SuggestionRules(Section):
    """Suggestions for improvement, of staff and of customers (ORG-11)."""

    answer_working_days: WorkDays
    reward_yuan: Yuan  # for one that is taken up; 0: none
    from_customers: Yes
    most_per_day: Count  # of one person
