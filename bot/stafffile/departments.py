"""Files of departments: which is below which, who manages it (ORG-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.stafffile.tables import Cell, Table, heading_of
from core.people import DepartmentFile, DepartmentRow, RowFault

HEADINGS = {
    "department": ("部门", "部门名称", "department"),
    "parent": ("上级部门", "所属部门", "parent", "parent department"),
    "manager": ("负责人", "部门负责人", "部门经理", "manager", "head"),
}
LONGEST = 60


def departments_of(table: Table) -> DepartmentFile:
    """The file of departments in a table, with every fault that can be seen in it alone."""
    (line, cells), *lines = table
    heading = heading_of(line, cells, HEADINGS, ("department",))
    if heading.faults:
        return DepartmentFile((), heading.faults)
    rows = tuple(_row(number, row, heading.columns) for number, row in lines)
    return DepartmentFile(rows, tuple(fault for row in rows for fault in _faults(row)), heading.ignored)


def _row(line: int, cells: Sequence[Cell], columns: Mapping[str, int]) -> DepartmentRow:
    def text(name: str) -> str | None:
        position = columns.get(name)
        if position is None:
            return None
        return cells[position].text if position < len(cells) else ""

    path = "/".join(step.strip() for step in (text("department") or "").split("/"))
    return DepartmentRow(line, path, text("parent"), text("manager"))


def _faults(row: DepartmentRow) -> list[RowFault]:
    steps = row.name.split("/")
    if not row.name:
        return [RowFault(row.line, "department", "", "empty")]
    if not all(steps):
        return [RowFault(row.line, "department", row.name, "bad_department", ("销售部/华南组",))]
    if any(len(step) > LONGEST for step in steps):
        return [RowFault(row.line, "department", row.name, "too_long", (str(LONGEST),))]
    return []
