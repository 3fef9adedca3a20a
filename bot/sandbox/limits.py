"""Telegram's published limits: lengths, sizes and rates."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_LENGTH = 200
DEEP_LINK_LENGTH = 64
BUTTONS = 100
PLACEHOLDER_LENGTH = 64
MEDIA_GROUP = (2, 10)
BULK = 100
COMMANDS = 100
COMMAND_LENGTH = 32
COMMAND_DESCRIPTION_LENGTH = 256
DESCRIPTION_LENGTH = 512
SHORT_DESCRIPTION_LENGTH = 120
NAME_LENGTH = 64
SECRET_TOKEN_LENGTH = 256
PHOTO_BYTES = 10_000_000
UPLOAD_BYTES = 50_000_000
DOWNLOAD_BYTES = 20_000_000
LIVE_PERIOD = (60, 86_400)
LIVE_FOREVER = 2_147_483_647
ACCURACY_METRES = 1500
EDIT_OR_DELETE_HOURS = 48

PER_SECOND = 30
PER_CHAT_SECOND = 1
PER_GROUP_MINUTE = 20
_MINUTE = 60.0


class Limits:
    """Sliding windows: 30 messages a second overall, one a second per chat, 20 a minute per group.

    A refused message does not count. `edits=True` lets edits take part in the windows too.
    """

    def __init__(
        self,
        *,
        per_second: int = PER_SECOND,
        per_chat_second: int = PER_CHAT_SECOND,
        per_group_minute: int = PER_GROUP_MINUTE,
        edits: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_second = per_second
        self.per_chat_second = per_chat_second
        self.per_group_minute = per_group_minute
        self.edits = edits
        self.monotonic = monotonic
        self.allowed = 0
        self.refused = 0
        self._overall: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}
        self._groups: dict[int, deque[float]] = {}

    def take(self, chat_id: int, *, is_group: bool) -> int | None:
        """Count one message; seconds to wait if it is refused, else None."""
        now = self.monotonic()
        windows = [
            (self._overall, self.per_second, 1.0),
            (self._chats.setdefault(chat_id, deque()), self.per_chat_second, 1.0),
        ]
        if is_group:
            windows.append((self._groups.setdefault(chat_id, deque()), self.per_group_minute, _MINUTE))
        wait = max(_wait(times, most, span, now) for times, most, span in windows)
        if wait > 0:
            self.refused += 1
            return max(1, math.ceil(wait))
        for times, _, _ in windows:
            times.append(now)
        self.allowed += 1
        return None


def _wait(times: deque[float], most: int, span: float, now: float) -> float:
    while times and now - times[0] >= span:
        times.popleft()
    return times[len(times) - most] + span - now if len(times) >= most else 0.0
