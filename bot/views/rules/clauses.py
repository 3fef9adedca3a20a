"""A clause, lists of clauses, the way through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row
from bot.views.ledger import effect_words
from core import rules
from core.ledger import effects_of
from core.rulebook import Clause, Sanction
from core.rules import Edition, Page, Start, Switch

SECTION_PREFIX = "rules_"  # begins the payload of a link to an area's clauses
PER_PAGE = 8
MOST_TOAST = 200
MOST_WORDS = 30  # bytes of a search that fit on a button


def section_name(v: Viewer, key: str) -> Html:
    """An area in words; one that only the company has shows its key."""
    names = {
        "group": v.t("Work groups"),
        "handover": v.t("Handover"),
        "checkin": v.t("Check-in"),
        "task": v.t("Tasks"),
        "routine": v.t("Standing duties"),
        "help": v.t("Help between departments"),
        "lead": v.t("Leads"),
        "customer": v.t("Customers"),
        "class": v.t("Value classes"),
        "blacklist": v.t("Blacklist"),
        "credit": v.t("Credit"),
        "churn": v.t("Churn"),
        "pool": v.t("Customer pool"),
        "collision": v.t("Collisions"),
        "visit": v.t("Visits"),
        "complaint": v.t("Complaints"),
        "repair": v.t("Repairs"),
        "followup": v.t("Follow-ups"),
        "survey": v.t("Surveys"),
        "news": v.t("News to customers"),
        "order": v.t("Orders"),
        "contract": v.t("Contracts"),
        "reception": v.t("Reception"),
        "gift": v.t("Gifts"),
        "incentive": v.t("Incentives"),
        "archive": v.t("Archive"),
        "privacy": v.t("Privacy"),
        "report": v.t("Reports"),
        "meeting": v.t("Meetings"),
        "suggestion": v.t("Suggestions"),
        "approval": v.t("Approvals"),
        "conduct": v.t("Conduct"),
        "service": v.t("Service points"),
        "reward": v.t("Rewards"),
        "ledger": v.t("Rewards and sanctions"),
    }
    return names.get(key, fill("{key}", key=key))


def home(v: Viewer, sections: Mapping[str, int], *, decides: bool) -> Screen:
    """What there is, area by area."""
    clauses = v.rulebook.clauses.values()
    held = sum(1 for clause in clauses if clause.in_force)
    return Screen(
        lines(
            v.t("<b>Rulebook of {company}</b>", company=v.rulebook.company.name),
            v.t("{held} clauses in force, {trial} on trial", held=held, trial=len(clauses) - held),
            Html(" · ".join(_section(v, key, count) for key, count in sections.items())),
            v.t("To search: /rules and a word"),
        ),
        row(
            Button(v.t("All clauses"), press("rulelist", "", 0)),
            Button(v.t("Changes"), press("rulehist")),
            Button(v.t("On trial"), press("trial")) if decides and v.private else None,
        ),
    )


def _section(v: Viewer, key: str, count: int) -> Html:
    link = v.link(f"{SECTION_PREFIX}{key}")
    return fill('<a href="{link}">{name}</a> {count}', link=link, name=section_name(v, key), count=count)


def section(v: Viewer, key: str, clauses: Sequence[Clause], start: int = 0) -> Screen:
    """The clauses of an area."""
    return _list(v, fill("<b>{name}</b>", name=section_name(v, key)), clauses, key, start)


def all_clauses(v: Viewer, clauses: Sequence[Clause], start: int = 0) -> Screen:
    return _list(v, v.t("<b>All clauses</b>"), clauses, "", start)


def _list(v: Viewer, head: Html, clauses: Sequence[Clause], key: str, start: int) -> Screen:
    start = start if 0 <= start < len(clauses) else 0
    shown = clauses[start : start + PER_PAGE]
    paged = len(clauses) > PER_PAGE
    part = fill("{a}–{b}/{n}", a=start + 1, b=start + len(shown), n=len(clauses))
    count = part if paged else fill("{n}", n=len(clauses))
    return Screen(
        lines(fill("{head} · {count}", head=head, count=count), *(_line(v, one) for one in shown)),
        row(
            Button("◂", press("rulelist", key, start - PER_PAGE)) if start else None,
            Button("▸", press("rulelist", key, start + PER_PAGE)) if start + PER_PAGE < len(clauses) else None,
        ),
    )


def _line(v: Viewer, clause: Clause) -> Html:
    sign = Html("") if clause.in_force else v.t(" (trial)")
    return fill("· {named}{sign}", named=v.clause(clause.id), sign=sign)


def words_of(text: str) -> str:
    """A search as a button can carry it: what is longer is cut, here and there alike."""
    text = " ".join(text.replace(":", " ").split())
    return text.encode()[:MOST_WORDS].decode(errors="ignore")


def found(v: Viewer, text: str, clauses: Sequence[Clause], at: int, shown: Page | None) -> Screen:
    """What a search found: the best clause in full, the others a press away."""
    if shown is None:
        return Screen(v.t("No clause has “{text}”. /rules alone shows all areas.", text=text))
    words = words_of(text)
    switch = shown.may_switch and v.private
    return Screen(
        lines(
            fill("<i>{a}/{n} “{text}”</i>", a=at + 1, n=len(clauses), text=text) if len(clauses) > 1 else None,
            body(v, shown),
        ),
        row(
            Button("◂", press("rulefind", at - 1, words)) if at else None,
            Button("▸", press("rulefind", at + 1, words)) if at + 1 < len(clauses) else None,
            Button(v.t("⚖ In force…"), press("rule", shown.clause.id)) if switch else None,
        ),
    )


def page(v: Viewer, one: Page) -> Screen:
    """A clause on a message of its own."""
    return Screen(body(v, one), _decisions(v, one) if v.private else ())


def body(v: Viewer, one: Page) -> Html:
    clause = one.clause
    return lines(
        v.t("As it was from {at}", at=v.when(one.since)) if one.since else None,
        None if one.kept else v.t("The text of that day was not kept; this is the present one."),
        fill("<b>{article} {title}</b>", article=clause.article, title=v.title(clause.title)),
        fill("{text}", text=v.title(clause.says)),
        cost(v, one.cost),
        _standing(v, one),
        _planned(v, one.planned) if one.planned else None,
        v.t("Last changed {at}", at=v.when(one.mark.changed_at)) if one.mark.changed_at else None,
        v.t("It reads differently by now.") if one.later else None,
        fill("<code>{id}</code>", id=clause.id),
    )


def cost(v: Viewer, sanction: Sanction | None) -> Html:
    """What a breach costs."""
    effects = effects_of(sanction or Sanction())
    if not effects:
        return v.t("A breach is told, and costs nothing.")
    return v.t("A breach costs: {effects}", effects=effects_said(v, effects))


def effects_said(v: Viewer, effects: Sequence[tuple[str, int]]) -> Html:
    return Html("、".join(effect_words(v, effect, amount) for effect, amount in effects))


def _standing(v: Viewer, one: Page) -> Html:
    if not one.clause.in_force:
        return v.t("On trial: recorded and shown to managers, without effect.")
    since = one.mark.in_force_since
    return v.t("In force since {at}", at=v.when(since)) if since else v.t("In force")


def _planned(v: Viewer, switch: Switch) -> Html:
    return v.t("In force from {at}, decided by {by}", at=v.when(switch.from_at), by=switch.by)


def _decisions(v: Viewer, one: Page) -> tuple[tuple[Button, ...], ...]:
    """For those who may: put in force from a day, take that back, back into shadow. Of an earlier edition: the
    present one."""
    clause = one.clause.id
    if one.since is not None:
        return row(Button(v.t("As it is now"), press("rule", clause)))
    if not one.may_switch:
        return ()
    if one.planned is not None:
        return row(Button(v.t("Take this back"), press("ruleoff", one.planned.id)))
    if one.clause.in_force:
        return row(Button(v.t("Back to trial"), press("shadow", clause)))
    today = v.now.astimezone(v.zone).date()
    return row(*(_from(v, clause, start, rules.day_of(start, today)) for start in Start))


def _from(v: Viewer, clause: str, start: Start, day: date) -> Button:
    named = {
        Start.TOMORROW: v.t("From tomorrow"),
        Start.MONDAY: v.t("From Monday"),
        Start.FIRST: v.t("From the 1st"),
    }[start]
    return Button(f"{named} {day.month}/{day.day}", press("force", clause, f"{day:%Y%m%d}"))


def in_short(v: Viewer, one: Page) -> str:
    """A clause in the few words that fit over a chat."""
    sign = "" if one.clause.in_force else v.t(" (trial)")
    head = f"{one.clause.article} {v.title(one.clause.title)}{sign}\n"
    more = v.t("… /rules in our private chat")
    text = v.title(one.clause.says)
    if len(head) + len(text) <= MOST_TOAST:
        return head + text
    return head + text[: MOST_TOAST - len(head) - len(more)] + more


def history(v: Viewer, editions: Sequence[Edition]) -> Screen:
    """The last changes of the rulebook: when, by whom, what."""
    changed = [edition for edition in editions if edition.changes]
    if not changed:
        return Screen(v.t("The rulebook has not been changed yet."))
    return Screen(lines(v.t("<b>Changes of the rulebook</b>"), *(_edition(v, one) for one in changed[:PER_PAGE])))


MOST_NAMED = 4


def _edition(v: Viewer, edition: Edition) -> Html:
    named = list(dict.fromkeys(_subject(v, change.key) for change in edition.changes))
    more = fill(" …+{n}", n=len(named) - MOST_NAMED) if len(named) > MOST_NAMED else Html("")
    return fill(
        "{at} · {by} · {what}{more}",
        at=v.when(edition.since),
        by=edition.by or v.t("rulebook file"),
        what=Html("、".join(named[:MOST_NAMED])),
        more=more,
    )


def _subject(v: Viewer, key: str) -> Html:
    """The clause that a setting belongs to, else the setting."""
    for clause in v.rulebook.clauses.values():
        if key.startswith(f"clauses.{clause.id}.") or key in clause.named:
            return v.clause(clause.id)
    return fill("<code>{key}</code>", key=key)
