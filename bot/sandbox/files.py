"""Files people and the bot have sent: identifiers, paths, contents."""

from __future__ import annotations

import base64
import mimetypes
import struct
from dataclasses import dataclass
from typing import Any

from bot.sandbox import limits
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.params import Upload

_FOLDERS = {
    "photo": "photos",
    "voice": "voice",
    "document": "documents",
    "video": "videos",
    "sticker": "stickers",
}
_NAMES = {
    "photo": "Photo",
    "voice": "VoiceNote",
    "document": "Document",
    "video": "Video",
    "sticker": "Sticker",
}
_PREFIXES = {
    "photo": "AgACAgUAAx0",
    "voice": "AwACAgUAAx0",
    "document": "BQACAgUAAx0",
    "video": "BAACAgUAAx0",
    "sticker": "CAACAgUAAx0",
}
_MIMES = {"voice": "audio/ogg", "video": "video/mp4", "sticker": "image/webp"}
_ENDINGS = {"photo": "jpg", "voice": "oga", "video": "mp4", "sticker": "webp"}
_VIDEO_SIZE = (1280, 720)
_STICKER_SIDE = 512
_PREVIEW_SIDES = (90, 320, 800)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file under its id; `kind` is photo, voice, document, video or sticker (its name: the emoji)."""

    id: str
    unique_id: str
    kind: str
    path: str
    name: str
    mime: str
    content: bytes
    width: int = 0
    height: int = 0
    duration: int = 0

    def wire(self) -> dict[str, Any]:
        """The File object, with the path to download it by."""
        return {**self.reference(), "file_path": self.path}

    def reference(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}

    def attachment(self) -> Any:
        """What a message carries under the file's kind."""
        if self.kind == "photo":
            return self._sizes()
        return {**self._described(), **self.reference()}

    def _described(self) -> dict[str, Any]:
        if self.kind == "sticker":
            side = {"width": _STICKER_SIDE, "height": _STICKER_SIDE}
            return {"type": "regular", "emoji": self.name, "is_animated": False, "is_video": False, **side}
        if self.kind == "voice":
            return {"mime_type": self.mime, "duration": self.duration}
        described: dict[str, Any] = {"mime_type": self.mime, "file_name": self.name}
        if self.kind == "video":
            described.update(duration=self.duration, width=_VIDEO_SIZE[0], height=_VIDEO_SIZE[1])
        return described

    def _sizes(self) -> list[dict[str, Any]]:
        longest = max(self.width, self.height)
        sides = [side for side in _PREVIEW_SIDES if side < longest] + [longest]
        return [
            {
                **self.reference(),
                "file_unique_id": self.unique_id if side == longest else f"{self.unique_id}{side}",
                "width": max(1, self.width * side // longest),
                "height": max(1, self.height * side // longest),
            }
            for side in sides
        ]


class Files:
    """The store; ids count up, so that two equal runs give equal ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload, duration: int = 0) -> StoredFile:
        """Keep an upload; refuses empty, oversized and unreadable ones as Telegram does."""
        size = len(upload.content)
        if not size:
            raise bad_request("file must be non-empty")
        if kind == "photo" and size > limits.PHOTO_BYTES:
            raise bad_request(
                f"file of size {size} bytes is too big for a photo; the maximum size is {limits.PHOTO_BYTES} bytes"
            )
        if size > limits.UPLOAD_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        width, height = image_size(upload.content) if kind == "photo" else (0, 0)
        if kind == "photo" and not (width and height):
            raise bad_request("IMAGE_PROCESS_FAILED")
        return self._keep(kind, upload, width, height, duration)

    def _keep(self, kind: str, upload: Upload, width: int, height: int, duration: int) -> StoredFile:
        number = len(self._by_id) + 1
        guessed = upload.mime or mimetypes.guess_type(upload.filename)[0]
        mime = _MIMES.get(kind) or guessed or "application/octet-stream"
        ending = _ENDINGS.get(kind) or _ending(upload.filename)
        file = StoredFile(
            id=f"{_PREFIXES[kind]}{number:08d}",
            unique_id=f"AQAD{number:08d}",
            kind=kind,
            path=f"{_FOLDERS[kind]}/file_{number}{'.' if ending else ''}{ending}",
            name=upload.filename or f"file_{number}",
            mime=mime,
            content=upload.content,
            width=width,
            height=height,
            duration=duration,
        )
        self.put(file)
        return file

    def put(self, file: StoredFile) -> None:
        self._by_id[file.id] = file
        self._by_path[file.path] = file

    def named(self, kind: str, file_id: str) -> StoredFile:
        """A file sent before, to send again; its kind must fit."""
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self._by_id.get(file_id)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if file.kind != kind:
            raise bad_request(f"can't use file of type {_NAMES[file.kind]} as {_NAMES[kind]}")
        return file

    def get(self, file_id: str) -> StoredFile:
        file = self._by_id.get(file_id)
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(file.content) > limits.DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return file

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def state(self) -> list[dict[str, Any]]:
        return [
            {
                **{name: getattr(f, name) for name in StoredFile.__slots__},
                "content": base64.b64encode(f.content).decode(),
            }
            for f in self._by_id.values()
        ]

    def restore(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.put(StoredFile(**{**row, "content": base64.b64decode(row["content"])}))


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return ending.lower() if dot and ending.isascii() and ending.isalnum() else ""


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF or JPEG; zeros if it is none of them."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:  # noqa: PLR2004 up to the header's size fields
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:  # noqa: PLR2004 likewise
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else (0, 0)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 marker byte
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 start of frame
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0
