"""Texts that say why: an assignment, an entry of the ledger, step by step from stored facts."""

from bot.views.reasons import words as words  # declares the words of the areas' steps
from bot.views.reasons.base import (
    LINK,
    OPENS,
    choices,
    explanation,
    subject_of,
    tells,
    titles,
    why_button,
    with_why,
)

__all__ = [
    "LINK",
    "OPENS",
    "choices",
    "explanation",
    "subject_of",
    "tells",
    "titles",
    "why_button",
    "with_why",
]
