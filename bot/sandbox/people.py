"""People who act in the sandbox as they would in a Telegram app."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.entities import Entity, in_order, trimmed, utf16_length, with_found
from bot.sandbox.errors import PersonError
from bot.sandbox.events import Press
from bot.sandbox.params import Upload
from bot.sandbox.world import (
    PERMISSIONS,
    RIGHTS,
    Chat,
    ChatType,
    Member,
    Message,
    User,
    Wire,
    chat_instance,
    supergroup_id,
)

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
Where = Chat | int | None
Which = Message | int | None
GPS_ACCURACY_METRES = 12.0
_DEFAULT_RIGHTS = tuple(
    right
    for right in RIGHTS
    if right.startswith("can_") and "stories" not in right and right != "can_promote_members"
)


class Person:
    """One user's phone. `chat=None` means the private chat with the bot."""

    def __init__(self, telegram: Telegram, user: User) -> None:
        self.telegram = telegram
        self.user = user
        self.position: tuple[float, float] | None = None

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def private(self) -> Chat:
        """The private chat with the bot."""
        return self.telegram.chats[self.user.id]

    # Looking

    def history(self, chat: Where = None) -> list[Message]:
        return self.telegram.history(self._where(chat))

    def last(self, chat: Where = None) -> Message:
        """The last message of the chat."""
        return next(reversed(self._where(chat).messages.values()))

    def keyboard(self, chat: Where = None) -> Wire | None:
        """The reply keyboard now shown to this person."""
        return self.telegram.keyboard(self._where(chat), self.user.id)

    def keys(self, chat: Where = None) -> list[str]:
        """Labels of the reply keyboard now shown."""
        keyboard = self.keyboard(chat) or {}
        return [key["text"] for row in keyboard.get("keyboard", []) for key in row]

    # Writing

    def start(self, payload: str = "") -> Message:
        """Open the bot and press Start, from a deep link if there is a payload; unblocks."""
        if not _PAYLOAD.fullmatch(payload):
            raise PersonError(f"{payload!r} can't be the payload of a deep link")
        self.private.started = True
        if self.private.blocked:
            self.unblock()
        return self.say(f"/start {payload}".strip())

    def open_link(self, url: str) -> Message:
        """Follow a `https://t.me/bot?start=…` link to this bot."""
        address = urlsplit(url)
        name = address.path.strip("/").lower()
        if name != self.telegram.bot.username.lower():
            raise PersonError(f"{url} does not lead to the bot")
        return self.start(parse_qs(address.query).get("start", [""])[0])

    def say(
        self,
        text: str,
        chat: Where = None,
        *,
        reply_to: Which = None,
        mentions: Mapping[str, Person] | None = None,
        entities: Sequence[Entity] = (),
    ) -> Message:
        """Send text. `mentions` marks a part of it as a mention of a person without a username."""
        place = self._where(chat)
        text, found = self._formatted(text, mentions, entities)
        content: Wire = {"text": text}
        if found:
            content["entities"] = found
        return self._send(place, content, reply_to)

    def edit(self, message: Which, text: str, chat: Where = None) -> Message:
        """Change the text (or the caption) of an own message."""
        old = self._own(message, chat)
        name, marks = ("text", "entities") if "text" in old.wire else ("caption", "caption_entities")
        text, found = self._formatted(text, None, ())
        wire = {key: value for key, value in old.wire.items() if key != marks}
        wire[name] = text
        if found:
            wire[marks] = found
        self.telegram.replace(old, wire)
        return old

    def delete(self, message: Which, chat: Where = None) -> None:
        """Delete an own message; bots are not told."""
        old = self._own(message, chat)
        self.telegram.remove(self.telegram.chats[old.chat_id], old)

    def forward(self, message: Message, chat: Where = None, *, hidden: bool = False) -> Message:
        """Forward any message; `hidden` when its author hides the account in forwards."""
        author = self.telegram.users[message.sender_id]
        origin: Wire = {"type": "user", "sender_user": author.wire(), "date": message.date}
        if hidden:
            origin = {"type": "hidden_user", "sender_user_name": author.name, "date": message.date}
        content = content_of(message.wire)
        content.setdefault("forward_origin", message.wire.get("forward_origin", origin))
        return self._send(self._where(chat), content, None)

    def photo(self, content: bytes, caption: str = "", chat: Where = None, *, reply_to: Which = None) -> Message:
        return self._send(self._where(chat), self._attached("photo", content, "photo.jpg", caption), reply_to)

    def document(
        self, name: str, content: bytes, caption: str = "", chat: Where = None, *, reply_to: Which = None
    ) -> Message:
        return self._send(self._where(chat), self._attached("document", content, name, caption), reply_to)

    def voice(self, content: bytes = b"OggS", duration: int = 3, chat: Where = None) -> Message:
        """A voice message; `duration` in seconds."""
        file = self.telegram.files.add("voice", Upload("voice.oga", content), duration)
        return self._send(self._where(chat), {"voice": file.attachment()}, None)

    def video(
        self, content: bytes = b"\0\0\0\x18ftypmp42", duration: int = 10, caption: str = "", chat: Where = None
    ) -> Message:
        """A video; `duration` in seconds."""
        body = self._attached("video", content, "video.mp4", caption, duration)
        return self._send(self._where(chat), body, None)

    def sticker(self, emoji: str = "👍", chat: Where = None) -> Message:
        file = self.telegram.files.add("sticker", Upload(emoji, b"RIFF"))
        return self._send(self._where(chat), {"sticker": file.attachment()}, None)

    def album(self, photos: Iterable[bytes], caption: str = "", chat: Where = None) -> list[Message]:
        """Several photos sent at once; the first carries the caption."""
        group = str(13_000_000_000_000_000 + self.telegram.count())
        sent = []
        for number, content in enumerate(photos):
            body = self._attached("photo", content, "photo.jpg", "" if number else caption)
            sent.append(self._send(self._where(chat), {"media_group_id": group, **body}, None))
        return sent

    def contact(self, phone: str, first_name: str, chat: Where = None, *, user_id: int = 0) -> Message:
        """Someone's contact card; with `user_id` it is that user's own."""
        card: Wire = {"phone_number": phone, "first_name": first_name}
        if user_id:
            card["user_id"] = user_id
        return self._send(self._where(chat), {"contact": card}, None)

    # Places

    def send_location(
        self,
        latitude: float,
        longitude: float,
        chat: Where = None,
        *,
        accuracy: float | None = GPS_ACCURACY_METRES,
        reply_to: Which = None,
    ) -> Message:
        """The phone's own position, WGS-84 degrees; `accuracy` in metres as GPS gives it."""
        return self._send(self._where(chat), {"location": _point(latitude, longitude, accuracy)}, reply_to)

    def send_pin(self, latitude: float, longitude: float, chat: Where = None) -> Message:
        """A point dragged on the map: a location without accuracy."""
        return self.send_location(latitude, longitude, chat, accuracy=None)

    def send_venue(self, latitude: float, longitude: float, title: str, address: str, chat: Where = None) -> Message:
        """A place picked from the list; Telegram repeats its point as `location`."""
        point = _point(latitude, longitude, None)
        venue = {"location": point, "title": title, "address": address}
        return self._send(self._where(chat), {"venue": venue, "location": point}, None)

    def share_live(
        self,
        latitude: float,
        longitude: float,
        chat: Where = None,
        *,
        seconds: int = 900,
        accuracy: float | None = GPS_ACCURACY_METRES,
    ) -> Message:
        """Begin a live location."""
        point = {**_point(latitude, longitude, accuracy), "live_period": seconds}
        return self._send(self._where(chat), {"location": point}, None)

    def move_live(
        self,
        message: Message,
        latitude: float,
        longitude: float,
        *,
        accuracy: float | None = GPS_ACCURACY_METRES,
    ) -> Message:
        """The live location moves: an edit of its message."""
        period = message.wire["location"].get("live_period")
        if not period:
            raise PersonError("this live location has ended")
        point = {**_point(latitude, longitude, accuracy), "live_period": period}
        self.telegram.replace(message, {**message.wire, "location": point})
        return message

    def stop_live(self, message: Message) -> Message:
        """End a live location: an edit without `live_period`."""
        point = {name: value for name, value in message.wire["location"].items() if name != "live_period"}
        self.telegram.replace(message, {**message.wire, "location": point})
        return message

    # Buttons

    def press(self, button: str, message: Which = None, chat: Where = None) -> Press:
        """Press an inline button by its label or its data; without a message, the newest that has it.

        Raises PersonError if no such button is shown.
        """
        place = self._place(message, chat)
        shown = [self._message(message, place)] if message is not None else reversed(self.history(place))
        for candidate in shown:
            found = _button(candidate, button)
            if found is not None:
                return self._pressed(place, candidate, found)
        raise PersonError(f"no button {button!r} is shown to {self.user.name}")

    def press_data(self, message: Which, data: str, chat: Where = None) -> Press:
        """Send a press with any data, as a modified app or an old screen would."""
        place = self._place(message, chat)
        return self._queried(place, self._message(message, place), data)

    def _pressed(self, place: Chat, message: Message, button: Wire) -> Press:
        if "callback_data" in button:
            return self._queried(place, message, button["callback_data"])
        press = Press("", self.id, place.id, message.id, None, self.telegram.monotonic(), answered=True)
        press.url = str(button.get("url", ""))
        return press

    def _queried(self, place: Chat, message: Message, data: str) -> Press:
        telegram = self.telegram
        self._must_be_in(place)
        query_id = str(7_000_000_000_000_000_000 + telegram.count())
        press = Press(query_id, self.id, place.id, message.id, data, telegram.monotonic())
        telegram.remember(press)
        telegram.tell("press", place, message, press=press, user_id=self.id)
        query: Wire = {
            "id": query_id,
            "from": self.user.wire(),
            "message": message.wire,
            "chat_instance": chat_instance(place.id),
            "data": data,
        }
        telegram.updates.put("callback_query", query)
        return press

    def tap(self, label: str, chat: Where = None) -> Message:
        """Press a key of the reply keyboard: sends its text, the own contact, or the own position."""
        place = self._where(chat)
        keyboard = self.keyboard(place)
        key = next((k for row in (keyboard or {}).get("keyboard", []) for k in row if k["text"] == label), None)
        if keyboard is None or key is None:
            raise PersonError(f"no key {label!r} is shown to {self.user.name}")
        if keyboard.get("one_time_keyboard"):
            place.keyboards.pop(self.id, None)
        if key.get("request_location"):
            if self.position is None:
                raise PersonError(f"{self.user.name} has no position")
            return self.send_location(*self.position, place)
        if key.get("request_contact"):
            return self.contact(self.user.phone, self.user.first_name, place, user_id=self.id)
        return self.say(label, place)

    def react(self, message: Which, emoji: str, chat: Where = None) -> None:
        """Put one reaction on a message, or take it away with an empty emoji."""
        place = self._place(message, chat)
        found = self._message(message, place)
        old = found.reactions.get(self.id, [])
        new: list[Wire] = [{"type": "emoji", "emoji": emoji}] if emoji else []
        found.reactions[self.id] = new
        telegram = self.telegram
        telegram.tell("reaction", place, found, user_id=self.id, data={"reaction": new})
        if place.is_private or telegram.bot_member(place).is_admin:
            change: Wire = {
                "chat": telegram.chat_wire(place),
                "message_id": found.id,
                "user": self.user.wire(),
            }
            change.update(date=telegram.stamp(), old_reaction=old, new_reaction=new)
            telegram.updates.put("message_reaction", change)

    # The bot in the private chat

    def block(self) -> None:
        """Stop the bot."""
        self._private_change("member", "kicked")
        self.private.blocked = True

    def unblock(self) -> None:
        self.private.blocked = False
        self._private_change("kicked", "member")

    def _private_change(self, before: Any, after: Any) -> None:
        telegram = self.telegram
        change: Wire = {
            "chat": telegram.chat_wire(self.private),
            "from": self.user.wire(),
            "date": telegram.stamp(),
            "old_chat_member": Member(telegram.bot.id, before).wire(telegram.bot),
            "new_chat_member": Member(telegram.bot.id, after).wire(telegram.bot),
        }
        telegram.tell("member", self.private, user_id=telegram.bot.id, data={"status": after})
        telegram.updates.put("my_chat_member", change)

    # Groups

    def create_group(
        self,
        title: str,
        *members: Person,
        kind: ChatType = "supergroup",
        with_bot: bool = True,
        username: str = "",
    ) -> Chat:
        """Make a group, with the bot in it unless told otherwise."""
        chat = self.telegram.new_group(title, kind, username)
        chat.members[self.id] = Member(self.id, "creator")
        for person in members:
            chat.members[person.id] = Member(person.id)
        if with_bot:
            self.add_bot(chat)
        return chat

    def add_bot(self, chat: Where, *, admin: bool = False) -> None:
        """Add the bot to a group: my_chat_member and a service message."""
        place = self._where(chat)
        telegram = self.telegram
        telegram.change_member(place, self.user, Member(telegram.bot.id))
        telegram.post(place, self.user, {"new_chat_members": [telegram.bot.wire()]})
        if admin:
            self.promote(telegram.bot.id, place)

    def remove_bot(self, chat: Where) -> None:
        """Throw the bot out."""
        self.kick(self.telegram.bot.id, chat)

    def promote(self, who: Person | int, chat: Where, *, rights: Sequence[str] = _DEFAULT_RIGHTS) -> None:
        """Make someone (or the bot, by id) an administrator."""
        member = Member(_user_id(who), "administrator", rights=list(rights))
        self.telegram.change_member(self._where(chat), self.user, member)

    def demote(self, who: Person | int, chat: Where) -> None:
        self.telegram.change_member(self._where(chat), self.user, Member(_user_id(who)))

    def add(self, who: Person, chat: Where) -> Message:
        """Add a person to a group."""
        place = self._where(chat)
        self.telegram.change_member(place, self.user, Member(who.id))
        return self.telegram.post(place, self.user, {"new_chat_members": [who.user.wire()]})

    def join(self, chat: Where) -> Message:
        return self.add(self, chat)

    def leave(self, chat: Where) -> Message:
        place = self._where(chat)
        message = self.telegram.post(place, self.user, {"left_chat_member": self.user.wire()})
        self.telegram.change_member(place, self.user, Member(self.id, "left"))
        return message

    def kick(self, who: Person | int, chat: Where) -> None:
        """Remove someone (or the bot, by id) from a group."""
        place = self._where(chat)
        user = self.telegram.users[_user_id(who)]
        self.telegram.change_member(place, self.user, Member(user.id, "kicked"))
        self.telegram.post(place, self.user, {"left_chat_member": user.wire()})

    def restrict(self, who: Person | int, chat: Where, *, allowed: Sequence[str] = ()) -> None:
        """Mute someone (or the bot) but for the named permissions."""
        given = {name: name in allowed for name in PERMISSIONS}
        member = Member(_user_id(who), "restricted", permissions=given)
        self.telegram.change_member(self._where(chat), self.user, member)

    def rename(self, chat: Where, title: str) -> Message:
        place = self._where(chat)
        place.title = title
        return self.telegram.post(place, self.user, {"new_chat_title": title})

    def migrate(self, chat: Where) -> Chat:
        """Turn a group into a supergroup: a new chat with a new id; the old id is refused from then on."""
        old = self._where(chat)
        telegram = self.telegram
        new = Chat(supergroup_id(-old.id), "supergroup", old.title, members=dict(old.members))
        new.migrated_from = old.id
        telegram.chats[new.id] = new
        telegram.post(old, self.user, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        telegram.post(new, self.user, {"migrate_from_chat_id": old.id})
        telegram.tell("migrate", old, data={"to": new.id})
        return new

    # Inside

    def _where(self, chat: Where) -> Chat:
        return self.private if chat is None else self.telegram.chat(chat)

    def _place(self, message: Which, chat: Where) -> Chat:
        """The chat of a message given as such; else the chat named."""
        return self.telegram.chats[message.chat_id] if isinstance(message, Message) else self._where(chat)

    def _must_be_in(self, place: Chat) -> None:
        if place.migrated_to:
            raise PersonError(f"{place.title} has become a supergroup")
        if place.is_private:
            if place.id != self.id:
                raise PersonError(f"{self.user.name} has no part in another's private chat")
            if place.blocked:
                raise PersonError(f"{self.user.name} has blocked the bot")
        elif not place.member(self.id).present:
            raise PersonError(f"{self.user.name} is not in {place.title}")

    def _send(self, place: Chat, content: Wire, reply_to: Which) -> Message:
        self._must_be_in(place)
        if not place.is_private and not place.member(self.id).may_send("can_send_messages"):
            raise PersonError(f"{self.user.name} may not write in {place.title}")
        if place.is_private:
            place.started = True
        reply = None if reply_to is None else self._message(reply_to, place)
        return self.telegram.post(place, self.user, content, reply_to=reply)

    def _message(self, message: Which, place: Chat) -> Message:
        number = message.id if isinstance(message, Message) else message
        found = place.messages.get(number or 0)
        if found is None:
            raise PersonError(f"message {number} is not in the chat")
        return found

    def _own(self, message: Which, chat: Where) -> Message:
        place = self._place(message, chat)
        found = self._message(message, place)
        if found.sender_id != self.id:
            raise PersonError("this message is someone else's")
        return found

    def _formatted(
        self, text: str, mentions: Mapping[str, Person] | None, entities: Sequence[Entity]
    ) -> tuple[str, list[Entity]]:
        given = [*entities]
        for part, person in (mentions or {}).items():
            offset = utf16_length(text[: text.index(part)])
            length = utf16_length(part)
            given.append({"type": "text_mention", "offset": offset, "length": length, "user": person.user.wire()})
        text, given = trimmed(text, in_order(given))
        if not text:
            raise PersonError("an empty message can't be sent")
        return text, with_found(text, given)

    def _attached(self, kind: str, content: bytes, name: str, caption: str, duration: int = 0) -> Wire:
        file = self.telegram.files.add(kind, Upload(name, content), duration)
        wire: Wire = {kind: file.attachment()}
        if caption:
            text, found = self._formatted(caption, None, ())
            wire["caption"] = text
            if found:
                wire["caption_entities"] = found
        return wire


_ENVELOPE = frozenset(
    ("message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup", "media_group_id")
)


def content_of(wire: Wire) -> Wire:
    """What a copy or a forward takes along."""
    return {name: value for name, value in wire.items() if name not in _ENVELOPE}


def _user_id(who: Person | int) -> int:
    return who if isinstance(who, int) else who.id


def _point(latitude: float, longitude: float, accuracy: float | None) -> Wire:
    point: Wire = {"latitude": latitude, "longitude": longitude}
    if accuracy is not None:
        point["horizontal_accuracy"] = accuracy
    return point


def _button(message: Message, wanted: str) -> Wire | None:
    buttons = [button for row in message.buttons for button in row]
    by_label = next((button for button in buttons if button["text"] == wanted), None)
    return by_label or next((button for button in buttons if button.get("callback_data") == wanted), None)
