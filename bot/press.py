"""How a button's data is written. Free of the chat platform's library, because views use it."""

from __future__ import annotations

MOST_BYTES = 64


def press(name: str, *parts: object) -> str:
    """The data of a button: `press("claim", 7)` is "claim:7". Raises ValueError where it would not fit."""
    data = ":".join((name, *(str(part) for part in parts)))
    if len(data.encode()) > MOST_BYTES or any(":" in str(part) for part in parts):
        raise ValueError(f"not fit for a button: {data!r}")
    return data
