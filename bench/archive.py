"""An archive of many made-up customers in a database, filled past the use cases: a million through them take half an
hour."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.companies import Company
from bench.table import say
from core import people
from core.access import SYSTEM, Actor, Role
from core.brands import Lexicon, keys_of
from core.clock import ManualClock
from core.customers.model import TEXT_FIELDS
from core.ids import AccountId
from core.names import name_key, plain
from core.people import StaffRow
from core.rulebook import Rulebook
from storage import migrate
from storage.engine import is_sqlite
from storage.store import Store

NOW = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
OWNERS = 100
SLICE = 20_000
BITS = 24  # of a customer's id, beside its key in one number: half the memory of pairs
COLUMNS = ("id", "name", "name_key", "search_name", "initials", "owner_id", "created_by", "created_at", "touched_at")
EMPTY = [field for field in TEXT_FIELDS if field not in ("name", "credit_code")] + ["type", "source"]


async def opened(url: str, rulebook: Rulebook) -> tuple[Store, Actor, Actor]:
    """The store, a general manager who may see every record, and a salesperson with some."""
    fresh = migrate.current(url) is None
    migrate.upgrade(url)
    store = Store(url, ManualClock(NOW), rulebook)
    store.start()
    if fresh:
        staff = [StaffRow(2, "G", "总经理", "公司", Role.GM)]
        staff += [StaffRow(3, f"S{n}", f"业务{n}", "销售部", Role.SALESPERSON) for n in range(OWNERS)]
        await store.do(people.import_staff, SYSTEM, staff)
    return store, await _actor(store, "G"), await _actor(store, "S1")


async def _actor(store: Store, number: str) -> Actor:
    person = await store.look(lambda uow: uow.people.by_number(number))
    if person is None:
        raise LookupError(number)
    return Actor(AccountId(person.id), person.roles, person.label, "zh_CN", None, None, person.id, person.department)


def fill(url: str, companies: list[Company], known: Lexicon, suffixes: tuple[str, ...], owners: list[int]) -> None:
    """Put the companies into the archive, the first with id 1, each with the keys of its name."""
    customers = _customers(companies, suffixes, owners)
    say("making keys")
    keys = sorted(key << BITS | n for n, company in enumerate(companies, 1) for key in keys_of(company.name, known))
    say(f"writing {len(companies):,} customers and {len(keys):,} keys")
    (_into_file if is_sqlite(url) else _into_server)(url, customers, keys)


def _customers(companies: list[Company], suffixes: tuple[str, ...], owners: list[int]) -> Iterator[tuple[Any, ...]]:
    at = NOW.strftime("%Y-%m-%dT%H:%M:%S.%f")
    for n, company in enumerate(companies, 1):
        name, owner = company.name, owners[n % len(owners)]
        known = (n, name, name_key(name, suffixes), plain(name), company.initials, owner, owner, at, at)
        yield (*known, *("" for _ in EMPTY))


def _into_file(url: str, customers: Iterable[tuple[Any, ...]], keys: list[int]) -> None:
    names = (*COLUMNS, *EMPTY)
    with sqlite3.connect(str(sa.make_url(url).database)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO customers ({', '.join(names)}) VALUES ({marks})", customers)
        connection.executemany("INSERT INTO customer_name_keys (key, customer_id) VALUES (?, ?)", _pairs(keys))
        for _, text in triggers:
            connection.execute(text)
    connection.close()


def _into_server(url: str, customers: Iterable[tuple[Any, ...]], keys: list[int]) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # without triggers
        cursor: Any = connection.connection.cursor()
        _copied(cursor, f"customers ({', '.join((*COLUMNS, *EMPTY))})", customers)
        _copied(cursor, "customer_name_keys (key, customer_id)", _pairs(keys))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE customers")
        connection.exec_driver_sql("VACUUM ANALYZE customer_name_keys")
    engine.dispose()


def _copied(cursor: Any, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    rows = iter(rows)
    with cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv)") as copy:
        while part := list(islice(rows, SLICE)):
            text = io.StringIO()
            csv.writer(text, quoting=csv.QUOTE_NOTNULL if hasattr(csv, "QUOTE_NOTNULL") else csv.QUOTE_ALL).writerows(
                part
            )
            copy.write(text.getvalue())


def _pairs(keys: list[int]) -> Iterator[tuple[int, int]]:
    low = (1 << BITS) - 1
    return ((one >> BITS, one & low) for one in keys)


def size_of(url: str) -> int:
    """Bytes of a SQLite file."""
    return Path(str(sa.make_url(url).database)).stat().st_size
