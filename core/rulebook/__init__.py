"""The rulebook (制度): one validated file per company, with every figure of its rules (RULE-1 to RULE-4)."""

from __future__ import annotations

from core.rulebook.book import Clause, Origin, Rulebook
from core.rulebook.changes import Change, describe_change
from core.rulebook.loading import PRESETS, default, load, loads
from core.rulebook.problems import Problem, RulebookError, UnknownEntry
from core.rulebook.sections import (
    CLAUSE_IDS,
    Allowance,
    ApprovalChain,
    Choice,
    ComplaintKind,
    CountRule,
    CountStep,
    Handling,
    LeadClass,
    Range,
    Sanction,
    Words,
)
from core.rulebook.wording import ProblemKind

__all__ = [
    "CLAUSE_IDS",
    "PRESETS",
    "Allowance",
    "ApprovalChain",
    "Change",
    "Choice",
    "Clause",
    "ComplaintKind",
    "CountRule",
    "CountStep",
    "Handling",
    "LeadClass",
    "Origin",
    "Problem",
    "ProblemKind",
    "Range",
    "Rulebook",
    "RulebookError",
    "Sanction",
    "UnknownEntry",
    "Words",
    "default",
    "describe_change",
    "load",
    "loads",
]
