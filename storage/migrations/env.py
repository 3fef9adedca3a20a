"""Runs migrations on the connection that `storage.migrate` hands over, or on KEGUAN_DATABASE_URL."""

from __future__ import annotations

import os
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage import unit_of_work  # noqa: F401  # brings every area's tables into the metadata
from storage.audit import triggers
from storage.base import Base, Json, UtcDateTime, Words

OWN_TYPES = (UtcDateTime, Json, Words)


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Own column types by their own names."""
    if kind == "type" and isinstance(item, OWN_TYPES):
        autogen_context.imports.add(f"from storage.base import {type(item).__name__}")
        return f"{type(item).__name__}()"
    return False


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        triggers.drop(connection)  # a table that is rebuilt stumbles over them
        context.run_migrations()
        if triggers.fit(connection):
            triggers.install(connection)


def main() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run(connection)
        return
    engine = sa.create_engine(os.environ["KEGUAN_DATABASE_URL"])
    with engine.begin() as opened:
        run(opened)
    engine.dispose()


main()
