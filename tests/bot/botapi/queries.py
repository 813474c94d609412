"""A pressed button and an inline query, from the update that tells the bot to its answer."""

# ruff: noqa: ASYNC109 - `timeout` is the tests' own vocabulary: a wait in vain fails with a transcript

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .records import CallbackAnswer, InlineAnswer

if TYPE_CHECKING:
    from .server import BotApiServer


class Press:
    """A pressed callback button. `json` is the CallbackQuery."""

    def __init__(self, server: BotApiServer, json: dict[str, Any], *, expired: bool) -> None:
        self.json = json
        self.id: str = json["id"]
        self._server = server
        server.world.pressed[self.id] = None
        if expired:
            server.world.expired.add(self.id)
        server.updates.push("callback_query", json)

    async def answered(self, timeout: float = 5.0) -> CallbackAnswer:
        """Wait for the bot to answer the query, which stops the button's clock."""
        pressed = self._server.world.pressed
        await self._server.until(lambda: pressed[self.id], timeout, "an answer to the pressed button")
        answer = pressed[self.id]
        assert answer is not None
        return answer


class InlineQuery:
    """An inline query somebody typed. `json` is the InlineQuery."""

    def __init__(self, server: BotApiServer, json: dict[str, Any], *, expired: bool) -> None:
        self.json = json
        self.id: str = json["id"]
        self._server = server
        server.world.asked[self.id] = None
        if expired:
            server.world.expired.add(self.id)
        server.updates.push("inline_query", json)

    async def answered(self, timeout: float = 5.0) -> InlineAnswer:
        """Wait for the bot's results."""
        asked = self._server.world.asked
        await self._server.until(lambda: asked[self.id], timeout, "an answer to the inline query")
        answer = asked[self.id]
        assert answer is not None
        return answer
