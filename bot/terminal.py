"""A Bot API inside the process, with one chat: what the bot sends is shown in the terminal."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.request import BaseRequest, RequestData

Show = Callable[[dict[str, Any], bool], None]
"""Shows a message as the Bot API has it, whose text is HTML when it was sent so; True says that it is an edit."""

ME = {"id": 1, "is_bot": True, "first_name": "问报", "username": "wenbao_bot", "supports_inline_queries": True}
TOKEN = "1:terminal"


class Terminal(BaseRequest):
    """
    Takes the place of HTTP. `say`, `press` and `upload` make the updates of the one person there is.

    answered  what the last pressed button was answered with, "" for nothing
    """

    def __init__(self, user_id: int, language: str, show: Show) -> None:
        self._user = {"id": user_id, "is_bot": False, "first_name": "我", "language_code": language}
        self._chat = {"id": user_id, "type": "private", "first_name": "我"}
        self._show = show
        self._numbers = itertools.count(1)
        self._messages: dict[int, dict[str, Any]] = {}
        self._files: dict[str, Path] = {}
        self.answered = ""

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def say(self, text: str) -> dict[str, Any]:
        command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
        entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
        return self._update("message", self._keep({"from": self._user, "text": text, "entities": entities}))

    def upload(self, path: Path) -> dict[str, Any]:
        number = str(next(self._numbers))
        self._files[number] = path
        size = path.stat().st_size
        document = {"file_id": number, "file_unique_id": number, "file_name": path.name, "file_size": size}
        return self._update("message", self._keep({"from": self._user, "document": document}))

    def press(self, message: dict[str, Any], data: str) -> dict[str, Any]:
        self.answered = ""
        query = {"id": str(next(self._numbers)), "from": self._user, "message": message, "data": data}
        return self._update("callback_query", {**query, "chat_instance": "1"})

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named_timeouts: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        if method == "GET":
            return 200, self._files[name].read_bytes()
        sent = {key: _parsed(key, value) for key, value in request_data.json_parameters.items()} if request_data else {}
        if request_data and request_data.multipart_data:
            sent |= {key: (part[0], part[1]) for key, part in request_data.multipart_data.items()}
        return 200, json.dumps({"ok": True, "result": self._result(name, sent)}).encode()

    def _result(self, name: str, sent: dict[str, Any]) -> Any:
        match name:
            case "getMe":
                return ME
            case "sendMessage":
                return self._shown(self._keep({"from": ME, **_content(sent)}))
            case "sendDocument":
                file_name, content = next(value for value in sent.values() if isinstance(value, tuple))
                Path(file_name).write_bytes(content if isinstance(content, bytes) else content.read())
                return self._shown(self._keep({"from": ME, "text": f"{sent.get('caption', '')}\n→ {file_name}"}))
            case "editMessageText":
                message = self._messages[int(sent["message_id"])]
                message.pop("reply_markup", None)
                message |= _content(sent)
                return self._shown(message, edited=True)
            case "answerCallbackQuery":
                self.answered = sent.get("text", "")
                return True
            case "getFile":
                file_id = str(sent["file_id"])
                return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}
            case _:
                return True

    def _shown(self, message: dict[str, Any], *, edited: bool = False) -> dict[str, Any]:
        self._show(message, edited)
        return message

    def _keep(self, message: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        self._messages[number] = {"message_id": number, "date": int(time.time()), "chat": self._chat, **message}
        return self._messages[number]

    def _update(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"update_id": next(self._numbers), kind: body}


def read_update(update: dict[str, Any], bot: Any) -> Update:
    return Update.de_json(json.loads(json.dumps(update)), bot)


def _parsed(key: str, value: str) -> Any:
    """Return a parameter as it was before it was made a string; text stays text, even if it looks like JSON."""
    if key in ("text", "caption") or value[:1] not in "[{0123456789-tf":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _content(sent: dict[str, Any]) -> dict[str, Any]:
    return {key: sent[key] for key in ("text", "reply_markup", "parse_mode") if key in sent}
