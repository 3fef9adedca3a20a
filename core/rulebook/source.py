"""Reading a rulebook file: YAML 1.2 into plain values with the place of each key (RULE-1).

`core.rulebook.plain` reads what is written plainly and well. For the rest the node tree of ruamel.yaml is walked here
instead of being constructed by it, because its constructor stops at the first duplicate key, and a reader of the file
check wants all mistakes at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from core.rulebook import plain
from core.rulebook.plain import DEEPEST
from core.rulebook.problems import Path, Place, Problem, RulebookError, dotted
from core.rulebook.wording import ProblemKind

_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Document:
    """A file's settings as plain dicts, lists and scalars, with where each key and item stands."""

    file: str
    settings: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def note(self, place: Place, path: Path, kind: ProblemKind, expected: str = "", got: str = "") -> None:
        self.problems.append(Problem(self.file, place.line, place.column, dotted(path), kind, expected, got))


def read_text(path: FilePath) -> str:
    """The file's text. Raises RulebookError when it cannot be read or is not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RulebookError([Problem(str(path), 1, 1, "", ProblemKind.UNREADABLE, got=reason)]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        got = f"0x{raw[error.start]:02X}"
        raise RulebookError([Problem(str(path), line, column, "", ProblemKind.ENCODING, got=got)]) from error


def parse(text: str, file: str) -> Document:
    """Read YAML 1.2. Mistakes of content are noted in the document; broken syntax raises RulebookError."""
    document = Document(file)
    try:
        document.settings, document.places = plain.read(text)
    except plain.NotPlain:
        _walk(document, text, file)
    return document


def _walk(document: Document, text: str, file: str) -> None:
    root = _compose(text, file)
    if root is None or _is_null(root):
        document.note(Place(1, 1), (), ProblemKind.EMPTY, expected="`preset: default`")
    elif not isinstance(root, MappingNode):
        got = "list" if isinstance(root, SequenceNode) else "text"
        document.note(_place(root), (), ProblemKind.NOT_A_MAPPING, got=got)
    else:
        document.settings = _mapping(document, root, ())


def _compose(text: str, file: str) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise RulebookError([_broken(error, text, file)]) from error
    except ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)
        got = f"U+{ord(text[error.position]):04X}"
        raise RulebookError([Problem(file, place.line, place.column, "", ProblemKind.SYNTAX, got=got)]) from error
    except (YAMLError, RecursionError) as error:
        got = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
        raise RulebookError([Problem(file, 1, 1, "", ProblemKind.SYNTAX, got=got)]) from error
    return node


def _broken(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """What broken syntax most likely comes from; else the reader's own words."""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    said = " ".join(str(error.problem or error.context).split())
    glued = _glued(text.splitlines(), place.line)
    if glued and any(part in said for part in _GLUED_COLON):
        line, key = glued
        return Problem(file, line, 1, "", ProblemKind.COLON, expected=f"{key}: …")
    kind = next((kind for part, kind in _BREAKS if part in said), ProblemKind.SYNTAX)
    return Problem(file, place.line, place.column, "", kind, got=said)


# Parts of the reader's messages, and what they mean to somebody who writes the file.
_BREAKS = (
    ("'\\t'", ProblemKind.TAB),
    ("found '}'", ProblemKind.BRACKET),
    ("found ']'", ProblemKind.BRACKET),
    ("mapping values are not allowed", ProblemKind.INDENT),
    ("expected <block end>", ProblemKind.INDENT),
    ("but got ':'", ProblemKind.INDENT),
    ("expected ',' or", ProblemKind.UNCLOSED),
    ("unexpected end of stream", ProblemKind.UNCLOSED),
    ("could not find expected ':'", ProblemKind.NO_COLON),
)
# A key whose colon is a Chinese one, or has no space after it.
_GLUED = re.compile(r"\s*(\w[\w.\-]*)(：\s*|:(?=\S))")
_GLUED_COLON = ("mapping values are not allowed", "could not find expected ':'", "expected <block end>")


def glued_key(line: str) -> str | None:
    """The key at the start of a line whose colon is a Chinese one or has no space after it."""
    found = _GLUED.match(line)
    return found[1] if found else None


def _glued(lines: list[str], line: int) -> tuple[int, str] | None:
    """The nearest line up to this one whose key has no proper colon, with that key."""
    for number in range(min(line, len(lines)), max(0, line - 3), -1):
        key = glued_key(lines[number - 1])
        if key:
            return number, key
    return None


def _value(document: Document, node: Node, path: Path) -> Any:
    if len(path) > DEEPEST:
        document.note(_place(node), path, ProblemKind.NOT_PLAIN, "plain", "deep")
        return None
    if node.anchor:
        # A repeated anchor can grow without end; settings say what they mean in place.
        document.note(_place(node), path, ProblemKind.NOT_PLAIN, "plain", "alias")
        return None
    if isinstance(node, MappingNode):
        return _mapping(document, node, path)
    if isinstance(node, SequenceNode):
        return _sequence(document, node, path)
    return _scalar(document, node, path)


def _mapping(document: Document, node: MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            document.note(_place(key_node), path, ProblemKind.NOT_PLAIN, "plain", "key")
            continue
        key = str(key_node.value)
        here = (*path, key)
        if key in found:
            first = str(document.places[here].line)
            document.note(_place(key_node), here, ProblemKind.DUPLICATE_KEY, expected=first)
            continue
        document.places[here] = _place(key_node)
        found[key] = _value(document, value_node, here)
    return found


def _sequence(document: Document, node: SequenceNode, path: Path) -> list[Any]:
    found = []
    for index, item in enumerate(node.value):
        here = (*path, index)
        document.places[here] = _place(item)
        found.append(_value(document, item, here))
    return found


def _scalar(document: Document, node: Node, path: Path) -> str | int | float | bool | None:
    text = str(node.value)
    try:
        return plain.value_of(text, str(node.tag))
    except ValueError:
        document.note(_place(node), path, ProblemKind.NOT_PLAIN, "plain", text[:40])
    except LookupError:
        document.note(_place(node), path, ProblemKind.NOT_PLAIN, "plain", "tag")
    return None


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag) == _TAG + "null"


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
