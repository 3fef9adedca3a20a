"""The Bot API methods the sandbox answers, by their name in lower case."""

from __future__ import annotations

from bot.sandbox.methods import chats, editing, me, sending
from bot.sandbox.methods.parameters import PARAMETERS

_MODULES = (me, sending, editing, chats)

METHODS = {name.lower(): (name, function) for module in _MODULES for name, function in module.METHODS.items()}

__all__ = ["METHODS", "PARAMETERS"]
