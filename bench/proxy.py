"""A way to a server on this computer that can be cut, held up and given back, as networks and restarts do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

import sqlalchemy as sa

PIECE = 65536  # bytes


class Proxy:
    """Passes bytes between a port of its own and a server's, on threads of its own.

    `away` refuses everybody, `hang` lets nothing through and says nothing, `back` ends both. `watch` is shown what a
    client sends and may have the connection cut: before it arrives (BEFORE), or once the server has it (AFTER).
    """

    BEFORE, AFTER = "before", "after"

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listener: socket.socket | None = None
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self.watch: Callable[[bytes], str | None] | None = None
        self.port = self._listen(0)

    @classmethod
    def to(cls, url: str) -> tuple[Self, str]:
        """A proxy to the server of a database address, and the address through it."""
        there = sa.make_url(url)
        made = cls(there.host or "127.0.0.1", there.port or 5432)
        through = there.set(host="127.0.0.1", port=made.port)
        return made, through.render_as_string(hide_password=False)

    def away(self) -> None:
        """Cut every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection; new ones are let through."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair)

    def hang(self) -> None:
        """Take connections and bytes, and let nothing through."""
        self._flows.clear()

    def back(self) -> None:
        self._flows.set()
        if self._listener is None:
            self._listen(self.port)

    def close(self) -> None:
        self.away()
        self._flows.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self, port: int) -> int:
        listener = socket.create_server(("127.0.0.1", port))
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return int(listener.getsockname()[1])

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                try:
                    server = socket.create_connection(self._to)
                except OSError:
                    client.close()
                    continue
                pair = (client, server)
                with self._lock:
                    self._pairs.add(pair)
                threading.Thread(target=self._pump, args=(pair, client, server), daemon=True).start()
                threading.Thread(target=self._pump, args=(pair, server, client), daemon=True).start()

    def _pump(self, pair: tuple[socket.socket, socket.socket], source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                self._flows.wait()
                when = self.watch(data) if self.watch is not None and source is pair[0] else None
                if when == self.BEFORE:
                    break
                if when == self.AFTER:
                    pair[0].shutdown(socket.SHUT_RDWR)  # the answer reaches nobody
                target.sendall(data)
                if when == self.AFTER:
                    return  # the server is left to finish; its end comes to the other thread
        self._end(pair)

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
