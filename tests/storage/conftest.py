"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.rulebook import default
from storage.store import Store

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Monday


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'keguan.db'}", clock, default())
    opened.create_tables()
    opened.start()
    yield opened
    opened.close()
