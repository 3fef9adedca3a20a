"""Texts about work groups."""

from __future__ import annotations

from bot.views.base import Html, Screen, Viewer, lines, words
from core import groups
from core.errors import NotUnderstood
from core.groups import Group, Purpose

PURPOSE_WORDS = {
    "销售": Purpose.SALES,
    "管理": Purpose.MANAGEMENT,
    "投诉": Purpose.COMPLAINT,
    "报修": Purpose.REPAIR,
    **{purpose.value: purpose for purpose in Purpose},
}
WHOLE_COMPANY = {"全公司", "公司", "company", "all"}


def read_binding(v: Viewer, text: str) -> tuple[str | None, frozenset[Purpose]]:
    """(department or None for the whole company, purposes) from `销售部 销售 投诉`. Raises NotUnderstood."""
    words_ = text.replace("，", " ").replace(",", " ").split()
    purposes = frozenset(PURPOSE_WORDS[word] for word in words_ if word in PURPOSE_WORDS)
    departments = [word for word in words_ if word not in PURPOSE_WORDS]
    if not purposes or len(departments) != 1:
        raise NotUnderstood("binding", text or "/bind", v.t("/bind Sales sales (or: management, complaint, repair)"))
    return (None if departments[0] in WHOLE_COMPANY else departments[0]), purposes


def purpose_name(v: Viewer, purpose: Purpose) -> Html:
    return {
        Purpose.SALES: v.t("sales floor"),
        Purpose.MANAGEMENT: v.t("management"),
        Purpose.COMPLAINT: v.t("complaint desk"),
        Purpose.REPAIR: v.t("repair desk"),
    }[purpose]


def bound(v: Viewer, group: Group) -> Screen:
    return Screen(
        lines(
            v.t(
                "Bound: {department} · {purposes}",
                department=group.department_name or v.t("whole company"),
                purposes=Html("、".join(purpose_name(v, p) for p in sorted(group.purposes))),
            ),
            v.t("Members who are not on the staff register yet: open the private chat with your invite link."),
        )
    )


def unbound(v: Viewer, group: Group) -> Screen:
    return Screen(v.t("This is no work group any more. Nothing will be posted here."))


@words(groups.NotBound)
def not_bound(v: Viewer, error: groups.NotBound) -> str:
    return v.t("This chat is no work group yet. An administrator binds it: /bind Sales sales")
