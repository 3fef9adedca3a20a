"""What a measurement hands back, and how it is shown: one line each, beside its baseline or its limit.

A measurement is a module `bench/NAME.py` with `measure(runs, quick) -> list[Line]`, which ends with

    if __name__ == "__main__":
        table.main(measure)

and is named in `bench/__main__.py`. It prints nothing; `say` tells those who wait how far it is.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from bench.machine import described

RUNS = 5
Measure = Callable[[int, bool], "list[Line]"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that the ratio, or where there is no baseline the value itself, keeps."""

    limit: float
    most: bool

    def met(self, value: float) -> bool:
        return value <= self.limit if self.most else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {_number(self.limit)}"


def at_most(limit: float) -> Goal:
    return Goal(limit, most=True)


def at_least(limit: float) -> Goal:
    return Goal(limit, most=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. Without a baseline the goal is held against the median itself; `fault` says why there
    is nothing to show, `note` what the reader has to know besides."""

    what: str
    unit: str = ""
    runs: tuple[float, ...] = ()
    goal: Goal | None = None
    baseline: str = ""
    base_runs: tuple[float, ...] = ()
    note: str = ""
    fault: str = ""
    crashed: bool = False

    @property
    def ours(self) -> float:
        return statistics.median(self.runs)

    @property
    def base(self) -> float | None:
        return statistics.median(self.base_runs) if self.base_runs else None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.base if self.base else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none, or nothing was measured."""
        if self.fault or self.goal is None:
            return None
        return self.goal.met(self.ours if self.ratio is None else self.ratio)


def compared(  # the same unit for both
    what: str,
    unit: str,
    runs: Sequence[float],
    baseline: str,
    base_runs: Sequence[float],
    goal: Goal | None = None,
    note: str = "",
) -> Line:
    """Medians side by side; the goal is for their ratio, ours to the baseline's."""
    return Line(what, unit, tuple(runs), goal, baseline, tuple(base_runs), note)


def limited(what: str, unit: str, runs: Sequence[float], goal: Goal | None = None, note: str = "") -> Line:
    """A median that a limit is set for."""
    return Line(what, unit, tuple(runs), goal, note=note)


def missing(what: str, why: str) -> Line:
    """Something that can't be measured here, as where a server does not answer."""
    return Line(what, fault=why)


# Between the processes ----------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Tell those who wait how far the measurement is."""
    print(f"   {text}", file=sys.stderr, flush=True)


def main(measure: Measure) -> None:
    """Run one measurement; print its table, or hand its lines to the process that asked for them."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs, to see that it works")
    parser.add_argument("--runs", type=int, help=f"runs of which the median is told ({RUNS}, quick 3)")
    parser.add_argument("--to", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    try:
        lines = measure(given.runs or (3 if given.quick else RUNS), given.quick)
    except Exception as error:  # one that fails is a line of the table
        name = Path(sys.argv[0]).stem
        lines = [Line(name, fault=_told(error), note=traceback.format_exc(), crashed=True)]
    if given.to is None:
        show(lines)
    else:
        with os.fdopen(given.to, "w") as out:
            json.dump([asdict(line) for line in lines], out)
    raise SystemExit(any(line.crashed for line in lines))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def read(text: str) -> list[Line]:
    return [_line(**values) for values in json.loads(text)]


def _line(*, goal: Any, runs: Any, base_runs: Any, **rest: Any) -> Line:
    return Line(goal=goal and Goal(**goal), runs=tuple(runs), base_runs=tuple(base_runs), **rest)


# The table ----------------------------------------------------------------------------------------------------

HEAD = ("what", "baseline", "ours", "ratio", "goal", "")


def show(lines: Sequence[Line]) -> None:
    rows = [HEAD, *(_cells(line) for line in lines)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(_padded, row, widths)).rstrip())
        if row is HEAD:
            print("─" * (sum(widths) + 2 * len(widths) - 2))
    _show_runs([line for line in lines if len(line.runs) > 1])
    for line in lines:
        if line.note:
            print(f"\n{line.what}: {line.note}")
    print(f"\n{described()}")


def _cells(line: Line) -> tuple[str, ...]:
    if line.fault:
        return line.what, "", "", "", "", f"✗ {line.fault}" if line.crashed else f"– {line.fault}"
    base = f"{line.baseline} {_number(line.base)}" if line.base is not None else ""
    ratio = f"{line.ratio:.2f} ×" if line.ratio is not None else ""
    goal = f"{line.goal} {'×' if ratio else line.unit}".rstrip() if line.goal is not None else ""
    met = {True: "✓", False: "✗", None: ""}[line.met]
    return line.what, base, f"{_number(line.ours)} {line.unit}".rstrip(), ratio, goal, met


def _show_runs(lines: Sequence[Line]) -> None:
    if lines:
        print("\nsingle runs")
    for line in lines:
        base = f"   ({line.baseline} {' '.join(map(_number, line.base_runs))})" if line.base_runs else ""
        print(f"  {line.what}: {' '.join(map(_number, line.runs))}{base}")


def _number(value: float | None) -> str:
    """Three figures that count, and thousands told apart."""
    if value is None:
        return ""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


__all__ = ["Line", "at_least", "at_most", "compared", "limited", "main", "missing", "read", "say", "show"]
