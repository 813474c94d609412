"""Groups and channels: bringing them up, what of their talk reaches the bot, and the bot's standing in them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .chats import Chat, ChatKind, member_json
from .entities import cut, tidied
from .records import Content, Message
from .world import World

if TYPE_CHECKING:
    from .people import User
    from .server import BotApiServer


async def post_in_channel(server: BotApiServer, channel: Chat, text: str) -> Message:
    """Write in a channel, in its own name."""
    message = server.world.add_message(channel, None, Content(text, *tidied(text)))
    server.updates.push("channel_post", message.as_json())
    return message


def reaches_bot(message: Message, me: dict[str, Any], privacy: bool) -> bool:
    """Whether the bot gets to read a message: with privacy on, in groups, only one that is meant for it."""
    if message.chat.kind == "private" or not privacy or message.chat.bot_status == "administrator":
        return True
    if (message.reply_to and message.reply_to.by_bot) or "via_bot" in message.extra:
        return True
    own_name = f"@{me['username']}".lower()
    for entity in message.entities:
        said = cut(message.text, entity["offset"], entity["length"]).lower()
        if entity["type"] == "mention" and said == own_name:
            return True
        if entity["type"] == "bot_command" and ("@" not in said or said.endswith(own_name)):
            return True
    return False


def change_bot_status(server: BotApiServer, chat: Chat, status: str, by: User) -> None:
    """Change what the bot is in a chat, and tell it."""
    old, chat.bot_status = chat.bot_status, status
    me = server.world.me
    server.updates.push(
        "my_chat_member",
        {
            "chat": chat.as_json(),
            "from": by.json,
            "date": int(time.time()),
            "old_chat_member": member_json(old, me),
            "new_chat_member": member_json(status, me),
        },
    )


def add_group(
    world: World,
    kind: ChatKind,
    title: str,
    members: Sequence[User],
    admins: Sequence[User],
    *,
    forum: bool = False,
) -> Chat:
    """Add a chat of several people, its id negative as Telegram has it."""
    number = world.new_id()
    chat_id = -number if kind == "group" else -(1_000_000_000_000 + number % 1_000_000_000)
    ranks = dict.fromkeys((user.id for user in members), "member")
    ranks |= dict.fromkeys((user.id for user in admins), "administrator")
    chat = Chat(chat_id, kind, title, forum=forum, members=ranks)
    world.chats[chat_id] = chat
    return chat
