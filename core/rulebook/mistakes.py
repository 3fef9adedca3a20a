"""Pydantic's refusals as findings, with known names near a mistyped one (RULE-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.rulebook import hints
from core.rulebook.problems import Finding, Path, near
from core.rulebook.sections import SECTIONS
from core.rulebook.shape import bare, is_model, setting_at
from core.rulebook.source import glued_key
from core.rulebook.wording import ProblemKind

_TYPES = {
    "int_type": "int",
    "bool_type": "bool",
    "string_type": "text",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "tuple_type": "list",
}
_BOUNDS = {"greater_than_equal": ("≥", "ge"), "less_than_equal": ("≤", "le")}
_QUOTED = re.compile(r"'([^']*)'")
_LONGEST = 60  # characters of a wrong value that are repeated in the message


def own_errors(error: ValidationError) -> list[ErrorDetails]:
    """Pydantic's errors without those that only follow from others: a list is not short for its bad items."""
    details = error.errors(include_url=False)
    return [detail for detail in details if not (detail["type"] == "too_short" and detail["input"])]


def finding_of(section: str, error: ErrorDetails) -> Finding:
    """One of pydantic's errors in a section as a finding."""
    path: Path = (section, *error["loc"])
    if path[-1] == "[key]":
        return _bad_key(path[:-1], error)
    kind, expected, hint = _said(error, path)
    got = str(path[-1]) if kind is ProblemKind.MISSING_KEY else shown(error["input"])
    return Finding(kind, (path,), expected, got, hint)


def _bad_key(path: Path, error: ErrorDetails) -> Finding:
    known = _options(error)
    if error["type"] != "literal_error":
        return Finding(ProblemKind.BAD_FORMAT, (path,), _pattern(error), str(path[-1]))
    return Finding(ProblemKind.UNKNOWN_KEY, (path,), " | ".join(known), str(path[-1]), near(str(path[-1]), known))


def _said(error: ErrorDetails, path: Path) -> tuple[ProblemKind, str, str | None]:
    kind = error["type"]
    ctx = error.get("ctx", {})
    if kind in _TYPES:
        return _wrong_type(_TYPES[kind], error["input"])
    if kind in _BOUNDS:
        sign, name = _BOUNDS[kind]
        return ProblemKind.OUT_OF_RANGE, f"{sign} {ctx[name]}", None
    if kind == "extra_forbidden":
        return ProblemKind.UNKNOWN_KEY, "", near(str(path[-1]), keys_at(path[:-1]))
    if kind == "missing":
        return ProblemKind.MISSING_KEY, "", None
    if kind == "literal_error":
        known = _options(error)
        return ProblemKind.NOT_ALLOWED, " | ".join(known), hints.option(error["input"], known)
    if kind == "unknown_zone":
        return ProblemKind.BAD_FORMAT, "Asia/Shanghai", near(str(error["input"]), available_timezones())
    if kind == "exactly_one":
        return ProblemKind.EXACTLY_ONE, str(ctx["expected"]), None
    if kind in {"too_short", "blank"}:
        return ProblemKind.OUT_OF_RANGE, f"≥ {ctx.get('min_length', 1)}", None
    expected = _pattern(error)
    of_time = any(form in expected for form in ("HH:MM", "YYYY-MM-DD"))
    return ProblemKind.BAD_FORMAT, expected, hints.written(error["input"]) if of_time else None


def _wrong_type(expected: str, value: Any) -> tuple[ProblemKind, str, str | None]:
    key = glued_key(value) if isinstance(value, str) and expected == "mapping" else None
    if key:
        return ProblemKind.COLON, f"{key}: …", None
    meant = {"int": hints.figure, "bool": hints.truth, "list": hints.listed}.get(expected)
    return ProblemKind.WRONG_TYPE, expected, meant(value) if meant else None


def _pattern(error: ErrorDetails) -> str:
    ctx = error.get("ctx", {})
    return str(ctx.get("pattern", ctx.get("expected", error["msg"])))


def _options(error: ErrorDetails) -> list[str]:
    return _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))


def shown(value: Any) -> str:
    """A wrong value as the file's reader would recognise it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "mapping"
    if isinstance(value, (list, tuple)):
        return "list" if value else "[]"
    text = str(value)
    return (f'"{text}"' if isinstance(value, str) else text)[:_LONGEST]


def keys_at(path: Path) -> Iterable[str]:
    """The keys a place of the rulebook may have."""
    if not path:
        return SECTIONS
    found = setting_at(path)
    kind = bare(found.type) if found else None
    return list(kind.model_fields) if is_model(kind) else []
