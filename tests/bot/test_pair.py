"""The short form of `python -m bench.pair`: two real processes on one PostgreSQL, of which the leader is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.pair import run
from tests.support.databases import REDIS, missing_redis, postgresql


async def test_another_process_takes_over_and_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    """OPS-1, P21: an effect each, no outage as long as one lives, the survivor answers within seconds."""
    if reason := missing_redis(REDIS):
        pytest.skip(reason)
    with postgresql() as database:
        found = await run(40, 1, tmp_path, database, REDIS)
    assert (found.stored, found.done, found.twice, found.unfinished, found.dead) == (40, 40, 0, 0, 0)
    assert found.outages == 0
    assert found.silence < 15
