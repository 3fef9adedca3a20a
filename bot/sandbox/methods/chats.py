"""Methods about chats and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.common import find_chat, present_in
from bot.sandbox.params import Params
from bot.sandbox.world import PERMISSIONS, RIGHTS, Chat, Member, User, Wire

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_REACTIONS = 11


def get_chat(telegram: Telegram, params: Params) -> Wire:
    chat = find_chat(telegram, params)
    if not chat.is_private:
        present_in(telegram, chat)
    wire: Wire = {
        **telegram.chat_wire(chat),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": _REACTIONS,
        "accepted_gift_types": dict.fromkeys(_GIFTS, chat.is_private),
    }
    if username := wire.get("username"):
        wire["active_usernames"] = [username]
    if chat.description:
        wire["description"] = chat.description
    if not chat.is_private:
        wire["permissions"] = dict(chat.permissions)
    if chat.pinned and (pinned := chat.messages.get(chat.pinned[-1])):
        wire["pinned_message"] = pinned.wire
    return wire


def _user(telegram: Telegram, params: Params) -> User:
    number = params.integer("user_id")
    if not number:
        raise bad_request("invalid user_id specified")
    user = telegram.users.get(number)
    if user is None:
        raise bad_request("user not found")
    return user


def _group(telegram: Telegram, params: Params) -> Chat:
    chat = find_chat(telegram, params)
    present_in(telegram, chat)
    return chat


def get_chat_member(telegram: Telegram, params: Params) -> Wire:
    chat = _group(telegram, params)
    user = _user(telegram, params)
    if chat.is_private:
        return Member(user.id).wire(user)
    return chat.member(user.id).wire(user)


def get_chat_administrators(telegram: Telegram, params: Params) -> list[Wire]:
    chat = _group(telegram, params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    return [m.wire(telegram.users[m.user_id]) for m in chat.members.values() if m.is_admin]


def get_chat_member_count(telegram: Telegram, params: Params) -> int:
    chat = _group(telegram, params)
    return 2 if chat.is_private else sum(member.present for member in chat.members.values())


def _governed(telegram: Telegram, params: Params, right: str, act: str) -> tuple[Chat, User]:
    """The group and the member to act upon; refuses without the right, and against administrators."""
    chat = _group(telegram, params)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    if not telegram.bot_member(chat).may(right):
        raise bad_request(f"not enough rights to {act}")
    user = _user(telegram, params)
    if chat.member(user.id).is_admin:
        status = chat.member(user.id).status
        raise bad_request(
            "can't remove chat owner" if status == "creator" else "user is an administrator of the chat"
        )
    return chat, user


def ban_chat_member(telegram: Telegram, params: Params) -> bool:
    chat, user = _governed(telegram, params, "can_restrict_members", "restrict/unrestrict chat member")
    was_in = chat.member(user.id).present
    telegram.change_member(chat, telegram.bot, Member(user.id, "kicked", until=params.integer("until_date")))
    if was_in:
        telegram.post(chat, telegram.bot, {"left_chat_member": user.wire()})
    return True


def ban_chat_sender_chat(telegram: Telegram, params: Params) -> bool:
    """A channel may not write in the group in its own name any more."""
    chat = _group(telegram, params)
    if chat.type != "supergroup":
        raise bad_request("method is available for supergroup and channel chats only")
    if not telegram.bot_member(chat).may("can_restrict_members"):
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    if params.integer("sender_chat_id") >= 0:
        raise bad_request("invalid sender_chat_id specified")
    return True


def unban_chat_member(telegram: Telegram, params: Params) -> bool:
    chat, user = _governed(telegram, params, "can_restrict_members", "restrict/unrestrict chat member")
    if chat.member(user.id).status == "kicked" or not params.flag("only_if_banned"):
        telegram.change_member(chat, telegram.bot, Member(user.id, "left"))
    return True


def restrict_chat_member(telegram: Telegram, params: Params) -> bool:
    if find_chat(telegram, params).type == "group":
        raise bad_request("method is available only for supergroups")
    chat, user = _governed(telegram, params, "can_restrict_members", "restrict/unrestrict chat member")
    given = params.object("permissions", "permissions")
    if given is None:
        raise bad_request("can't parse permissions: permissions must be specified")
    allowed = {name: bool(given.get(name)) for name in PERMISSIONS}
    until = params.integer("until_date")
    member = Member(user.id, "restricted", permissions=allowed, until=until)
    telegram.change_member(chat, telegram.bot, Member(user.id) if all(allowed.values()) else member)
    return True


def promote_chat_member(telegram: Telegram, params: Params) -> bool:
    chat = _group(telegram, params)
    if not telegram.bot_member(chat).may("can_promote_members"):
        raise bad_request("not enough rights to promote/demote chat member")
    user = _user(telegram, params)
    rights = [right for right in RIGHTS if params.flag(right)]
    member = Member(user.id, "administrator", rights=rights) if rights else Member(user.id)
    telegram.change_member(chat, telegram.bot, member)
    return True


def leave_chat(telegram: Telegram, params: Params) -> bool:
    chat = _group(telegram, params)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    telegram.change_member(chat, telegram.bot, Member(telegram.bot.id, "left"))
    telegram.post(chat, telegram.bot, {"left_chat_member": telegram.bot.wire()})
    return True


def _renamed(telegram: Telegram, params: Params) -> Chat:
    chat = _group(telegram, params)
    if chat.is_private:
        raise bad_request("can't change private chat title")
    if not telegram.bot_member(chat).may("can_change_info"):
        raise bad_request("not enough rights to change chat title")
    return chat


def set_chat_title(telegram: Telegram, params: Params) -> bool:
    chat = _renamed(telegram, params)
    title = params.text("title").strip()
    if not title:
        raise bad_request("title must be non-empty")
    chat.title = title
    telegram.post(chat, telegram.bot, {"new_chat_title": title})
    return True


def set_chat_description(telegram: Telegram, params: Params) -> bool:
    chat = _renamed(telegram, params)
    chat.description = params.text("description")
    return True


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "banChatMember": ban_chat_member,
    "banChatSenderChat": ban_chat_sender_chat,
    "unbanChatMember": unban_chat_member,
    "restrictChatMember": restrict_chat_member,
    "promoteChatMember": promote_chat_member,
    "leaveChat": leave_chat,
    "setChatTitle": set_chat_title,
    "setChatDescription": set_chat_description,
}
