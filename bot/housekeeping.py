"""Forgets what is done with: handled updates, sent notices, forms left lying. Dead letters stay. Notes the end of the
trail in a file outside the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.fsm import RedisForms
from bot.steady import steadily
from core import customers
from core.access import SYSTEM
from core.clock import Clock
from core.ids import CustomerId
from storage.audit import anchors
from storage.fsm import FormStore
from storage.inbox import SqlInbox
from storage.outbox import SqlOutbox
from storage.store import Store
from storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()
EVERY = 6 * 3600.0  # seconds between two times
UPDATES = timedelta(days=7)  # the platform itself keeps an update for one day
NOTICES = timedelta(days=180)  # deliveries are evidence for sanctions, which may be looked into for months
FORMS = timedelta(days=2)
SLICE = 500  # rows forgotten at once
NAMES = 100  # records at once: some 30 ms of the writer


async def tidy(store: Store, forms: FormStore | RedisForms, clock: Clock) -> None:
    """Forget what is older than it is kept."""
    now = clock.now()
    updates = await _forget(store, lambda uow: uow.inbox, now - UPDATES)
    notices = await _forget(store, lambda uow: uow.outbox, now - NOTICES)
    left = await forms.purge(now - FORMS)
    log.info("tidied", updates=updates, notices=notices, forms=left)


async def _forget(store: Store, where: Callable[[SqlUnitOfWork], SqlInbox | SqlOutbox], before: datetime) -> int:
    """Forget it in slices between which others write; how many there were."""
    last, forgotten = await store.look(lambda uow: where(uow).last_old(before)), 0
    while gone := await store.unit(lambda uow: where(uow).purge(before, last, SLICE)):
        forgotten += gone
    return forgotten


async def take_up_names(store: Store) -> None:
    """Make the keys of names that have none: of records older than the keys, and after other words of trades came
    into force. In slices between which others write."""
    last: CustomerId | None = CustomerId(0)
    while last is not None:
        last = await store.do(customers.take_up_names, SYSTEM, last, NAMES)


async def drop_anchor(store: Store, file: Path, clock: Clock) -> None:
    """Note the trail's end: whoever cuts it off later must forge this file as well (OPS-4)."""
    head = await store.look(lambda uow: uow.audit.head())
    if head is not None:
        await asyncio.to_thread(anchors.drop, file, head, clock.now())


async def keep_tidy(store: Store, forms: FormStore | RedisForms, clock: Clock, file: Path | None = None) -> None:
    """Tidy at once and every few hours, until cancelled."""

    async def turn() -> None:
        await tidy(store, forms, clock)
        await take_up_names(store)
        if file is not None:
            await drop_anchor(store, file, clock)
        await asyncio.sleep(EVERY)

    await steadily("housekeeping", turn)
