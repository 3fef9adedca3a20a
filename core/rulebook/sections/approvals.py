"""Approvals (APR)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from core.rulebook.problems import Finding, Path
from core.rulebook.sections.base import (
    Count,
    Days,
    Key,
    Section,
    StaffRole,
    Text,
    WorkDays,
    WorkHours,
    WorkMinutes,
    Yes,
    Yuan,
    badly_written,
)
from core.rulebook.wording import ProblemKind

ApprovalKind: TypeAlias = Literal[
    "leave",
    "trip",
    "excuse",
    "rebind",
    "calendar",
    "credit",
    "blacklist",
    "access",
    "lead_replacement",
    "resource",
    "compensation",
    "gift",
    "order",
]
IfEmpty: TypeAlias = Literal["skip", "admin", "superior"]
IfRequester: TypeAlias = Literal["skip", "superior", "allowed"]
IfAbsent: TypeAlias = Literal["delegate", "superior", "wait"]


_ROLES = "|".join(get_args(StaffRole))
_APPROVER = re.compile(rf"superior|department_head|role:({_ROLES})|person:\S{{1,30}}")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _approver(value: object) -> str:
    if isinstance(value, str) and _APPROVER.fullmatch(value):
        return value
    raise badly_written("superior | department_head | role:gm | person:1001")


Approver = Annotated[str, BeforeValidator(_approver)]


class ApprovalStep(Section):
    """Who decides, and in what time: working hours or working days, one of the two.

    `who` is superior, department_head, role:gm or person:1001 (a staff number), or a list of these. Any one of
    them decides; with `countersign` all must. Undecided in time it goes to the next superior if it `escalates`.
    """

    who: Annotated[tuple[Approver, ...], BeforeValidator(_listed), Field(min_length=1)]
    countersign: Yes = False
    hours: WorkHours | None = None
    days: WorkDays | None = None
    remind_minutes: WorkMinutes | None = None  # empty: as for all
    escalates: Yes = False

    @model_validator(mode="after")
    def _one(self) -> ApprovalStep:
        if (self.hours is None) == (self.days is None):
            raise PydanticCustomError("exactly_one", "{expected}", {"expected": "hours | days"})
        return self


class ApprovalChain(Section):
    """A way through a company. The first chain that fits is taken: amount (yuan; days of leave) no more than
    `up_to`, the requester's role and department among those listed, and every fact as in `when`."""

    up_to: Yuan | None = None
    roles: tuple[StaffRole, ...] = ()
    departments: tuple[Text, ...] = ()
    when: Mapping[Key, bool | str] = {}
    if_empty: IfEmpty | None = None
    if_requester: IfRequester | None = None
    if_absent: IfAbsent | None = None
    steps: Annotated[tuple[ApprovalStep, ...], Field(min_length=1)]

    @property
    def is_for_everybody(self) -> bool:
        return not (self.roles or self.departments or self.when)


class ApprovalRules(Section):
    """Who approves what (APR-1). A kind without chains is decided without an approval.

    `if_empty`: a step names nobody. `if_requester`: it names the requester. `if_absent`: the approver is on leave or
    a trip; `delegate` means their delegate, or else the next superior.
    """

    remind_minutes: WorkMinutes  # of working time before a step's time is over
    answer_hours: WorkHours  # working hours a question to the requester may stand
    delegate_max_days: Days
    max_files: Count
    if_empty: IfEmpty
    if_requester: IfRequester
    if_absent: IfAbsent
    chains: Mapping[ApprovalKind, tuple[ApprovalChain, ...]]


def check_approvals(rules: ApprovalRules) -> Iterator[Finding]:
    """Amounts rise, no chain stands behind one that takes everything, none leaves large amounts to nobody."""
    for kind, chains in rules.chains.items():
        path: Path = ("approvals", "chains", kind)
        yield from _check_order(path, [(i, chain) for i, chain in enumerate(chains) if chain.is_for_everybody])
        for index, chain in enumerate(chains):
            yield from _check_steps((*path, index, "steps"), chain, rules.remind_minutes)


def _check_order(path: Path, chains: list[tuple[int, ApprovalChain]]) -> Iterator[Finding]:
    most = -1
    for place, (index, chain) in enumerate(chains):
        if chain.up_to is None:
            yield from (Finding(ProblemKind.NEVER_REACHED, ((*path, later),)) for later, _ in chains[place + 1 :])
            return
        if chain.up_to <= most:
            yield Finding(ProblemKind.ORDER, ((*path, index, "up_to"),), f"> {most}", str(chain.up_to))
        most = chain.up_to
    if chains:
        yield Finding(ProblemKind.NO_DECIDER, ((*path, chains[-1][0], "up_to"), path), got=f"> {most}")


def _check_steps(path: Path, chain: ApprovalChain, remind: int) -> Iterator[Finding]:
    for index, step in enumerate(chain.steps):
        before = step.remind_minutes or remind
        if step.hours is not None and before >= step.hours * 60:
            where = "remind_minutes" if step.remind_minutes else "hours"
            yield Finding(
                ProblemKind.ORDER, ((*path, index, where),), "remind_minutes < hours × 60", f"{before} / {step.hours}"
            )
