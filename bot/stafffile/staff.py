"""Staff files, with Chinese or English headings (ORG-1).

A fault never stops the reading, so that all of them are told at once. What needs the register or the rulebook
(levels, departments, superiors, numbers given twice) is judged by `core.people`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.stafffile.tables import Cell, Table, heading_of
from core.access import Role
from core.people import RowFault, StaffFile, StaffRow

HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("工号", "员工编号", "编号", "number", "staff number", "staff no", "id"),
    "name": ("姓名", "名字", "name"),
    "department": ("部门", "所属部门", "department"),
    "role": ("角色", "岗位", "职位", "职务", "role", "position"),
    "level": ("级别", "销售级别", "等级", "level"),
    "superior": ("上级", "直属上级", "上级工号", "主管", "superior", "manager"),
    "regions": ("区域", "负责区域", "地区", "region", "regions"),
    "industry": ("行业", "负责行业", "industry"),
    "phone": ("电话", "手机", "手机号", "联系电话", "phone", "mobile"),
}
REQUIRED = ("number", "name", "department", "role")
ROLES: dict[str, Role] = {
    **{role: Role.SALESPERSON for role in ("业务员", "销售", "销售员", "业务", "salesperson", "sales")},
    **{role: Role.SERVICE for role in ("客服", "客服员", "service", "customer service")},
    **{role: Role.TECHNICIAN for role in ("维修", "技术", "技术员", "维修员", "工程师", "technician")},
    **{role: Role.MANAGER for role in ("经理", "主管", "部门主管", "部门经理", "销售经理", "manager")},
    **{role: Role.DIRECTOR for role in ("总监", "director")},
    **{role: Role.FINANCE for role in ("财务", "会计", "finance")},
    **{role: Role.GM for role in ("总经理", "gm", "general manager")},
    **{role: Role.ADMIN for role in ("管理员", "admin", "administrator")},
}
STATUS = ("状态", "在职状态", "status")  # as the register is taken out; who leaves is no matter for a file
LEFT = ("离职", "已离职", "left")
LONGEST = {"number": 30, "name": 60, "department": 60, "level": 20, "industry": 60, "phone": 40}
_SPLIT = re.compile(r"[、,，;；/|\s]+")


def staff_of(table: Table) -> StaffFile:
    """The staff file in a table, with every fault that can be seen in it alone."""
    (line, cells), *lines = table
    heading = heading_of(line, cells, {**HEADINGS, "status": STATUS}, REQUIRED)
    if heading.faults:
        return StaffFile((), frozenset(), heading.faults)
    read_rows = [_Row(number, row, heading.columns) for number, row in lines]
    rows = tuple(row.taken() for row in read_rows)
    found = tuple(fault for row in read_rows for fault in row.faults)
    return StaffFile(rows, frozenset(heading.columns) - {"status"}, found, heading.ignored)


@dataclass
class _Row:
    """One line on its way to a StaffRow."""

    line: int
    cells: Sequence[Cell]
    columns: Mapping[str, int]
    faults: list[RowFault] = field(default_factory=list)

    def taken(self) -> StaffRow:
        """The row; where something is wrong, with a stand-in, and a fault noted."""
        if self._cell("status").text in LEFT:
            self._fault("status", "leaves")
        return StaffRow(
            self.line,
            self._text("number", exact=True),
            self._text("name"),
            self._department(),
            self._role(),
            self._text("level"),
            self._text("superior", exact=True),
            tuple(part for part in _SPLIT.split(self._cell("regions").text) if part),
            self._text("industry"),
            self._text("phone", exact=True),
        )

    def _cell(self, name: str) -> Cell:
        position = self.columns.get(name)
        return self.cells[position] if position is not None and position < len(self.cells) else Cell("")

    def _fault(self, name: str, reason: str, expected: Iterable[str] = ()) -> None:
        self.faults.append(RowFault(self.line, name, self._cell(name).text, reason, tuple(expected)))

    def _text(self, name: str, *, exact: bool = False) -> str:
        cell = self._cell(name)
        if exact and cell.inexact:
            self._fault(name, "long_number")
        elif exact and cell.fraction:
            self._fault(name, "fraction")
        elif name in REQUIRED and not cell.text:
            self._fault(name, "empty")
        elif len(cell.text) > LONGEST.get(name, len(cell.text)):
            self._fault(name, "too_long", [str(LONGEST[name])])
        return cell.text

    def _department(self) -> str:
        steps = [step.strip() for step in self._cell("department").text.split("/")]
        if len(steps) == 1:
            return self._text("department")
        if not all(0 < len(step) <= LONGEST["department"] for step in steps):
            self._fault("department", "bad_department", ["销售部/华南组"])
        return "/".join(steps)

    def _role(self) -> Role:
        text = self._text("role")
        role = ROLES.get(text.lower())
        if role is None and text:
            self._fault("role", "unknown_role", dict.fromkeys(ROLES.values()))
        return role or Role.SALESPERSON
