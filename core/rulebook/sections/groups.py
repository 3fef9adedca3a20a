"""Group chats (ORG)."""

from __future__ import annotations

from core.rulebook.sections.base import Hours, Sanction, Section


class GroupRules(Section):
    """Group chats (ORG-3, ORG-4)."""

    unbound_grace_hours: Hours
    leaving_sanction: Sanction
