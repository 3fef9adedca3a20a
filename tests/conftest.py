"""Fixtures. The chat bench is imported only by tests that use it, so that core tests stay free of aiogram."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bot  # noqa: F401 first: it has aiogram's types built when used

if TYPE_CHECKING:
    from tests.support.chat import Bench
    from tests.support.databases import Databases

MEMORY = Path("/dev/shm")  # pytest makes its own folder in it
if os.access(MEMORY, os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # a commit need not wait for a disk


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", default="sqlite", choices=("sqlite", "postgresql"), help="what conversations run on"
    )


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    from tests.support.databases import Databases

    made = Databases(tmp_path_factory.mktemp("templates"))
    yield made
    made.close()


BOTH = (
    "tests.flows.test_backups",
    "tests.flows.test_leads",
    "tests.flows.test_tasks",
)  # conversations that are held on both databases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What conversations run on: what was asked for; those of some areas on both."""
    if "held_on" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--database")
        both = asked == "sqlite" and metafunc.module.__name__ in BOTH
        metafunc.parametrize("held_on", ("sqlite", "postgresql") if both else (asked,))


@pytest.fixture
def folder(tmp_path: Path, databases: Databases, held_on: str) -> Path:
    """A folder with an empty database."""
    from tests.support.chat import prepare

    return prepare(tmp_path, databases.make(held_on, tmp_path))


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """A company with nobody in it yet, on an ordinary Monday at 08:00."""
    from tests.support.chat import open_bench

    async with open_bench(folder) as opened:
        yield opened


def pytest_collection_finish() -> None:
    """As the running program does: what was imported is not collected again and again, threads take turns quickly."""
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
