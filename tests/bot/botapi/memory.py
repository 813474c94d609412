"""A transport for python-telegram-bot that reaches the server without a socket, for fast tests of handlers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from .faults import ConnectionDropped
from .parameters import Parameters, Upload

if TYPE_CHECKING:
    from .dispatcher import Dispatcher


class InMemoryRequest(BaseRequest):
    """
    Takes the place of HTTPXRequest; base_url may be anything that ends in "/bot".

    Breaks and delays become NetworkError and TimedOut, as over HTTP.
    """

    def __init__(self, server: Dispatcher, read_timeout: float = 5.0) -> None:
        self._server = server
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *other_timeouts: Any,
        **named_timeouts: Any,
    ) -> tuple[int, bytes]:
        _, _, tail = unquote(url).partition("/file/bot" if "/file/bot" in url else "/bot")
        token, _, name = tail.partition("/")
        if method == "GET":
            content = self._server.download(token, name)
            return (404, b"{}") if content is None else (200, content)
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        try:
            async with asyncio.timeout(seconds):
                status, body = await self._server.dispatch(token, name, _parameters(request_data))
        except TimeoutError:
            raise TimedOut from None
        except ConnectionDropped:
            raise NetworkError("the connection was dropped") from None
        return status, json.dumps(body).encode()


def _parameters(request_data: RequestData | None) -> Parameters:
    if request_data is None:
        return Parameters({})
    files = request_data.multipart_data or {}
    return Parameters(request_data.json_parameters, {name: _upload(*parts[:2]) for name, parts in files.items()})


def _upload(name: str, content: Any) -> Upload:
    return Upload(name, content if isinstance(content, bytes) else content.read())
