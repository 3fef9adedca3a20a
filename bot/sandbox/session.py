"""An aiogram session that reaches the sandbox in process, without HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast
from urllib.parse import unquote

import orjson
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNotFound
from aiogram.methods import GetFile, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from bot.connection import keep_reader
from bot.sandbox.errors import ApiError, UnknownParameterError, unauthorized
from bot.sandbox.params import Upload
from bot.sandbox.polling import wait_for_updates
from bot.sandbox.telegram import Telegram


class SandboxSession(BaseSession):
    """`Bot(telegram.token, session=SandboxSession(telegram))`.

    Calls are serialised as for HTTP and answers parsed as from HTTP. In strict mode an unknown
    parameter raises UnknownParameterError itself, so that no error handling of the bot hides it.
    """

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(json_loads=orjson.loads, json_dumps=lambda value: orjson.dumps(value).decode())
        self.telegram = telegram

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 aiogram's signature
    ) -> TelegramType:
        values, files = await self._form(bot, method)
        await asyncio.sleep(0)  # a network call lets other tasks run; so does this one
        try:
            body = {"ok": True, "result": await self._result(bot, method.__api_method__, values, files)}
            status = 200
        except UnknownParameterError:
            raise
        except ApiError as refusal:
            body, status = refusal.wire(), refusal.code
        keep_reader(method)
        response = self.check_response(bot, method, status, orjson.dumps(body).decode())
        return cast("TelegramType", response.result)

    async def _result(self, bot: Bot, name: str, values: dict[str, Any], files: dict[str, Upload]) -> Any:
        if bot.token != self.telegram.token:
            raise unauthorized()
        if name == "getUpdates":
            return await wait_for_updates(self.telegram, values)
        return self.telegram.call(name, values, files)

    async def _form(self, bot: Bot, method: TelegramMethod[Any]) -> tuple[dict[str, Any], dict[str, Upload]]:
        inputs: dict[str, InputFile] = {}
        values: dict[str, Any] = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=inputs)
            if prepared:
                values[name] = prepared
        return values, {key: await _upload(bot, key, given) for key, given in inputs.items()}

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The content of a file by its download address."""
        path = unquote(url.partition(f"/file/bot{self.telegram.token}/")[2])
        file = self.telegram.files.at(path)
        if file is None:
            raise TelegramNotFound(GetFile(file_id=path), "Not Found")
        for start in range(0, len(file.content), chunk_size):
            yield file.content[start : start + chunk_size]

    async def close(self) -> None:
        """Nothing is open."""


async def _upload(bot: Bot, key: str, given: InputFile) -> Upload:
    content = b"".join([chunk async for chunk in given.read(bot)])
    return Upload(given.filename or key, content)
