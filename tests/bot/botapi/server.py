"""The server a test talks to: it brings up people and chats, and shows and awaits what the bot did."""

# ruff: noqa: ASYNC109 - `timeout` is the tests' own vocabulary: a wait in vain fails with a transcript

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .chats import Chat, Place, locate
from .dispatcher import Dispatcher
from .groups import add_group
from .people import User
from .records import Call, Message
from .world import scope_key


class BotApiServer(Dispatcher):
    """
    A stand-in for api.telegram.org on 127.0.0.1.

    `async with BotApiServer() as server` listens on a free port (`server.url`); a server that was never started
    still serves `server.request()`, the transport without sockets.
    """

    def user(
        self,
        name: str = "读者",
        *,
        id: int | None = None,
        language: str = "zh-hans",
        username: str = "",
        started: bool = True,
    ) -> User:
        """Bring up a person with a private chat; `started=False`: the bot may not write to them yet."""
        return User(self, id or self.world.new_id(), name, language, username, started)

    def group(self, title: str = "读报群", members: Sequence[User] = (), admins: Sequence[User] = ()) -> Chat:
        """Bring up a basic group the bot is in."""
        return add_group(self.world, "group", title, members, admins)

    def supergroup(
        self, title: str = "读报大群", members: Sequence[User] = (), admins: Sequence[User] = (), *, forum: bool = False
    ) -> Chat:
        """Bring up a supergroup the bot is in; `forum=True`: one with topics, see `User.opens_topic`."""
        return add_group(self.world, "supergroup", title, members, admins, forum=forum)

    def channel(self, title: str = "读报频道", username: str = "") -> Chat:
        """Bring up a channel the bot administers."""
        chat = add_group(self.world, "channel", title, (), ())
        chat.username = username
        chat.bot_status = "administrator"
        return chat

    async def sent(self, place: Place, count: int = 1, timeout: float = 5.0) -> list[Message]:
        """
        Wait for the next `count` messages of the bot in a chat or topic and take them.

        A message is taken once: the next call returns the ones after it. Raises AssertionError with the transcript.
        """
        await self.until(
            lambda: len(self.untaken(place)) >= count, timeout, f"{count} message(s) of the bot", place=place
        )
        messages = self.untaken(place)[:count]
        for message in messages:
            message.taken = True
        return messages

    async def edited(self, message: Message, timeout: float = 5.0) -> Message:
        """Wait for the next edit of a message not yet waited for, and return the message."""
        await self.until(
            lambda: len(message.edits) > message.taken_edits, timeout, f"an edit of {message!r}", place=message.chat
        )
        message.taken_edits += 1
        return message

    async def silence(self, place: Place, seconds: float = 0.3) -> None:
        """Fail when the bot writes anything new in this place within `seconds`."""
        if await self.changes.wait_for(lambda: self.untaken(place), seconds):
            raise AssertionError(f"the bot was to stay silent:\n{self.transcript(place)}")

    async def until(
        self,
        condition: Callable[[], object],
        timeout: float = 5.0,
        what: str = "the condition",
        *,
        place: Place | None = None,
    ) -> None:
        """Wait until `condition` holds. Raises AssertionError with the transcript when it does not in time."""
        if not await self.changes.wait_for(condition, timeout):
            raise AssertionError(f"waited {timeout} s in vain for {what}\n{self.transcript(place)}")

    def messages(self, place: Place) -> list[Message]:
        """Return all messages of the bot in a chat or topic, deleted ones too, oldest first."""
        chat, topic = locate(place)
        return self.world.by_bot(chat, topic)

    def untaken(self, place: Place) -> list[Message]:
        """Return the messages of the bot that `sent` has not returned yet."""
        return [message for message in self.messages(place) if not message.taken]

    def called(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def rejections(self) -> list[str]:
        """
        The refusals the bot brought on itself, such as "sendMessage 400 Bad Request: message is too long".

        Not among them: faults a test ordered, blocked or migrated chats, expired queries, and 409 between pollers.
        """
        return [
            f"{call.method} {call.error}"
            for call in self.calls
            if call.error and not call.error.planned and call.error.code != 409
        ]

    def transcript(self, place: Place | None = None) -> str:
        """Return what was said and called, for people to read: all of it, or what belongs to one place."""
        chat = locate(place)[0] if place else None
        lines = [
            f"{'bot' if message.by_bot else (message.sender or {}).get('first_name', 'channel')}: "
            f"{'[deleted] ' if message.deleted else ''}{message.text or sorted(message.extra) or message.document}"
            for message in self.world.messages.values()
            if chat in (None, message.chat)
        ]
        calls = [
            f"  {call.method}{'' if call.done else ' …'}{f' -> {call.error}' if call.error else ''}"
            for call in self.calls[-30:]
        ]
        return "\n".join(["-- messages", *lines, "-- last calls", *calls])

    def commands(
        self, scope: str = "default", place: Place | None = None, language: str = "", user: User | None = None
    ) -> list[str]:
        """Return the names of the commands set for a scope; for chat scopes `place` says which, `user` for members."""
        key: dict[str, Any] = {"type": scope}
        if place:
            key["chat_id"] = locate(place)[0].id
        if user:
            key["user_id"] = user.id
        return [command["command"] for command in self.world.commands.get(scope_key(key, language), [])]
