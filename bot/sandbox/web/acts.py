"""What a page asks for on behalf of a person: values from outside, checked, and the act of that person's phone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import PersonError
from bot.sandbox.people import Person
from bot.sandbox.telegram import Telegram
from bot.sandbox.views import commands_for
from bot.sandbox.world import Chat, Message, Wire

SOMEWHERE = (31.2304, 121.4737)  # the middle of Shanghai, for people whose place nobody has set
MOST_NAME = 64
LONGEST_LIVE = 86_400  # seconds


class ActError(ValueError):
    """What a page asked for can't be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a page. Every access checks the type."""

    body: Wire

    def text(self, name: str, default: str | None = None) -> str:
        value = self.body.get(name, default)
        if not isinstance(value, str):
            raise ActError(f"{name} must be text")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        value = self.body.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ActError(f"{name} must be a whole number")
        return value

    def number(self, name: str) -> float:
        value = self.body.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ActError(f"{name} must be a number")
        return float(value)

    def numbers(self, name: str) -> list[int]:
        value = self.body.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
            raise ActError(f"{name} must be a list of numbers")
        return value

    def point(self) -> tuple[float, float]:
        """Latitude and longitude, WGS-84 degrees."""
        latitude, longitude = self.number("latitude"), self.number("longitude")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 the globe
            raise ActError("no such place")
        return latitude, longitude

    def content(self) -> bytes:
        """A file's content."""
        try:
            return base64.b64decode(self.text("content"), validate=True)
        except binascii.Error as problem:
            raise ActError("the content is not base64") from problem


