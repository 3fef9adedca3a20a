"""What all views share: the viewer, screens and buttons, and the two registries of views.

A view is a pure function from facts to a `Screen`. Every value put into a text is escaped on the way in.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from bot.i18n import catalogue
from bot.press import press
from core.errors import KeguanError
from core.notices import Facts, NoticeKind
from core.rulebook import Rulebook, Words

E = TypeVar("E", bound=KeguanError)
MOST_BUTTONS = 3  # under a message
CLAUSE_PREFIX = "rule_"  # begins the payload of a link to a clause: its version, and its id with dashes for dots
WHY_PREFIX = "why_"  # begins the payload of a link to an explanation
EXPLAINED = ("task", "lead", "complaint")  # areas whose messages lead to one
MOST_CLAUSE_ID = 48  # characters, with which both the link and the button still fit


class Html(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


def escaped(value: object) -> str:
    return value if isinstance(value, Html) else html.escape(str(value), quote=False)


def fill(form: str, /, **values: object) -> Html:
    """A text without words of its own, with escaped values; what needs translation goes through `Viewer.t`."""
    return Html(form.format_map({name: escaped(value) for name, value in values.items()}))


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it sends `data` back, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A message: text, rows of buttons, at most one photo. `media` passes a file on: its kind (photo, voice …) and
    the platform's file id. `location_button` makes a reply keyboard, which
    exists in private chats only; `drop_keyboard` takes it away."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: str | None = None
    media: tuple[str, str] | None = None
    location_button: str | None = None
    drop_keyboard: bool = False
    inside: bool = False  # customer data: staff can't forward or save the message (ORG-6)


inside = partial(Screen, inside=True)


def row(*buttons: Button | None) -> tuple[tuple[Button, ...], ...]:
    """One row of those buttons that are there."""
    return (present,) if (present := tuple(b for b in buttons if b is not None)) else ()


def column(buttons: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    """One button a row: for lists to pick from in private chats."""
    return tuple((button,) for button in buttons)


WEEKDAYS = {
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a view is made: their language, the company's zone, the present instant, and whether the chat is
    private. `username` is the bot's, for links into its private chat."""

    language: str
    zone: ZoneInfo
    now: datetime
    rulebook: Rulebook
    username: str
    private: bool
    staff: bool = True  # one of the company's people, who may read every clause

    def t(self, text: str, /, **values: object) -> Html:
        """The text in the viewer's language, with escaped values."""
        return fill(catalogue(self.language).gettext(text), **values)

    def n(self, one: str, many: str, n: int, /, **values: object) -> Html:
        """The same for a text that depends on the number `n`."""
        return fill(catalogue(self.language).ngettext(one, many, n), n=n, **values)

    def clock(self, at: datetime | str) -> str:
        """10:02"""
        return f"{self._local(at):%H:%M}"

    def day(self, at: datetime | date | str) -> str:
        """9月30日 周二"""
        day = at if isinstance(at, date) and not isinstance(at, datetime) else self._local(at).date()
        weekday = WEEKDAYS[self.language][day.weekday()]
        if self.language == "en":
            return f"{weekday} {day.day} {MONTHS[day.month - 1]}"
        return f"{day.month}月{day.day}日 {weekday}"

    def when(self, at: datetime | str) -> str:
        """10:02 today, else 9月30日 周二 18:00"""
        local = self._local(at)
        if local.date() == self.now.astimezone(self.zone).date():
            return f"{local:%H:%M}"
        return f"{self.day(local)} {local:%H:%M}"

    def span(self, length: timedelta) -> Html:
        """A length of time, in the two largest units that say something."""
        minutes = max(0, int(length.total_seconds() // 60))
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days and hours:
            return self.t("{days} d {hours} h", days=days, hours=hours)
        if days:
            return self.t("{days} d", days=days)
        if hours and rest:
            return self.t("{hours} h {minutes} min", hours=hours, minutes=rest)
        if hours:
            return self.t("{hours} h", hours=hours)
        return self.t("{minutes} min", minutes=rest)

    def left(self, due: datetime | str) -> Html:
        """How long until then, or how long over."""
        due = self._local(due)
        if due >= self.now:
            return self.t("{span} left", span=self.span(due - self.now))
        return self.t("{span} over", span=self.span(self.now - due))

    def clause(self, clause_id: str | None, subject: str = "", *, version: str = "") -> Html:
        """The clause something rests on, as a short last line that leads to its text; nothing where there is none.
        With the subject of a deadline it leads on to how that was computed and, in private, to why it is one's own.
        `version` is that of the edition to read the clause in, else the viewer's rulebook."""
        if clause_id is None:
            return Html("")
        clause = self.rulebook.clauses.get(clause_id)
        named = fill("{id}", id=clause_id)  # of one that has left the rulebook since
        if clause is not None:
            named = fill("{article} {title}", article=clause.article, title=self.title(clause.title))
        link = self.clause_link(clause_id, version)
        shown = fill('<a href="{link}">{named}</a>', link=link, named=named) if link else named
        words = fill("<i>{shown}</i>", shown=shown)
        ways = [self.how(subject), self.why(subject)] if subject else []
        return Html(" · ".join(way for way in (words, *ways) if way))

    def clause_link(self, clause_id: str, version: str = "") -> str:
        """A link to a clause as it is in the viewer's rulebook, or in an earlier edition; empty where they may not
        read it."""
        clause = self.rulebook.clauses.get(clause_id)
        for_them = clause is not None and clause.for_customers and clause.in_force
        readable = for_them or (self.staff and (clause is not None or version))
        if not readable or len(clause_id) > MOST_CLAUSE_ID:
            return ""
        return self.link(f"{CLAUSE_PREFIX}{version or self.rulebook.version}_{clause_id.replace('.', '-')}")

    def how(self, subject: str) -> Html:
        """A link to how the deadlines of a subject ("task:7") were computed (P12)."""
        link = self.link("how_" + subject.replace(":", "_"))
        return fill('<a href="{link}">{words}</a>', link=link, words=self.t("how computed"))

    def why(self, subject: str) -> Html:
        """A link to why a subject came to somebody; only in private, because it is told by who asks."""
        if not (self.private and self.staff) or subject.partition(":")[0] not in EXPLAINED:
            return Html("")
        link = self.link(WHY_PREFIX + subject.replace(":", "_"))
        return fill('<a href="{link}">{words}</a>', link=link, words=self.t("why me"))

    def title(self, both: Words) -> str:
        """The viewer's one of a text given in both languages."""
        return both.say(self.language)

    def link(self, payload: str) -> str:
        """A link that opens the bot's private chat at a matter."""
        return f"https://t.me/{self.username}?start={payload}"

    def _local(self, at: datetime | date | str) -> datetime:
        if isinstance(at, str):
            at = datetime.fromisoformat(at)
        if not isinstance(at, datetime):
            raise TypeError(f"an instant is needed, not {at!r}")
        return at.astimezone(self.zone)


def with_clause(v: Viewer, screen: Screen, clause_id: str | None, version: str = "") -> Screen:
    """The screen with a button that shows the clause it names (RULE-3): as in the edition, else in the viewer's
    rulebook. A message with three buttons keeps to them: there the clause's line is the way to its text.
    """
    link = v.clause_link(clause_id, version) if clause_id else ""
    count = sum(len(buttons) for buttons in screen.buttons)
    if not link or link not in screen.text or count >= MOST_BUTTONS or screen.location_button or screen.drop_keyboard:
        return screen
    button = Button(v.t("📖 Clause"), press("rule", clause_id, version or v.rulebook.version))
    *above, last = screen.buttons or ((),)
    rows = (*above, (*last, button)) if len(screen.buttons) <= 1 else (*screen.buttons, (button,))
    return replace(screen, buttons=rows)


def together(screens: Iterable[Screen]) -> Screen:
    """Several messages that are text alone, as one."""
    all_of_them = list(screens)
    text = "\n\n".join(screen.text for screen in all_of_them)
    return Screen(text, inside=any(screen.inside for screen in all_of_them))


def role_name(v: Viewer, role: str) -> Html:
    """A staff role in words."""
    names = {
        "salesperson": v.t("salesperson"),
        "service": v.t("customer service"),
        "technician": v.t("technician"),
        "manager": v.t("manager"),
        "director": v.t("director"),
        "finance": v.t("finance"),
        "gm": v.t("general manager"),
        "admin": v.t("administrator"),
        "customer": v.t("customer"),
        "stranger": v.t("stranger"),
    }
    return names.get(role, Html(escaped(role)))


def lines(*parts: str | None) -> Html:
    """Those parts that say something, one a line."""
    return Html("\n".join(part for part in parts if part))


NoticeView: TypeAlias = Callable[[Viewer, Facts], Screen]
ErrorView: TypeAlias = Callable[[Viewer, Any], str]
NOTICES: dict[NoticeKind, NoticeView] = {}
ERRORS: dict[type[KeguanError], ErrorView] = {}


def shows(kind: NoticeKind) -> Callable[[NoticeView], NoticeView]:
    """Declare the view of a kind of notice."""

    def declare(view: NoticeView) -> NoticeView:
        NOTICES[kind] = view
        return view

    return declare


def words(error: type[E]) -> Callable[[Callable[[Viewer, E], str]], Callable[[Viewer, E], str]]:
    """Declare the words for a refusal."""

    def declare(view: Callable[[Viewer, E], str]) -> Callable[[Viewer, E], str]:
        ERRORS[error] = view
        return view

    return declare


def refusal(v: Viewer, error: KeguanError) -> str:
    """The words for a refusal: those of its own class, or of the nearest one above it; and the clause it rests on."""
    said = next((ERRORS[kind](v, error) for kind in type(error).__mro__ if kind in ERRORS), None)
    said = said or v.t("That can't be done.")
    named = v.clause(error.rests_on)
    return said if not named or named in said else lines(said, named)


def refused(v: Viewer, error: KeguanError) -> Screen:
    """A refusal as a message."""
    return with_clause(v, Screen(refusal(v, error)), error.rests_on)
