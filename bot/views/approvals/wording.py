"""How requests are named: their kinds, what they are about, their steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.views.base import Html, Viewer, fill, lines
from core.approvals import Kind

Facts: TypeAlias = Mapping[str, Any]
About: TypeAlias = Callable[[Viewer, Facts], Html]

LINK = "ap_"  # begins the payload of a link to a request
MOST_QUOTED = 300
ABOUT: dict[tuple[Kind, str], About] = {}


def about(kind: Kind, of: str = "") -> Callable[[About], About]:
    """Declare the words for what a request of this kind is about, perhaps of one sort of subject only. They get the
    request's own facts."""

    def declare(words: About) -> About:
        ABOUT[kind, of] = words
        return words

    return declare


def kind_name(v: Viewer, kind: str) -> Html:
    return {
        Kind.LEAVE: v.t("leave"),
        Kind.TRIP: v.t("business trip"),
        Kind.EXCUSE: v.t("excuse"),
        Kind.REBIND: v.t("change of account"),
        Kind.CALENDAR: v.t("calendar"),
        Kind.CREDIT: v.t("credit limit"),
        Kind.BLACKLIST: v.t("blacklist"),
        Kind.ACCESS: v.t("access to an archive"),
        Kind.LEAD_REPLACEMENT: v.t("replacement of a lead"),
        Kind.RESOURCE: v.t("resources"),
        Kind.COMPENSATION: v.t("compensation"),
        Kind.GIFT: v.t("gift"),
        Kind.ORDER: v.t("order"),
    }[Kind(kind)]


def quoted(text: object) -> str:
    """What somebody wrote, on one line and not too long."""
    words = " ".join(str(text).split())
    return words if len(words) <= MOST_QUOTED else words[:MOST_QUOTED] + "…"


def what(v: Viewer, f: Facts) -> Html:
    """Who asks, and what for: 销售部-张三：9月16日 – 9月18日，3 天."""
    kind = Kind(f["kind"])
    words = ABOUT.get((kind, f["of"])) or ABOUT.get((kind, ""))
    said = words(v, f["about"]) if words else _amount(v, f)
    return fill("{label}：{said}", label=f["label"], said=said) if said else fill("{label}", label=f["label"])


def _amount(v: Viewer, f: Facts) -> Html:
    return v.t("{amount} yuan", amount=f"{f['amount']:,}") if f["amount"] is not None else Html("")


def name(v: Viewer, f: Facts) -> Html:
    """#12 请假"""
    return fill("#{number} {kind}", number=f["approval"], kind=kind_name(v, f["kind"]))


def reason(v: Viewer, f: Facts) -> Html | None:
    return v.t("Reason: {reason}", reason=quoted(f["reason"])) if f["reason"] else None


def files(v: Viewer, f: Facts) -> Html | None:
    """How many files there are, as the way to them."""
    if not f["files"]:
        return None
    link = v.link(f"{LINK}{f['approval']}")
    return fill('📎 <a href="{link}">{text}</a>', link=link, text=v.n("{n} file", "{n} files", f["files"]))


def summary(v: Viewer, f: Facts) -> Html:
    """The request in one or two lines."""
    return lines(fill("{name} · {what}", name=name(v, f), what=what(v, f)), reason(v, f))


# Steps ----------------------------------------------------------------------------------------------------


def steps(v: Viewer, f: Facts) -> list[Html]:
    """A line for each step: who decided, who decides now, who comes after."""
    single = len(f["steps"]) == 1
    told = [(number, _step(v, f, step)) for number, step in enumerate(f["steps"], 1)]
    return [said if single else fill("{n}. {said}", n=number, said=said) for number, said in told if said]


def _step(v: Viewer, f: Facts, step: Facts) -> Html | None:
    said = [_say(v, one) for one in step["deciders"] if one["standing"] not in ("moved", "spared")]
    if said:
        joint = Html("；") if step["countersign"] or not step["is_now"] else v.t(" or ")
        return Html(joint.join(said))
    if step["to_come"]:
        joint = Html("、") if step["countersign"] else v.t(" or ")
        return v.t("then {names}", names=Html(joint.join(fill("{one}", one=one) for one in step["to_come"])))
    if step["is_now"]:
        return v.t("⏳ nobody is there to decide; the administrators are looked for")
    return None


def _say(v: Viewer, one: Facts) -> Html:
    who = decided_by(v, one)
    if one["standing"] == "approved":
        said = fill("✅ {at} {who}", at=v.when(one["at"]), who=who)
    elif one["standing"] == "rejected":
        said = fill("❌ {at} {who}", at=v.when(one["at"]), who=who)
    elif one["question"]:
        return v.t("❓ {who} asks: “{question}”", who=who, question=quoted(one["question"]))
    else:
        return v.t("⏳ {who} since {at}", who=who, at=v.when(one["since"]))
    return fill("{said}：{reason}", said=said, reason=quoted(one["reason"])) if one["reason"] else said


def decided_by(v: Viewer, one: Facts) -> Html:
    """The name; with a delegate, both: 李四（代张三）."""
    if not one["delegated"]:
        return fill("{label}", label=one["label"])
    return v.t("{acting} (for {label})", acting=one["acting"], label=one["label"])
