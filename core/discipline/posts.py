"""What a message of a group holds, as far as the rules on content look at it (ORG-5). Free of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What a message may be removed for. The first six are content, the others how it came or what came with it."""

    PORNOGRAPHY = "pornography"
    GAMBLING = "gambling"
    UNHEALTHY = "unhealthy"
    VIRUS = "virus"
    ADVERTISING = "advertising"
    DEFAMATION = "defamation"
    FILE = "file"  # of a type that can be run
    SHORT_LINK = "short_link"  # hides where it leads
    NEW_LINK = "new_link"  # from somebody who has only just joined
    FORWARD = "forward"  # from a channel or a bot
    CONTACT = "contact"  # a contact card
    MEDIA = "media"  # pictures, voice, files


CONTENT = (
    Category.PORNOGRAPHY,
    Category.GAMBLING,
    Category.UNHEALTHY,
    Category.VIRUS,
    Category.ADVERTISING,
    Category.DEFAMATION,
)


class Standing(StrEnum):
    """Who wrote, as the rules on content tell them apart."""

    GUEST = "guests"  # stands for no member of staff
    STAFF = "staff"
    MANAGER = "managers"  # managers, directors, the GM, administrators


class Action(StrEnum):
    REMOVE = "remove"
    REPORT = "report"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a forwarded message comes from. `handle` is the username where there is one."""

    kind: str  # "channel" | "bot" | "inline" (by way of a bot) | "person" | "hidden"
    name: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A message. `text` is everything that can be read in it, part by part on lines of its own; `links` are the
    addresses behind it, also those that its text hides; `media` is the kind of what is attached."""

    text: str = ""
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    media: str = ""
    file_id: str = ""
    contact: bool = False
    origin: Origin | None = None

    @property
    def is_plain(self) -> bool:
        """Nothing but text."""
        return not (self.links or self.files or self.media or self.contact or self.origin)


@dataclass(frozen=True, slots=True)
class Finding:
    """What in a post offends. `found` is the listed word, the host, the channel or the file that was found, as the
    list writes it; `kind` says which."""

    category: Category
    kind: str  # "word" | "domain" | "channel" | "file" | "media" | "contact"
    found: str
