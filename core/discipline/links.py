"""Addresses in a message: which hosts it leads to, also when they are written so as not to look like it (ORG-5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+"
_ENDINGS = (
    "com|cn|net|org|info|biz|top|xyz|vip|club|shop|site|online|live|fun|icu|cc|tv|me|io|co|app|dev|ru|tk|ml|ga|cf|gq"
    "|win|bid|loan|work|link|click|pro|wang|ltd|store|tech|space|website|ink|red|mobi|name|asia|hk|tw|us|uk|to|ly|gl"
    "|gd|su|ws|la|im|sh|xin|ren|gs|ph|vn|kh|my"
)
_TLD = f"(?:{_ENDINGS})"
_TELLTALE = frozenset((*_ENDINGS.split("|"), "http", "https"))
_FOUND = re.compile(rf"(?<![a-z0-9@.-])({_HOST}{_TLD})(?![a-z0-9-])(?!\.[a-z])")
_DOTS = re.compile(
    r"\s*(?:\[\.\]|\(\.\)|\{\.\}|[。．｡․]|\[dot\]|\(dot\)|(?:点|\s\.)(?=\s*(?:com|cn|net|org|top|xyz|vip|cc)\b))\s*"
)
_ANCHOR = re.compile(rf"[.。．｡․)\]}}点t](?:[\s\u200b-\u200f\ufe0f]*)(?:{_ENDINGS})(?![a-z0-9])", re.IGNORECASE)
_IP = re.compile(r"(?<![\d.])(?:https?://)(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a]")
AROUND = 120  # characters before and behind the end of a host's name
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


def may_name_host(tokens: Iterable[str]) -> bool:
    """Whether among a text's Latin words there is one that ends the name of a host or begins an address."""
    return not _TELLTALE.isdisjoint(tokens)


def _written(text: str) -> Iterator[str]:
    """Only what stands around the end of a host's name is looked at closely."""
    if _WIDE.search(text):
        text = unicodedata.normalize("NFKC", text)
    done = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.end() > done:
            done = text.find("\n", anchor.end(), anchor.end() + AROUND) + 1 or anchor.end() + AROUND
            yield from _closely(text[max(0, anchor.start() - AROUND) : done])
    if "://" in text:
        yield from _IP.findall(text)


def _closely(text: str) -> Iterator[str]:
    small = unicodedata.normalize("NFKC", _DOTS.sub(".", _HIDDEN.sub("", text))).casefold()
    for found in _FOUND.findall(small):
        yield found.removeprefix("www.")


def is_of(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains or below it."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_invitation(link: str) -> bool:
    """Whether an address invites into another chat of the platform."""
    host, _, path = link.lower().partition("://")[2].partition("/") if "://" in link else link.lower().partition("/")
    return host in ("t.me", "telegram.me", "telegram.dog") and (path.startswith("+") or path.startswith("joinchat/"))
