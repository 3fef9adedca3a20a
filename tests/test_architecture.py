"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import core

ROOT = Path(__file__).parent.parent
CLOCKLESS = ("core", "storage", "bot/handlers", "bot/dialogs", "bot/views", "bot/middlewares")
ASKING_THE_MACHINE = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def _core_modules() -> list[Any]:
    names = [name for _, name, _ in pkgutil.walk_packages(core.__path__, "core.")]
    return [importlib.import_module(name) for name in names]


def test_core_and_command_line_do_not_import_the_chat_library() -> None:
    code = (
        "import sys, pkgutil, importlib, core\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(core.__path__, 'core.')]\n"
        "import bot.cli\n"
        "assert 'aiogram' not in sys.modules, 'aiogram is imported'\n"
        "assert 'sqlalchemy' not in sys.modules, 'sqlalchemy is imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nobody_asks_the_machine_for_the_time() -> None:
    found = []
    for folder in CLOCKLESS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = node.func.value
                    if isinstance(owner, ast.Name) and (owner.id, node.func.attr) in ASKING_THE_MACHINE:
                        found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_every_deadline_kind_has_a_ring() -> None:
    from core.deadlines import RINGS

    _core_modules()
    kinds = {
        node.args[0].value
        for file in (ROOT / "core").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "DeadlineKind"
        and isinstance(node.args[0], ast.Constant)
    }
    assert kinds == set(RINGS)


def test_no_sentence_in_core() -> None:
    """Texts for people live in views and catalogues; core has Chinese only in the rulebook's wording, and in the
    words it knows when it reads what people type: names, places, days, leads."""
    reading = {
        "core/names.py",
        "core/brands.py",
        "core/regions.py",
        "core/leads/intake.py",
        "core/discipline/links.py",
    }
    allowed = {"core/rulebook", "core/worktime", *reading}
    found = []
    for file in (ROOT / "core").rglob("*.py"):
        relative = str(file.relative_to(ROOT))
        if any(relative.startswith(prefix) for prefix in allowed):
            continue
        tree = ast.parse(file.read_text())
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        texts = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
        found += [
            f"{relative}:{text.lineno} {text.value[:20]}"
            for text in texts
            if id(text) not in docs and any("\u4e00" <= c <= "\u9fff" for c in text.value)
        ]
    assert found == []
