"""Deny by default: whatever handlers and forms run declares whom it is open to, and what declares nothing refuses."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access import SYSTEM, Actor, Role, authorise, permits, permitted
from core.errors import NotPermitted
from core.ids import AccountId

ROOT = Path(__file__).parent.parent.parent
RUNNERS = {"do", "ask"}
GIVERS = {"do_of", "ask_of"}


def _runs(node: ast.Call) -> bool:
    """`do(…)`, `ask(…)`, `do_of(manager)(…)`."""
    function = node.func
    if isinstance(function, ast.Name):
        return function.id in RUNNERS
    return isinstance(function, ast.Call) and isinstance(function.func, ast.Name) and function.func.id in GIVERS


def _run_by_handlers() -> Iterator[tuple[str, Any]]:
    for folder in ("bot/handlers", "bot/dialogs"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            module = importlib.import_module(name)
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and _runs(node) and node.args:
                    yield f"{name}:{node.lineno}", _resolve(module, node.args[0])


def _resolve(module: Any, node: ast.expr) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(module, node.value), node.attr)
    return getattr(module, node.id, None) if isinstance(node, ast.Name) else None


def test_everything_handlers_run_declares_its_permission() -> None:
    found = list(_run_by_handlers())
    assert len(found) > 10
    assert [where for where, function in found if function is not None and not permitted(function)] == []


def test_what_declares_nothing_refuses_everybody() -> None:
    def undeclared() -> None: ...

    with pytest.raises(NotPermitted):
        authorise(undeclared, SYSTEM)


def test_a_role_that_is_not_declared_is_refused() -> None:
    @permits(Role.MANAGER)
    def decide() -> None: ...

    customer = Actor(AccountId(1), frozenset({Role.CUSTOMER}), "x", "en")
    with pytest.raises(NotPermitted):
        authorise(decide, customer)
    authorise(decide, Actor(AccountId(1), frozenset({Role.MANAGER}), "x", "en"))
    authorise(decide, SYSTEM)
