"""Texts about people, links, accounts and the register (ORG-1, ORG-3)."""

from __future__ import annotations

from bot.views.people.accounts import (
    INVITE_PREFIX,
    invitations,
    invited,
    language_chosen,
    record,
    revoked,
    welcome,
    welcome_staff,
)
from bot.views.people.cards import (
    ask_sure,
    ask_value,
    branch_label,
    department_card,
    field_name,
    found_label,
    person_card,
)
from bot.views.people.files import (
    file_dropped,
    imported,
    more,
    proposed,
    register,
    register_sheet,
    tree_built,
    value_name,
)
from bot.views.people.refusals import leaving_words

__all__ = [
    "INVITE_PREFIX",
    "ask_sure",
    "ask_value",
    "branch_label",
    "department_card",
    "field_name",
    "file_dropped",
    "found_label",
    "imported",
    "invitations",
    "invited",
    "language_chosen",
    "leaving_words",
    "more",
    "person_card",
    "proposed",
    "record",
    "register",
    "register_sheet",
    "revoked",
    "tree_built",
    "value_name",
    "welcome",
    "welcome_staff",
]
