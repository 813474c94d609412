"""Answers the bot's calls, over HTTP and in memory alike, and lets those fail that a test orders to."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any, Literal, Self

import httpx

from . import profile, sending, wire
from .changes import Changes
from .chats import Place, locate
from .errors import ApiError
from .faults import ConnectionDropped, Fault, Faults, RateLimit
from .memory import InMemoryRequest
from .parameters import Parameters, check_names
from .records import Call
from .updates import Updates, post_update
from .world import MAX_DOWNLOAD, World

Method = Callable[[World, Parameters], Any]

METHODS: dict[str, Method] = {
    "answerCallbackQuery": sending.answer_callback_query,
    "answerInlineQuery": sending.answer_inline_query,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "deleteMyCommands": profile.delete_my_commands,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "editMessageText": sending.edit_message_text,
    "getChat": profile.get_chat,
    "getChatAdministrators": profile.get_chat_administrators,
    "getChatMember": profile.get_chat_member,
    "getChatMemberCount": profile.get_chat_member_count,
    "getFile": profile.get_file,
    "getMe": profile.get_me,
    "getMyCommands": profile.get_my_commands,
    "getMyDescription": profile.get_my_description,
    "getMyName": profile.get_my_name,
    "getMyShortDescription": profile.get_my_short_description,
    "leaveChat": profile.leave_chat,
    "sendChatAction": sending.send_chat_action,
    "sendDocument": sending.send_document,
    "sendMessage": sending.send_message,
    "setChatMenuButton": profile.set_chat_menu_button,
    "setMessageReaction": sending.set_message_reaction,
    "setMyCommands": profile.set_my_commands,
    "setMyDescription": profile.set_my_description,
    "setMyName": profile.set_my_name,
    "setMyShortDescription": profile.set_my_short_description,
}


class Dispatcher:
    """
    The bot's side of `BotApiServer`.

    privacy  the bot reads in groups only what is meant for it, as BotFather's default has it
    calls    every request of the bot, oldest first
    """

    def __init__(
        self, *, token: str = "123456789:loopback", username: str = "wenbao_bot", privacy: bool = True
    ) -> None:
        self.token = token
        self.privacy = privacy
        self.world = World(
            {
                "id": int(token.split(":", 1)[0]),
                "is_bot": True,
                "first_name": "问报",
                "username": username,
                "can_join_groups": True,
                "can_read_all_group_messages": not privacy,
                "supports_inline_queries": True,
            }
        )
        self.changes = Changes()
        self.updates = Updates(self.changes)
        self.calls: list[Call] = []
        self._faults = Faults()
        self._listening: wire.Listener | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._listening = wire.listen(self)

    async def stop(self) -> None:
        """Close every connection and forget the webhook."""
        await self.updates.close()
        if self._listening:
            await self._listening.close()
            self._listening = None

    @property
    def url(self) -> str:
        """The address without /bot, as TELEGRAM_API_URL wants it."""
        assert self._listening, "the server is not started"
        return f"http://127.0.0.1:{self._listening.port}"

    @property
    def base_url(self) -> str:
        """What ApplicationBuilder.base_url wants."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What ApplicationBuilder.base_file_url wants."""
        return f"{self.url}/file/bot"

    def request(self) -> InMemoryRequest:
        """Return a transport for ApplicationBuilder.request and .get_updates_request that needs no socket."""
        return InMemoryRequest(self)

    async def dispatch(self, token: str, method: str, parameters: Parameters) -> tuple[int, dict[str, Any]]:
        """
        Carry out one call and return status and JSON body.

        Raises ConnectionDropped when a test wants the connection to break.
        """
        call = Call(method, parameters, time.monotonic())
        self.calls.append(call)
        self.changes.ring()
        try:
            call.result = await self._carry_out(token, method, parameters)
        except ApiError as error:
            call.error = error
            return error.code, error.body()
        finally:
            call.done = True
            self.changes.ring()
        return 200, {"ok": True, "result": call.result}

    def download(self, token: str, path: str) -> bytes | None:
        """Return the file behind a file_path, None when there is none."""
        if token != self.token:
            return None
        document = self.world.files.get(path.removeprefix("documents/"))
        return document.content if document and len(document.content) <= MAX_DOWNLOAD else None

    async def _carry_out(self, token: str, method: str, parameters: Parameters) -> Any:
        if token != self.token:
            raise ApiError(401)
        if method not in METHODS and method not in ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"):
            raise ApiError(404, "method not found")
        check_names(method, parameters)
        chat = parameters.text("chat_id")
        fault = self._faults.take(method, chat) or Fault(method)
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.error:
            raise fault.error
        if fault.drop == "before":
            raise ConnectionDropped
        self._faults.check_limits(method, chat)
        result = self._answer(method, parameters)
        if inspect.isawaitable(result):
            result = await result
        if fault.drop == "after":
            raise ConnectionDropped
        return result

    def _answer(self, method: str, parameters: Parameters) -> Any:
        match method:
            case "getUpdates":
                return self.updates.poll(parameters)
            case "setWebhook":
                return self.updates.set_webhook(parameters)
            case "deleteWebhook":
                return self.updates.delete_webhook(parameters)
            case "getWebhookInfo":
                return self.updates.webhook_info()
            case _:
                return METHODS[method](self.world, parameters)

    def fail(
        self, method: str, code: int, text: str = "", *, times: int = 1, place: Place | None = None, **parameters: int
    ) -> None:
        """
        Refuse the next calls: `fail("sendMessage", 429, retry_after=2)`, `fail("getUpdates", 502, times=3)`.

        `text` goes after "Bad Request: " and its like. `method="*"` strikes any method, `place` one chat only.
        """
        error = ApiError(code, text, planned=True, **parameters)
        self._plan(Fault(method, times, error=error), place)

    def drop(
        self,
        method: str,
        *,
        times: int = 1,
        place: Place | None = None,
        when: Literal["before", "after"] = "before",
    ) -> None:
        """Break the connection of the next calls, before they are carried out or after, their answers lost."""
        self._plan(Fault(method, times, drop=when), place)

    def slow(self, method: str, seconds: float, *, times: int = 1, place: Place | None = None) -> None:
        """Let the next calls wait before they are carried out."""
        self._plan(Fault(method, times, seconds=seconds), place)

    def limit(self, method: str, calls: int, seconds: float) -> None:
        """From now on allow so many calls a chat in any span of `seconds`; more get 429 with retry_after."""
        self._faults.limits.append(RateLimit(method, calls, seconds))

    def heal(self) -> None:
        """Forget all faults and limits."""
        self._faults.clear()

    async def forge_webhook(self, update: dict[str, Any], secret: str = "") -> int:
        """Post an update to the bot's webhook as a stranger would, and return the status it was answered with."""
        assert self.updates.webhook, "the bot has set no webhook"
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            return await post_update(client, self.updates.webhook.text("url"), update, secret)

    def _plan(self, fault: Fault, place: Place | None) -> None:
        fault.chat_id = locate(place)[0].id if place else None
        self._faults.planned.append(fault)
