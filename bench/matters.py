"""Matters of a company that are due at one time: tasks nobody answered and leads nobody reported on, made by the use
cases that people use, so that what rings is an area's real work; and other deadlines that wait meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from core import leads, tasks
from core.access import Actor
from core.ids import AccountId, ChatId
from core.leads import Draft
from core.leads.telling import CONTACT
from core.people import actor_of
from core.tasks.giving import Order, Target
from core.tasks.model import REPLY
from storage.audit import triggers
from storage.base import UtcDateTime
from storage.engine import is_sqlite
from storage.store import Store

AT_ONCE = 50  # matters made in one commit
# Whatever was told so far has arrived: a ring holds people only to what reached them (P46).
ARRIVED = "UPDATE notices SET state = 'sent', sent_at = created_at, message_id = id WHERE state = 'pending'"
MOVE = "UPDATE deadlines SET due_at = :at WHERE subject = :subject AND kind = :kind AND done_at IS NULL"
WAITING = """
INSERT INTO deadlines (kind, subject, due_at, opened_at, generation, clause, rulebook_version, provisional)
{with_n}SELECT 'task.due', 'task:' || (10000000 + i), {due}, {now}, 1, 'task.due', 'bench', {no} FROM {n}"""
IN_FILE = {
    "with_n": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) ",
    "due": "strftime('%Y-%m-%dT%H:%M:%f', '{start}', '+' || (86400 + i * 31) || ' seconds') || '000'",
    "now": "strftime('%Y-%m-%dT%H:%M:%f', '{start}') || '000'",
    "no": "0",
    "n": "n",
}
ON_SERVER = {
    "with_n": "",
    "due": "timestamptz '{start}+00' + (86400 + i * 31) * interval '1 second'",
    "now": "timestamptz '{start}+00'",
    "no": "false",
    "n": "generate_series(1, {most}) AS n(i)",
}
_phones = count(1)


def speaker(uow: Any, account: int, chat: int | None = None) -> Actor:
    """Whoever has the account, speaking in a chat (in private, where none is named)."""
    place = ChatId(chat or account)
    return actor_of(uow.people.identify(AccountId(account), place), AccountId(account), place, "", "zh_CN")


async def give_tasks(store: Store, company: Sequence[dict[str, Any]], number: int) -> list[str]:
    """Tasks from each group's manager to its people in turn; their subjects."""

    def give(uow: Any, group: dict[str, Any], worker: int) -> str:
        order = Order((Target("", AccountId(worker)),), "周五前把报价单发给客户，并回复进度")
        (task,) = tasks.give(uow, speaker(uow, group["people"][0], group["chat"]), order)
        return task.subject

    return await _make(store, company, number, give)


async def give_leads(store: Store, company: Sequence[dict[str, Any]], number: int) -> list[str]:
    """Leads that the manager of each group gives to its people in turn; their subjects."""

    def assign(uow: Any, group: dict[str, Any], taker: int) -> str:
        n = next(_phones)
        draft = Draft("来电", f"测速客户{n}号", f"+86138{n:08}", "要200台服务器", expected=50_000)
        person = uow.people.by_account(AccountId(taker))
        given = leads.register(uow, speaker(uow, group["people"][0]), draft, person.id, sure=True)
        return given.lead.subject

    return await _make(store, company, number, assign)


async def _make(
    store: Store, company: Sequence[dict[str, Any]], number: int, one: Callable[[Any, dict[str, Any], int], str]
) -> list[str]:
    def unit(n: int) -> Callable[[Any], str]:
        group = company[n % len(company)]
        _, *staff = group["people"]
        return lambda uow: one(uow, group, staff[(n // len(company)) % len(staff)])

    made: list[str] = []
    for first in range(0, number, AT_ONCE):
        some = range(first, min(first + AT_ONCE, number))
        made += await asyncio.gather(*(store.unit(unit(n)) for n in some))
    return made


async def fall_due(store: Store, due: dict[str, datetime]) -> None:
    """Have each subject's first limit end at its instant."""
    kind = {"task": REPLY, "lead": CONTACT}
    move = sa.text(MOVE).bindparams(sa.bindparam("at", type_=UtcDateTime))
    rows = [{"at": at, "subject": one, "kind": kind[one.partition(":")[0]]} for one, at in due.items()]

    def work(uow: Any) -> None:
        uow.connection.exec_driver_sql(ARRIVED)
        uow.connection.execute(move, rows)
        uow.touched.add("deadlines")

    await store.unit(work)


def fill_waiting(url: str, number: int, start: datetime) -> None:
    """As many deadlines that are due a day or more after `start`, 31 seconds apart, as a database of some age has
    them; past the trail, which a measurement of deadlines has no use for."""
    engine = sa.create_engine(url)
    words = IN_FILE if is_sqlite(url) else ON_SERVER
    known = {"start": f"{start:%Y-%m-%d %H:%M:%S}", "most": number}
    with engine.begin() as connection:
        triggers.drop(connection)  # the store puts them back
        filled = {name: text.format(**known) for name, text in words.items()}
        connection.exec_driver_sql(WAITING.format(**filled).replace("%", "%" if is_sqlite(url) else "%%"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
