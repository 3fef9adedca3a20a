"""A connection that notes when something is written through it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.memory import Memory

IDENTITIES = "identities"  # who is who: people, their accounts, the bound groups


class Watched:
    """Stands for a connection; adds `name` to `touched` when a statement changes something, and ends what is
    remembered."""

    def __init__(self, connection: sa.Connection, touched: set[str], name: str, memory: Memory) -> None:
        self.dialect, self.connection = connection.dialect, connection.connection
        self._execute = connection.execute
        self._touched, self._name, self._memory = touched, name, memory

    def execute(self, statement: sa.Executable, *values: Any) -> sa.CursorResult[Any]:
        if not statement.is_select:
            self._touched.add(self._name)
            self._memory.forget()
        return self._execute(statement, *values)
