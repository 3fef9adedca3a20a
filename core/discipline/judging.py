"""The decision: what in a post offends, by the rulebook and by what the company's groups forbid or allow themselves
(ORG-5). Pure and quick: it goes by every message of a work group before anything else looks at it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.discipline.folding import Folded, fold, fold_word
from core.discipline.links import host_of, hosts, is_invitation, is_of, may_name_host
from core.discipline.posts import Action, Category, Finding, Origin, Post, Standing
from core.discipline.words import ALLOWED, Entry, Index, index_of, shipped
from core.ids import GroupId
from core.rulebook.sections import DisciplineRules


@dataclass(frozen=True, slots=True)
class Listed:
    """What a company or one of its groups has added to the rulebook's lists by chat. `group` None is everywhere;
    `allows` false forbids. `kind` is "word", "domain" or "channel"; `category` is of what is forbidden."""

    id: int
    group: GroupId | None
    kind: str
    text: str
    allows: bool
    category: Category
    by: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that posts of one group are held against."""

    rules: DisciplineRules
    words: Index
    harmless: Index
    allowed: frozenset[str]  # found things that are let pass whole: combinations, hosts, channels
    denied_hosts: frozenset[str]
    channels: frozenset[str]

    def action(self, standing: Standing, category: Category) -> Action:
        return Action(getattr(self.rules.actions, standing).get(category, Action.IGNORE))

    def judge(self, post: Post, standing: Standing, *, new: bool = False) -> tuple[Finding, Action] | None:
        """The gravest finding in a post with what is to be done about it; None where nothing is. `new`: whoever
        wrote has only just joined."""
        worst: tuple[Finding, Action] | None = None
        for finding in self._findings(post, standing, new=new):
            action = self.action(standing, finding.category)
            if action is Action.REMOVE:
                return finding, action
            if action is Action.REPORT and worst is None:
                worst = finding, action
        return worst

    def leads_out(self, post: Post, standing: Standing) -> bool:
        """Whether it matters if whoever wrote has only just joined."""
        return self.action(standing, Category.NEW_LINK) is not Action.IGNORE and any(
            self._foreign(post, fold(post.text))
        )

    def _findings(self, post: Post, standing: Standing, *, new: bool) -> Iterator[Finding]:
        text = fold(post.text)
        yield from self._words(text)
        foreign = list(self._foreign(post, text))
        yield from self._links(post, foreign)
        if new:
            yield from (Finding(Category.NEW_LINK, "domain", host) for host in foreign)
        if post.files:
            yield from self._files(post)
        if post.origin is not None and _advertises(post.origin, standing):
            name = post.origin.handle or post.origin.name
            if name.casefold() not in self.channels:
                yield Finding(Category.FORWARD, "channel", name)
        if post.contact:
            yield Finding(Category.CONTACT, "contact", "")
        if post.media:
            yield Finding(Category.MEDIA, "media", post.media)

    def _words(self, text: Folded) -> Iterator[Finding]:
        for entry, found in self.words.find(text, self.harmless):
            if found not in self.allowed:
                yield Finding(entry.category, "word", found)

    def _links(self, post: Post, foreign: list[str]) -> Iterator[Finding]:
        for host in foreign:
            if is_of(host, self.denied_hosts):
                yield Finding(Category.VIRUS, "domain", host)
            elif is_of(host, self.rules.short_domains):
                yield Finding(Category.SHORT_LINK, "domain", host)
        for link in post.links:
            if is_invitation(link) and link not in self.allowed:
                yield Finding(Category.ADVERTISING, "domain", link)

    def _foreign(self, post: Post, text: Folded) -> Iterator[str]:
        """The hosts a post leads to that are not allowed."""
        for host in hosts(post.text if may_name_host(text.tokens) else "", post.links):
            if not (is_of(host, self.allowed) or is_of(host, self.rules.allowed_domains)):
                yield host

    def _files(self, post: Post) -> Iterator[Finding]:
        endings = tuple(f".{kind}" for kind in self.rules.file_types)
        for name in post.files:
            if name.casefold().rstrip(". ").endswith(endings):
                yield Finding(Category.FILE, "file", name)


def _advertises(origin: Origin, standing: Standing) -> bool:
    """Channels and bots do; what is sent by way of a bot only where a guest sends it."""
    return origin.kind in ("channel", "bot") or (origin.kind == "inline" and standing is Standing.GUEST)


def watch(rules: DisciplineRules, listed: Collection[Listed], group: GroupId) -> Watch:
    """What holds in a group: the rulebook, and what was added by chat for it or for the whole company."""
    here = [one for one in listed if one.group in (None, group)]
    allows = _texts(here, "word", allows=True)
    return Watch(
        rules,
        index_of(_forbidden(rules) + tuple(Entry(o.text, o.category) for o in here if _forbids_word(o))),
        index_of(_harmless(rules) + tuple(Entry(text, Category.UNHEALTHY) for text in allows if "+" not in text)),
        frozenset(allows) | _texts(here, "domain", allows=True),
        frozenset(rules.denied_domains) | _texts(here, "domain", allows=False),
        frozenset(name.removeprefix("@").casefold() for name in rules.allowed_channels)
        | frozenset(name.removeprefix("@").casefold() for name in _texts(here, "channel", allows=True)),
    )


def _forbids_word(one: Listed) -> bool:
    return one.kind == "word" and not one.allows


def _texts(listed: Collection[Listed], kind: str, *, allows: bool) -> frozenset[str]:
    return frozenset(one.text for one in listed if one.kind == kind and one.allows is allows)


def _forbidden(rules: DisciplineRules) -> tuple[Entry, ...]:
    """The words of the shipped lists that the rulebook takes, and its own."""
    found = [
        Entry(word, Category(category))
        for name in rules.lists
        for category, words in shipped(name).items()
        if category != ALLOWED
        for word in words
    ]
    found += [Entry(word, Category(category)) for category, words in rules.words.items() for word in words]
    return tuple(found)


def _harmless(rules: DisciplineRules) -> tuple[Entry, ...]:
    found = [word for name in rules.lists for word in shipped(name).get(ALLOWED, ())]
    return tuple(Entry(word, Category.UNHEALTHY) for word in (*found, *rules.allowed_words))


def kind_of(text: str) -> tuple[str, str]:
    """("word" | "domain" | "channel", how it is kept) of what somebody typed to forbid or to allow."""
    text = text.strip()
    if text.startswith("@"):
        return "channel", text.removeprefix("@").casefold()
    host = host_of(text)
    if "." in host and " " not in text and fold_word(text).isascii():
        return "domain", host
    return "word", text
