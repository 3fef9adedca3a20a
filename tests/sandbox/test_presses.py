"""Every button of a working day, pressed by somebody it is not for: no press is left without an answer (P17, P41)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.areas import HANDLERS
from bot.callbacks import OnPress
from bot.sandbox.company import found_company
from bot.sandbox.day import STEPS
from bot.sandbox.events import Event
from bot.sandbox.stage import open_stage
from bot.sandbox.story import MORNING


async def test_no_button_of_the_day_leaves_a_stranger_waiting(tmp_path: Path) -> None:
    """In the group's chat, where anybody can be: also with the data of buttons that other people had in private."""
    async with open_stage(tmp_path, MORNING) as stage:
        shown: dict[str, None] = {}

        def note(event: Event) -> None:
            if event.message is not None and event.kind in ("message", "edit"):
                buttons: list[list[dict[str, Any]]] = event.message.buttons
                shown.update({b["callback_data"]: None for row in buttons for b in row if "callback_data" in b})

        forget = stage.telegram.listen(note)
        company = await found_company(stage)
        for one in STEPS:
            await one.play(company)
        forget()
        stranger = stage.telegram.person("路人甲")
        company["刘总"].add(stranger, company.sales_group)
        await stage.settle()
        card = next(message for message in reversed(stage.telegram.history(company.sales_group)) if message.buttons)

        presses = []
        for data in shown:
            presses.append(stranger.press_data(card, data, company.sales_group))
            await stage.settle()

        names = {data.partition(":")[0] for data in shown}
        assert {"lclaim", "t.got", "ca", "ck", "chk_fix"} <= names, "the day has shown less than it should"
        assert [press.data for press in presses if not press.answered] == []
        asked = [press.data for press in presses if not press.text]
        assert len(asked) < len(presses) / 2, f"most are refused in words; silent were {asked}"


def test_buttons_that_open_forms_work_in_private_alone() -> None:
    """In groups there are no forms: a handler that wants one would fail before it answers."""
    opening = [
        (handler.callback.__name__, [one.callback.private for one in handler.filters if _is_press(one.callback)])
        for area in HANDLERS
        for handler in area.router().callback_query.handlers
        if "dialog_manager" in handler.params
    ]
    assert opening
    assert [name for name, private in opening if private != [True]] == []


def _is_press(found: object) -> bool:
    return isinstance(found, OnPress)
