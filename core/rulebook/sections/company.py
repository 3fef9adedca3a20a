"""Whose rulebook it is, and what the bot itself needs: invite links, outages."""

from __future__ import annotations

from core.rulebook.sections.base import Hours, Language, Minutes, Seconds, Section, Text, ZoneName


class CompanyRules(Section):
    """Whose rulebook this is; dates and times of the whole file are of `zone`."""

    name: Text
    zone: ZoneName
    language: Language


class InviteRules(Section):
    """How long a binding link can be used (ORG-1)."""

    hours: Hours
    owner_hours: Hours


class OutageRules(Section):
    """The bot's own absence (CHK-6, OPS-1): longer than the tolerance it excuses what fell due in it."""

    tolerance_seconds: Seconds
    grace_minutes: Minutes
