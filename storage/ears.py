"""Ears: hear what other processes on the same server have touched."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import sqlalchemy as sa

from storage.engine import REACH
from storage.store import Store
from storage.turns import CHANNEL, read

AGAIN = 1.0  # seconds until a lost connection is made anew; also how long a stop may take
EVERYTHING = frozenset({"identities", "rulebook", "calendar", "discipline", "deadlines", "notices", "acts", "inbox"})


class Ears:
    """A connection of its own that listens on a thread of its own. After one was lost, anything may have changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._heard: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self._ended = threading.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        thread = threading.Thread(target=self._listen, args=(asyncio.get_running_loop(),), name="ears", daemon=True)
        thread.start()
        try:
            while True:
                touched = await self._heard.get()
                try:
                    await self._store.hear(touched)
                except sa.exc.DBAPIError:  # away for a while: then this connection breaks too, and all is read anew
                    self._heard.put_nowait(touched)
                    await asyncio.sleep(AGAIN)
        finally:
            self._ended.set()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        import psycopg  # noqa: PLC0415  # only where a server is used

        known = sa.make_url(self._store.url).set(drivername="postgresql")
        url = known.update_query_dict({name: str(value) for name, value in REACH.items()}).render_as_string(
            hide_password=False
        )
        while not self._ended.is_set():
            with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                self._tell(loop, EVERYTHING)
                while not self._ended.is_set():
                    for notify in connection.notifies(timeout=AGAIN):
                        teller, touched = read(notify.payload)
                        if self._store.turns is not None and teller != self._store.turns.me:
                            self._tell(loop, touched)
            self._ended.wait(AGAIN)

    def _tell(self, loop: asyncio.AbstractEventLoop, touched: frozenset[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._heard.put_nowait, touched)
