"""Reply markup: what a bot may attach, and in what form it is echoed."""

from __future__ import annotations

from typing import Any

from bot.sandbox import limits
from bot.sandbox.errors import bad_request
from bot.sandbox.params import Params

Markup = dict[str, Any]

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_LOOKS = ("style", "icon_custom_emoji_id")
_KEYS = (
    "request_contact",
    "request_location",
    "request_poll",
    "request_users",
    "request_chat",
    "request_managed_bot",
    "web_app",
)
_PRIVATE_ONLY = {
    "request_contact": "phone number",
    "request_location": "location",
    "request_poll": "poll",
}


def is_inline(markup: Markup | None) -> bool:
    return markup is not None and "inline_keyboard" in markup


def read_markup(params: Params, *, private: bool) -> Markup | None:
    """The call's reply markup, checked; None if there is none or it is an empty inline keyboard."""
    given = params.object("reply_markup", "reply markup")
    if not given:
        return None
    if given.get("inline_keyboard") is not None:
        return _inline(given["inline_keyboard"], private=private)
    if given.get("keyboard") is not None:
        return _keyboard(given, private=private)
    if given.get("remove_keyboard"):
        return {"remove_keyboard": True, "selective": bool(given.get("selective"))}
    if given.get("force_reply"):
        return _with_placeholder({"force_reply": True, "selective": bool(given.get("selective"))}, given)
    return None


def read_inline(params: Params, *, private: bool) -> Markup | None:
    """An edit's reply markup: only an inline keyboard is possible."""
    markup = read_markup(params, private=private)
    if markup is not None and not is_inline(markup):
        raise bad_request("inline keyboard expected")
    return markup


def _inline(rows: Any, *, private: bool) -> Markup | None:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be of type Array')
    made: list[list[dict[str, Any]]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        buttons = [_inline_button(button, private=private) for button in row]
        if buttons:
            made.append(buttons)
    if sum(map(len, made)) > limits.BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": made} if made else None


def _inline_button(button: Any, *, private: bool) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text:
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be a non-empty String')
    action = next((name for name in _ACTIONS if button.get(name) is not None), None)
    if action is None:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    value = button[action]
    if action == "callback_data" and len(str(value).encode()) > limits.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not _is_address(str(value)):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "web_app" and not private:
        raise bad_request("BUTTON_TYPE_INVALID")
    looks = {name: button[name] for name in _LOOKS if button.get(name) is not None}
    return {"text": text, action: value, **looks}


def _is_address(url: str) -> bool:
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "." in url and not any(char.isspace() for char in url)
    return scheme in ("http", "https", "tg") and bool(rest) and not any(char.isspace() for char in rest)


def _keyboard(given: Markup, *, private: bool) -> Markup:
    rows = given["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    made = [[_key(key, private=private) for key in row] for row in rows if row]
    markup: Markup = {"keyboard": made}
    for name in ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective"):
        markup[name] = bool(given.get(name))
    return _with_placeholder(markup, given)


def _key(key: Any, *, private: bool) -> dict[str, Any]:
    if isinstance(key, str):
        key = {"text": key}
    if not isinstance(key, dict) or not isinstance(key.get("text"), str) or not key["text"]:
        raise bad_request('can\'t parse keyboard button: Field "text" must be a non-empty String')
    for name, what in _PRIVATE_ONLY.items():
        if key.get(name) and not private:
            raise bad_request(f"{what} can be requested in private chats only")
    return {"text": key["text"], **{name: key[name] for name in _KEYS if key.get(name)}}


def _with_placeholder(markup: Markup, given: Markup) -> Markup:
    placeholder = given.get("input_field_placeholder")
    if placeholder:
        if len(placeholder) > limits.PLACEHOLDER_LENGTH:
            raise bad_request("input field placeholder is too long")
        markup["input_field_placeholder"] = placeholder
    return markup
