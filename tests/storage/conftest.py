"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.rulebook import default
from storage.store import Store
from tests.support.databases import KINDS, NOON, Databases


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> str:
    """An empty database with all tables, on each kind in turn."""
    return databases.make(request.param, tmp_path)


@pytest.fixture
def store(url: str, clock: ManualClock) -> Iterator[Store]:
    opened = Store(url, clock, default())
    opened.start()
    yield opened
    opened.close()
