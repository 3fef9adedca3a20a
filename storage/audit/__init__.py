"""The trail: what every unit of work really wrote, in one chain of hashes (OPS-4)."""

from storage.audit import triggers
from storage.audit.recorder import Recorder
from storage.audit.trail import SqlAudit

__all__ = ["Recorder", "SqlAudit", "triggers"]
