"""A quick reader for the part of YAML in which rulebooks are written (RULE-1).

ruamel.yaml looks at each character many times, which takes half a second for a company's 500 clauses. This one goes
line by line. It knows block and flow mappings and lists, one-line texts with and without quotes, and texts after `|`
and `>`. Whatever else there is, and whatever is wrong, it leaves to ruamel.yaml by raising NotPlain, so that nobody
can tell from a result which of the two has read the file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode

from core.rulebook.problems import Path, Place

DEEPEST = 20  # levels of nesting; far more than any setting has, and well inside the recursion limit
_LONGEST_KEY = 1_000  # characters; YAML itself draws the line a little later
_START = r"(?:-(?=\w))?[^ ,\[\]{}#&*!|>'\"%@`?:\-]"
_BLOCK_TEXT = re.compile(_START + r"(?:[^ :]|:(?=[^ ])| +(?=[^ #:]))*")
_FLOW_TEXT = re.compile(_START + r"(?:[^ ,\[\]{}:?]|:(?=[^ ,\[\]{}])| +(?=[^ ,\[\]{}#:?]))*")
_KEY = re.compile(r"""(?:(\w[\w.\-]*(?: [\w.\-]+)*)|'([^']*)'|"([^"\\]*)"):(?= |$)""")
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_DOUBLE = re.compile(r'"([^"\\]*)"')
_HEADER = re.compile(r"([|>])(-?) *(?:(?<= )#.*)?$")
_BLANK = re.compile(r" *(?:(?<= )#.*)?$")
# Control characters, other line breaks, tabs, and what starts a document or a directive.
_UNUSUAL = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|^(?:---|\\.\\.\\.|%)",
    re.MULTILINE,
)
_MAYBE_NO_TEXT = frozenset("-+.~0123456789nNtTfFyYoO<=")
_RESOLVER = YAML(typ="safe", pure=True).resolver


class NotPlain(Exception):
    """The file holds more of YAML than this reader knows, or a mistake."""


def read(text: str) -> tuple[dict[str, Any], dict[Path, Place]]:
    """The settings of a file, and where each key and item stands. Raises NotPlain."""
    text = text.replace("\r\n", "\n")
    if _UNUSUAL.search(text):
        raise NotPlain
    reader = _Reader(text.split("\n"))
    return reader.whole(), reader.places


@lru_cache(maxsize=4096)
def value_of(text: str, tag: str = "") -> str | int | float | bool | None:
    """What a text without quotes stands for. Raises ValueError where it has the form of something it is not."""
    if not tag and text[:1] not in _MAYBE_NO_TEXT and text:
        return text
    tag = tag or str(_RESOLVER.resolve(ScalarNode, text, (True, False)))
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if kind in {"str", "timestamp", "merge"}:
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return _truth(text)
    if kind == "int":
        return _whole(text.replace("_", ""))
    if kind == "float":
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    raise LookupError(tag)


def _truth(text: str) -> bool:
    # A file that declares YAML 1.1 would have yes and no read as truth values too.
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _whole(text: str) -> int:
    bare = text.lstrip("+-")
    return int(text, 0) if bare[:2].lower() in {"0x", "0o"} else int(text)


