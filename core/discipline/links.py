"""Addresses in a message: which hosts it leads to, also when they are written so as not to look like it (ORG-5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+"
_TLD = (
    r"(?:com|cn|net|org|info|biz|top|xyz|vip|club|shop|site|online|live|fun|icu|cc|tv|me|io|co|app|dev|ru|tk|ml|ga|cf"
    r"|gq|win|bid|loan|work|link|click|pro|wang|ltd|store|tech|space|website|ink|red|mobi|name|asia|hk|tw|us|uk|to|ly"
    r"|gl|gd|su|ws|la|im|sh|xin|ren|gs|ph|vn|kh|my)"
)
_FOUND = re.compile(rf"(?<![a-z0-9@.-])({_HOST}{_TLD})(?![a-z0-9-])(?!\.[a-z])")
_DOTS = re.compile(
    r"\s*(?:\[\.\]|\(\.\)|\{\.\}|[。．｡․]|\[dot\]|\(dot\)|点(?=(?:com|cn|net|org|top|xyz|vip|cc)\b))\s*"
)
_IP = re.compile(r"(?<![\d.])(?:https?://)(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_HIDDEN = re.compile("[\u200b-\u200f\u2060\u00ad\ufeff\ufe00-\ufe0f]")


def hosts(text: str, links: Iterable[str]) -> list[str]:
    """The hosts that a text names or that stand behind it, each once."""
    return list(dict.fromkeys([*(host for link in links if (host := host_of(link))), *_written(text)]))


def host_of(link: str) -> str:
    """The host of an address, small and without www; "" where there is none. Letters of other alphabets are shown as
    the network writes them, so that a look-alike of a known host is not taken for it."""
    link = unicodedata.normalize("NFKC", link.strip())
    try:
        found = urlsplit(link if "://" in link else f"//{link}").hostname or ""
        return found.encode("idna").decode().lower().removeprefix("www.").rstrip(".")
    except ValueError:  # UnicodeError is one too: no host at all
        return ""


def _written(text: str) -> Iterator[str]:
    if not any(mark in text for mark in ".。．｡․点dD"):
        return
    small = unicodedata.normalize("NFKC", _DOTS.sub(".", _HIDDEN.sub("", text))).casefold()
    for found in _FOUND.findall(small):
        yield found.removeprefix("www.")
    yield from _IP.findall(small)


def is_of(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains or below it."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_invitation(link: str) -> bool:
    """Whether an address invites into another chat of the platform."""
    host, _, path = link.lower().partition("://")[2].partition("/") if "://" in link else link.lower().partition("/")
    return host in ("t.me", "telegram.me", "telegram.dog") and (path.startswith("+") or path.startswith("joinchat/"))
