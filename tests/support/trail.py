"""Holds the trail against the tables: played from its first line, it must lead to what stands there now."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson

from core.audit import Op
from storage.audit.tables import Plan, plans

Rows = dict[str, dict[str, dict[str, Any]]]


def untraced(file: Path) -> list[str]:
    """Rows that are not as the trail says, or that it does not know; empty where something past the program waits."""
    connection = sqlite3.connect(file)
    try:
        if connection.execute("SELECT count(*) FROM audit_pending").fetchone()[0]:
            return []  # a test wrote past the program, and nothing was done since
        told = _played(connection)
        return [fault for plan in plans().values() for fault in _faults(connection, plan, told.get(plan.table, {}))]
    finally:
        connection.close()


def _played(connection: sqlite3.Connection) -> Rows:
    rows: Rows = {}
    for (changes,) in connection.execute("SELECT changes FROM audit_trail ORDER BY seq"):
        for op, table, key, fields in orjson.loads(changes):
            if op != Op.VIEWED:
                _play(rows.setdefault(table, {}), op, orjson.dumps(key).decode(), fields)
    return rows


def _play(table: dict[str, dict[str, Any]], op: str, key: str, fields: dict[str, Any]) -> None:
    match op:
        case Op.ADDED:
            table[key] = dict(fields)
        case Op.REMOVED:
            table.pop(key, None)
        case _:
            table.setdefault(key, {}).update({name: new for name, (_, new) in fields.items()})


def _faults(connection: sqlite3.Connection, plan: Plan, told: dict[str, dict[str, Any]]) -> list[str]:
    columns = ", ".join(f'"{name}"' for name in plan.names)
    found = connection.execute(f"SELECT json_array({columns}) FROM {plan.table}").fetchall()
    if len(found) != len(told):
        return [f"{plan.table}: {len(found)} rows, {len(told)} in the trail"]
    if plan.hides_key:
        return []
    return [fault for (text,) in found for fault in _faults_of(plan, plan.read(text), told)]


def _faults_of(plan: Plan, row: list[Any], told: dict[str, dict[str, Any]]) -> list[str]:
    key = plan.key_of(row)
    known = told.get(orjson.dumps(key).decode())
    if known is None:
        return [f"{plan.table} {key}: not in the trail"]
    keys = {plan.names[at] for at in plan.key}
    return [
        f"{plan.table} {key}.{name}: {value!r}, in the trail {known.get(name)!r}"
        for name, value in zip(plan.names, row, strict=True)
        if name not in plan.hidden and name not in keys and (value or None) != (known.get(name) or None)
    ]
