"""The quick reader of rulebook files: whatever it reads, ruamel.yaml reads the same way (RULE-1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rulebook import RulebookError, loads, plain, source
from core.rulebook.source import Document

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(ROOT.glob("core/rulebook/presets/**/*.yaml"))


def by_ruamel(text: str) -> Document | None:
    """The file as ruamel.yaml has it; None where it refuses it or something in it is noted."""
    document = Document("rules.yaml")
    try:
        source._walk(document, text, "rules.yaml")
    except RulebookError:
        return None
    return None if document.problems else document


def agree(text: str) -> bool:
    """Both readers have the same of it; False where the quick one leaves it to the other."""
    try:
        found, places = plain.read(text)
    except plain.NotPlain:
        return False
    document = by_ruamel(text)
    assert document is not None, text
    assert (found, places) == (document.settings, document.places)
    assert types(found) == types(document.settings)
    return True


def types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types(inner) for key, inner in value.items()}
    return [types(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_presets_are_read_quickly_and_as_ruamel_has_them(file: Path) -> None:
    assert agree(file.read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n",
        "a: 1",
        "a:\n  b: x # why\n  # whole line\n\n  c: y#z\n",
        "a:\n- 1\n- b: 2\n  c: 3\n-  - x\n   - y\nd: ~\n",
        "a: [1, {b: c, d: [e]}, 'it''s', \"x\"]\nb: {}\nc: []\n",
        "a: [1, # one\n  2,\n  # two\n  3]\nb: 1\n",
        "a:\n  {b: 1,\n   c: 2}\nd: 2\n",
        "a: |\n  one\n    two\n\n  three\n\n\nb: >-\n  four\n  five\n\n  six\n",
        "a: >\n  one\n  two\n\n\n  three\nb: |-\n  x\n",
        "时段: 09:00-12:00\n销售 部: [09:00-12:00, 13:30-18:00]\n",
        "a: '27'\n'27': -1\n\"x y\": 0x1F\nb: 1_000\nc: 007\nd: 1e3\ne: .5\nf: True\ng: no\nh: null\n",
        "a: x: y\n",
        "a: 1\r\nb: 2\r\n",
        "a: 中文，标点：没问题\nb: （x）\n",
    ],
)
def test_usual_forms(text: str) -> None:
    agreed = agree(text)
    assert agreed or text == "a: x: y\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "a: 1\na: 2\n",
        "a: {b: 1, b: 2}\n",
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "a:\tb\n",
        "a: 'two\n  lines'\n",
        "a: two\n  lines\n",
        'a: "\\u0041"\n',
        "---\na: 1\n",
        "a: 1\n...\n",
        "%YAML 1.1\n---\na: yes\n",
        "a: [1, 2\n",
        "a: {b}\n",
        "? a\n: b\n",
        "a: |2\n  x\n",
        "a: 1\n b: 2\n",
        "a: 1\nb\n",
        "a: @x\n",
        "a: 0b2\x07\n",
    ],
)
def test_what_is_unusual_or_wrong_is_left_to_ruamel(text: str) -> None:
    with pytest.raises(plain.NotPlain):
        plain.read(text)


PIECES = st.sampled_from(
    [
        *("a", "b", "键", "x y", "27", "1_0", "-1", "0x1F", "1.5", "true", "no", "~", "null", "''", "'q'", '"w"'),
        *("'it''s'", "09:00", "09:00-12:00", ":", ": ", "- ", "-", "?", ",", ", ", "[", "]", "{", "}", "#", " # c"),
        *("|", ">", "|-", ">-", "&a", "*a", "!", "%", "@", "`", "<<", "=", ".", "...", "---", "\\", '"', "'"),
        *(
            "\n",
            "\n",
            "\n",
            "\n  ",
            "\n  ",
            "\n    ",
            "\n\n",
            " ",
            "  ",
            "\t",
            "\r\n",
            "，",
            "：",
            "\u3000",
            "\ufeff",
        ),
    ]
)


@given(st.lists(PIECES, max_size=24).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_as_by_ruamel_or_left_to_it(text: str) -> None:
    agree(text)


WORDS = st.text(st.sampled_from("ab甲1ab甲1 -.:#,[]{}'\"|>?&*!%@~_=/"), min_size=1, max_size=5)
SCALARS = st.one_of(
    WORDS, WORDS.map(lambda w: f"'{w}'"), WORDS.map(lambda w: f'"{w}"'), WORDS.map(lambda w: f"[{w}]")
)


def block(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Lines of a mapping or a list with such values, with comments and empty lines between."""
    between = st.sampled_from([[], [], [], [""], ["# c"], ["    # c"]])
    deeper = st.builds(
        lambda lines, depth: [f"{' ' * depth}{line}" for line in lines], inner, st.sampled_from([2, 2, 4, 0])
    )
    value = st.one_of(SCALARS.map(lambda scalar: [scalar]), deeper.map(lambda lines: ["", *lines]))

    def mapping(values: list[list[str]], gaps: list[str]) -> list[str]:
        return [line for n, (first, *rest) in enumerate(values) for line in (f"k{n}: {first}", *rest, *gaps)]

    def listed(values: list[list[str]], gaps: list[str]) -> list[str]:
        return [line for first, *rest in values for line in (f"- {first}", *rest, *gaps)]

    def of_mappings(items: list[list[str]]) -> list[str]:
        return [("- " if not n else "  ") + line for lines in items for n, line in enumerate(lines)]

    values = st.lists(value, min_size=1, max_size=3)
    return st.one_of(
        st.builds(mapping, values, between),
        st.builds(listed, values, between),
        st.builds(of_mappings, st.lists(st.builds(mapping, values, between), min_size=1, max_size=2)),
    )


TREES = st.recursive(block(SCALARS.map(lambda scalar: [scalar])), block, max_leaves=4)


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_any_tree_is_read_as_by_ruamel_or_left_to_it(lines: list[str]) -> None:
    agree("\n".join(("top:", *(f"  {line}" for line in lines))) + "\n")


@given(SCALARS)
@settings(max_examples=150, deadline=None)
def test_any_value_is_read_as_by_ruamel_or_left_to_it(value: str) -> None:
    agree(f"k: {value}\nlast: 1\n")


OWN = """\
clauses:
  own.rule:
    title: {zh: 自订}
    article: 第九条
    text:
      zh: >-
        甲
        乙
"""


@pytest.mark.parametrize("more", ["", "      en: 'two\n        lines'\n"], ids=["quickly", "by ruamel"])
def test_folded_text_of_a_clause_is_one_line(more: str) -> None:
    """It once held a BEL character at each fold."""
    assert loads(OWN + more).clause("own.rule").text.zh == "甲 乙"
