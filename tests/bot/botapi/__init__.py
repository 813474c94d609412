"""
A strict Bot API on the loopback, for tests of the bot from end to end.

    async with BotApiServer() as server:
        ...start the bot with TELEGRAM_TOKEN=server.token, TELEGRAM_API_URL=server.url...
        reader = server.user("小李")
        answer = await reader.asks("船山时间谷有多少企业")
        assert "142家" in answer.bold
        press = await reader.press(answer, "▶")
        await press.answered()
        assert "140多家" in (await server.edited(answer)).bold
        assert server.rejections == []

It refuses what Telegram refuses, in Telegram's words, and goes beyond it in one thing: unknown parameters, which
Telegram ignores, are a 400 that names them.
"""

from .chats import Chat, Place, Topic
from .errors import ApiError
from .groups import post_in_channel
from .memory import InMemoryRequest
from .people import User
from .queries import InlineQuery, Press
from .records import Button, Call, CallbackAnswer, Content, Document, InlineAnswer, InlineResult, Message
from .server import BotApiServer

__all__ = [
    "ApiError",
    "BotApiServer",
    "Button",
    "Call",
    "CallbackAnswer",
    "Chat",
    "Content",
    "Document",
    "InMemoryRequest",
    "InlineAnswer",
    "InlineQuery",
    "InlineResult",
    "Message",
    "Place",
    "Press",
    "Topic",
    "User",
    "post_in_channel",
]
