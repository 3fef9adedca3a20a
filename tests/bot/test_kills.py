"""The short form of `python -m bench.kills`: real processes, killed in the midst of their work."""

from __future__ import annotations

from pathlib import Path

from bench.kills import run


async def test_kill_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    """OPS-1."""
    found = await run(60, 2, tmp_path)
    assert (found.stored, found.lost, found.twice, found.unfinished, found.dead) == (60, 0, 0, 0, 0)
    assert found.answers >= 55, (
        "an answer may be lost between the commit and the kill, and is then told at the restart"
    )
