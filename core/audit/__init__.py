"""The trail: an append-only line for every action, made from what was really written (OPS-4)."""

from core.audit.history import READERS, History, deeds, history
from core.audit.model import (
    GENESIS,
    MACHINERY,
    Audit,
    Change,
    Doing,
    Head,
    Hidden,
    Op,
    Ref,
    Trace,
    Value,
    digest,
)
from core.audit.telling import ANCHOR

__all__ = [
    "ANCHOR",
    "GENESIS",
    "MACHINERY",
    "READERS",
    "Audit",
    "Change",
    "Doing",
    "Head",
    "Hidden",
    "History",
    "Op",
    "Ref",
    "Trace",
    "Value",
    "deeds",
    "digest",
    "history",
]
