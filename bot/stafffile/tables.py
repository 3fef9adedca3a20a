"""Tables as people send them: CSV as UTF-8, UTF-16 or GB 18030, and XLSX (ORG-1)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from core.people import MOST_ROWS, RowFault

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000  # bytes: an XLSX is a zip, and a small one can be made to unpack to anything
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number's digits
_BY_POWER = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)
_POINT_ZERO = re.compile(r"(\d+)\.0+", re.ASCII)
_FRACTION = re.compile(r"-?\d+\.\d+", re.ASCII)


class Unreadable(Exception):
    """No encoding that we know, or a spreadsheet that would unpack to too much."""


@dataclass
class Cell:
    """A cell as text; `number` tells that it was typed as a number, not as text."""

    text: str
    number: bool = False

    @property
    def inexact(self) -> bool:
        """Digits were lost before the file came to us: 6.22202E+18."""
        return bool(_BY_POWER.fullmatch(self.text)) or (self.number and len(self.text) > EXACT_DIGITS)

    @property
    def fraction(self) -> bool:
        """A number with a decimal point, where none belongs: 1001.5."""
        return bool(_FRACTION.fullmatch(self.text))


Table = list[tuple[int, list[Cell]]]  # rows that hold something, with their line numbers


def _csv(content: bytes) -> Table:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t，", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = []
    line = 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            table.append((line, [Cell(_without_point(cell.strip())) for cell in cells]))
        line = lines.line_num + 1
    return table


def _without_point(text: str) -> str:
    """13812345678.0 is a whole number that went through a spreadsheet."""
    whole = _POINT_ZERO.fullmatch(text)
    return whole[1] if whole else text


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # a spreadsheet's "Unicode text"
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable


def _xlsx(content: bytes) -> Table:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Unreadable
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    table = [(line, [_cell(value) for value in values]) for line, values in enumerate(sheet, 1)]
    return [(line, cells) for line, cells in table if any(cell.text for cell in cells)]


def _cell(value: object) -> Cell:
    if isinstance(value, float) and value.is_integer():
        return Cell(f"{value:.0f}", number=True)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Cell(str(value), number=True)
    if isinstance(value, (date, datetime)):
        return Cell(value.isoformat())
    return Cell(str(value).strip())


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the known columns are, and what is wrong with the line of headings."""

    line: int
    columns: Mapping[str, int]
    ignored: tuple[str, ...]
    faults: tuple[RowFault, ...]


def table_of(content: bytes, name: str) -> Table | RowFault:
    """The lines that hold something, the heading first; or why the file is not read. What is inside counts, not what
    the file is called."""
    reader = _reader(content, name)
    if isinstance(reader, str):
        return refused(name, reader)
    try:
        table = reader(content)
    except (Unreadable, CalamineError, ZipError, csv.Error, zipfile.BadZipFile, ValueError, OSError):
        return refused(name, "broken")
    if len(table) <= 1:
        return refused(name, "empty_file")
    if len(table) - 1 > MOST_ROWS:
        return refused(name, "too_many_rows", str(MOST_ROWS))
    return table


def refused(name: str, reason: str, *expected: str) -> RowFault:
    return RowFault(0, "", name, reason, expected)


def _reader(content: bytes, name: str) -> Callable[[bytes], Table] | str:
    """How to read the file, or the reason why it is not read."""
    if len(content) > MOST_BYTES:
        return "too_large"
    if content.startswith(b"PK\x03\x04"):
        return _xlsx
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "old_excel"
    if not content.strip():
        return "empty_file"
    return _csv if name.lower().endswith((".csv", ".txt", ".tsv")) else "not_a_table"


def heading_of(
    line: int, cells: Sequence[Cell], headings: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Heading:
    """The columns of a heading by what they are called."""
    known = {alias: name for name, aliases in headings.items() for alias in aliases}
    columns: dict[str, int] = {}
    ignored, faults = [], []
    for position, cell in enumerate(cells):
        name = known.get(plain(cell.text))
        if name is None:
            ignored += [cell.text] if cell.text else []
        elif name in columns:
            faults.append(RowFault(line, name, cell.text, "double_column"))
        else:
            columns[name] = position
    shown = " ".join(cell.text for cell in cells if cell.text)
    missing = [name for name in required if name not in columns]
    faults += [RowFault(line, name, shown, "missing_column", (headings[name][0],)) for name in missing]
    return Heading(line, columns, tuple(ignored), tuple(faults))


def plain(heading: str) -> str:
    """A heading without what people decorate it with: 工号*（必填） is 工号."""
    return re.sub(r"[(（].*?[)）]|[*＊:：]", "", heading).strip().lower()
