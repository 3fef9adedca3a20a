"""Reading staff files: encodings, headings, numbers that spreadsheets spoil (ORG-1)."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
import xlsxwriter

from bot.stafffile import HEADINGS, REQUIRED, ROLES, read
from core.access import Role
from core.people import RowFault, StaffRow

ROWS = "工号,姓名,部门,角色,级别,上级,区域,行业,电话\n" + (
    "S01,张三,销售部/华南组,业务员,中级,M01,浦东、徐汇,机械,13800000000\n"
)
TAKEN = StaffRow(
    2, "S01", "张三", "销售部/华南组", Role.SALESPERSON, "中级", "M01", ("浦东", "徐汇"), "机械", "13800000000"
)


def workbook(*rows: tuple[object, ...]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    file = read(ROWS.replace(",", delimiter).encode(encoding), "人员.csv")
    assert file.faults == ()
    assert file.rows == (TAKEN,)
    assert file.columns == set(HEADINGS)


def test_english_headings_roles_and_decorations() -> None:
    text = "Staff Number*,Name（必填）,Department,Position,Notes\n7,Anna,Sales,Sales,x\n\n8,Bo,Sales,GM,\n"
    file = read(text.encode(), "staff.CSV")
    assert [(row.line, row.number, row.role) for row in file.rows] == [(2, "7", Role.SALESPERSON), (4, "8", Role.GM)]
    assert file.ignored == ("Notes",)
    assert file.columns == set(REQUIRED)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("业务员", Role.SALESPERSON),
        ("客服", Role.SERVICE),
        ("维修", Role.TECHNICIAN),
        ("技术", Role.TECHNICIAN),
        ("经理", Role.MANAGER),
        ("部门主管", Role.MANAGER),
        ("总监", Role.DIRECTOR),
        ("财务", Role.FINANCE),
        ("总经理", Role.GM),
        ("管理员", Role.ADMIN),
    ],
)
def test_role_words(word: str, role: Role) -> None:
    assert read(f"工号,姓名,部门,角色\n1,甲,乙,{word}".encode(), "a.csv").rows[0].role is role


def test_nobody_becomes_a_customer_or_the_system_by_a_file() -> None:
    assert not {Role.CUSTOMER, Role.STRANGER, Role.SYSTEM} & set(ROLES.values())


def test_numbers_typed_as_numbers_are_taken_while_they_are_exact() -> None:
    book = workbook(
        ("工号", "姓名", "部门", "角色", "电话"),
        (1001, "张三", "销售部", "业务员", 13812345678),
        (1002, "李四", "销售部", "业务员", 911101021234567890),
    )
    file = read(book, "x.xlsx")
    assert (file.rows[0].number, file.rows[0].phone) == ("1001", "13812345678")
    assert [(f.line, f.column, f.reason) for f in file.faults] == [(3, "phone", "long_number")]


def test_what_a_spreadsheet_left_in_a_csv() -> None:
    file = read("工号,姓名,部门,角色,电话\n1,甲,乙,客服,13812345678.0\n2,丙,乙,客服,9.11E+17".encode(), "a.csv")
    assert file.rows[0].phone == "13812345678"
    assert file.faults == (RowFault(3, "phone", "9.11E+17", "long_number"),)


def test_every_fault_is_told_with_its_place() -> None:
    text = f"工号,姓名,部门,角色\n,甲,乙,客服\n2,{'长' * 61},乙,客服\n3,丙,乙//丁,船长\n"
    faults = [(f.line, f.column, f.reason) for f in read(text.encode(), "a.csv").faults]
    assert faults == [
        (2, "number", "empty"),
        (3, "name", "too_long"),
        (4, "department", "bad_department"),
        (4, "role", "unknown_role"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "empty_file"),
        (b"  \n \n", "a.csv", "empty_file"),
        ("工号,姓名,部门,角色".encode(), "a.csv", "empty_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "old_excel"),
        (b"PK\x03\x04broken", "a.xlsx", "broken"),
        (b"\xff\xfe\x00\x00\xff", "a.csv", "broken"),
        ('工号,姓名,部门,角色\n1,"甲"x",乙,客服'.encode(), "a.csv", "broken"),
        (b"%PDF-1.7", "a.pdf", "not_a_table"),
        (b"x" * 5_000_001, "a.csv", "too_large"),
        (b"a\n" * 2003, "a.csv", "too_many_rows"),
    ],
)
def test_files_that_are_no_staff_files(content: bytes, name: str, reason: str) -> None:
    file = read(content, name)
    assert [(fault.line, fault.text, fault.reason) for fault in file.faults] == [(0, name, reason)]
    assert file.rows == ()


def test_missing_and_double_columns_are_told_together() -> None:
    faults = read("姓名,姓名,电话\n甲,乙,丙".encode(), "a.csv").faults
    assert [(f.column, f.reason) for f in faults] == [
        ("name", "double_column"),
        ("number", "missing_column"),
        ("department", "missing_column"),
        ("role", "missing_column"),
    ]


def test_reading_needs_no_chat_library() -> None:
    code = "import sys, bot.stafffile; assert 'aiogram' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