class _Reader:
    """Walks the lines. `line` is the one in hand and `start` the column of its first character; -1 is the end."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.places: dict[Path, Place] = {}
        self.line = -1
        self.start = -1
        self._next()

    def whole(self) -> dict[str, Any]:
        if self.start != 0:
            raise NotPlain
        found = self._mapping((), 0)
        if self.start != -1:
            raise NotPlain
        return found

    def _next(self) -> None:
        """Take the next line that holds more than a comment."""
        for number in range(self.line + 1, len(self.lines)):
            bare = self.lines[number].lstrip(" ")
            if bare and bare[0] != "#":
                self.line, self.start = number, len(self.lines[number]) - len(bare)
                return
        self.line, self.start = len(self.lines), -1

    # Blocks

    def _mapping(self, path: Path, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.start == indent:
            match = _KEY.match(self.lines[self.line], indent)
            key = self._key(match, path, found)
            self.places[*path, key] = Place(self.line + 1, indent + 1)
            found[key] = self._value((*path, key), _end(match), indent, may_list=True)
        if self.start > indent:
            raise NotPlain
        return found

    def _key(self, match: re.Match[str] | None, path: Path, found: dict[str, Any]) -> str:
        if match is None or len(path) >= DEEPEST or match.end() - match.start() > _LONGEST_KEY:
            raise NotPlain
        key = str(match[match.lastindex or 0])
        if key in found:
            raise NotPlain
        return key

    def _list(self, path: Path, indent: int) -> list[Any]:
        found: list[Any] = []
        while self.start == indent and self._is_item():
            line = self.lines[self.line]
            at = _skip(line, indent + 1)
            here = (*path, len(found))
            if _BLANK.match(line, at - 1) or len(path) >= DEEPEST:
                raise NotPlain
            self.places[here] = Place(self.line + 1, at + 1)
            found.append(self._item(here, at, indent))
        if self.start > indent:
            raise NotPlain
        return found

    def _item(self, path: Path, at: int, indent: int) -> Any:
        self.start = at
        if _KEY.match(self.lines[self.line], at):
            return self._mapping(path, at)
        if self._is_item():
            return self._list(path, at)
        return self._value(path, at, indent)

    def _is_item(self) -> bool:
        line = self.lines[self.line]
        return line.startswith("-", self.start) and (len(line) == self.start + 1 or line[self.start + 1] == " ")

    def _value(self, path: Path, at: int, indent: int, *, may_list: bool = False) -> Any:
        """What stands behind a key or a dash; the line in hand is afterwards the one behind it."""
        line = self.lines[self.line]
        if _BLANK.match(line, at):
            return self._below(path, indent, may_list=may_list)
        at = _skip(line, at)
        header = _HEADER.match(line, at)
        if header:
            return self._text(indent, folded=header[1] == ">", end="" if header[2] else "\n")
        return self._one(path, at, indent)

    def _one(self, path: Path, at: int, indent: int) -> Any:
        """A value that fills the rest of its line, and what is in brackets of the next ones."""
        value, end = self._inline(path, at, _BLOCK_TEXT)
        if not _BLANK.match(self.lines[self.line], end):
            raise NotPlain
        self._next()
        if self.start > indent:
            raise NotPlain  # a text that goes on in the next line
        return value

    def _below(self, path: Path, indent: int, *, may_list: bool) -> Any:
        self._next()
        if self.start > indent:
            if self._is_item():
                return self._list(path, self.start)
            if _KEY.match(self.lines[self.line], self.start):
                return self._mapping(path, self.start)
            return self._one(path, self.start, indent)
        if may_list and self.start == indent and self._is_item():
            return self._list(path, indent)
        return None

    def _text(self, indent: int, *, folded: bool, end: str) -> str:
        """A text of several lines after `|` (as it stands) or `>` (lines joined)."""
        first = self.line + 1
        last = first
        while last < len(self.lines) and (not self.lines[last] or _indent(self.lines[last]) > indent):
            last += 1
        lines = self.lines[first:last]
        if not lines or not lines[0].strip(" "):
            raise NotPlain
        own = _indent(lines[0])
        if any(_indent(line) < own for line in lines if line) or any(line and not line.strip(" ") for line in lines):
            raise NotPlain
        if folded and any(line[own : own + 1] == " " for line in lines):
            raise NotPlain
        self.line = last - 1
        self._next()
        text = "\n".join(line[own:] for line in lines).rstrip("\n")
        return (_fold(text) if folded else text) + end

    # Within a line

    def _inline(self, path: Path, at: int, plain: re.Pattern[str]) -> tuple[Any, int]:
        """A value that starts here, and where it ends."""
        line = self.lines[self.line]
        first = line[at : at + 1]
        if first == "{":
            return self._flow_mapping(path, at + 1)
        if first == "[":
            return self._flow_list(path, at + 1)
        form = _SINGLE if first == "'" else _DOUBLE if first == '"' else plain
        match = form.match(line, at)
        if match is None:
            raise NotPlain
        if form is plain:
            return _known(match[0]), match.end()
        return match[1].replace("''", "'") if form is _SINGLE else match[1], match.end()

    def _flow_mapping(self, path: Path, at: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._gap(at)
        while not self._stands("}", at):
            match = _KEY.match(self.lines[self.line], at)
            key = self._key(match, path, found)
            self.places[*path, key] = Place(self.line + 1, at + 1)
            at = self._gap(_end(match))
            if self._stands(",", at) or self._stands("}", at):
                raise NotPlain
            found[key], at = self._inline((*path, key), at, _FLOW_TEXT)
            at = self._after(at, "}")
        return found, at + 1

    def _flow_list(self, path: Path, at: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._gap(at)
        while not self._stands("]", at):
            here = (*path, len(found))
            if len(path) >= DEEPEST or _KEY.match(self.lines[self.line], at):
                raise NotPlain
            self.places[here] = Place(self.line + 1, at + 1)
            value, at = self._inline(here, at, _FLOW_TEXT)
            found.append(value)
            at = self._after(at, "]")
        return found, at + 1

    def _after(self, at: int, closing: str) -> int:
        at = self._gap(at)
        if self._stands(",", at):
            return self._gap(at + 1)
        if not self._stands(closing, at):
            raise NotPlain
        return at

    def _stands(self, mark: str, at: int) -> bool:
        return self.lines[self.line].startswith(mark, at)

    def _gap(self, at: int) -> int:
        """Past spaces, comments and line ends."""
        while _BLANK.match(self.lines[self.line], at):
            self.line += 1
            at = 0
            if self.line == len(self.lines):
                raise NotPlain
            if self.lines[self.line].lstrip(" ").startswith("#"):
                at = len(self.lines[self.line])
        return _skip(self.lines[self.line], at)


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _skip(line: str, at: int) -> int:
    while line.startswith(" ", at):
        at += 1
    return at


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _fold(text: str) -> str:
    """Lines joined by a space; n empty lines between them are n line ends."""
    return re.sub(r"(?<!\n)(\n+)(?!\n)", lambda ends: ends[1][1:] or " ", text)


def _known(text: str) -> str | int | float | bool | None:
    try:
        return value_of(text)
    except (ValueError, LookupError) as error:
        raise NotPlain from error
