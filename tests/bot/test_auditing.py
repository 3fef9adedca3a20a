"""The trail on the command line: verify, show, export (OPS-4)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

ROOT = Path(__file__).parent.parent.parent
STAFF = "工号,姓名,部门,角色,手机\nS01,张三,销售部,业务员,13800001111\nS02,李四,销售部,业务员,\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two people in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEGUAN_DATA_DIR", str(tmp_path / "var"))
    (tmp_path / "staff.csv").write_text(STAFF)
    assert run("staff", "import", "staff.csv").exit_code == 0
    return tmp_path


def tamper(place: Path, *statements: str) -> None:
    with sqlite3.connect(place / "var" / "keguan.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def end_of(text: str) -> str:
    return next(word for word in text.replace("：", " ").split() if word.count(":") == 1 and len(word) > 64)


def test_sound_trail_says_how_many_and_its_end(place: Path) -> None:
    told = run("audit", "verify")
    assert told.exit_code == 0
    assert "✓ 3 条，无改动、无缺失" in told.output
    assert "✓ 3 lines, none changed" in run("audit", "verify", "--language", "en").output
    anchored = run("audit", "verify", "--anchor", end_of(told.output))
    assert "已核对链尾 1 个" in anchored.output
    assert run("audit", "verify", "--from", "2").output.startswith("✓ 2 条")


def test_broken_trail_says_which_line_and_what(place: Path) -> None:
    tamper(place, "DROP TRIGGER keguan_audit_audit_trail_no_update", "UPDATE audit_trail SET who = 'x' WHERE seq = 2")
    told = run("audit", "verify")
    assert told.exit_code == 1
    assert "✗ 第 2 条被改动。之前完好 1 条" in told.output
    assert "触发器缺失" in told.output


def test_end_that_is_cut_off_is_missed_by_the_file_of_anchors(place: Path) -> None:
    (place / "var" / "audit.anchors").write_text(
        f"2026-09-14T04:00:00Z {end_of(run('audit', 'verify').output)}\nhalf a li"
    )
    tamper(place, "DROP TRIGGER keguan_audit_audit_trail_no_delete", "DELETE FROM audit_trail WHERE seq = 3")
    assert "末尾被截断：曾有第 3 条" in run("audit", "verify").output


@pytest.mark.parametrize("anchor", ["12", "1:zz", "x:" + "0" * 64, "1:" + "z" * 64])
def test_what_is_no_anchor_is_said_to_be_none(place: Path, anchor: str) -> None:
    told = run("audit", "verify", "--anchor", anchor)
    assert told.exit_code == 2
    assert "1234:9f2c…" in told.output


def test_database_without_a_trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("audit", "verify", "--url", f"sqlite:///{tmp_path / 'other.db'}")
    assert told.exit_code == 2
    assert "keguan db upgrade" in told.output


def test_show_in_both_languages(place: Path) -> None:
    told = run("audit", "show", "--person", "张三")
    assert told.exit_code == 0
    assert "命令行 · 导入名册 · 人员 销售部-张三" in told.output
    assert "新增人员" in told.output
    assert "内容不显示：电话" in told.output
    assert "13800001111" not in told.output
    assert "李四" not in told.output
    assert "command line · imported staff" in run("audit", "show", "--subject", "person:1", "--language", "en").output
    assert run("audit", "show", "--limit", "1").output.count("命令行") == 1
    assert "没有记录" in run("audit", "show", "--since", "2990-01-01").output
    assert run("audit", "show", "--subject", "nothing").exit_code == 2
    assert "没有找到" in run("audit", "show", "--person", "王五").output


def test_export_seals_and_verify_reads_the_file(place: Path) -> None:
    assert "没有留痕" in run("audit", "export", "--before", "2020-01-01").output
    told = run("audit", "export", "--before", "2990-01-01", "--file", "old.gz")
    assert told.exit_code == 0
    assert "✓ 第 1–3 条已封存到 old.gz" in told.output
    assert "✓ 1 条" in run("audit", "verify").output
    assert "✓ 4 条" in run("audit", "verify", "--archive", "old.gz").output
    again = run("audit", "export", "--before", "2990-01-01", "--file", "old.gz")
    assert again.exit_code == 1
    assert "已存在" in again.output


def test_none_of_it_needs_the_chat_library(place: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from bot.cli import app\n"
        "for words in (['audit', 'verify'], ['audit', 'show'], ['audit', 'export', '--before', '2020-01-01']):\n"
        "    done = CliRunner().invoke(app, words); assert done.exit_code == 0, done.output\n"
        "assert 'aiogram' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
