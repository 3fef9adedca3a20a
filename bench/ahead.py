"""A clock that runs with the machine's, and shows another day: the hour that is measured begins when wanted."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

AHEAD = "BENCH_AHEAD"  # seconds, in the environment of every process that lives by it


class Ahead:
    """The machine's clock plus a distance."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by

    @property
    def seconds(self) -> str:
        return str(self._by.total_seconds())

    @staticmethod
    def begin(at: datetime) -> Ahead:
        """It is `at` now."""
        return Ahead(at - datetime.now(UTC))

    @staticmethod
    def given() -> Ahead:
        """As the environment says; the machine's own where it says nothing."""
        return Ahead(timedelta(seconds=float(os.environ.get(AHEAD, "0"))))
