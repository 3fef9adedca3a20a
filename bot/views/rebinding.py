"""Texts of changing the account that stands for somebody (ORG-1)."""

from __future__ import annotations

from typing import Any

from bot.press import press
from bot.views.approvals import about
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, row, shows
from core.approvals import Kind
from core.errors import NotUnderstood
from core.notices import Facts
from core.people import rebinding

EXAMPLE = "/rebind 1001 张三"


def read_claim(text: str) -> tuple[str, str]:
    """(staff number, name) of `1001 张三`. Raises NotUnderstood."""
    number, _, name = text.strip().partition(" ")
    if not number or not name.strip():
        raise NotUnderstood("claim", text.strip() or "/rebind", EXAMPLE)
    return number, name.strip()


@about(Kind.REBIND)
def rebind_about(v: Viewer, facts: Any) -> Html:
    return lines(
        v.t("staff number {number}, to the account {account}", number=facts["number"], account=_account(facts)),
        v.t("Please make sure in person or by telephone that it is them."),
    )


def _account(facts: Any) -> Html:
    username = fill(" @{username}", username=facts["username"]) if facts["username"] else Html("")
    return fill("“{name}”{username}", name=facts["name"], username=username)


@shows(rebinding.ASKED)
def somebody_asks(v: Viewer, facts: Facts) -> Screen:
    f: Any = facts
    return Screen(
        lines(
            v.t("⚠️ The account {account} asks to stand for you in place of this one.", account=_account(f)),
            v.t("If that is not you, press."),
        ),
        row(Button(v.t("That is not me: stop it"), press("ap.back", f["approval"]))),
    )
