"""What the bot has set about itself: commands, descriptions, webhook."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Wire = dict[str, Any]


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed; an empty url means polling."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True)
class BotSettings:
    """Commands are kept per (scope, language)."""

    commands: dict[str, list[Wire]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Wire] = field(default_factory=dict)
    admin_rights: dict[str, Wire] = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)

    def state(self) -> Wire:
        return asdict(self)

    @staticmethod
    def restored(state: Wire) -> BotSettings:
        return BotSettings(**{**state, "webhook": Webhook(**state["webhook"])})
