"""Approvals: one way for whatever somebody has to agree to (APR-1).

An area asks with `ask` where `has_chain` says that the rulebook wants it, and carries the decision out in a function
declared with `on_decision`. Areas that change who is there call `reassess`.
"""

from __future__ import annotations

from core.approvals import matter as matter  # enters itself among the matters
from core.approvals.asking import DECISIONS, ask, has_chain, is_needed, on_decision, overtake, withdraw
from core.approvals.deciding import answer, approve, ask_back, reject, to_answer, to_ask_back, to_decide
from core.approvals.delegating import Delegated, delegate, end_delegation, my_delegations
from core.approvals.lists import Detail, Page, Tab, detail, listed, replied_to
from core.approvals.model import (
    CLAUSE,
    Approval,
    Approvals,
    AskedBefore,
    Decider,
    DelegateRefused,
    Delegation,
    Event,
    File,
    Happening,
    Kind,
    NewApproval,
    NoApprover,
    NoChain,
    Note,
    NotYourDecision,
    Slice,
    Standing,
    State,
    Step,
    TooLate,
    TooManyFiles,
    WordsRefused,
)
from core.approvals.telling import ANSWERED, CARD, DELEGATED, QUESTION, REMINDED, RESULT, event_facts, facts_of
from core.approvals.waiting import reassess, withdraw_all

__all__ = [
    "ANSWERED",
    "CARD",
    "CLAUSE",
    "DECISIONS",
    "DELEGATED",
    "QUESTION",
    "REMINDED",
    "RESULT",
    "Approval",
    "Approvals",
    "AskedBefore",
    "Decider",
    "DelegateRefused",
    "Delegated",
    "Delegation",
    "Detail",
    "Event",
    "File",
    "Happening",
    "Kind",
    "NewApproval",
    "NoApprover",
    "NoChain",
    "NotYourDecision",
    "Note",
    "Page",
    "Slice",
    "Standing",
    "State",
    "Step",
    "Tab",
    "TooLate",
    "TooManyFiles",
    "WordsRefused",
    "answer",
    "approve",
    "ask",
    "ask_back",
    "delegate",
    "detail",
    "end_delegation",
    "event_facts",
    "facts_of",
    "has_chain",
    "is_needed",
    "listed",
    "my_delegations",
    "on_decision",
    "overtake",
    "reassess",
    "reject",
    "replied_to",
    "to_answer",
    "to_ask_back",
    "to_decide",
    "withdraw",
    "withdraw_all",
]
