"""Names, phones, codes and days in the form in which they are compared (CUS-2, P39, ORG-6)."""

from __future__ import annotations

from datetime import date

import pytest

from core.names import (
    Phone,
    credit_code,
    initials,
    masked_name,
    masked_phone,
    name_key,
    phone_key,
    plain,
    read_phone,
    shown_phone,
)
from core.rulebook import default
from core.worktime.written import read_day

SUFFIXES = default().customers.legal_suffixes


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("深圳华强电子有限公司", "深圳华强电子"),
        ("深圳华强电子集团股份有限公司", "深圳华强电子"),
        ("华强电子（深圳）有限公司", "华强电子深圳"),
        ("  华强 电子\u3000(深圳) 有限责任公司 ", "华强电子深圳"),
        ("ＡＢＣ Tech 公司", "abctech"),
        ("华强·电子—“深圳”", "华强电子深圳"),
        ("集团公司", "集团"),
        ("公司", "公司"),
        ("华强电子", "华强电子"),
        ("", ""),
    ],
)
def test_one_company_has_one_key_however_it_is_written(name: str, key: str) -> None:
    assert name_key(name, SUFFIXES) == key


def test_a_plain_name_keeps_its_suffix_for_searching() -> None:
    assert plain("华强（深圳）ＡＢＣ 公司") == "华强深圳abc公司"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("深圳华强电子", "szhqdz"), ("ABC科技12号", "abckj12h"), ("", "")],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_both_readings_of_a_character_are_found() -> None:
    assert initials("重庆火锅") == "cqhg zqhg"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800001111", "+8613800001111"),
        ("138 0000-1111", "+8613800001111"),
        ("+86 138 0000 1111", "+8613800001111"),
        ("008613800001111", "+8613800001111"),
        ("１３８００００１１１１", "+8613800001111"),
        ("0755-82345678", "+8675582345678"),
        ("（0755）82345678", "+8675582345678"),
        ("400-820-8888", "+864008208888"),
        ("+1 415 555 2671", "+14155552671"),
        ("82345678", None),
        ("12345", None),
        ("138000011112", None),
        ("电话13800001111", None),
        ("", None),
    ],
)
def test_a_phone_has_one_key(text: str, number: str | None) -> None:
    assert phone_key(text) == number


@pytest.mark.parametrize("text", ["0755-82345678-801", "0755-82345678转801", "0755 82345678 ext. 801"])
def test_an_extension_is_kept_apart_from_the_number(text: str) -> None:
    found = read_phone(text)
    assert found == Phone("+8675582345678", "801")
    assert str(found) == "0755-82345678-801"


def test_phones_are_shown_as_written_at_home_and_masked_for_others() -> None:
    assert shown_phone("+8613800001111") == "13800001111"
    assert shown_phone("+864008208888") == "400-820-8888"
    assert masked_phone("+8613800001234") == "138****1234"
    assert masked_phone("+8675582345678") == "0755****5678"
    assert masked_phone("+864008208888") == "40****8888"
    assert "415555" not in masked_phone("+14155552671").replace(" ", "")


def test_a_masked_name_tells_two_characters() -> None:
    assert masked_name("深圳华强电子有限公司") == "深圳****"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91440300708461136T", "91440300708461136T"),
        (" 9144 0300 7084 61136t", "91440300708461136T"),
        ("91440300708461136A", None),  # wrong check digit
        ("9144030070846113", None),
        ("", None),
    ],
)
def test_a_credit_code_is_held_to_its_check_digit(text: str, code: str | None) -> None:
    assert credit_code(text) == code


TODAY = date(2026, 9, 14)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9月18日", date(2026, 9, 18)),
        ("9-18", date(2026, 9, 18)),
        ("9/18", date(2026, 9, 18)),
        ("2027年1月3日", date(2027, 1, 3)),
        ("2026-09-18", date(2026, 9, 18)),
        ("1月3日", date(2027, 1, 3)),
        ("9月10日", date(2026, 9, 10)),
        ("今天", TODAY),
        ("明天", date(2026, 9, 15)),
        ("3天后", date(2026, 9, 17)),
        ("一周后", date(2026, 9, 21)),
        ("两周后", date(2026, 9, 28)),
        ("周五", date(2026, 9, 18)),
        ("下周一", date(2026, 9, 21)),
        ("下下周一", date(2026, 9, 28)),
        ("2月30日", None),
        ("13月1日", None),
        ("改天", None),
        ("", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


def test_the_twenty_ninth_of_february_is_in_the_next_leap_year() -> None:
    assert read_day("2月29日", TODAY) == date(2028, 2, 29)
