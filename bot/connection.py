"""The connection to a Bot API server."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

import orjson
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError, TelegramServerError
from aiogram.methods.base import Response, TelegramMethod, TelegramType
from aiogram.types import InputFile
from aiohttp import ClientError, ClientTimeout

from bot.raw import read

JSON = {"Content-Type": "application/json"}
ANSWERED, CONNECTED = 20.0, 5.0  # seconds in which a call without a file is answered, and a connection made
SHOWN = 80  # characters of an unreadable answer that are told
_read: set[type[Response[Any]]] = set()


def keep_reader(method: TelegramMethod[Any]) -> None:
    """Hold on to what reads the answers to such calls: pydantic holds it weakly, and making it again takes
    milliseconds."""
    _read.add(Response[method.__returning__])  # type: ignore[name-defined]  # a class made at run time


class Connection(AiohttpSession):
    """aiogram's session, with calls that carry no file written as JSON: a form costs several times as much."""

    def __init__(self, api_base: str) -> None:
        super().__init__(
            api=TelegramAPIServer.from_base(api_base),
            json_loads=read,
            json_dumps=lambda value: orjson.dumps(value).decode(),
        )

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram's signature
    ) -> TelegramType:
        files: dict[str, InputFile] = {}
        values: dict[str, Any] = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None:
                values[name] = prepared
        if files:
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        limit = ClientTimeout(total=ANSWERED if timeout is None else timeout, sock_connect=CONNECTED)
        try:
            async with session.post(url, data=orjson.dumps(values), headers=JSON, timeout=limit) as response:
                content = await response.read()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        except ClientError as error:
            raise TelegramNetworkError(method=method, message=f"{type(error).__name__}: {error}") from error
        keep_reader(method)
        answer = self.check_response(bot, method, response.status, content.decode(errors="replace"))
        return cast("TelegramType", answer.result)

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """What is no answer of a Bot API server (a gateway's page, half a body) counts as none. Raises Unreadable."""
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TelegramServerError(method=method, message=f"{status_code}: {content[:SHOWN]}") from error
            raise Unreadable(method, f"{status_code}, unreadable: {content[:SHOWN]}") from error
        except TelegramAPIError as error:
            if error.message is None:  # a refusal that says nothing is none of the platform's
                raise Unreadable(method, f"{status_code}, says nothing: {content[:SHOWN]}") from error
            raise


class Unreadable(TelegramNetworkError):
    """Something answered, and nobody can read it."""
