"""Reading staff files: CSV as UTF-8 or GB 18030, and XLSX, with Chinese or English headings (ORG-1).

A fault never stops the reading, so that all of them are told at once. What needs the register or the rulebook
(levels, superiors, numbers given twice) is judged by `core.people.import_staff`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from core.access import Role
from core.people import MOST_ROWS, RowFault, StaffFile, StaffRow

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000  # bytes: an XLSX is a zip, and a small one can be made to unpack to anything
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number's digits
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
LONGEST = {"number": 30, "name": 60, "department": 60, "level": 20, "industry": 60, "phone": 40}
_SPLIT = re.compile(r"[、,，;；/|\s]+")
_BY_POWER = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)
_POINT_ZERO = re.compile(r"(\d+)\.0+", re.ASCII)


def read(content: bytes, name: str) -> StaffFile:
    """The staff file, with every fault that can be seen in it alone."""
    reader = _reader(content, name)
    if isinstance(reader, str):
        return _refused(name, reader)
    try:
        table = reader(content)
    except (_Unreadable, CalamineError, ZipError, csv.Error, zipfile.BadZipFile, ValueError, OSError):
        return _refused(name, "broken")
    return _rows(table, name)


def too_large(name: str) -> StaffFile:
    """What is said of a file that is not worth fetching."""
    return _refused(name, "too_large")


def _reader(content: bytes, name: str) -> Callable[[bytes], _Table] | str:
    """How to read the file, or the reason why it is not read. What is inside counts, not what it is called."""
    if len(content) > MOST_BYTES:
        return "too_large"
    if content.startswith(b"PK\x03\x04"):
        return _xlsx
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "old_excel"
    if not content.strip():
        return "empty_file"
    return _csv if name.lower().endswith((".csv", ".txt", ".tsv")) else "not_a_table"


class _Unreadable(Exception):
    """No encoding that we know, or a spreadsheet that would unpack to too much."""


@dataclass
class _Cell:
    """A cell as text; `number` tells that it was typed as a number, not as text."""

    text: str
    number: bool = False

    @property
    def inexact(self) -> bool:
        """Digits were lost before the file came to us: 6.22202E+18."""
        return bool(_BY_POWER.fullmatch(self.text)) or (self.number and len(self.text) > EXACT_DIGITS)


_Table = list[tuple[int, list[_Cell]]]  # rows that hold something, with their line numbers


def _csv(content: bytes) -> _Table:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t，", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = []
    line = 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            table.append((line, [_Cell(_without_point(cell.strip())) for cell in cells]))
        line = lines.line_num + 1
    return table


def _without_point(text: str) -> str:
    """13812345678.0 is a whole number that went through a spreadsheet."""
    whole = _POINT_ZERO.fullmatch(text)
    return whole[1] if whole else text


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _Unreadable


def _xlsx(content: bytes) -> _Table:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise _Unreadable
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    table = [(line, [_cell(value) for value in values]) for line, values in enumerate(sheet, 1)]
    return [(line, cells) for line, cells in table if any(cell.text for cell in cells)]


def _cell(value: object) -> _Cell:
    if isinstance(value, float) and value.is_integer():
        return _Cell(f"{value:.0f}", number=True)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _Cell(str(value), number=True)
    if isinstance(value, (date, datetime)):
        return _Cell(value.isoformat())
    return _Cell(str(value).strip())


def _refused(name: str, reason: str, *expected: str) -> StaffFile:
    return StaffFile((), frozenset(), (RowFault(0, "", name, reason, expected),))


def _rows(table: _Table, name: str) -> StaffFile:
    if len(table) <= 1:
        return _refused(name, "empty_file")
    if len(table) - 1 > MOST_ROWS:
        return _refused(name, "too_many_rows", str(MOST_ROWS))
    (heading_line, heading), *lines = table
    columns, ignored, faults = _columns(heading_line, heading)
    if faults:
        return StaffFile((), frozenset(), tuple(faults))
    read_rows = [_Row(line, cells, columns) for line, cells in lines]
    rows = tuple(row.taken() for row in read_rows)
    found = tuple(fault for row in read_rows for fault in row.faults)
    return StaffFile(rows, frozenset(columns), found, tuple(ignored))


def _columns(line: int, heading: Sequence[_Cell]) -> tuple[dict[str, int], list[str], list[RowFault]]:
    """(field → position, headings that mean nothing, faults) of the heading."""
    known = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}
    columns: dict[str, int] = {}
    ignored, faults = [], []
    for position, cell in enumerate(heading):
        name = known.get(_plain(cell.text))
        if name is None:
            ignored += [cell.text] if cell.text else []
        elif name in columns:
            faults.append(RowFault(line, name, cell.text, "double_column"))
        else:
            columns[name] = position
    shown = " ".join(cell.text for cell in heading if cell.text)
    missing = [name for name in REQUIRED if name not in columns]
    faults += [RowFault(line, name, shown, "missing_column", HEADINGS[name][:1]) for name in missing]
    return columns, ignored, faults


def _plain(heading: str) -> str:
    """A heading without what people decorate it with: 工号*（必填） is 工号."""
    return re.sub(r"[(（].*?[)）]|[*＊:：]", "", heading).strip().lower()


@dataclass
class _Row:
    """One line on its way to a StaffRow."""

    line: int
    cells: Sequence[_Cell]
    columns: dict[str, int]
    faults: list[RowFault] = field(default_factory=list)

    def taken(self) -> StaffRow:
        """The row; where something is wrong, with a stand-in, and a fault noted."""
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

    def _cell(self, name: str) -> _Cell:
        position = self.columns.get(name)
        return self.cells[position] if position is not None and position < len(self.cells) else _Cell("")

    def _fault(self, name: str, reason: str, expected: Iterable[str] = ()) -> None:
        self.faults.append(RowFault(self.line, name, self._cell(name).text, reason, tuple(expected)))

    def _text(self, name: str, *, exact: bool = False) -> str:
        cell = self._cell(name)
        if exact and cell.inexact:
            self._fault(name, "long_number")
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
