"""The short form of `python -m bench.rolling`: two real processes behind a proxy, one of which is started anew."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bench.rolling import run
from tests.support.databases import REDIS, missing_redis, postgresql


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_process_is_started_anew_and_nobody_is_lost_repeated_or_overtaken(tmp_path: Path, how: int) -> None:
    """OPS-1. A kill may have one answer of each chat said again."""
    if reason := missing_redis(REDIS):
        pytest.skip(reason)
    with postgresql() as database:
        found = await run(120, 30, 1, how, tmp_path, database, REDIS)
    assert (found.stored, found.done, found.twice, found.unfinished, found.dead) == (120, 120, 0, 0, 0)
    assert (found.outages, found.overtaken) == (0, 0)
    assert found.again <= (0 if how == signal.SIGTERM else 10)
