"""Names taken apart, and found again however they are written (CUS-2, P39)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.brands import Parts, Words, keys_of, lexicon, likeness, likest, sought_keys, take_apart
from core.names import name_key
from core.regions import places, short
from core.rulebook import default

RULES = default().customers
KNOWN = lexicon(Words(RULES.legal_suffixes, RULES.trade_words))
HUAQIANG = "深圳华强电子有限公司"


def parts(name: str) -> Parts:
    return take_apart(name, KNOWN)


def like(a: str, b: str) -> float:
    return likeness(parts(a), parts(b))


def meets(a: str, b: str) -> bool:
    """Whether a record named b is found by its keys when a is asked for."""
    return bool(sought_keys(parts(a)) & (keys_of(b, KNOWN) - {KNOWN.marker}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (HUAQIANG, Parts(("深圳",), "华强", "电子", "")),
        ("深圳市华强电子科技集团股份有限公司", Parts(("深圳",), "华强", "电子科技", "")),
        ("华强电子（深圳）有限公司", Parts(("深圳",), "华强", "电子", "")),
        ("华强（深圳）电子有限公司", Parts(("深圳",), "华强", "电子", "")),
        ("华强深圳电子有限公司", Parts(("深圳",), "华强", "电子", "")),
        ("华强电子深圳", Parts(("深圳",), "华强", "电子", "")),
        ("广东省深圳市华强电子", Parts(("广东", "深圳"), "华强", "电子", "")),
        ("深圳华强电子有限公司广州分公司", Parts(("深圳",), "华强", "电子", "广州")),
        ("东方电子有限公司", Parts((), "东方", "电子", "")),  # a city in Hainan, but nothing else would be left
        ("深圳科技有限公司", Parts((), "深圳", "科技", "")),
        ("ＡＢＣ（中国）科技", Parts(("中国",), "abc", "科技", "")),
        ("华强", Parts((), "华强", "", "")),
        ("科技", Parts((), "科技", "", "")),
        ("", Parts((), "", "", "")),
    ],
)
def test_a_name_is_region_brand_trade_and_branch(name: str, expected: Parts) -> None:
    assert parts(name) == expected


def test_places_are_known_by_their_full_and_their_short_names() -> None:
    assert [short(name) for name in ("深圳市", "广西壮族自治区", "内蒙古自治区", "延边朝鲜族自治州", "浦东新区")] == [
        "深圳", "广西", "内蒙古", "延边", "浦东",
    ]  # fmt: skip
    assert places().at_start("昆山华强") == ("昆山", "昆山")
    assert places().at_start("海淀区华强") == ("海淀区", "海淀")
    assert places().at_start("海淀华强") is None  # a district's short name may be a brand


OTHERWISE = [
    "深圳华强电子",  # without legal form
    "深圳华强电子有限责任公司",
    "华强电子有限公司",  # without region
    "深圳市华强电子有限公司",
    "深圳华墙电子有限公司",  # sounds the same
    "深圳华弦电子有限公司",  # one character wrong
    "深训华强电子有限公司",  # wrong in the region
    "深训市华强电子有限公司",
    "深圳华强电予有限公司",  # in the trade
    "深圳华强北电子有限公司",  # one too many
    "深圳强华电子有限公司",  # two turned round
    "华强电子（深圳）有限公司",
    "华强（深圳）电子有限公司",
    "深圳　华强　电子",
    "深圳huaqiang电子有限公司",
    "深圳ＨＱ电子",
    "shenzhenhuaqiangdianzi",
    "szhqdz",
    "深圳华强电子有限公司东莞分公司",
]


@pytest.mark.parametrize("written", OTHERWISE)
def test_each_way_of_writing_is_found_and_near(written: str) -> None:
    assert meets(written, HUAQIANG)
    assert like(written, HUAQIANG) >= RULES.near_name_score
    assert like(HUAQIANG, written) == like(written, HUAQIANG)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (HUAQIANG, "北京华强电子有限公司"),  # the same brand elsewhere is another company
        (HUAQIANG, "深圳华强物流有限公司"),
        ("深圳第二机械厂", "深圳第三机械厂"),
        ("深圳华东机械", "深圳华南机械"),
        ("华强", "华墨"),
    ],
)
def test_what_is_another_company_is_not_near(a: str, b: str) -> None:
    assert like(a, b) < RULES.near_name_score


def test_the_likest_come_first_and_equals_in_a_fixed_order() -> None:
    names = ["深圳华弦电子", "华强电子", "深圳市华强电子集团", "深圳华弦电子厂", "深圳华墙电子"]
    found = [(name, name_key(name, RULES.legal_suffixes), 1.0) for name in names]
    assert [names[at] for _, at in likest(parts(HUAQIANG), found, KNOWN)][:4] == [
        "深圳市华强电子集团", "华强电子", "深圳华墙电子", "深圳华弦电子",
    ]  # fmt: skip


LETTERS = st.sampled_from("华盛鑫源宏达天宇信瑞恒泰永兴隆晟博创腾飞龙凤祥顺昌富润嘉诚美佳康宁远航星辉光亿利通合众")
BRANDS = st.text(LETTERS, min_size=3, max_size=6)
TRADES = st.sampled_from(["", "科技", "电子商务", "建筑工程", "医疗器械"])
REGIONS = st.sampled_from(["", "深圳", "上海市", "内蒙古"])


@given(REGIONS, BRANDS, TRADES, st.data())
def test_any_one_character_of_a_brand_may_be_wrong(region: str, brand: str, trade: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(brand) - 1))
    other = data.draw(LETTERS.filter(lambda letter: letter != brand[at]))
    right, wrong = (f"{region}{b}{trade}有限公司" for b in (brand, brand[:at] + other + brand[at + 1 :]))
    assume(parts(right).brand == brand and parts(wrong).regions == parts(right).regions)
    assert meets(wrong, right)
    assert len(region + brand + trade) == len(brand) == 3 or like(wrong, right) >= RULES.near_name_score


@given(REGIONS, BRANDS, TRADES, st.data())
def test_any_one_character_of_a_brand_may_be_missing_or_too_many(
    region: str, brand: str, trade: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(brand) - 1))
    right, short_one = (f"{region}{b}{trade}" for b in (brand, brand[:at] + brand[at + 1 :]))
    assume(parts(right).regions == parts(short_one).regions)
    assert meets(short_one, right)
    assert meets(right, short_one)


@given(st.text(max_size=40))
def test_no_name_is_too_strange_to_have_keys(name: str) -> None:
    assert keys_of(name, KNOWN)
    assert like(name, name) == 100 or not parts(name).core
