"""Forgets what is done with: handled updates, sent notices, forms left lying. Dead letters stay."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from core.clock import Clock
from storage.fsm import FormStore
from storage.store import Store

log = structlog.get_logger()
EVERY = 6 * 3600.0  # seconds between two times
UPDATES = timedelta(days=7)  # the platform itself keeps an update for one day
NOTICES = timedelta(days=180)  # deliveries are evidence for sanctions, which may be looked into for months
FORMS = timedelta(days=2)


async def tidy(store: Store, forms: FormStore, clock: Clock) -> None:
    """Forget what is older than it is kept."""
    now = clock.now()
    updates = await store.unit(lambda uow: uow.inbox.purge(now - UPDATES))
    notices = await store.unit(lambda uow: uow.outbox.purge(now - NOTICES))
    left = await forms.purge(now - FORMS)
    log.info("tidied", updates=updates, notices=notices, forms=left)


async def keep_tidy(store: Store, forms: FormStore, clock: Clock) -> None:
    """Tidy at once and every few hours, until cancelled."""
    while True:
        await tidy(store, forms, clock)
        await asyncio.sleep(EVERY)
