"""Reading what people type about leads, and the pure decisions (LED-1, LED-2)."""

from __future__ import annotations

from datetime import date

import pytest

from core import leads
from core.leads import AmountUnclear, Contact, DayUnclear, Draft
from core.rulebook import default

RULES = default()
WANG = "+8613800001111"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("华强电子 王先生 13800001111 想要200台空压机", Contact("华强电子 王先生", WANG, "想要200台空压机")),
        ("13800001111 华强电子 要200台", Contact("华强电子", WANG, "要200台")),
        ("公司：华强\n电话：0755-83001111\n需求：询价", Contact("华强", "+8675583001111", "询价")),
        ("张先生 138 0000 1111 要 200 台", Contact("张先生", WANG, "要 200 台")),
        ("要200台 13800001111", Contact("", WANG, "要200台")),
        ("华强 要200 13800001111 急", Contact("华强", WANG, "要200 急")),
        ("13800001111", Contact("", WANG, "")),
        ("华强电子", Contact("华强电子", "", "")),
        ("华强 1380000111 要货", Contact("华强", "", "要货", "1380000111")),
        ("李生 +852 2345 6789 要报价", Contact("李生", "+85223456789", "要报价")),
        ("", Contact("", "", "")),
    ],
)
def test_one_message_gives_name_phone_and_need(text: str, expected: Contact) -> None:
    assert leads.read_contact(text) == expected


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("80万", 800_000), ("800,000", 800_000), ("1.5亿", 150_000_000), ("¥ 80w", 800_000), ("3千", 3000), ("0", 0)],
)
def test_amounts(text: str, yuan: int) -> None:
    assert leads.read_yuan(text) == yuan


@pytest.mark.parametrize("text", ["", "很多", "-3", "80万到100万", "9" * 30, "99999999亿", "1e9"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountUnclear) as refused:
        leads.read_yuan(text)
    assert refused.value.text == text.strip()[:40]


def test_one_line_fills_everything_whatever_its_order() -> None:
    full = Draft("phone", "华强电子", WANG, "要200台", "华南", 800_000)
    for line in ("来电 华强电子 13800001111 80万 要200台 华南", "phone 800000 华南 华强电子 13800001111 要200台"):
        assert leads.read_line(RULES, {"华南"}, line) == (full, "")
    assert full.missing == ()


def test_what_a_line_lacks_stays_empty_and_a_wrong_number_is_named() -> None:
    draft, wrong = leads.read_line(RULES, set(), "展会 华强电子 1380000111")
    assert (draft.source, draft.name, wrong) == ("fair", "华强电子", "1380000111")
    assert draft.missing == ("phone", "need", "expected")


def test_a_wrong_number_loses_nothing_and_the_better_one_completes() -> None:
    draft, wrong = leads.fill_in(Draft(), "华强电子 1380000111 要200台")
    assert wrong == "1380000111"
    draft, wrong = leads.fill_in(draft, "还是不对")
    assert (draft.name, draft.need, wrong) == ("华强电子", "要200台", "还是不对")
    assert leads.fill_in(draft, "13800001111") == (Draft("", "华强电子", WANG, "要200台"), "")


def test_only_what_is_missing_is_taken_from_a_further_message() -> None:
    draft, _ = leads.fill_in(Draft(), "华强电子")
    draft, _ = leads.fill_in(draft, "13800001111 报价")
    assert (draft.name, draft.phone, draft.need) == ("华强电子", WANG, "报价")


def test_phones_in_free_text_are_masked_but_dates_and_sums_are_not() -> None:
    masked = leads.mask_phones("打13900002222 或 0755-83001111，2026-09-18 前，价 1000000元")
    assert masked == "打139****2222 或 0755****1111，2026-09-18 前，价 1000000元"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("华强电子有限公司 王先生", "华强电子"),
        ("华强电子 王先生", "华强电子"),
        ("王先生", ""),
        ("公司", "公司"),
        ("ACME 张经理", "acme"),
    ],
)
def test_company_names_compare_without_legal_form_and_people(name: str, key: str) -> None:
    assert leads.company_key(name, RULES.customers.legal_suffixes) == key


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9-18", date(2026, 9, 18)),
        ("9月18日", date(2026, 9, 18)),
        ("2026-09-18", date(2026, 9, 18)),
        ("明天", date(2026, 9, 15)),
        ("1-5", date(2027, 1, 5)),
        ("下周一", date(2026, 9, 21)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert leads.read_day(text, date(2026, 9, 14)) == day


@pytest.mark.parametrize("text", ["2-30", "随便", "2020-01-01", "13-1", "9-10"])
def test_what_is_no_coming_day_is_refused(text: str) -> None:
    with pytest.raises(DayUnclear):
        leads.read_day(text, date(2026, 9, 14))


def test_levels_take_their_classes_and_an_unknown_level_none() -> None:
    """LED-2"""
    assert [k for k in "ABCD" if leads.fits_level(RULES, "中级", k)] == ["B", "C", "D"]
    assert not leads.fits_level(RULES, "", "D")


@pytest.mark.parametrize(("text", "is_record"), [("已联系", False), ("ok！！！", False), ("客户要报价单", True)])
def test_a_record_is_more_than_a_word(text: str, is_record: bool) -> None:
    assert leads.is_record(text) is is_record
