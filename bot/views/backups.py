"""What administrators are told of backups: that one failed, that there has been none for long (OPS-1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from bot.backups.words import worded
from bot.views.base import Html, Screen, Viewer, lines, shows
from core.backups import FAILED, NONE_FOR_LONG
from core.notices import Fact, Facts


@shows(FAILED)
def failed(v: Viewer, facts: Facts) -> Screen:
    told = cast("Mapping[str, Fact]", facts["facts"])
    return Screen(
        lines(
            v.n(
                "<b>No backup</b>: {n} try failed.",
                "<b>No backup</b>: {n} tries failed.",
                cast("int", facts["tries"]),
            ),
            worded(v, str(facts["reason"]), told),
            v.t("Next try: {at}", at=v.when(cast("str", facts["again_at"]))),
            _last(v, facts),
        )
    )


@shows(NONE_FOR_LONG)
def overdue(v: Viewer, facts: Facts) -> Screen:
    hours = cast("int", facts["hours"])
    return Screen(
        lines(
            v.n("<b>No backup</b> for {n} hour.", "<b>No backup</b> for {n} hours.", hours),
            _last(v, facts),
            v.t("<code>keguan backup</code> on the bot's machine makes one and says what is wrong."),
        )
    )


def _last(v: Viewer, facts: Facts) -> Html:
    last = facts["last"]
    return v.t("Last good one: {at}", at=v.when(cast("str", last))) if last else v.t("There is none yet.")
