"""Methods about the bot itself: identity, updates, webhook, commands, descriptions, files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.sandbox import limits
from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.methods.common import find_chat
from bot.sandbox.params import Params
from bot.sandbox.settings import Webhook
from bot.sandbox.world import RIGHTS, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SCOPES = frozenset(
    (
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    )
)


def get_me(telegram: Telegram, _params: Params) -> Wire:
    return {
        **telegram.bot.wire(),
        "can_join_groups": True,
        "can_read_all_group_messages": not telegram.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def fetch_updates(telegram: Telegram, params: Params) -> list[Wire]:
    """One look at the queue: confirm by the offset, remember the kinds wanted, give what waits."""
    if telegram.settings.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    updates = telegram.updates
    updates.allow(params.array("allowed_updates", "String"))
    if offset := params.integer("offset"):
        updates.confirm(offset)
    return updates.peek(params.integer("limit", limits.BULK))


def set_webhook(telegram: Telegram, params: Params) -> bool:
    url = params.text("url")
    if not url:
        return delete_webhook(telegram, params)
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or address.hostname not in LOOPBACK:
        raise bad_request("bad webhook: the sandbox delivers to loopback addresses only")
    secret = params.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    telegram.updates.allow(params.array("allowed_updates", "String"))
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.settings.webhook = Webhook(url, secret, params.integer("max_connections", 40) or 40)
    if telegram.updates.poll is not None:
        telegram.updates.poll.end(conflict("terminated by setWebhook request"))
    telegram.webhook_changed()
    return True


def delete_webhook(telegram: Telegram, params: Params) -> bool:
    telegram.settings.webhook = Webhook()
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.webhook_changed()
    return True


def get_webhook_info(telegram: Telegram, _params: Params) -> Wire:
    webhook = telegram.settings.webhook
    info: Wire = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(telegram.updates),
    }
    if webhook.url:
        info["max_connections"] = webhook.max_connections
        info["ip_address"] = "127.0.0.1"
    if webhook.last_error_message:
        info["last_error_date"] = webhook.last_error_date
        info["last_error_message"] = webhook.last_error_message
    if telegram.updates.allowed:
        info["allowed_updates"] = list(telegram.updates.allowed)
    return info


def _scope(telegram: Telegram, params: Params) -> str:
    """The key commands are kept under: scope and language."""
    scope = params.object("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    key: Wire = {"type": kind}
    if kind.startswith("chat"):
        key["chat_id"] = find_chat(telegram, Params(scope)).id
    if kind == "chat_member":
        key["user_id"] = Params(scope).integer("user_id")
    return command_key(key, params.text("language_code"))


def command_key(scope: Wire, language: str) -> str:
    return json.dumps([scope, language], sort_keys=True)


def set_my_commands(telegram: Telegram, params: Params) -> bool:
    commands = params.array("commands", "BotCommand")
    if commands is None:
        raise bad_request("commands is empty")
    if len(commands) > limits.COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope(telegram, params)
    telegram.settings.commands[key] = [_command(item) for item in commands]
    return True


def _command(item: Any) -> Wire:
    if not isinstance(item, dict):
        raise bad_request("expected an Object as BotCommand")
    command = str(item.get("command", "")).removeprefix("/")
    description = str(item.get("description", ""))
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= limits.COMMAND_DESCRIPTION_LENGTH:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def get_my_commands(telegram: Telegram, params: Params) -> list[Wire]:
    return telegram.settings.commands.get(_scope(telegram, params), [])


def delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.settings.commands.pop(_scope(telegram, params), None)
    return True


def _set_text(kept: dict[str, str], params: Params, name: str, most: int) -> bool:
    text = params.text(name)
    if len(text) > most:
        raise bad_request(f"{name} is too long")
    kept[params.text("language_code")] = text
    return True


def _text(kept: dict[str, str], params: Params) -> str:
    return kept.get(params.text("language_code")) or kept.get("", "")


def set_my_name(telegram: Telegram, params: Params) -> bool:
    return _set_text(telegram.settings.names, params, "name", limits.NAME_LENGTH)


def get_my_name(telegram: Telegram, params: Params) -> Wire:
    return {"name": _text(telegram.settings.names, params) or telegram.bot.first_name}


def set_my_description(telegram: Telegram, params: Params) -> bool:
    return _set_text(telegram.settings.descriptions, params, "description", limits.DESCRIPTION_LENGTH)


def get_my_description(telegram: Telegram, params: Params) -> Wire:
    return {"description": _text(telegram.settings.descriptions, params)}


def set_my_short_description(telegram: Telegram, params: Params) -> bool:
    kept = telegram.settings.short_descriptions
    return _set_text(kept, params, "short_description", limits.SHORT_DESCRIPTION_LENGTH)


def get_my_short_description(telegram: Telegram, params: Params) -> Wire:
    return {"short_description": _text(telegram.settings.short_descriptions, params)}


def set_chat_menu_button(telegram: Telegram, params: Params) -> bool:
    button = params.object("menu_button", "MenuButton") or {"type": "default"}
    telegram.settings.menu_buttons[params.text("chat_id")] = button
    return True


def get_chat_menu_button(telegram: Telegram, params: Params) -> Wire:
    buttons = telegram.settings.menu_buttons
    return buttons.get(params.text("chat_id")) or buttons.get("") or {"type": "commands"}


def set_default_rights(telegram: Telegram, params: Params) -> bool:
    rights = params.object("rights", "ChatAdministratorRights") or {}
    telegram.settings.admin_rights[str(params.flag("for_channels"))] = rights
    return True


def get_default_rights(telegram: Telegram, params: Params) -> Wire:
    given = telegram.settings.admin_rights.get(str(params.flag("for_channels")), {})
    return {name: bool(given.get(name)) for name in ("is_anonymous", *RIGHTS)}


def get_file(telegram: Telegram, params: Params) -> Wire:
    return telegram.files.get(params.text("file_id")).wire()


def get_user_profile_photos(_telegram: Telegram, _params: Params) -> Wire:
    return {"total_count": 0, "photos": []}


def _accepted(_telegram: Telegram, _params: Params) -> bool:
    return True


METHODS = {
    "getMe": get_me,
    "getUpdates": fetch_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": _accepted,
    "close": _accepted,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "getMyName": get_my_name,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "setMyDefaultAdministratorRights": set_default_rights,
    "getMyDefaultAdministratorRights": get_default_rights,
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
