"""The questions asked all day use their indexes, however long the tables grow."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from storage import customers, deadlines, health, inbox, name_keys, outbox, people, rules
from storage.base import Base
from storage.engine import make_engine

QUESTIONS = {
    "due deadlines": (deadlines.DUE, "ix_deadlines_open"),
    "next deadline": (deadlines.NEXT_DUE, "ix_deadlines_open"),
    "deadlines by a person's hours": (deadlines.RECKONED_FOR, "ix_deadlines_person"),
    "provisional deadlines": (deadlines.NOT_OFFICIAL, "ix_deadlines_provisional"),
    "open updates": (inbox.FREE_ALONE, "ix_inbox_open"),
    "card that waits already": (outbox._SUPERSEDE.statement, "ix_notices_card"),
    "notices held back": (outbox._NEXT, "ix_notices_pending"),
    "pending notices": (outbox._PENDING, "ix_notices_pending"),
    "delivery of a notice": (outbox._DELIVERIES, "ix_notices_subject"),
    "card at a message": (outbox._CARD_AT, "ix_cards_message_id"),
    "group at a chat": (people._GROUP_AT, "sqlite_autoindex_groups_1 (chat_id=?)"),
    "account of a person": (people._ACCOUNT_OF, "sqlite_autoindex_accounts_2 (person_id=?)"),
    "edition of a version": (rules.OF_VERSION, "ix_rulebook_editions_version"),
    "oldest deadline not rung": (health.FIRST_DUE, "ix_deadlines_open"),
    "how many updates are open": (health.OPEN_UPDATES, "ix_inbox_open"),
    "oldest open update": (health.OLDEST_UPDATE, "ix_inbox_open"),
    "how many dead letters": (health.DEAD_LETTERS, "ix_inbox_dead"),
    "how many notices wait": (health.PENDING_NOTICES, "ix_notices_pending"),
    "oldest notice that could be sent": (health.OLDEST_NOTICE, "ix_notices_pending"),
    "records under keys": (name_keys.HOLDERS.statement["sqlite"], "PRIMARY KEY (key=?)"),
    "names of candidates": (name_keys._NAMED.statement["sqlite"], "INTEGER PRIMARY KEY"),
    "records without keys": (name_keys._WITHOUT, "PRIMARY KEY (key=? AND customer_id=?)"),
    "holder of a name": (customers._BY_NAME.statement, "(name_key=?)"),
    "who speaks": (people._IDENTIFY, "INTEGER PRIMARY KEY|sqlite_autoindex_accounts_1"),
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Any:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.db'}")
    Base.metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_uses_its_index(connection: sa.Connection, name: str) -> None:
    statement, index = QUESTIONS[name]
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    values = tuple(None if v is None else 1 for v in (compiled.params[p] for p in compiled.positiontup or ()))
    steps = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    assert any(part in step for step in steps for part in index.split("|")), steps
    walked = [step for step in steps if step.startswith("SCAN") and step.split()[1] in Base.metadata.tables]
    assert not [step for step in walked if "USING" not in step], steps
