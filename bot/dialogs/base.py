"""What all forms share: texts in the reader's language, and the way to the use cases.

Forms are aiogram-dialog dialogs in private chats. A dialog is made anew for each dispatcher (`dialogs()` of the
area's handlers), its widgets keep no state; what was entered so far is in `manager.dialog_data`.
"""

from __future__ import annotations

from functools import partial
from string import Formatter
from typing import Any, cast

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.text import Text

from bot.handling import Ask, Do
from bot.screens import Say
from bot.views.base import Html, Screen, Viewer
from core.access import Actor

InsideWindow = partial(Window, protect_content=True)  # shows customer data: it can't be forwarded or saved (ORG-6)


class Words(Text):
    """A text in the reader's language; placeholders are filled, escaped, from the window's getter."""

    def __init__(self, text: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.text = text
        self._fields = [field for _, field, _, _ in Formatter().parse(text) if field]

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return viewer_of(manager).t(self.text, **{name: data[name] for name in self._fields})


class Plain(Words):
    """The same for labels of buttons, which carry no markup: values are put in as they are."""

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        values = {name: Html(data[name]) for name in self._fields}
        return viewer_of(manager).t(self.text, **values)


class FromView(Text):
    """A text that a view made: the getter puts it under `name`."""

    def __init__(self, name: str = "text", when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.name = name

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(data[self.name])


def viewer_of(manager: DialogManager) -> Viewer:
    return cast("Viewer", manager.middleware_data["v"])


def actor_of(manager: DialogManager) -> Actor:
    return cast("Actor", manager.middleware_data["actor"])


def do_of(manager: DialogManager) -> Do:
    return cast("Do", manager.middleware_data["do"])


def ask_of(manager: DialogManager) -> Ask:
    return cast("Ask", manager.middleware_data["ask"])


async def finish(manager: DialogManager, screen: Screen) -> None:
    """End the form and show what came of it as a new message."""
    event = manager.event
    await manager.done()
    if isinstance(event, Message | CallbackQuery):
        say = Say(manager.middleware_data["bot"], event, staff=actor_of(manager).is_staff)
        await say.new(screen)
