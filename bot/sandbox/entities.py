"""Formatted text: Telegram's HTML, the entities found by themselves, and offsets in UTF-16 units."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import ApiError, bad_request

Entity = dict[str, Any]
FindUser = Callable[[int], dict[str, Any] | None]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z0-9_.-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_USER_LINK = re.compile(r"tg://user/?\?id=(\d+)")

_TAG_NAME = re.compile(r"<([^\s>]*)")
_BARE_HOST = re.compile(r"^(https?://[^/?#]+)(?=$|[?#])", re.IGNORECASE)

_WORD = r"\w"
_FOUND = (
    (
        "bot_command",
        re.compile(rf"(?<![{_WORD}/<>@])/[A-Za-z0-9_]{{1,64}}(?:@[A-Za-z0-9_]{{3,32}})?(?![{_WORD}/])"),
    ),
    (
        "url",
        re.compile(
            r"(?<![\w@])(?:https?://[^\s<>\"“”]+|(?:[a-z0-9-]+\.)+(?:com|org|net|cn|me|io)(?:/[^\s<>\"]*)?\b)"
        ),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("mention", re.compile(rf"(?<![{_WORD}@])@[A-Za-z][A-Za-z0-9_]{{2,31}}(?![A-Za-z0-9_])")),
    ("hashtag", re.compile(rf"(?<![{_WORD}#&])#(?=[{_WORD}]*[^\W\d])[{_WORD}]{{1,256}}")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d ()-]{6,18}\d(?!\w)")),
)
_HAS_SPECIAL = re.compile(r"[/@#.+]")
_NO_NESTING = frozenset(("code", "pre", "text_link", "text_mention"))


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters above U+FFFF count two."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return len(text)
    return len(text) + sum(char > "\uffff" for char in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part that an entity covers."""
    if text.isascii():
        return text[offset : offset + length]
    raw = text.encode("utf-16-le")[offset * 2 : (offset + length) * 2]
    return raw.decode("utf-16-le", "ignore")


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    entity: Entity


class _HtmlReader:
    """Telegram's own HTML dialect: any `<` begins a tag, unknown tags are refused with a byte offset."""

    def __init__(self, source: str, find_user: FindUser) -> None:
        self.source = source
        self.find_user = find_user
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.done: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self.source):
            char = self.source[at]
            if char == "<":
                at = self.end_tag(at) if self.source.startswith("</", at) else self.start_tag(at)
            elif char == "&" and (match := _REFERENCE.match(self.source, at)):
                self.put(_referenced(match))
                at = match.end()
            else:
                stop = self.next_special(at + 1)
                self.put(self.source[at:stop])
                at = stop
        if self.open:
            raise self.problem(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.out), self.done

    def next_special(self, at: int) -> int:
        found = [i for i in (self.source.find("<", at), self.source.find("&", at)) if i >= 0]
        return min(found, default=len(self.source))

    def put(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16_length(text)

    def problem(self, text: str, at: int | None = None) -> ApiError:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"can't parse entities: {text}{where}")

    def start_tag(self, at: int) -> int:
        match = _TAG_NAME.match(self.source, at)
        name = match[1].lower() if match else ""
        stop = at + 1 + len(name)
        if stop >= len(self.source):
            raise self.problem("Unclosed start tag", at)
        if name not in _TAGS:
            raise self.problem(f'Unsupported start tag "{name}"', at)
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.source, stop):
            value = (found[2] or "").strip("\"'")
            attributes[found[1].lower()] = _REFERENCE.sub(_referenced, value)
            stop = found.end()
        while stop < len(self.source) and self.source[stop].isspace():
            stop += 1
        if stop >= len(self.source) or self.source[stop] != ">":
            raise self.problem("Unclosed start tag", at)
        self.open.append(_Open(name, self.length, self.entity(name, attributes, at)))
        return stop + 1

    def entity(self, tag: str, attributes: dict[str, str], at: int) -> Entity:
        kind = _TAGS[tag]
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.problem('Tag "span" must have class "tg-spoiler"', at)
        if tag == "a":
            return {"type": kind, "url": attributes.get("href", "")}
        if tag == "blockquote" and "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        if tag == "tg-emoji":
            return {"type": kind, "custom_emoji_id": attributes.get("emoji-id", "")}
        if tag == "code" and (language := attributes.get("class", "")).startswith("language-"):
            return {"type": kind, "language": language.removeprefix("language-")}
        return {"type": kind}

    def end_tag(self, at: int) -> int:
        if not self.open:
            raise self.problem("Unexpected end tag", at)
        stop = self.source.find(">", at)
        if stop < 0:
            raise self.problem("Unclosed end tag", at)
        name = self.source[at + 2 : stop].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            text = f'expected "</{opened.tag}>", found "</{name}>"'
            raise bad_request(
                f"can't parse entities: Unmatched end tag at byte offset {len(self.source[:at].encode())}, {text}"
            )
        self.close(opened)
        return stop + 1

    def close(self, opened: _Open) -> None:
        length = self.length - opened.start
        entity = self.finished(opened, length)
        if entity is None or not length:
            return
        kind = entity.pop("type")
        self.done.append({"type": kind, "offset": opened.start, "length": length, **entity})

    def finished(self, opened: _Open, length: int) -> Entity | None:
        entity = opened.entity
        if opened.tag == "code":
            if self.open and self.open[-1].tag == "pre" and entity.get("language"):
                self.open[-1].entity["language"] = entity["language"]
                return None
            return {"type": "code"}
        if opened.tag != "a":
            return entity
        url = entity["url"] or utf16_slice("".join(self.out), opened.start, length)
        if user := _USER_LINK.fullmatch(url):
            known = self.find_user(int(user[1]))
            return {"type": "text_mention", "user": known} if known else None
        return {"type": "text_link", "url": _as_address(url)} if "." in url or "://" in url else None


