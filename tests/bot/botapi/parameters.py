"""The parameters of one call: read by kind, and checked against the names the method knows."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from telegram import Bot

from .errors import bad_request

# Arguments of python-telegram-bot's methods that are no parameters of the Bot API.
_LIBRARY_ONLY = frozenset(
    {
        "self",
        "read_timeout",
        "write_timeout",
        "connect_timeout",
        "pool_timeout",
        "api_kwargs",
        "filename",
        "current_offset",
        "disable_web_page_preview",
        "reply_to_message_id",
        "allow_sending_without_reply",
    }
)
_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0", "")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent along with a call."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """
    The parameters of one call as they came over the wire.

    raw    values as text; objects and arrays still as JSON
    files  uploads by the name of their form field
    """

    raw: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return bool(self.raw.get(name))

    def text(self, name: str, default: str = "") -> str:
        return self.raw.get(name, default)

    def needed(self, name: str) -> str:
        """Return the text of a parameter that must be there."""
        value = self.raw.get(name, "")
        if not value:
            raise bad_request(f"{name} is empty")
        return value

    def integer(self, name: str, default: int = 0) -> int:
        value = self.raw.get(name, "")
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise bad_request(f'invalid parameter "{name}" value specified: {value} is not a number') from None

    def number(self, name: str) -> int:
        """Return a number that must be there."""
        self.needed(name)
        return self.integer(name)

    def flag(self, name: str) -> bool:
        value = self.raw.get(name, "").lower()
        if value not in _TRUE + _FALSE:
            raise bad_request(f'invalid parameter "{name}" value specified: {value} is not a boolean')
        return value in _TRUE

    def json_object(self, name: str) -> dict[str, Any] | None:
        value = self._json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: object expected")
        return value

    def json_array(self, name: str) -> list[Any] | None:
        value = self._json(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name}: array expected")
        return value

    def chat_id(self) -> int:
        value = self.needed("chat_id")
        if not re.fullmatch(r"-?\d+", value):
            raise bad_request("chat not found")
        return int(value)

    def _json(self, name: str) -> Any:
        value = self.raw.get(name, "")
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None


def check_names(method: str, parameters: Parameters) -> None:
    """
    Refuse parameters the method does not know.

    Telegram ignores them; here a misspelt one must not go unnoticed. Raises ApiError 400 naming them.
    """
    attached = {
        name for name in parameters.files if any(f"attach://{name}" in value for value in parameters.raw.values())
    }
    unknown = sorted((set(parameters.raw) | set(parameters.files)) - attached - _known(method))
    if unknown:
        raise bad_request(f"unknown parameter in {method}: {', '.join(unknown)}")


@cache
def _known(method: str) -> frozenset[str]:
    signature = inspect.signature(getattr(Bot, re.sub(r"(?=[A-Z])", "_", method).lower()))
    return frozenset(signature.parameters) - _LIBRARY_ONLY
