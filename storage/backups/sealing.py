"""Sealing a stream in numbered chunks: encrypted where there is a key, hashed in a chain where there is none.

Chunks are sealed as in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): AES-256-GCM under a key
of the file's own, the nonce is the chunk's number and whether it is the last one, and each is bound to the file's
head. A chunk that is altered, taken out, doubled, moved or brought from another file is refused, and so is an end
that is missing; only one chunk is in memory at a time. The file's key is wrapped with the company's key (Fernet).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import secrets
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.backups.errors import Altered, KeyMissing, KeyUnusable, Truncated

CHUNK = 1 << 20  # bytes sealed together
LENGTH = 4  # bytes that tell a chunk's length; their highest bit marks the last one
LAST = 1 << 31
MOST_ADDED = 64  # bytes that sealing may add to a chunk
FILE_KEY = 256  # bits


class Keys:
    """The company's keys, the present one first; earlier ones still open what was sealed with them."""

    def __init__(self, text: str = "") -> None:
        """Keys apart by commas or blanks. Raises KeyUnusable."""
        self._keys: dict[str, Fernet] = {}
        for n, key in enumerate(re.split(r"[\s,]+", text.strip()) if text.strip() else (), 1):
            try:
                self._keys[name_of(key)] = Fernet(key)
            except ValueError as error:
                raise KeyUnusable(n=n) from error

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def names(self) -> list[str]:
        return list(self._keys)

    def wrap(self) -> tuple[str, str, bytes]:
        """A new key for a file: the name of the key that wraps it, how it is kept in the file, and itself."""
        name, company = next(iter(self._keys.items()))
        key = secrets.token_bytes(FILE_KEY // 8)
        return name, company.encrypt(key).decode(), key

    def unwrap(self, name: str, wrapped: str) -> bytes:
        """A file's key. Raises KeyMissing, or Altered where what wraps it was."""
        if name not in self._keys:
            raise KeyMissing(key=name, known=", ".join(self._keys))
        try:
            return self._keys[name].decrypt(wrapped.encode())
        except InvalidToken as error:
            raise Altered(part="head") from error


def new_key() -> str:
    return Fernet.generate_key().decode()


def name_of(key: str) -> str:
    """What a key is called where it must not be shown."""
    return hashlib.sha256(b"keguan backup key " + key.encode()).hexdigest()[:8]


class Seal(Protocol):
    """Closes and opens chunks, one after the other."""

    def close(self, data: bytes, *, last: bool) -> bytes: ...
    def open(self, data: bytes, *, last: bool) -> bytes:
        """Raises Altered."""


def seal_of(key: bytes | None, head: bytes) -> Seal:
    """The seal of a file with this head, encrypting where it has a key."""
    return _Hashes(head) if key is None else _Cipher(key, head)


class _Cipher:
    def __init__(self, key: bytes, head: bytes) -> None:
        self._aead = AESGCM(key)
        self._about = hashlib.sha256(head).digest()
        self._number = 0

    def _nonce(self, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11) + bytes([last])

    def close(self, data: bytes, *, last: bool) -> bytes:
        return self._aead.encrypt(self._nonce(last), data, self._about)

    def open(self, data: bytes, *, last: bool) -> bytes:
        try:
            return self._aead.decrypt(self._nonce(last), data, self._about)
        except InvalidTag as error:
            raise Altered(part=f"chunk {self._number}") from error


class _Hashes:
    """Shows what happened to a file by accident; who means to forge one without a key can."""

    def __init__(self, head: bytes) -> None:
        self._before = hashlib.sha256(head).digest()

    def _next(self, data: bytes, last: bool) -> bytes:
        self._before = hashlib.sha256(self._before + bytes([last]) + data).digest()
        return self._before

    def close(self, data: bytes, *, last: bool) -> bytes:
        return data + self._next(data, last)

    def open(self, data: bytes, *, last: bool) -> bytes:
        size = hashlib.sha256().digest_size
        inner, found = data[:-size], data[-size:]
        if not hmac.compare_digest(self._next(inner, last), found):
            raise Altered(part="chunk")
        return inner


class Sealing(io.RawIOBase):
    """Writes what it is given, sealed, into another file."""

    def __init__(self, target: BinaryIO, seal: Seal) -> None:
        self._target, self._seal = target, seal
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = memoryview(data)  # type: ignore[arg-type]  # anything with bytes in it
        self._waiting += given
        while len(self._waiting) > CHUNK:  # what may be the last chunk stays until something follows
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return given.nbytes

    def finish(self) -> None:
        """The end: without this the file is one whose end is missing."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, data: bytes, *, last: bool) -> None:
        sealed = self._seal.close(data, last=last)
        self._target.write((len(sealed) | (LAST if last else 0)).to_bytes(LENGTH) + sealed)


class Opening(io.RawIOBase):
    """Reads what was sealed. Gives nothing out that was not found to be as it was written."""

    def __init__(self, source: BinaryIO, seal: Seal) -> None:
        self._source, self._seal = source, seal
        self._opened = memoryview(b"")
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        into = memoryview(buffer)  # type: ignore[arg-type]  # anything that bytes fit into
        while not self._opened and not self._over:
            self._opened = memoryview(self._chunk())
        n = min(len(into), len(self._opened))
        into[:n] = self._opened[:n]
        self._opened = self._opened[n:]
        return n

    def _chunk(self) -> bytes:
        told = int.from_bytes(self._exactly(LENGTH))
        self._over, length = bool(told & LAST), told & ~LAST
        if length > CHUNK + MOST_ADDED:
            raise Altered(part="chunk")
        opened = self._seal.open(self._exactly(length), last=self._over)
        if self._over and self._source.read(1):
            raise Altered(part="end")
        return opened

    def _exactly(self, length: int) -> bytes:
        data = self._source.read(length)
        if len(data) < length:
            raise Truncated
        return data


__all__ = ["Keys", "Opening", "Seal", "Sealing", "name_of", "new_key", "seal_of"]
