"""Group chats (ORG)."""

from __future__ import annotations

from core.rulebook.sections.base import Hours, Section


class GroupRules(Section):
    """Group chats (ORG-3)."""

    unbound_grace_hours: Hours
