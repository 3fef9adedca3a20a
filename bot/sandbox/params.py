"""Reading a call's parameters: forms carry text, JSON bodies carry values, both may nest JSON as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.sandbox.errors import bad_request

_TRUE = frozenset(("true", "yes", "1"))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    filename: str
    content: bytes
    mime: str = ""


class Params:
    """Typed reading of one call's parameters; a null counts as absent."""

    __slots__ = ("files", "values")

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        self.values = values
        self.files: Mapping[str, Upload] = files or {}

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return _clean(value)
        return json.dumps(value) if isinstance(value, (bool, dict, list)) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            return default

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        return str(value).strip().lower() in _TRUE

    def json(self, name: str, what: str) -> Any:
        """A nested value, given as such or as JSON text; `what` names it in the refusal."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except (orjson.JSONDecodeError, UnicodeEncodeError) as problem:
            raise bad_request(f"can't parse {what} JSON object") from problem

    def object(self, name: str, what: str) -> dict[str, Any] | None:
        value = self.json(name, what)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {what}")
        return value

    def array(self, name: str, what: str) -> list[Any] | None:
        value = self.json(name, what)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array of {what}")
        return value

    def integers(self, name: str) -> list[int]:
        """A list of numbers; an absent one is empty."""
        given = self.array(name, "Integer") or []
        try:
            return [int(item) for item in given]
        except (TypeError, ValueError) as problem:
            raise bad_request("expected an Array of Integer") from problem

    def file(self, name: str) -> Upload | str | None:
        """An upload under the field's own name or `attach://…`, else the file id or address given."""
        if name in self.files:
            return self.files[name]
        return self.attached(self.text(name)) if self.text(name) else None

    def attached(self, value: str) -> Upload | str:
        if not value.startswith("attach://"):
            return value
        upload = self.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return upload


def _clean(text: str) -> str:
    """Line ends as one character; text that is no text (lone surrogates) is refused."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise bad_request("strings must be encoded in UTF-8") from problem
    return text.replace("\r\n", "\n").replace("\x00", " ")