class People:
    """The phones by their owner's id; where they are is remembered here."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self._phones: dict[int, Person] = {}

    def __getitem__(self, user_id: int) -> Person:
        if user_id not in self._phones:
            user = self.telegram.users.get(user_id)
            if user is None or user.is_bot:
                raise ActError(f"nobody has the number {user_id}")
            self.take(self.telegram.as_person(user_id))
        return self._phones[user_id]

    def take(self, phone: Person) -> None:
        """Use this phone from now on, with the place it stands at."""
        self._phones[phone.id] = phone

    def forget(self) -> None:
        self._phones.clear()

    def positions(self) -> dict[int, tuple[float, float]]:
        return {number: phone.position for number, phone in self._phones.items() if phone.position}

    def act(self, body: Wire) -> Wire:
        """Do what a page asks; returns what the page is told. Raises ActError, PersonError, ApiError."""
        asked = Asked(body)
        name = asked.text("act")
        act = ACTS.get(name)
        if act is None:
            raise ActError(f"no act is named {name}")
        result = act(self, self[asked.whole("person")], asked)
        return result if isinstance(result, dict) else {}

    def chat(self, person: Person, asked: Asked, name: str = "chat") -> Chat:
        """A chat the person sees; their own private one where none is named."""
        chat = self.telegram.chats.get(asked.whole(name, person.id))
        if chat is None or (chat.is_private and chat.id != person.id):
            raise ActError("no such chat")
        return chat

    def message(self, chat: Chat, asked: Asked, name: str = "message") -> Message:
        message = chat.messages.get(asked.whole(name))
        if message is None:
            raise ActError("the message is gone")
        return message

    def reply(self, chat: Chat, asked: Asked) -> Message | None:
        return self.message(chat, asked, "reply_to") if asked.body.get("reply_to") else None


Act = Callable[[People, Person, Asked], Any]
ACTS: dict[str, Act] = {}


def _act(function: Act) -> Act:
    ACTS[function.__name__.strip("_")] = function
    return function


# Writing


@_act
def _say(people: People, person: Person, asked: Asked) -> None:
    chat = people.chat(person, asked)
    person.say(asked.text("text"), chat, reply_to=people.reply(chat, asked))


@_act
def _edit(people: People, person: Person, asked: Asked) -> None:
    person.edit(people.message(people.chat(person, asked), asked), asked.text("text"))


@_act
def _delete(people: People, person: Person, asked: Asked) -> None:
    person.delete(people.message(people.chat(person, asked), asked))


@_act
def _forward(people: People, person: Person, asked: Asked) -> None:
    person.forward(people.message(people.chat(person, asked), asked), people.chat(person, asked, "to"))


@_act
def _react(people: People, person: Person, asked: Asked) -> None:
    person.react(people.message(people.chat(person, asked), asked), asked.text("emoji"))


@_act
def _photo(people: People, person: Person, asked: Asked) -> None:
    chat = people.chat(person, asked)
    person.photo(asked.content(), asked.text("caption", ""), chat, reply_to=people.reply(chat, asked))


@_act
def _document(people: People, person: Person, asked: Asked) -> None:
    chat = people.chat(person, asked)
    person.document(
        asked.text("name")[:MOST_NAME],
        asked.content(),
        asked.text("caption", ""),
        chat,
        reply_to=people.reply(chat, asked),
    )


@_act
def _contact(people: People, person: Person, asked: Asked) -> None:
    user = person.user
    person.contact(user.phone or "+8613900000000", user.first_name, people.chat(person, asked), user_id=user.id)


# Places


@_act
def _here(people: People, person: Person, asked: Asked) -> None:
    """The own position, as GPS gives it."""
    person.send_location(*(person.position or SOMEWHERE), people.chat(person, asked))


@_act
def _pin(people: People, person: Person, asked: Asked) -> None:
    person.send_pin(*asked.point(), people.chat(person, asked))


@_act
def _live(people: People, person: Person, asked: Asked) -> None:
    seconds = max(60, min(asked.whole("seconds", 900), LONGEST_LIVE))
    person.share_live(*(person.position or SOMEWHERE), people.chat(person, asked), seconds=seconds)


@_act
def _move(people: People, person: Person, asked: Asked) -> None:
    """A live location moves, and its owner with it."""
    message = people.message(people.chat(person, asked), asked)
    _own_location(person, message)
    person.position = asked.point()
    person.move_live(message, *person.position)


@_act
def _stop(people: People, person: Person, asked: Asked) -> None:
    message = people.message(people.chat(person, asked), asked)
    _own_location(person, message)
    person.stop_live(message)


def _own_location(person: Person, message: Message) -> None:
    if message.sender_id != person.id or "location" not in message.wire:
        raise PersonError("this is no location of their own")


@_act
def _stand(_people: People, person: Person, asked: Asked) -> None:
    """Go somewhere."""
    person.position = asked.point()


@_act
def _where(_people: People, person: Person, _asked: Asked) -> Wire:
    latitude, longitude = person.position or SOMEWHERE
    return {"latitude": latitude, "longitude": longitude}


# Buttons


@_act
def _press(people: People, person: Person, asked: Asked) -> Wire:
    chat = people.chat(person, asked)
    press = person.press(asked.text("data"), people.message(chat, asked))
    return {"press": press.id}


@_act
def _together(people: People, person: Person, asked: Asked) -> Wire:
    """Several press the same button at once: those listed, or everybody in the group."""
    chat = people.chat(person, asked)
    message, data = people.message(chat, asked), asked.text("data")
    listed = set(asked.numbers("people"))
    pressed = 0
    for member in list(chat.members.values()):
        user = people.telegram.users[member.user_id]
        if member.present and not user.is_bot and (not listed or user.id in listed):
            people[user.id].press(data, message)
            pressed += 1
    return {"pressed": pressed}


@_act
def _tap(people: People, person: Person, asked: Asked) -> None:
    person.position = person.position or SOMEWHERE
    person.tap(asked.text("label"), people.chat(person, asked))


@_act
def _start(_people: People, person: Person, asked: Asked) -> None:
    person.start(asked.text("payload", ""))


@_act
def _open(_people: People, person: Person, asked: Asked) -> None:
    """Follow a link to the bot."""
    person.open_link(asked.text("url"))


@_act
def _commands(people: People, person: Person, asked: Asked) -> Wire:
    return {"commands": commands_for(people.telegram, people.chat(person, asked), person.id)}


# Standing


@_act
def _block(_people: People, person: Person, _asked: Asked) -> None:
    person.block()


@_act
def _unblock(_people: People, person: Person, _asked: Asked) -> None:
    person.unblock()


@_act
def _join(people: People, person: Person, asked: Asked) -> None:
    chat = people.chat(person, asked)
    if chat.is_private or chat.member(person.id).present:
        raise PersonError(f"{person.user.name} is there already")
    person.join(chat)


@_act
def _leave(people: People, person: Person, asked: Asked) -> None:
    chat = people.chat(person, asked)
    if chat.is_private or not chat.member(person.id).present:
        raise PersonError(f"{person.user.name} is not in the group")
    person.leave(chat)


@_act
def _group(people: People, person: Person, asked: Asked) -> Wire:
    """Make a group with the bot in it."""
    title = asked.text("title").strip()[:MOST_NAME]
    if not title:
        raise ActError("a group needs a name")
    others = (people[number] for number in asked.numbers("people") if number != person.id)
    return {"chat": person.create_group(title, *others).id}


@_act
def _newcomer(people: People, _person: Person, asked: Asked) -> Wire:
    """Somebody new, whom nobody has met yet."""
    name = asked.text("name").strip()[:MOST_NAME]
    if not name:
        raise ActError("a person needs a name")
    phone = people.telegram.person(name)
    phone.position = SOMEWHERE
    people.take(phone)
    people.telegram.tell("member", phone.private, user_id=phone.id)
    return {"person": phone.id}
