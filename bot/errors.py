"""Refusals become words; faults are logged first, then the user gets a short reference."""

from __future__ import annotations

import html
import re
import secrets

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import CallbackQuery, ErrorEvent, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState

from bot.handling import note
from bot.screens import Say, answer_press
from bot.views.base import Screen, Viewer, refused
from core.errors import AlreadyDone, KeguanError
from storage.away import Away

log = structlog.get_logger()
PASSING = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter)  # what could have been told again has been


def router() -> Router:
    made = Router(name="errors")
    made.error.register(on_error)
    return made


async def on_error(
    event: ErrorEvent,
    v: Viewer | None = None,
    say: Say | None = None,
    dialog_manager: DialogManager | None = None,
) -> None:
    """Answer whoever caused it; a refusal is nothing unusual."""
    error = event.exception
    note(outcome=_outcome(error))
    if isinstance(error, AlreadyDone):
        if dialog_manager is not None and dialog_manager.has_context():
            await dialog_manager.reset_stack()  # the form's effect is had: it must not be offered again
        if v and say:
            await _tell(event, say, _was_carried_out(event, v))
        return
    if isinstance(error, KeguanError):
        log.info("refused", error=type(error).__name__, update=event.update.update_id)
        if v and say:
            await _tell(event, say, refused(v, error))
        return
    if isinstance(error, UnknownIntent | OutdatedIntent | UnknownState):
        log.info("old form", update=event.update.update_id)
        if v and say:
            await _tell(event, say, v.t("This form is closed. Start again from /help."))
        return
    if isinstance(error, Away):  # the process ends: it is handled at the next start
        raise error
    if isinstance(error, PASSING):
        log.error("answer not sent", update=event.update.update_id, error=repr(error))
        raise error
    reference = secrets.token_hex(3)
    log.error("fault", reference=reference, update=event.update.update_id, exc_info=error)
    if v and say:
        await _tell(
            event, say, v.t("Something went wrong on our side. Please try again; reference {ref}.", ref=reference)
        )
    raise error


def _outcome(error: Exception) -> str:
    if isinstance(error, AlreadyDone):
        return "done before"
    if isinstance(error, UnknownIntent | OutdatedIntent | UnknownState):
        return "old form"
    return "refused" if isinstance(error, KeguanError) else "fault"


def _was_carried_out(event: ErrorEvent, v: Viewer) -> str:
    message = event.update.message
    if message is None:
        return v.t("This was carried out before the restart.")
    return v.t("Your message of {at} was carried out before the restart.", at=v.clock(message.date))


async def _tell(event: ErrorEvent, say: Say, said: Screen | str) -> None:
    """A refused press is told over the chat, to whoever pressed alone; a refused message in the chat."""
    inner: Message | CallbackQuery | None = event.update.callback_query or event.update.message
    if isinstance(inner, CallbackQuery):
        await answer_press(inner, plain(said.text if isinstance(said, Screen) else said), alert=True)
    else:
        await say(said)


def plain(text: str) -> str:
    """A text without markup, for toasts."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))
