"""Formatted text: what is parsed, what is found, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.entities import find_entities, parse_html, to_html, trimmed, utf16_length, with_found
from bot.sandbox.errors import ApiError


def marks(source: str) -> tuple[str, list[tuple[Any, ...]]]:
    text, entities = parse_html(source, lambda number: {"id": number} if number == 5 else None)
    return text, [(e["type"], e["offset"], e["length"]) for e in entities]


def test_tags_become_entities_with_utf16_offsets() -> None:
    assert marks("<b>😀好</b> <i>x</i>") == ("😀好 x", [("bold", 0, 3), ("italic", 4, 1)])
    assert marks("<u>a</u><s>b</s><code>c</code><tg-spoiler>d</tg-spoiler>") == (
        "abcd",
        [("underline", 0, 1), ("strikethrough", 1, 1), ("code", 2, 1), ("spoiler", 3, 1)],
    )
    assert marks('<span class="tg-spoiler">x</span><blockquote expandable>y</blockquote>') == (
        "xy",
        [("spoiler", 0, 1), ("expandable_blockquote", 1, 1)],
    )


def test_references_are_resolved_and_others_left() -> None:
    assert marks("1 &lt; 2 &amp;&amp; &#20013;&#x6587; &nbsp; & co")[0] == "1 < 2 && 中文 &nbsp; & co"


def test_links_code_and_mentions() -> None:
    _, entities = parse_html('<a href="https://example.com?a=1&amp;b=2">x</a>')
    assert entities == [{"type": "text_link", "offset": 0, "length": 1, "url": "https://example.com/?a=1&b=2"}]
    _, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]
    assert marks('<a href="tg://user?id=5">张</a>') == ("张", [("text_mention", 0, 1)])
    assert marks('<a href="tg://user?id=6">张</a>') == ("张", [])


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("价格<3", "Unclosed start tag at byte offset 6"),
        ("价格<3 元", 'Unsupported start tag "3" at byte offset 6'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_faulty_html_is_refused_with_the_byte_offset(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/claim 7", ["bot_command 0 6"]),
        ("请 /claim@keguan_bot", ["bot_command 2 17"]),
        ("请/claim 1/2", []),
        ("/拜访", []),
        ("😀 /x", ["bot_command 3 2"]),
        ("@anna_wang 你好 #重点", ["mention 0 10", "hashtag 14 3"]),
        ("发到 a.b@example.com", ["email 3 15"]),
        ("见 https://example.com/a?b=1。", ["url 2 25"]),
        ("没有标记", []),
    ],
)
def test_what_is_found_by_itself(text: str, found: list[str]) -> None:
    assert [f"{e['type']} {e['offset']} {e['length']}" for e in find_entities(text)] == found


def test_nothing_is_found_inside_code() -> None:
    text, given = parse_html("<code>/claim</code> /claim")
    assert [e["type"] for e in with_found(text, given)] == ["code", "bot_command"]


def test_white_space_at_the_ends_goes_and_entities_move() -> None:
    text, given = parse_html("  \n<b>字 </b> ")
    assert trimmed(text, given) == ("字", [{"type": "bold", "offset": 0, "length": 1}])


def test_html_of_a_message_is_escaped_and_balanced() -> None:
    source = "<b>a&lt;<i>😀</i></b> x"
    text, given = parse_html(source)
    assert to_html(text, given) == source
    assert to_html("<script>", []) == "&lt;script&gt;"


def test_length_counts_utf16_units() -> None:
    assert [utf16_length(text) for text in ("", "abc", "中文", "😀a")] == [0, 3, 2, 3]
