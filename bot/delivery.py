"""Delivers calls to Telegram at the pace it allows, and again when it or the network stumbles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telegram._utils.types import JSONDict
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext import AIORateLimiter

from bot.logs import log

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt."""

_UNPACED = ("sendChatAction", "answerCallbackQuery", "answerInlineQuery")


class Delivery(AIORateLimiter):
    """
    python-telegram-bot's limiter, which waits as long as a 429 asks for, with attempts after server and network errors.

    A call that timed out may have been carried out: it is repeated only when that does no harm.
    """

    def __init__(self, waits: tuple[float, ...] = WAITS) -> None:
        super().__init__(max_retries=5)
        self._waits = waits

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | JSONDict | list[JSONDict]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | JSONDict | list[JSONDict]:
        paced = {} if endpoint in _UNPACED else data
        for wait in (*self._waits, None):
            try:
                return await super().process_request(callback, args, kwargs, endpoint, paced, rate_limit_args)
            except BadRequest:
                raise
            except TimedOut:
                if wait is None or endpoint.startswith("send"):
                    raise
            except NetworkError as error:
                if wait is None:
                    raise
                log.warning("telegram stumbled", endpoint=endpoint, reason=str(error), again_in=wait)
            await asyncio.sleep(wait)
        raise AssertionError
