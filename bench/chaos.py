"""Kills at every named place and at random, on every store: lost, done twice, repeated (OPS-1).

    python -m bench.chaos [--quick]

The same runs as `python -m chaos`, as lines of the table.
"""

from __future__ import annotations

import asyncio

from bench import table
from bench.table import Line, at_most, limited
from chaos.report import Total, totals
from chaos.running import strike_all

KILLS = {"sqlite": 90, "postgresql": 60, "pair": 50}
QUICK = {"sqlite": 3, "postgresql": 1, "pair": 1}
SEED = 1


def measure(runs: int, quick: bool) -> list[Line]:
    found = totals(asyncio.run(strike_all(QUICK if quick else KILLS, SEED)))
    return [line for one in found for line in _lines(one)]


def _lines(one: Total) -> list[Line]:
    note = f"{one.kills} × kill -9, {one.terms} × SIGTERM, {one.updates} updates, longest silence {one.silence:.1f} s"
    wrong = one.lost + one.double + one.other
    share = one.repeated / max(one.kills, 1)
    return [
        limited(f"kills, {one.store}: lost, done twice or wrong", "", [wrong], at_most(0), note),
        limited(f"kills, {one.store}: alerts repeated a kill", "", [share], at_most(1)),
    ]


if __name__ == "__main__":
    table.main(measure)
