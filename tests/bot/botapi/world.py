"""All that the server remembers: people, chats, messages, files, open queries, the bot's profile."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import count
from typing import Any

from telegram import Message as TelegramMessage

from .chats import Chat, Topic
from .errors import ApiError, bad_request
from .records import CallbackAnswer, Content, Document, InlineAnswer, Message
from .updates import assert_known

MAX_DOWNLOAD = 20 * 1024 * 1024
"""Bytes getFile gives out."""


class World:
    """
    The state behind the methods.

    me        the bot as a User
    users     User by id
    pressed   answers to callback queries by query id, None while the bot may still answer
    asked     the same for inline queries
    expired   ids of queries a test let grow too old: to answer them is no fault of the bot
    profile   what setMyName and its like stored, by method subject and language
    commands  by scope and language, see `scope_key`
    """

    def __init__(self, me: dict[str, Any]) -> None:
        self.me = me
        self.users: dict[int, dict[str, Any]] = {me["id"]: me}
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.inline_messages: dict[str, Message] = {}
        self.files: dict[str, Document] = {}
        self.pressed: dict[str, CallbackAnswer | None] = {}
        self.asked: dict[str, InlineAnswer | None] = {}
        self.expired: set[str] = set()
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self._message_ids: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._file_ids = count(1)
        self._ids = count(5_000_000_001)

    def new_id(self) -> int:
        """Return a number not given before: for users, chats and queries."""
        return next(self._ids)

    def add_message(self, chat: Chat, sender: dict[str, Any] | None, content: Content, **details: Any) -> Message:
        """Store a message, its number counted as Telegram does, its thread worked out from topic and reply."""
        numbers = self._message_ids[chat.id if chat.kind in ("supergroup", "channel") else 0]
        message = Message(next(numbers), chat, sender, sender is self.me, [content], **details)
        if message.in_topic and message.reply_to is None and message.thread_id in chat.topics:
            message.reply_to = chat.topics[message.thread_id].root
        elif message.reply_to and chat.kind == "supergroup" and message.thread_id is None:
            message.thread_id = message.reply_to.thread_id or message.reply_to.id
            message.in_topic = message.reply_to.in_topic
        parsed = TelegramMessage.de_json(json.loads(json.dumps(message.as_json())), None)
        assert_known(parsed)
        self.messages[chat.id, message.id] = message
        return message

    def add_document(self, name: str, content: bytes, mime: str = "application/octet-stream") -> Document:
        document = Document(f"BQAC{next(self._file_ids):08d}", name, content, mime)
        self.files[document.file_id] = document
        return document

    def file_path(self, document: Document) -> str:
        """Return what getFile calls file_path."""
        return f"documents/{document.file_id}"

    def chat(self, chat_id: int) -> Chat:
        """Return a chat the bot may ask about. Raises ApiError 400."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise ApiError(
                400, "group chat was upgraded to a supergroup chat", planned=True, migrate_to_chat_id=chat.migrated_to
            )
        return chat

    def writable_chat(self, chat_id: int) -> Chat:
        """Return a chat the bot may write to. Raises ApiError 400 or 403."""
        chat = self.chat(chat_id)
        if not chat.writable:
            raise ApiError(403, "bot can't initiate conversation with a user", planned=True)
        if chat.bot_status == "kicked":
            place = f"kicked from the {chat.kind} chat" if chat.kind != "private" else "blocked by the user"
            raise ApiError(403, f"bot was {place}", planned=True)
        if chat.bot_status == "left":
            raise ApiError(403, f"bot is not a member of the {chat.kind} chat", planned=True)
        if chat.kind == "channel" and chat.bot_status != "administrator":
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def topic(self, chat: Chat, thread_id: int | None) -> Topic | None:
        """Return the topic a message goes to, None for a chat without. Raises ApiError 400 for an unknown one."""
        if not thread_id:
            return None
        if thread_id not in chat.topics:
            raise bad_request("message thread not found")
        return chat.topics[thread_id]

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message that still stands."""
        message = self.messages.get((chat_id, message_id))
        return None if message is None or message.deleted else message

    def by_bot(self, chat: Chat, topic: Topic | None = None) -> list[Message]:
        """Return the bot's messages in a chat or topic, oldest first, deleted ones too."""
        return [
            message
            for message in self.messages.values()
            if message.chat is chat and message.by_bot and (topic is None or message.thread_id == topic.id)
        ]


def scope_key(scope: dict[str, Any], language: str) -> str:
    """Return the key under which commands of a scope and language are kept."""
    return json.dumps([scope, language], sort_keys=True)
