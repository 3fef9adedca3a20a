"""The frame of the measurements: what their table says, and that one that breaks spoils no other."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from bench import table
from bench.__main__ import ALL
from bench.table import at_least, at_most, compared, limited, missing

BENCH = Path(table.__file__).parent


def test_goal_is_held_against_the_ratio_or_without_a_baseline_against_the_value() -> None:
    beside = compared("rate", "updates/s", [900, 1000, 1100], "echo", [800, 1250, 1300], at_least(0.8))
    assert (beside.ours, beside.base, beside.ratio, beside.met) == (1000, 1250, 0.8, True)
    assert compared("p99", "ms", [16], "echo", [10], at_most(1.5)).met is False
    assert limited("lost", "", [0, 0, 1], at_most(0)).met is True
    assert limited("rate", "/s", [10]).met is None


def test_table_shows_medians_ratio_goal_and_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    table.show([compared("rate", "updates/s", [900, 1000, 1100], "echo", [800, 1250, 1300], at_least(0.9))])
    text = capsys.readouterr().out
    assert (
        "echo 1,250" in text and "1,000 updates/s" in text and "0.80 ×" in text and "≥ 0.9 ×" in text and "✗" in text
    )
    assert "900 1,000 1,100   (echo 800 1,250 1,300)" in text


def test_what_broke_is_a_line_and_the_exit_code_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(runs: int, quick: bool) -> list[table.Line]:
        raise OSError(f"no disk in any of {runs} runs")

    ours, theirs = os.pipe()
    monkeypatch.setattr(sys, "argv", ["bench", "--quick", "--to", str(theirs)])
    with pytest.raises(SystemExit) as ended:
        table.main(broken)
    with os.fdopen(ours) as told:
        (line,) = table.read(told.read())
    assert ended.value.code == 1 and line.crashed
    assert line.fault == "OSError: no disk in any of 3 runs"


def test_what_cannot_be_measured_here_says_why_and_breaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    line = missing("durable path, PostgreSQL", "no server answers")
    table.show([line])
    assert "– no server answers" in capsys.readouterr().out
    assert not line.crashed


@pytest.mark.parametrize("name", ALL)
def test_every_name_is_a_measurement(name: str) -> None:
    parsed = ast.parse((BENCH / f"{name}.py").read_text("utf-8"))
    (measure,) = (node for node in parsed.body if isinstance(node, ast.FunctionDef) and node.name == "measure")
    assert [argument.arg for argument in measure.args.args] == ["runs", "quick"]
    assert ast.unparse(parsed.body[-1]).endswith("table.main(measure)")
