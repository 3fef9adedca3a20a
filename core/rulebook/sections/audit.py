"""The trail of what was done (OPS-4)."""

from __future__ import annotations

from core.rulebook.sections.base import Clock, DayOfMonth, Section


class AuditRules(Section):
    """When the administrators are told the trail's end, each month, to keep it outside the database."""

    anchor_day: DayOfMonth
    anchor_at: Clock
