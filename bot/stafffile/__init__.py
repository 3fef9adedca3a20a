"""Reading files about the company's people and departments (ORG-1)."""

from __future__ import annotations

from bot.stafffile.departments import HEADINGS as TREE_HEADINGS
from bot.stafffile.departments import departments_of
from bot.stafffile.staff import HEADINGS, REQUIRED, ROLES, staff_of
from bot.stafffile.tables import MOST_BYTES, plain, refused, table_of
from core.people import DepartmentFile, RowFault, StaffFile

__all__ = ["HEADINGS", "MOST_BYTES", "REQUIRED", "ROLES", "read", "read_any", "too_large"]


def read(content: bytes, name: str) -> StaffFile:
    """The staff file, with every fault that can be seen in it alone."""
    table = table_of(content, name)
    return _unread(table) if isinstance(table, RowFault) else staff_of(table)


def read_any(content: bytes, name: str) -> StaffFile | DepartmentFile:
    """The same; or a file of departments, known by its headings: departments and what they are below, no people."""
    table = table_of(content, name)
    if isinstance(table, RowFault):
        return _unread(table)
    headings = {plain(cell.text) for cell in table[0][1]}
    about_people = headings & {*HEADINGS["number"], *HEADINGS["name"]}
    about_tree = headings & {*TREE_HEADINGS["parent"], *TREE_HEADINGS["manager"]}
    return departments_of(table) if about_tree and not about_people else staff_of(table)


def too_large(name: str) -> StaffFile:
    """What is said of a file that is not worth fetching."""
    return _unread(refused(name, "too_large"))


def _unread(fault: RowFault) -> StaffFile:
    return StaffFile((), frozenset(), (fault,))
