"""A staff file before it is taken over: kept, shown as what it would change, applied by one more press (ORG-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.access import Actor, Role, permits
from core.errors import AlreadySettled, NotFound
from core.ids import PersonId, StaffImportId
from core.people.comparing import ImportPlan
from core.people.importing import StaffFile, carry_out, compared
from core.people.register import Imported, RowFault, StaffFileRefused, StaffRow
from core.people.trees import DepartmentFile, DepartmentPlan, DepartmentRow, build, planned_tree
from core.ports import UnitOfWork


class FileKind(StrEnum):
    STAFF = "staff"
    DEPARTMENTS = "departments"


class FileState(StrEnum):
    PENDING = "pending"
    APPLIED = "applied"
    DROPPED = "dropped"
    REPLACED = "replaced"  # by a later file of the same person


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits for its press. `makes`: departments that are not there may be made; `digest` is of the
    changes that were shown."""

    id: StaffImportId
    by: PersonId | None
    kind: FileKind
    state: FileState
    rows: Sequence[Mapping[str, Any]]
    columns: tuple[str, ...]
    makes: bool
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file would change. `unknown`: departments it names that are not there, which may be made by a press;
    `again`: the register has changed since it was shown."""

    id: StaffImportId
    plan: ImportPlan | DepartmentPlan
    ignored: tuple[str, ...] = ()
    unknown: tuple[RowFault, ...] = ()
    again: bool = False


class StaffFiles(Protocol):
    """Files that wait, and what became of them; their rows are kept only while they wait."""

    def keep(
        self,
        by: PersonId | None,
        kind: FileKind,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[str],
        digest: str,
        at: datetime,
    ) -> StaffImportId:
        """Earlier ones of the same person that still wait are replaced."""

    def get(self, file: StaffImportId) -> KeptFile:
        """Raises NotFound."""

    def note(self, file: StaffImportId, digest: str, *, makes: bool) -> None: ...
    def settle(self, file: StaffImportId, state: FileState) -> bool:
        """False where it waits no more."""


# Staff files --------------------------------------------------------------------------------------------


@permits(Role.ADMIN)
def propose(uow: UnitOfWork, actor: Actor, file: StaffFile) -> Proposal:
    """Check a staff file and keep it; nothing changes yet. Raises StaffFileRefused with every fault."""
    comparison = compared(uow, file.rows, file.columns, file.faults)
    plan, fresh = comparison.plan(), comparison.is_first
    unknown = () if fresh else tuple(comparison.unknown_departments())
    rows = [asdict(row) for row in file.rows]
    kept = uow.staff_files.keep(actor.person, FileKind.STAFF, rows, sorted(file.columns), plan.digest, uow.now)
    if fresh:
        uow.staff_files.note(kept, plan.digest, makes=True)
    return Proposal(kept, plan, file.ignored, unknown)


@permits(Role.ADMIN)
def make_departments(uow: UnitOfWork, actor: Actor, file_id: StaffImportId) -> Proposal:
    """Departments the file names that are not there are to be made. Raises NotFound or AlreadySettled."""
    kept = _waiting(uow, actor, file_id)
    plan = _staff_plan(uow, kept)
    uow.staff_files.note(kept.id, plan.digest, makes=True)
    return Proposal(kept.id, plan)


@permits(Role.ADMIN)
def apply_file(uow: UnitOfWork, actor: Actor, file_id: StaffImportId) -> Imported | DepartmentPlan | Proposal:
    """Take over what was shown. Where the register has changed meanwhile, nothing is taken, and what it would change
    now is shown. Raises NotFound, AlreadySettled, StaffFileRefused."""
    kept = _waiting(uow, actor, file_id)
    staff = kept.kind is FileKind.STAFF
    plan: ImportPlan | DepartmentPlan = _staff_plan(uow, kept) if staff else _tree_plan(uow, kept)
    if isinstance(plan, ImportPlan) and plan.departments and not kept.makes:
        raise StaffFileRefused(tuple(compared(uow, _rows(kept), kept.columns).unknown_departments()))
    if plan.digest != kept.digest:
        uow.staff_files.note(kept.id, plan.digest, makes=kept.makes)
        return Proposal(kept.id, plan, again=True)
    if not uow.staff_files.settle(kept.id, FileState.APPLIED):
        raise AlreadySettled("file", kept.state)
    return carry_out(uow, actor, plan) if isinstance(plan, ImportPlan) else build(uow, actor, plan)


@permits(Role.ADMIN)
def drop_file(uow: UnitOfWork, actor: Actor, file_id: StaffImportId) -> None:
    """Leave everything as it is. Raises NotFound or AlreadySettled."""
    kept = _waiting(uow, actor, file_id)
    if not uow.staff_files.settle(kept.id, FileState.DROPPED):
        raise AlreadySettled("file", kept.state)


def _waiting(uow: UnitOfWork, actor: Actor, file_id: StaffImportId) -> KeptFile:
    """A file of the actor's own that still waits (P17, P41)."""
    kept = uow.staff_files.get(file_id)
    if kept.by != actor.person:
        raise NotFound("file", str(file_id))
    if kept.state is not FileState.PENDING:
        raise AlreadySettled("file", kept.state)
    return kept


def _staff_plan(uow: UnitOfWork, kept: KeptFile) -> ImportPlan:
    return compared(uow, _rows(kept), kept.columns).plan()


def _rows(kept: KeptFile) -> list[StaffRow]:
    return [StaffRow(**{**row, "role": Role(row["role"]), "regions": tuple(row["regions"])}) for row in kept.rows]


# Department files ---------------------------------------------------------------------------------------


@permits(Role.ADMIN)
def propose_tree(uow: UnitOfWork, actor: Actor, file: DepartmentFile) -> Proposal:
    """Check a file of departments and keep it. Raises StaffFileRefused with every fault."""
    plan = planned_tree(uow, file.rows, file.faults)
    rows = [asdict(row) for row in file.rows]
    kept = uow.staff_files.keep(actor.person, FileKind.DEPARTMENTS, rows, (), plan.digest, uow.now)
    return Proposal(kept, plan, file.ignored)


def _tree_plan(uow: UnitOfWork, kept: KeptFile) -> DepartmentPlan:
    return planned_tree(uow, [DepartmentRow(**row) for row in kept.rows], ())