def _as_address(url: str) -> str:
    if "://" not in url:
        url = f"http://{url}"
    return _BARE_HOST.sub(r"\1/", url)


def _referenced(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]  # noqa: PLR2004 Unicode


def parse_html(source: str, find_user: FindUser = lambda _: None) -> tuple[str, list[Entity]]:
    """Text and entities of `parse_mode=HTML`; raises ApiError with the byte offset of the fault."""
    if "<" not in source and "&" not in source:
        return source, []
    return _HtmlReader(source, find_user).read()


def find_entities(text: str) -> list[Entity]:
    """What Telegram marks by itself: commands, mentions, addresses, hashtags, phone numbers."""
    if not _HAS_SPECIAL.search(text):
        return []
    plain = max(text) <= "\uffff"
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, stop = match.span()
            if kind == "url":
                stop = start + len(match[0].rstrip(".,:;!?)]}'\"，。、；：！？）"))
            if any(start < b and a < stop for a, b in taken):
                continue
            taken.append((start, stop))
            offset = start if plain else utf16_length(text[:start])
            found.append({"type": kind, "offset": offset, "length": utf16_length(text[start:stop])})
    return in_order(found)


def in_order(entities: list[Entity]) -> list[Entity]:
    """By offset, the outer one first."""
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def with_found(text: str, given: list[Entity]) -> list[Entity]:
    """Given entities together with those found, which don't enter code, links or mentions."""
    found = find_entities(text)
    if not given:
        return found
    closed = [e for e in given if e["type"] in _NO_NESTING]
    return in_order(given + [e for e in found if not any(_overlap(e, c) for c in closed)])


def _overlap(one: Entity, other: Entity) -> bool:
    starts_before = one["offset"] < other["offset"] + other["length"]
    return bool(starts_before and other["offset"] < one["offset"] + one["length"])


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at both ends, as Telegram stores it."""
    short = text.strip()
    if short == text:
        return text, entities
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    total = utf16_length(short)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] - lead + entity["length"], total)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return short, kept


def to_html(text: str, entities: list[Entity]) -> str:
    """Escaped HTML of a message for the web page and transcripts; commands and links become anchors."""
    raw = text.encode("utf-16-le")
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for entity in in_order(list(entities)):
        part = utf16_slice(text, entity["offset"], entity["length"])
        before, after = _marks(entity, part)
        opens.setdefault(entity["offset"], []).append(before)
        closes.setdefault(entity["offset"] + entity["length"], []).insert(0, after)
    out: list[str] = []
    cuts = sorted({0, len(raw) // 2, *opens, *closes})
    for start, stop in zip(cuts, [*cuts[1:], cuts[-1]], strict=True):
        out += closes.get(start, []) + opens.get(start, [])
        out.append(html.escape(raw[start * 2 : stop * 2].decode("utf-16-le", "ignore")))
    return "".join(out)


def _marks(entity: Entity, part: str) -> tuple[str, str]:
    kind = entity["type"]
    simple = {
        "bold": "b",
        "italic": "i",
        "underline": "u",
        "strikethrough": "s",
        "code": "code",
        "pre": "pre",
    }
    if kind in simple:
        return f"<{simple[kind]}>", f"</{simple[kind]}>"
    if kind in ("blockquote", "expandable_blockquote"):
        return "<blockquote>", "</blockquote>"
    if kind in ("text_link", "url"):
        address = html.escape(entity.get("url") or part)
        return f'<a href="{address}" rel="noreferrer">', "</a>"
    return f'<span class="{kind}">', "</span>"
