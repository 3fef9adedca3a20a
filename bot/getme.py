"""Asking the platform who the bot is, without the platform's library: the command line must stay quick."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bot.settings import Settings

PATIENCE = 10  # seconds


@dataclass(eq=False)
class NotAnswered(Exception):
    """The platform gave no bot for the token. `reason` is "refused" or "unreachable"; the token is in neither."""

    reason: str
    detail: str


def username(settings: Settings) -> str:
    """The bot's username, for links into its private chat. Raises NotAnswered."""
    found = ask(settings, "getMe")
    if "username" not in found:
        raise NotAnswered("unreachable", "getMe")
    return str(found["username"])


def ask(settings: Settings, method: str) -> dict[str, Any]:
    """What the platform answers to a question without parameters. Raises NotAnswered."""
    base = settings.api_base.rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise NotAnswered("unreachable", base)
    request = f"{base}/bot{settings.bot_token.get_secret_value()}/{method}"
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # http(s), checked above
            return dict(json.load(answer)["result"])
    except urllib.error.HTTPError as error:
        refused = error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
        raise NotAnswered("refused" if refused else "unreachable", f"HTTP {error.code}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAnswered("unreachable", str(getattr(error, "reason", error))) from None
