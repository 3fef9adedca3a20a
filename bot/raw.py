"""Updates as they come over the wire, whatever is in them: what a strict reader refuses is read and kept by a patient
one, for one bad update must not stop those beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import orjson

T = TypeVar("T")
DEEP = 20_000  # levels of nesting that the patient ones follow
MOST_WORDS = 8_000  # characters of an error that are kept
_patient = Lock()


def read(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError or RecursionError where there is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # half of a character, or nested too deeply
        return _patiently(lambda: json.loads(text))


def written(value: Any) -> bytes:
    """A JSON text that `read` makes the same value of."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _patiently(lambda: json.dumps(value).encode())


def kept(error: str) -> str:
    """What went wrong, as any database takes it."""
    return error[:MOST_WORDS].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _patiently(work: Callable[[], T]) -> T:
    with _patient:
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEP)
        try:
            return work()
        finally:
            sys.setrecursionlimit(usual)
