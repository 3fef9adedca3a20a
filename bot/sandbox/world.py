"""Who and what exists in the sandbox: users, chats, members, messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.entities import to_html

Wire = dict[str, Any]
ChatType = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
_PRESENT = frozenset(("creator", "administrator", "member", "restricted"))
_SUPERGROUPS = -1_000_000_000_000


@dataclass(slots=True)
class User:
    """A person or the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    phone: str = ""
    deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def wire(self) -> Wire:
        wire: Wire = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                wire[name] = value
        return wire


@dataclass(slots=True)
class Member:
    """Standing of one user in one group."""

    user_id: int
    status: Status = "member"
    rights: list[str] = field(default_factory=list)
    permissions: dict[str, bool] = field(default_factory=dict)
    until: int = 0
    is_member: bool = True
    title: str = ""

    @property
    def present(self) -> bool:
        return self.status in _PRESENT and (self.status != "restricted" or self.is_member)

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def may_send(self, permission: str) -> bool:
        return self.status != "restricted" or self.permissions.get(permission, False)

    def wire(self, user: User) -> Wire:
        wire: Wire = {"user": user.wire(), "status": self.status}
        if self.is_admin:
            wire["is_anonymous"] = False
            if self.title:
                wire["custom_title"] = self.title
        if self.status == "administrator":
            wire["can_be_edited"] = False
            wire.update({right: right in self.rights for right in RIGHTS})
        if self.status == "restricted":
            wire["is_member"] = self.is_member
            wire.update({name: self.permissions.get(name, False) for name in PERMISSIONS})
        if self.status in ("restricted", "kicked"):
            wire["until_date"] = self.until
        return wire


@dataclass(slots=True)
class Message:
    """One message. `wire` is its Bot API form and is replaced, never changed, by an edit."""

    chat_id: int
    id: int
    sender_id: int
    wire: Wire
    keyboard: Wire | None = None
    reactions: dict[int, list[Wire]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.wire.get("text") or self.wire.get("caption") or "")

    @property
    def entities(self) -> list[Wire]:
        return list(self.wire.get("entities") or self.wire.get("caption_entities") or [])

    @property
    def html(self) -> str:
        """Text as escaped HTML, for the web page."""
        return to_html(self.text, self.entities)

    @property
    def buttons(self) -> list[list[Wire]]:
        """Rows of inline buttons."""
        markup: Wire = self.wire.get("reply_markup") or {}
        return list(markup.get("inline_keyboard") or [])

    @property
    def labels(self) -> list[str]:
        """Labels of the inline buttons, row by row."""
        return [button["text"] for row in self.buttons for button in row]

    @property
    def date(self) -> int:
        return int(self.wire["date"])


@dataclass(slots=True)
class Chat:
    """A private chat (id = user id), a group (id < 0) or a supergroup (id = -100…)."""

    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    description: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    keyboards: dict[int, tuple[int, Wire]] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    permissions: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PERMISSIONS, True))
    next_message_id: int = 1
    started: bool = False
    blocked: bool = False
    migrated_to: int = 0
    migrated_from: int = 0

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    @property
    def kind(self) -> str:
        """As refusals call it: "group chat", "supergroup chat"."""
        return f"{self.type} chat"

    def member(self, user_id: int) -> Member:
        return self.members.get(user_id) or Member(user_id, "left")


def chat_wire(chat: Chat, user: User | None) -> Wire:
    """The Chat object; a private chat is worded from its person."""
    if user is not None:
        wire = user.wire()
        for name in ("is_bot", "language_code"):
            wire.pop(name, None)
        wire["type"] = "private"
        return wire
    wire = {"id": chat.id, "title": chat.title, "type": chat.type}
    if chat.username:
        wire["username"] = chat.username
    return wire


def supergroup_id(number: int) -> int:
    return _SUPERGROUPS - number


def chat_instance(chat_id: int) -> str:
    """Stable per chat, unlike the chat's id in form."""
    return str((chat_id * 2_862_933_555_777_941_757 + 3_037_000_493) % (1 << 63))
