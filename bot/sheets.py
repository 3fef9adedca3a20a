"""Tables to hand out as XLSX or CSV: a heading, rows; what looks like a formula stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

WIDEST = 40  # characters of a column
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int


def workbook(heading: Sequence[str], rows: Iterable[Sequence[Cell]], name: str = "") -> bytes:
    """An XLSX file. Texts stay texts, so that long numbers in them keep every digit; an int can be added up."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(name[:31] or None)
        table: list[list[Cell]] = [list(heading), *(list(row) for row in rows)]
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell, text if number else bold)
        for column in range(len(heading)):
            widest = max(len(str(row[column])) for row in table if column < len(row))
            sheet.set_column(column, column, min(widest * 2 + 2, WIDEST))
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def comma_separated(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file in UTF-8 with a mark, so that spreadsheets read Chinese. A text that would be taken for a formula
    gets a quote before it."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heading)
    writer.writerows([_no_formula(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def _no_formula(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
