"""Settings of an installation, from the environment or `.env`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "KEGUAN_"
LAST_PORT = 65535
URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?", re.ASCII)
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}", re.ASCII)
ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):(\d{1,5})", re.ASCII)


class Settings(BaseSettings):
    """Where the bot finds its token, its rulebook and its data. Rules' figures are in the rulebook, not here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore")

    bot_token: SecretStr = Field(SecretStr(""), description="The token that BotFather gave")
    api_base: str = Field("https://api.telegram.org", description="Address of the Bot API server")
    data_dir: Path = Field(Path("var"), description="Folder for the database and files")
    database_url: str = Field("", description="Database; empty: a SQLite file in the data folder")
    redis_url: str = Field("", description="Redis for forms; needed where several processes share a database")
    rulebook: Path | None = Field(None, description="The company's rulebook; empty: the default preset")
    backup_dir: Path | None = Field(None, description="Folder for backups; empty: backups in the data folder")
    backup_keys: SecretStr = Field(
        SecretStr(""), description="Keys of backups, the present one first, apart by commas; empty: not encrypted"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    paced: bool = Field(True, description="Keep within Telegram's sending limits; off only for local servers")
    listen: str = Field("", description="Where /healthz and /metrics answer, host:port; empty: nowhere")

    webhook_url: str = Field("", description="Public https address for a webhook; empty: long polling")
    webhook_secret: SecretStr = Field(SecretStr(""), description="The webhook's secret; empty: made from the token")

    @field_validator("webhook_url")
    @classmethod
    def _is_a_url(cls, value: str) -> str:
        if value and not URL.fullmatch(value):
            raise ValueError("https://host/path without a query")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr) -> SecretStr:
        if not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("up to 256 of A-Z a-z 0-9 _ -")
        return value

    @model_validator(mode="after")
    def _webhook_is_listened_for(self) -> Settings:
        if self.webhook_url and not self.listen:
            raise ValueError("KEGUAN_WEBHOOK_URL needs KEGUAN_LISTEN: where the reverse proxy finds the bot")
        return self

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and (not ADDRESS.fullmatch(value) or int(value.rpartition(":")[2]) > LAST_PORT):
            raise ValueError("host:port, like 127.0.0.1:8080")
        return value

    @property
    def listen_at(self) -> tuple[str, int] | None:
        """Host and port of the process's own web server; None where it has none."""
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if self.listen else None

    @property
    def is_telegram(self) -> bool:
        """Whether the Bot API server is Telegram's own; one of the company's takes other addresses too."""
        return self.api_base.rstrip("/") == "https://api.telegram.org"

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'keguan.db'}"

    @property
    def on_server(self) -> bool:
        """Whether the database is a server, on which several processes may work."""
        return not self.store_url.startswith("sqlite")

    @property
    def forms_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.data_dir / 'forms.db'}"


def unknown_names(env_file: Path = Path(".env")) -> list[str]:
    """Names with our prefix, in the environment or the file, that no setting reads: most likely misspelt."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {*os.environ, *dotenv_values(env_file)}
    return sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known)
