"""Spreadsheets to hand out: one sheet, a heading, rows; what looks like a formula stays text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

WIDEST = 40  # characters of a column


def workbook(heading: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> bytes:
    """An XLSX file. All cells are text, so that numbers keep every digit and come back as they went."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(name[:31] or None)
        table = [list(heading), *([str(cell) for cell in row] for row in rows)]
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text if number else bold)
        for column in range(len(heading)):
            widest = max(len(row[column]) for row in table)
            sheet.set_column(column, column, min(widest * 2 + 2, WIDEST))
        sheet.freeze_panes(1, 0)
    return file.getvalue()
