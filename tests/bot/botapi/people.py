"""People who write to the bot: each method does what a person does in the app and tells the bot by an update."""

# ruff: noqa: ASYNC109 - `timeout` is the tests' own vocabulary: a wait in vain fails with a transcript

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlsplit

from .chats import Chat, Place, Topic, locate
from .checks import start_parameter_is_valid
from .entities import Entity, tidied
from .groups import add_group, change_bot_status, reaches_bot
from .queries import InlineQuery, Press
from .records import Button, Content, Message

if TYPE_CHECKING:
    from .server import BotApiServer

Kind = Literal["sticker", "photo", "voice", "location"]

_FILE = {"file_id": "AgAC0", "file_unique_id": "q0", "file_size": 1000}
_KINDS: dict[Kind, dict[str, Any]] = {
    "sticker": {
        "sticker": _FILE
        | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
    },
    "photo": {"photo": [_FILE | {"width": 90, "height": 60}]},
    "voice": {"voice": _FILE | {"duration": 3, "mime_type": "audio/ogg"}},
    "location": {"location": {"latitude": 26.9, "longitude": 112.6}},
}


class User:
    """
    A person. Made by `BotApiServer.user`.

    chat  the private chat with the bot
    """

    def __init__(self, server: BotApiServer, id: int, name: str, language: str, username: str, started: bool) -> None:
        self.id = id
        self.name = name
        self.json: dict[str, Any] = {"id": id, "is_bot": False, "first_name": name}
        self.json |= {"username": username} if username else {}
        self.json |= {"language_code": language} if language else {}
        self.chat = Chat(id, "private", name, username, writable=started, members={id: "member"})
        self._server = server
        self._world = server.world
        self._world.users[id] = self.json
        self._world.chats[id] = self.chat

    async def says(
        self,
        text: str,
        *,
        to: Place | None = None,
        reply_to: Message | None = None,
        entities: Sequence[Entity] = (),
    ) -> Message:
        """
        Write a message: in private unless `to` names a group or topic (a reply stays in the thread it answers).

        Commands, mentions and links in the text become entities by themselves.
        """
        return self._post(Content(text, *tidied(text, entities)), to, reply_to)

    async def asks(
        self, text: str, *, to: Place | None = None, reply_to: Message | None = None, timeout: float = 5.0
    ) -> Message:
        """Write a message and wait for the bot's next one in the same place."""
        message = await self.says(text, to=to, reply_to=reply_to)
        place = message.chat.topics.get(message.thread_id or 0, message.chat) if message.in_topic else message.chat
        return (await self._server.sent(place, timeout=timeout))[0]

    async def sends(self, kind: Kind, *, to: Place | None = None, reply_to: Message | None = None) -> Message:
        """Send something that is no text."""
        return self._post(Content(), to, reply_to, extra=dict(_KINDS[kind]))

    async def uploads(
        self,
        name: str,
        content: bytes,
        *,
        caption: str = "",
        mime: str = "application/octet-stream",
        to: Place | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a document; the bot gets at its bytes by getFile."""
        document = self._world.add_document(name, content, mime)
        return self._post(Content(caption, *tidied(caption)), to, reply_to, document=document)

    async def edits(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        assert message.sender is self.json, "only one's own messages can be edited"
        message.versions.append(Content(text, *tidied(text)))
        message.edited_at = int(time.time())
        self._tell("edited_message", message)
        return message

    async def press(self, message: Message, button: str | int | Button = 0, *, expired: bool = False) -> Press:
        """
        Press a callback button, named by its text, a part of it, or its number.

        `expired`: Telegram has given the query up before the bot can answer it. Raises LookupError for other buttons.
        """
        pressed = message.button(button)
        if not pressed.data:
            raise LookupError(f"the button {pressed.text!r} calls nothing back: {dict(pressed.raw)}")
        query = {
            "id": str(self._world.new_id()),
            "from": self.json,
            "chat_instance": str(message.chat.id),
            "data": pressed.data,
        }
        if message.inline_id:
            query["inline_message_id"] = message.inline_id
        else:
            query["message"] = message.as_json()
        return Press(self._server, query, expired=expired)

    async def press_old(self, message: Message, data: str) -> Press:
        """Press a button that the message no longer has: one from before a restart, or a forged one."""
        raw = {"text": "old", "callback_data": data}
        return await self.press(message, Button("old", 0, 0, raw))

    def copies(self, message: Message, button: str | int) -> str:
        """Press a copy button and return what lands in the clipboard."""
        pressed = message.button(button)
        if not pressed.copy_text:
            raise LookupError(f"the button {pressed.text!r} copies nothing: {dict(pressed.raw)}")
        return pressed.copy_text

    async def follows(self, link: str) -> Message:
        """
        Open a deep link t.me/<bot>?start=…, which sends /start with its payload.

        Raises ValueError for a link that would not lead to this bot, or whose payload the app would drop.
        """
        parts = urlsplit(link)
        payload = parse_qs(parts.query).get("start", [""])[0]
        if parts.netloc != "t.me" or parts.path.strip("/").lower() != self._world.me["username"].lower():
            raise ValueError(f"{link} does not lead to the bot")
        if not start_parameter_is_valid(payload):
            raise ValueError(f"{link}: a start parameter is 1 to 64 of A-Z a-z 0-9 _ -")
        return await self.says(f"/start {payload}")

    async def inline(self, query: str, *, offset: str = "", expired: bool = False) -> InlineQuery:
        """Type @bot query in any chat."""
        json = {"id": str(self._world.new_id()), "from": self.json, "query": query, "offset": offset}
        return InlineQuery(self._server, json | {"chat_type": "sender"}, expired=expired)

    async def chooses(self, query: InlineQuery, result: int | str = 0, *, to: Place | None = None) -> Message:
        """
        Post a result of an answered inline query, by its number or id.

        Without `to` it goes to a chat the bot is not in, so the bot can change it by inline_message_id only.
        """
        answer = await query.answered()
        results = answer.results
        chosen = results[result] if isinstance(result, int) else next(r for r in results if r.id == result)
        extra = {"via_bot": self._world.me}
        elsewhere = Chat(self._world.new_id(), "private", "elsewhere")
        message = self._post(chosen.content, to or elsewhere, None, extra=extra, tell=to is not None)
        message.inline_id = f"inline{self._world.new_id()}"
        self._world.inline_messages[message.inline_id] = message
        result_json = {"result_id": chosen.id, "from": self.json, "query": query.json["query"]}
        self._server.updates.push(
            "chosen_inline_result", result_json | ({"inline_message_id": message.inline_id} if message.buttons else {})
        )
        return message

    async def blocks(self) -> None:
        """Block the bot: from now on it gets 403 for writing here."""
        change_bot_status(self._server, self.chat, "kicked", self)

    async def unblocks(self) -> None:
        change_bot_status(self._server, self.chat, "member", self)

    async def adds_bot(self, chat: Chat, status: str = "member") -> None:
        """Bring the bot into a group, or with status "administrator" make it one."""
        change_bot_status(self._server, chat, status, self)

    async def removes_bot(self, chat: Chat) -> None:
        """Throw the bot out of a group: from now on it gets 403 for writing there."""
        change_bot_status(self._server, chat, "kicked", self)

    async def opens_topic(self, forum: Chat, title: str) -> Topic:
        """Open a topic in a forum."""
        assert forum.forum, "only a forum has topics"
        extra = {"forum_topic_created": {"name": title, "icon_color": 0x6FB9F0}}
        root = self._world.add_message(forum, self.json, Content(), extra=extra)
        root.thread_id, root.in_topic = root.id, True
        forum.topics[root.id] = Topic(forum, root.id, title, root)
        self._server.updates.push("message", root.as_json())
        return forum.topics[root.id]

    async def migrates(self, group: Chat) -> Chat:
        """Make a basic group a supergroup; writing to the old one gets 400 with migrate_to_chat_id."""
        assert group.kind == "group", "only a basic group can become a supergroup"
        new = add_group(self._world, "supergroup", group.title, (), ())
        new.members = group.members
        new.bot_status = group.bot_status
        for chat, note in ((group, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": group.id})):
            message = self._world.add_message(chat, self.json, Content(), extra=note)
            self._server.updates.push("message", message.as_json())
        group.migrated_to = new.id
        return new

    def _post(
        self, content: Content, to: Place | None, reply_to: Message | None, *, tell: bool = True, **details: Any
    ) -> Message:
        chat, topic = locate(to) if to else (reply_to.chat if reply_to else self.chat, None)
        if topic is None and reply_to and reply_to.in_topic:
            topic = chat.topics[reply_to.thread_id or 0]
        if chat is self.chat:
            chat.writable = True
        message = self._world.add_message(
            chat,
            self.json,
            content,
            reply_to=reply_to,
            thread_id=topic.id if topic else None,
            in_topic=topic is not None,
            **details,
        )
        if tell:
            self._tell("message", message)
        return message

    def _tell(self, kind: str, message: Message) -> None:
        """Send the update, unless the bot's privacy keeps it from reading the message."""
        if message.chat.bot_status not in ("member", "administrator"):
            return
        if reaches_bot(message, self._world.me, self._server.privacy):
            self._server.updates.push(kind, message.as_json())
