"""Texts about sharing campaigns (ORG-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, column, fill, lines, row, shows, words
from bot.views.tasks.reading import read_time
from core import campaigns
from core.campaigns import Campaign, CampaignState, Count
from core.notices import Facts

MOST_NAMES = 60
MOST_PROOFS = 20
PREVIEW = 40
LONGEST_TIME = 16  # characters in which an end is named: 下周一 18:00


def read_campaign(v: Viewer, text: str) -> tuple[datetime | None, str]:
    """(end, what is to be shared) of `周五18:00 新品上市 https://…`: an end may stand in the first words, with or
    without 至/到/until before it."""
    head, _, rest = text.strip().partition(" ")
    first = head.removeprefix("至").removeprefix("到").removeprefix("until")
    if not first and rest:
        first, _, rest = rest.partition(" ")
    clock, _, after = rest.partition(" ")
    both = [(f"{first} {clock}", after)] if clock[:1].isdigit() else []
    for written, left in (*both, (first, rest)):
        until = read_time(v, written) if _is_time(written) else None
        if until is not None:
            return until, left.strip()
    return None, text.strip()


def _is_time(text: str) -> bool:
    """Whether a few words say when, and nothing else."""
    return (
        len(text) <= LONGEST_TIME
        and not any(mark in text for mark in "/.")
        and any(c.isdigit() or c in "周天后晚" for c in text)
    )  # 下周一 18:00


@shows(campaigns.CARD)
def card(v: Viewer, facts: Facts) -> Screen:
    state = CampaignState(str(facts["state"]))
    is_open = state is CampaignState.OPEN
    return Screen(
        lines(
            v.t("📣 Please share · until {until}", until=v.when(str(facts["until"])))
            if is_open
            else v.t("📣 Sharing has ended")
            if state is CampaignState.ENDED
            else v.t("📣 Withdrawn: nothing to share any more"),
            fill("{text}", text=facts["text"]) if facts["text"] else None,
            v.t("{shared}/{concerned} have shared", shared=facts["shared"], concerned=facts["concerned"]),
            v.t("Send the screenshot as a reply to this message.") if is_open and facts["needs_proof"] else None,
            v.clause(_clause(facts)),
        ),
        row(Button(v.t("Shared ✓"), press("cp.share", facts["campaign"]))) if is_open else (),
        photo=str(facts["photo"]) or None,
    )


@shows(campaigns.REMINDER)
def reminder(v: Viewer, facts: Facts) -> Screen:
    return Screen(
        lines(
            v.t(
                "Until {until}: please share what {by} posted in “{group}”.",
                until=v.when(str(facts["until"])),
                by=facts["by"],
                group=facts["group"],
            ),
            fill("<blockquote>{text}</blockquote>", text=_short(str(facts["text"]), 300)) if facts["text"] else None,
            v.t("Send the screenshot as a reply to this message.")
            if facts["needs_proof"]
            else v.t("Press the button, or send a screenshot as a reply to this message."),
            v.clause(_clause(facts)),
        ),
        row(Button(v.t("Shared ✓"), press("cp.share", facts["campaign"]))),
    )


@shows(campaigns.REPORT)
def report(v: Viewer, facts: Facts) -> Screen:
    missing = cast("list[str]", facts["missing"])
    return Screen(
        lines(
            v.t(
                "Sharing in “{group}” has ended: {shared}/{concerned}",
                group=facts["group"],
                shared=facts["shared"],
                concerned=facts["concerned"],
            ),
            fill("<blockquote>{text}</blockquote>", text=_short(str(facts["text"]), PREVIEW))
            if facts["text"]
            else None,
            _names(v, missing),
            v.clause(_clause(facts)),
        ),
        row(Button(v.t("Who has shared"), press("cp.show", facts["campaign"]))),
    )


def _names(v: Viewer, missing: Sequence[str]) -> Html:
    if not missing:
        return v.t("Everybody has shared.")
    names = "、".join(missing[:MOST_NAMES]) + ("…" if len(missing) > MOST_NAMES else "")
    return v.n("Not shared ({n}): {names}", "Not shared ({n}): {names}", len(missing), names=names)


def detail(v: Viewer, count: Count) -> list[Screen]:
    """Who has shared and when, who has not, and then the screenshots."""
    campaign = count.campaign
    shared = "、".join(f"{share.label} {v.when(share.at)}" for share in count.shares[:MOST_NAMES])
    head = Screen(
        lines(
            _heading(v, count),
            v.t("Shared: {names}", names=shared) if shared else None,
            _names(v, [person.label for person in count.missing]),
        ),
        row(Button(v.t("Withdraw"), press("cp.end", campaign.id))) if campaign.state is CampaignState.OPEN else (),
    )
    proofs = [Screen(share.label, media=("photo", share.proof)) for share in count.shares if share.proof]
    return [head, *proofs[:MOST_PROOFS]]


def _heading(v: Viewer, count: Count) -> Html:
    campaign = count.campaign
    return v.t(
        "{text} · “{group}” · until {until} · {shared}/{concerned}",
        text=_short(campaign.text or str(v.t("photo")), PREVIEW),
        group=count.group.title,
        until=v.when(campaign.until),
        shared=len(count.shares),
        concerned=len(count.shares) + len(count.missing),
    )


def running(v: Viewer, counts: Sequence[Count], *, manages: bool, mine: int | None) -> Screen:
    """The campaigns that run: to look into for managers, to share for others."""
    new = [Button(v.t("New campaign"), press("cp.new"))] if manages else []
    if not counts:
        return Screen(
            lines(
                v.t("No campaign is running."),
                v.t("In a group: /campaign Friday 18:00 and the text, or as a reply to the post.")
                if manages
                else None,
            ),
            column(new),
        )
    return Screen(
        lines(*(_line(v, count, mine) for count in counts)),
        column([*(_button(v, count, manages=manages) for count in counts), *new]),
    )


def _line(v: Viewer, count: Count, mine: int | None) -> Html:
    done = any(share.person == mine for share in count.shares)
    return fill("{mark} {text}", mark="✓" if done else "·", text=_heading(v, count))


def _button(v: Viewer, count: Count, *, manages: bool) -> Button:
    label = _short(count.campaign.text or str(v.t("photo")), 30)
    if manages:
        return Button(label, press("cp.show", count.campaign.id))
    return Button(f"{v.t('Shared ✓')} · {label}", press("cp.share", count.campaign.id))


def started(v: Viewer, campaign: Campaign) -> Screen:
    return Screen(v.t("The campaign runs until {until}; you get the count then.", until=v.when(campaign.until)))


def counted(v: Viewer, count: Count) -> str:
    return str(v.t("Thank you: {n} have shared.", n=len(count.shares)))


def withdrawn(v: Viewer, campaign: Campaign) -> Screen:
    return Screen(v.t("Withdrawn. Nobody is reminded or reported."))


@words(campaigns.ProofNeeded)
def proof_needed(v: Viewer, error: campaigns.ProofNeeded) -> str:
    return v.t("A screenshot is needed: send it as a reply to this message.")


@words(campaigns.NotAhead)
def not_ahead(v: Viewer, error: campaigns.NotAhead) -> str:
    return v.t("“{text}” is no time to come. For example: Friday 18:00, tomorrow 12:00, 3 hours", text=error.text)


def _clause(facts: Facts) -> str | None:
    value = facts.get("clause")
    return value if isinstance(value, str) else None


def _short(text: str, most: int) -> str:
    first = " ".join(text.split())
    return first if len(first) <= most else f"{first[: most - 1]}…"
