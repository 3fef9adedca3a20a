"""Telegram's limits over several processes: each message takes its place in Redis before it is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from bot.pace import CHAT_SPAN, GROUP, GROUP_SPAN, OVERALL, OVERALL_SPAN

log = structlog.get_logger()
ON_THE_WAY = 0.1  # seconds by which ways to the platform may differ
KEY = "keguan:pace"

# Gives 0 and takes the place, or the seconds to wait. Redis's own clock, so that machines' need not agree.
TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free > now then return tostring(free - now) end
local spans = {{KEYS[2], tonumber(ARGV[3]), tonumber(ARGV[4])}, {KEYS[3], tonumber(ARGV[5]), tonumber(ARGV[6])}}
local n = tonumber(ARGV[1])
for _, span in ipairs(spans) do
  if span[2] > 0 then
    redis.call('ZREMRANGEBYSCORE', span[1], '-inf', now - span[3])
    local over = redis.call('ZCARD', span[1]) + math.min(n, span[2]) - span[2]
    if over > 0 then
      local freed = redis.call('ZRANGE', span[1], over - 1, over - 1, 'WITHSCORES')[2]
      return tostring(freed + span[3] - now)
    end
  end
end
redis.call('SET', KEYS[1], string.format('%.6f', now + ARGV[2]), 'PX', math.ceil(ARGV[2] * 1000))
for _, span in ipairs(spans) do
  if span[2] > 0 then
    for i = 1, n do redis.call('ZADD', span[1], now, string.format('%.6f', now) .. KEYS[1] .. i) end
    redis.call('EXPIRE', span[1], math.ceil(span[3]) + 1)
  end
end
return '0'
"""


class SharedPace:
    """Waits until a message to a chat may leave, whichever process sent the one before."""

    def __init__(self, redis: Any) -> None:
        self._take = redis.register_script(TAKE)
        self._alone = False

    async def __call__(self, chat: int | str, messages: int) -> None:
        group = GROUP if isinstance(chat, str) or chat < 0 else 0
        keys = [f"{KEY}:{chat}:free", f"{KEY}:{chat}:sent", f"{KEY}:all"]
        figures = [messages, CHAT_SPAN + ON_THE_WAY, group, GROUP_SPAN, OVERALL, OVERALL_SPAN]
        while True:
            try:
                wait = float(await self._take(keys=keys, args=figures))
            except Exception as error:  # without Redis the platform's own refusals are waited out
                if not self._alone:
                    log.warning("pace is not shared", error=repr(error))
                self._alone = True
                return
            self._alone = False
            if wait <= 0:
                return
            await asyncio.sleep(wait)
